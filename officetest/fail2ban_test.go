package officetest

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"tandem/event"
	"tandem/house"
	"tandem/pbx"
	"tandem/store"
)

// filter is the shipped Fail2Ban filter as a regular expression; its group host is whom it would ban. The filter uses nothing that Python
// reads in another way.
func filter(t *testing.T) *regexp.Regexp {
	t.Helper()
	b, err := os.ReadFile("../docs/fail2ban/tandem-filter.conf")
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]string{"<HOST>": `(?P<host>[0-9A-Fa-f:.]+)`}
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, " = "); ok && name[0] != '#' {
			set["%("+name+")s"] = strings.TrimSpace(value)
		}
	}
	text := set["%(failregex)s"]
	for name, value := range set {
		text = strings.ReplaceAll(text, name, value)
	}
	r, err := regexp.Compile(text)
	if err != nil || text == "" {
		t.Fatalf("%q: %v", text, err)
	}
	return r
}

func banned(r *regexp.Regexp, line string) string {
	if m := r.FindStringSubmatch(line); m != nil {
		return m[r.SubexpIndex("host")]
	}
	return ""
}

// Each line of the sample says of itself whether it is to be matched, in the words of Fail2Ban's own samples (BAR SA-15).
func TestFilterMatchesTheSample(t *testing.T) {
	b, err := os.ReadFile("../docs/fail2ban/sample.log")
	if err != nil {
		t.Fatal(err)
	}
	r := filter(t)
	var want struct {
		Match bool
		Host  string
		Desc  string
	}
	matched := 0
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		if said, ok := strings.CutPrefix(line, "# failJSON: "); ok {
			want.Match, want.Host, want.Desc = false, "", ""
			if err := json.Unmarshal([]byte(said), &want); err != nil {
				t.Fatal(err)
			}
			continue
		}
		// As in a file; as Fail2Ban reads it after it found the time; as it comes out of the journal.
		rest := regexp.MustCompile(`^time=\S+`).ReplaceAllString(line, "")
		for _, form := range []string{line, rest, "office tandem[123]: " + line, "office tandem[123]:" + rest} {
			if got := banned(r, form); got != want.Host || (got != "") != want.Match {
				t.Errorf("%s: bans %q, want %q\n%s", want.Desc, got, want.Host, form)
			}
		}
		if want.Match {
			matched++
		}
	}
	if matched < 4 {
		t.Errorf("only %d lines are to be matched", matched)
	}
}

// loud is a log that can be read while it is written.
type loud struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *loud) Write(b []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(b) }
func (l *loud) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// A phone with a wrong secret leaves the line that the filter bans by, and an entry in the audit log with its address.
func TestRefusedPhoneIsToldToFilterAndAudit(t *testing.T) {
	var log loud
	s := start(t, func(c *house.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	s.claim()
	_, a := s.person("Alice", "101")
	x := s.exchange()
	for _, p := range []*Phone{x.Add(a.Username, "guessed"), x.Add(`x level=WARN msg=auth_failed ip=192.0.2.1 user=y`, "guessed")} {
		if err := p.Register(t.Context(), 300); err == nil || !strings.Contains(err.Error(), "401") {
			t.Fatalf("%s: %v", p.Username, err)
		}
	}
	r := filter(t)
	reasons := ""
	for line := range strings.Lines(log.String()) {
		if host := banned(r, strings.TrimSuffix(line, "\n")); host != "" {
			if host != "127.0.0.1" {
				t.Errorf("bans %s by %s", host, line)
			}
			_, after, _ := strings.Cut(line, " proto=udp reason=")
			reasons += strings.Fields(after)[0] + " "
		} else if strings.Contains(line, "auth_failed") {
			t.Errorf("the filter does not know %s", line)
		}
	}
	if reasons != "wrong_secret unknown_user " {
		t.Errorf("the log tells of %q:\n%s", reasons, log.String())
	}
	eventually(t, "the audit log tells of the phone", func() bool {
		p, err := s.Store.Facts(t.Context(), store.FactQuery{Sight: everything, Kinds: []event.Kind{event.LoginFailed}})
		for _, f := range p.Items {
			if f.Object.Kind == pbx.KindDevice && f.Reason == "wrong_secret" && f.Actor.Addr == "127.0.0.1" && f.Actor.Via == "sip" {
				return true
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		return false
	})
}
