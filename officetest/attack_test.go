package officetest

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/house"
)

// Fail2Ban itself finds in the sample what the shipped filter is to find, and nothing else (BAR SA-15).
func TestFail2BanReadsTheSample(t *testing.T) {
	sample, err := os.ReadFile("../docs/fail2ban/sample.log")
	if err != nil {
		t.Fatal(err)
	}
	var log []string
	match, miss := 0, 0
	for line := range strings.Lines(string(sample)) {
		switch {
		case !strings.HasPrefix(line, "# failJSON:"):
			log = append(log, line)
		case strings.Contains(line, `"match": true`):
			match++
		default:
			miss++
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "tandem.log")
	if err := os.WriteFile(file, []byte(strings.Join(log, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := runTool(t, dir, "fail2ban-regex", "--print-all-matched", file, "../docs/fail2ban/tandem-filter.conf")
	if err != nil {
		t.Fatalf("fail2ban-regex (Debian package fail2ban): %v\n%s", err, out)
	}
	want := strconv.Itoa(match+miss) + " lines, 0 ignored, " + strconv.Itoa(match) + " matched, " + strconv.Itoa(miss) + " missed"
	if !strings.Contains(out, want) || match < 4 || miss < 4 {
		t.Errorf("want %q:\n%s", want, out)
	}
}

// nmap's SIP scripts get no answer: they call themselves what they are, and whoever does is not spoken to. That the scripts ran and why they give up, they
// say only when they are asked to be loud; without, they print nothing whether the server is silent or all is well (BAR SA-01, SA-02). With another name, as
// an attacker would take, the first asks in vain for the methods, and the second finds that extensions which do not exist look like those that do.
func TestNmap(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := Seed(t.Context(), house.Config{Data: data}, 20, 2); err != nil { // extensions 10000 to 10019
		t.Fatal(err)
	}
	s := start(t, func(c *house.Config) { c.Data = data })
	at := netip.MustParseAddrPort(s.reach("tcp"))
	scripts := t.TempDir()
	unmarked(t, scripts)
	for _, tt := range []struct {
		name, dir string
		says      []string // by the scripts, each in its own words
	}{
		{"under its name", "", []string{"No response from the SIP server"}},
		{"disguised", scripts, []string{"Server not returning 404 for random extension"}},
	} {
		args := []string{"-d1", "-n", "-Pn", "-sT", "-p", strconv.Itoa(int(at.Port())), "--script", "+sip-methods,+sip-enum-users",
			"--script-args", "sip-enum-users.minext=10000,sip-enum-users.maxext=10025,sip-enum-users.padding=5", at.Addr().String()}
		if tt.dir != "" {
			args = append([]string{"--datadir", tt.dir}, args...)
		}
		out, err := runTool(t, t.TempDir(), "nmap", args...)
		if err != nil || !strings.Contains(out, "/tcp open") {
			t.Fatalf("%s: nmap (Debian package nmap): %v\n%s", tt.name, err, out)
		}
		for _, says := range append(tt.says, "sip-enum-users", "sip-methods") {
			if !strings.Contains(out, says) {
				t.Errorf("%s: nmap says nothing of %q:\n%s", tt.name, says, out)
			}
		}
		if found := regexp.MustCompile(`\|[\s_]+(1\d{4}\b.*|INVITE.*)`).FindString(out); found != "" {
			t.Errorf("%s: nmap found %q:\n%s", tt.name, found, out)
		}
		if strings.Contains(strings.ToLower(out), "tandem") {
			t.Errorf("%s: the server tells its name:\n%s", tt.name, out)
		}
	}
}

// unmarked makes of a directory nmap's data, with another name in its SIP library; the rest points there.
func unmarked(t *testing.T, dir string) {
	t.Helper()
	const data, lib = "/usr/share/nmap", "nselib"
	point := func(from, to, but string) {
		list, err := os.ReadDir(from)
		if err != nil {
			t.Fatalf("nmap (Debian package nmap): %v", err)
		}
		for _, e := range list {
			if e.Name() == but {
				continue
			}
			if err := os.Symlink(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	point(data, dir, lib)
	if err := os.Mkdir(filepath.Join(dir, lib), 0o700); err != nil {
		t.Fatal(err)
	}
	point(filepath.Join(data, lib), filepath.Join(dir, lib), "sip.lua")
	text, err := os.ReadFile(filepath.Join(data, lib, "sip.lua"))
	if err != nil || !strings.Contains(string(text), `"Nmap NSE"`) {
		t.Fatalf("nmap's SIP library is another one than in Debian: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, lib, "sip.lua"), []byte(strings.ReplaceAll(string(text), `"Nmap NSE"`, `"Phone/1.0"`)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// SIPp floods with registrations and calls that prove nothing: no transaction is kept, memory does not grow, a phone of the office goes on
// signing in, and a call that is up stays up (BAR SA-13).
func TestFloods(t *testing.T) {
	data := t.TempDir()
	if err := Seed(t.Context(), house.Config{Data: data}, 20, 2); err != nil {
		t.Fatal(err)
	}
	s := start(t, func(c *house.Config) { c.Data, c.Rate = data, 100_000 }) // the attacker sits at the phones' own address: no bucket tells them apart
	at := s.reach("udp")
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	x, err := NewExchange(netip.MustParseAddrPort(at))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	caller, callee := x.Add("u00001", "pu00001"), x.Add("u00002", "pu00002")
	rung := make(chan *Talk, 1)
	callee.Ringing = func(c *Talk) { rung <- c }
	for _, p := range []*Phone{caller, callee} {
		if err := p.Register(ctx, 300); err != nil {
			t.Fatal(err)
		}
	}
	out, err := caller.Dial(ctx, "10002")
	if err != nil {
		t.Fatal(err)
	}
	in := receive(t, ctx, rung, out)
	if err := in.Answer(ctx); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, out.Answered(), out)
	before, kept := memory(), s.SIP.Stats().ServerTx
	for _, flood := range []string{"flood_register.xml", "flood_invite.xml"} {
		const requests = 20_000
		done, received := make(chan struct{}), s.SIP.Stats().Received
		go func() {
			defer close(done)
			_ = sipp(t, at, flood, "-p", freeUDP(t), "-r", "5000", "-m", strconv.Itoa(requests), "-l", "1000").Run() // to SIPp a refused call is a failure
		}()
		beat := time.NewTicker(100 * time.Millisecond) // a phone that signs in now and then, and is no flood itself
		for over := false; !over; {
			select {
			case <-done:
				over = true
			case <-beat.C:
				if err := caller.Register(ctx, 300); err != nil {
					t.Fatalf("%s: the office's own phone is refused: %v", flood, err)
				}
			}
		}
		beat.Stop()
		if got := s.SIP.Stats().Received - received; got < requests/2 {
			t.Errorf("%s: only %d requests arrived", flood, got)
		}
		if n := s.SIP.Stats().ServerTx; n > kept+1000 { // those of our own phones rest a while
			t.Errorf("%s: %d transactions are kept", flood, n-kept)
		}
	}
	if grown := memory() - before; grown > 64<<20 {
		t.Errorf("memory grew by %d MiB", grown>>20)
	}
	select {
	case <-out.Ended():
		t.Errorf("the call has ended: %d %s", out.Status(), out.Words())
	default:
	}
	out.Hangup()
	await(t, ctx, in.Ended(), in)
}

// memory is what is in use after a collection.
func memory() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// runTool runs a program of an attacker or a guard to its end.
func runTool(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Env = append(os.Environ(), "HOME="+dir)
	out, err := c.CombinedOutput()
	return string(out), err
}
