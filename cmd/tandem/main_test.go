package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tandem/officetest"
	"tandem/officetest/postgres"
)

// patience bounds every wait for another process; nothing waits for it when all is well.
const patience = 40 * time.Second

var (
	binary     string   // the real program, built once
	buildFlags []string // of go build
)

// database starts PostgreSQL when the first test needs one.
var database = sync.OnceValues(postgres.Start)

// started says that somebody asked for it.
var started atomic.Bool

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "tandem-cmd-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "tandem")
		build := exec.Command("go", append(append([]string{"build"}, buildFlags...), "-ldflags", "-X main.version=1.2.3-test", "-o", binary, ".")...)
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
			return 1
		}
		defer func() {
			if started.Load() {
				if server, err := database(); err == nil {
					server.Stop()
				}
			}
		}()
		return m.Run()
	}())
}

// postgresAddress is the address of an empty PostgreSQL database.
func postgresAddress(t *testing.T) string {
	t.Helper()
	started.Store(true)
	server, err := database()
	if err != nil {
		t.Fatal(err)
	}
	address, err := server.New()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// result is how a verb ended.
type result struct {
	code     int
	out, err string
}

// program prepares the program with an environment that holds nothing of ours but what is given.
func program(ctx context.Context, env []string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, binary, args...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TANDEM_") {
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, env...)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return c
}

// verb runs the program to its end.
func verb(t *testing.T, in string, args ...string) result {
	t.Helper()
	return verbWith(t, nil, in, args...)
}

func verbWith(t *testing.T, env []string, in string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := program(ctx, env, args...)
	var out, problems bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(in), &out, &problems
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("tandem %v: %v", args, err)
	}
	return result{c.ProcessState.ExitCode(), out.String(), problems.String()}
}

// well wants a verb to succeed, and gives what it printed.
func (r result) well(t *testing.T) string {
	t.Helper()
	if r.code != 0 {
		t.Fatalf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	return r.out
}

// refused wants a verb to fail with words.
func (r result) refused(t *testing.T, words ...string) {
	t.Helper()
	if r.code == 0 {
		t.Errorf("exit 0, want a refusal with %q\n%s", words, r.out)
	}
	all := r.out + r.err
	for _, w := range words {
		if !strings.Contains(all, w) {
			t.Errorf("the refusal does not say %q:\n%s", w, all)
		}
	}
	for _, bad := range []string{"panic", "goroutine ", "%!", "<nil>"} {
		if strings.Contains(all, bad) {
			t.Errorf("the refusal contains %q:\n%s", bad, all)
		}
	}
}

// server is a running tandem serve (or office).
type server struct {
	*officetest.Client
	t      *testing.T
	cmd    *exec.Cmd
	where  map[string]string // what it printed: "HTTP", "SIP UDP", …
	link   string            // set-up link, if it printed one
	phones *officetest.Exchange
	log    *logs
	lines  chan string
	done   chan struct{}
}

// logs collects what the program writes to standard error.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// loopback lets a server listen on free ports of loopback only.
func loopback(data string, more ...string) []string {
	return append([]string{"serve", "--data", data, "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--sips", "127.0.0.1:0",
		"--public", "127.0.0.1", "--rtp", "20000-28999", "--exempt", "127.0.0.0/8"}, more...)
}

// serve starts the program with these arguments and waits until it says where it listens. It is stopped with the test.
func serve(t *testing.T, args ...string) *server {
	t.Helper()
	return serveWith(t, nil, args...)
}

func serveWith(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	return await(t, program(context.Background(), env, args...))
}

// await starts a prepared server.
func await(t *testing.T, c *exec.Cmd) *server {
	t.Helper()
	s := &server{t: t, cmd: c, where: map[string]string{}, log: &logs{}, lines: make(chan string, 100), done: make(chan struct{})}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.lines)
		for in := bufio.NewScanner(out); in.Scan(); {
			s.lines <- in.Text()
		}
		io.Copy(io.Discard, out)
	}()
	t.Cleanup(func() { s.kill() })
	// The last address is printed at once with what stands before the set-up link; one more line shows that all are there.
	if !s.says("SIP TLS: ") {
		t.Fatalf("the server ended\n%s", s.log)
	}
	s.Client = officetest.NewClient("http://"+s.where["HTTP"], patience)
	return s
}

// says reads what the server prints until a line begins with a text.
func (s *server) says(beginning string) bool {
	s.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		select {
		case line, ok := <-s.lines:
			if !ok {
				return false
			}
			if name, where, ok := strings.Cut(line, ": "); ok {
				s.where[name] = where
			}
			if link, ok := strings.CutPrefix(line, "Set up your office: "); ok {
				s.link = link
			}
			if strings.HasPrefix(line, beginning) {
				return true
			}
		case <-limit.C:
			s.t.Fatalf("the server did not print %q\n%s", beginning, s.log)
		}
	}
}

