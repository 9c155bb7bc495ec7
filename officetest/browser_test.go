package officetest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/web"
)

// A person in a real browser claims the system, invites a colleague, creates phones – which register, simulated, with what the page shows –
// and watches their call appear, be answered and end. The scenario itself is web/test/browser/first-day.mjs.
func TestFirstDayInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	s := start(t)
	link, err := url.Parse(s.SetupLink())
	if err != nil {
		t.Fatal(err)
	}
	x := s.exchange()
	var phones []*Phone
	done := false
	s.plays(ctx, "first-day", func(line []byte) {
		var e struct {
			Event   string
			To      string
			Account struct{ Username, Secret string }
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Errorf("the scenario says %q: %v", line, err)
			return
		}
		switch e.Event {
		case "phone":
			p := x.Add(e.Account.Username, e.Account.Secret)
			p.Ringing = func(call *Talk) { time.AfterFunc(2*time.Second, func() { call.Answer(ctx) }) } // long enough to be seen ringing
			if err := p.Register(ctx, 300); err != nil {
				t.Errorf("the account data of the page do not work: %v", err)
			}
			phones = append(phones, p)
		case "call":
			talk, err := phones[len(phones)-1].Dial(ctx, e.To)
			if err != nil {
				t.Errorf("dial: %v", err)
				return
			}
			go func() {
				<-talk.Answered()
				time.AfterFunc(4*time.Second, talk.Hangup) // the person watches for a while
			}()
		case "done":
			done = true
		}
	}, "TANDEM_TOKEN="+link.Query().Get("token"))
	if !done {
		t.Error("it ended before its end")
	}
}

// An owner in a real browser makes a role from a template, gives it, changes it after a look at who loses, and takes that back. The scenario
// is web/test/browser/roles.mjs.
func TestRolesInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	sales := s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id")
	for _, name := range []string{"Eva", "Mark"} {
		s.call(201, "POST", "/v1/users", object{"name": name, "email": strings.ToLower(name) + "@example.com", "groups": []object{{"group": sales, "role": "user"}}})
	}
	s.plays(ctx, "roles", nil)
}

// An owner in a real browser types a week, adds a holiday, holds the hours by hand and ends that. The scenario is web/test/browser/hours.mjs.
func TestHoursInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	s.plays(ctx, "hours", nil)
}

// needsApp fails a test that plays in the browser when there is nothing to play with.
func needsApp(t *testing.T) {
	t.Helper()
	if !web.Built() {
		t.Fatal("the web app is not in this binary; run make, which builds it first")
	}
}

// plays plays a scenario of web/test/browser against the server, as its owner unless env says who. Each line that it says is told, where somebody listens.
func (s *server) plays(ctx context.Context, scenario string, listen func(line []byte), env ...string) {
	s.t.Helper()
	s.stages(ctx, scenario, func(line []byte, _ io.Writer) {
		if listen != nil {
			listen(line)
		}
	}, env...)
}

// conducts plays a scenario in which the browser and others take turns: the part of an event is played here, then the scenario goes on.
func (s *server) conducts(ctx context.Context, scenario string, parts map[string]func(), env ...string) {
	s.t.Helper()
	told := map[string]func(object){}
	for event, part := range parts {
		told[event] = func(object) { part() }
	}
	s.directs(ctx, scenario, told, env...)
}

// directs does so where an event says more than its name.
func (s *server) directs(ctx context.Context, scenario string, parts map[string]func(object), env ...string) {
	s.t.Helper()
	played := map[string]bool{"done": false}
	s.stages(ctx, scenario, func(line []byte, answer io.Writer) {
		var e object
		if err := json.Unmarshal(line, &e); err != nil {
			s.t.Fatalf("the scenario says %q: %v", line, err)
		}
		event := e.Text("event")
		if event == "measured" {
			s.t.Logf("%s", line) // told, not judged
		}
		if part := parts[event]; part != nil {
			part(e)
		}
		played[event] = true
		fmt.Fprintln(answer, "done")
	}, env...)
	for event := range parts {
		if !played[event] {
			s.t.Errorf("the scenario left %q out", event)
		}
	}
	if !played["done"] {
		s.t.Error("it ended before its end")
	}
}

// stages runs a scenario; what it says is heard line by line, and may be answered.
func (s *server) stages(ctx context.Context, scenario string, hear func(line []byte, answer io.Writer), env ...string) {
	s.t.Helper()
	browser := exec.CommandContext(ctx, "node", "test/browser/"+scenario+".mjs")
	browser.Dir = filepath.Join("..", "web")
	browser.Env = append(append(os.Environ(), "TANDEM_BASE=http://"+s.Address("HTTP"), "TANDEM_EMAIL=olga@example.com", "TANDEM_PASSWORD=correct horse battery", "TANDEM_PATIENCE=40"), env...)
	browser.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said strings.Builder
	browser.Stderr = &said
	out, err := browser.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	in, err := browser.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := browser.Start(); err != nil {
		s.t.Fatalf("node: %v", err)
	}
	s.t.Cleanup(func() {
		if s.t.Failed() {
			s.t.Log(said.String())
		}
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		hear(lines.Bytes(), in)
	}
	if err := browser.Wait(); err != nil {
		s.t.Fatalf("the scenario failed: %v", err)
	}
}
