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

// nmap's SIP scripts learn no extension of twenty, and nothing about the server but that somebody is there – whatever they call themselves
// (BAR SA-02).
func TestNmap(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := Seed(t.Context(), house.Config{Data: data}, 20, 2); err != nil { // extensions 10000 to 10019
		t.Fatal(err)
	}
	s := start(t, func(c *house.Config) { c.Data = data })
	at := netip.MustParseAddrPort(s.reach("tcp"))
	out, err := runTool(t, t.TempDir(), "nmap", "-n", "-Pn", "-sT", "-p", strconv.Itoa(int(at.Port())), "--script", "+sip-methods,+sip-enum-users",
		"--script-args", "sip-enum-users.minext=10000,sip-enum-users.maxext=10025,sip-enum-users.padding=5", at.Addr().String())
	if err != nil || !strings.Contains(out, "/tcp open") {
		t.Fatalf("nmap (Debian package nmap): %v\n%s", err, out)
	}
	t.Log(out)
	if found := regexp.MustCompile(`\|\s+_?\s*1\d{4}\b`).FindString(out); found != "" {
		t.Errorf("nmap found %q:\n%s", found, out)
	}
	if strings.Contains(strings.ToLower(out), "tandem") {
		t.Errorf("the server tells its name:\n%s", out)
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
