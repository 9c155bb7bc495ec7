package officetest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"tandem/house"
)

// SIPp registers fifty phones, with digest, and then places calls between them; not one may fail.
func TestSIPp(t *testing.T) {
	const people, calls = 50, 100
	data := t.TempDir()
	if err := Seed(t.Context(), house.Config{Data: data}, people, 5); err != nil {
		t.Fatal(err)
	}
	s := start(t, func(c *house.Config) {
		c.Data = data
		c.Digests = []string{"MD5", "SHA-256"} // SIPp knows MD5 only, and reads only the first challenge
	})
	at := s.reach("udp")
	users, callers := injection(t, 0, people, 1), injection(t, 1, people, 1) // the first is called, and would not ring by calling himself
	callee := freeUDP(t)

	// The callee answers whatever is sent to the contacts that the registrations name.
	uas := sipp(t, at, "uas.xml", "-p", callee, "-mp", freeUDP(t))
	if err := uas.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		uas.Process.Kill()
		uas.Wait()
	})
	finish(t, sipp(t, at, "reg.xml", "-p", freeUDP(t), "-r", "50", "-m", strconv.Itoa(people), "-inf", users,
		"-key", "domain", "127.0.0.1", "-key", "expires", "600", "-key", "cport", callee))
	if _, live := s.Directory.View(); live.Registered() != people {
		t.Errorf("%d phones registered, want %d", live.Registered(), people)
	}
	finish(t, sipp(t, at, "uac_auth.xml", "-p", freeUDP(t), "-mp", freeUDP(t), "-r", "20", "-m", strconv.Itoa(calls), "-inf", callers,
		"-key", "domain", "127.0.0.1", "-s", "10000", "-d", "300", "-auth_uri", "10000@"+at))

	// Lamp keys: all of them are shown the whole state, refreshed and ended; a wrong secret shows nothing, however often it is tried.
	finish(t, sipp(t, at, "subscribe.xml", "-p", freeUDP(t), "-r", "100", "-m", "300", "-inf", injection(t, 0, people, 5), "-key", "domain", "127.0.0.1",
		"-s", "10000", "-auth_uri", "10000@"+at))
	wrong := filepath.Join(t.TempDir(), "wrong.csv")
	if err := os.WriteFile(wrong, []byte("SEQUENTIAL\nu00001;[authentication username=u00001 password=guess];\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	finish(t, sipp(t, at, "subscribe_wrong.xml", "-p", freeUDP(t), "-r", "50", "-m", "100", "-inf", wrong, "-key", "domain", "127.0.0.1",
		"-s", "10000", "-auth_uri", "10000@"+at))
	if n := s.SIP.Subscriptions(); n != 0 {
		t.Errorf("%d subscriptions are left", n)
	}
	eventually(t, "all calls are over and recorded", func() bool {
		tally, err := s.Store.Tally(t.Context(), everything, dawn)
		return err == nil && s.Board.Calls() == 0 && tally.Calls == calls && tally.Missed == 0
	})
}

// A lamp key that nobody here has written shows a colleague idle, ringing, talking and idle again while two real phones call each other (BL-01):
// SIPp checks every document, its version and its state.
func TestLampOfAForeignPeer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	s := start(t, func(c *house.Config) { c.Digests = []string{"MD5", "SHA-256"} })
	s.claim()
	alice, bob := s.handset(ctx, "Alice", "101", 440), s.handset(ctx, "Bob", "102", 700)
	_, watcher := s.person("Wanda", "103")
	users := filepath.Join(t.TempDir(), "watcher.csv")
	if err := os.WriteFile(users, []byte(fmt.Sprintf("SEQUENTIAL\n%s;[authentication username=%s password=%s];\n", watcher.Username, watcher.Username, watcher.Secret)), 0o600); err != nil {
		t.Fatal(err)
	}
	at, log := s.reach("udp"), filepath.Join(t.TempDir(), "lamp.log")
	lamp := sipp(t, at, "lamp.xml", "-p", freeUDP(t), "-m", "1", "-inf", users, "-key", "domain", "127.0.0.1", "-s", "102", "-auth_uri", "102@"+at, "-trace_logs", "-log_file", log)
	done := make(chan struct{})
	go func() {
		defer close(done)
		finish(t, lamp)
	}()
	shows := func(what string) {
		t.Helper()
		eventually(t, "the lamp shows "+what, func() bool {
			text, _ := os.ReadFile(log)
			return strings.Contains(string(text), "shows "+what)
		})
	}
	shows("idle")
	do(t, alice, "dial", "sip:102@"+at)
	expect(t, ctx, bob, "CALL_INCOMING")
	shows("ringing")
	do(t, bob, "accept", "")
	expect(t, ctx, alice, "CALL_ESTABLISHED")
	shows("talking")
	do(t, alice, "hangup", "")
	shows("idle again")
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatal("SIPp does not end")
	}
}

func sipp(t *testing.T, server, scenario string, args ...string) *exec.Cmd {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("..", "bench", scenario))
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(context.WithoutCancel(t.Context()), "sipp", append([]string{server, "-sf", file, "-i", "127.0.0.1", "-nostdin", "-timeout", "60"}, args...)...)
	c.Dir = t.TempDir()
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return c
}

// finish runs SIPp to its end; it fails when a single call failed.
func finish(t *testing.T, c *exec.Cmd) {
	t.Helper()
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		text := out.String()
		t.Fatalf("sipp (Debian package sip-tester): %v\n%s", err, text[max(0, len(text)-4000):])
	}
}

// injection writes SIPp's list of accounts: every so many of them, which with five groups is everybody of one.
func injection(t *testing.T, from, to, every int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "users.csv")
	csv := "SEQUENTIAL\n"
	for i := from; i < to; i += every {
		csv += fmt.Sprintf("u%05d;[authentication username=u%05d password=pu%05d];\n", i, i, i)
	}
	if err := os.WriteFile(name, []byte(csv), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func freeUDP(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return strconv.Itoa(int(c.LocalAddr().(*net.UDPAddr).AddrPort().Port()))
}