// ended waits for the process and gives its exit code, -1 when a signal ended it.
func (s *server) ended() int {
	s.t.Helper()
	select {
	case <-s.done:
	default:
		limit := time.AfterFunc(patience, func() { s.cmd.Process.Kill() })
		defer limit.Stop()
		for range s.lines { // Wait must come after the last read
		}
		s.cmd.Wait()
		close(s.done)
	}
	return s.cmd.ProcessState.ExitCode()
}

// stop sends SIGTERM and wants a clean end.
func (s *server) stop() {
	s.t.Helper()
	s.cmd.Process.Signal(syscall.SIGTERM)
	if code := s.ended(); code != 0 {
		s.t.Errorf("exit %d after SIGTERM\n%s", code, s.log)
	}
}

// kill ends the process as a power cut does.
func (s *server) kill() {
	s.cmd.Process.Kill()
	s.ended()
}

// call sends a request to the API and wants a status.
func (s *server) call(want int, method, path string, body any) officetest.Object {
	s.t.Helper()
	a, err := s.Do(s.t.Context(), method, path, body)
	if err != nil {
		s.t.Fatalf("%v\n%s", err, s.log)
	}
	if a.Status != want {
		s.t.Fatalf("%s %s: %d, want %d\n%s", method, path, a.Status, want, a.Body)
	}
	return a.Object
}

const (
	email    = "olga@example.com"
	password = "correct horse battery"
)

// claim makes the owner from the shell, and signs in.
func (s *server) claim(data ...string) {
	s.t.Helper()
	verb(s.t, password+"\n", append([]string{"setup", "--email", email, "--name", "Olga Nowak", "--password-stdin", "--country", "DE", "--zone", "Europe/Berlin"}, data...)...).well(s.t)
	s.signIn()
}

// signIn waits until the server knows of the owner: it looks once a second what other processes changed.
func (s *server) signIn() {
	s.t.Helper()
	eventually(s.t, "the server notices the claim", func() bool {
		a, err := s.Do(s.t.Context(), "POST", "/v1/session", officetest.Object{"email": email, "password": password})
		return err == nil && a.Status < 300
	})
}

// exchange makes simulated phones for the server.
func (s *server) exchange() *officetest.Exchange {
	s.t.Helper()
	x, err := officetest.NewExchange(netip.MustParseAddrPort(s.where["SIP UDP"]))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(x.Close)
	s.phones = x
	return x
}

// person adds a colleague, with a registered phone.
func (s *server) person(x *officetest.Exchange, name, extension string) *officetest.Phone {
	s.t.Helper()
	u := s.call(201, "POST", "/v1/users", officetest.Object{"name": name, "email": strings.ToLower(name) + "@example.com", "extension": extension})
	d := s.call(201, "POST", "/v1/users/"+u.Text("id")+"/devices", officetest.Object{"name": "Phone", "kind": "desk"})
	p := x.Add(d.Text("account", "username"), d.Text("account", "secret"))
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if err := p.Register(ctx, 300); err != nil {
		s.t.Fatalf("%v\n%s", err, s.log)
	}
	return p
}

// talking adds two people and lets them talk; it gives both ends and the id of the call.
func (s *server) talking() (caller, callee *officetest.Talk, id string) {
	s.t.Helper()
	x := s.exchange()
	alice, bob := s.person(x, "Alice", "201"), s.person(x, "Bob", "202")
	rings := make(chan *officetest.Talk, 1)
	bob.Ringing = func(t *officetest.Talk) { rings <- t }
	caller, err := alice.Dial(s.t.Context(), "202")
	if err != nil {
		s.t.Fatal(err)
	}
	select {
	case callee = <-rings:
	case <-caller.Ended():
		s.t.Fatalf("the call failed: %d\n%s", caller.Status(), s.log)
	case <-time.After(patience):
		s.t.Fatal("no ring")
	}
	if err := callee.Answer(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	within(s.t, "the caller is answered", caller.Answered())
	eventually(s.t, "the call is shown", func() bool {
		live := s.call(200, "GET", "/v1/calls/live", nil)
		id = live.Text("items", 0, "id")
		return live.At("items", 0, "phase") == "talking"
	})
	return caller, callee, id
}

func within(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-c:
	case <-limit.C:
		t.Fatalf("never happened: %s", what)
	}
}

// eventually looks again and again until a condition holds; it is for other processes, which announce nothing.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	limit := time.Now().Add(patience)
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		if <-tick.C; time.Now().After(limit) {
			t.Fatalf("never happened: %s", what)
		}
	}
}
