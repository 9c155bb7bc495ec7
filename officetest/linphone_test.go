package officetest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// linphone is a real Linphone in a console, in a process of its own. It has one contact in its list, whose presence it subscribes to and tells.
type linphone struct{ dir string }

// watching starts one that registers and watches the presence of a number.
func (s *server) watching(a Account, name, number string) *linphone {
	s.t.Helper()
	l := &linphone{s.t.TempDir()}
	at := s.reach("tcp")
	rc := fmt.Sprintf("[sip]\ndefault_proxy=0\nsip_port=0\nsip_tcp_port=-2\nsip_tls_port=0\nregister_only_when_network_is_up=0\nuse_ipv6=0\n"+
		"[auth_info_0]\nusername=%s\npasswd=%s\n[proxy_0]\nreg_proxy=<sip:%s;transport=tcp>\nreg_identity=sip:%s@127.0.0.1\nreg_expires=300\nreg_sendregister=1\npublish=0\n"+
		"[friend_0]\nurl=%q <sip:%s@%s;transport=tcp>\npol=accept\nsubscribe=1\n", a.Username, a.Secret, at, a.Username, name, number, at)
	file := filepath.Join(l.dir, "linphonerc")
	if err := os.WriteFile(file, []byte(rc), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(l.dir, ".local/share/linphone"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(l.dir, "out"))
	if err != nil {
		s.t.Fatal(err)
	}
	c := exec.CommandContext(context.WithoutCancel(s.t.Context()), "linphonec", "-c", file, "-d", "6", "-l", filepath.Join(l.dir, "log"), "-S")
	c.Env = append(os.Environ(), "HOME="+l.dir, "XDG_DATA_HOME="+filepath.Join(l.dir, ".local/share"), "XDG_CONFIG_HOME="+l.dir)
	c.Stdout, c.Stderr = out, out
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := c.StdinPipe() // it ends with its input
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		s.t.Fatalf("linphonec (Debian package linphone-cli): %v", err)
	}
	s.t.Cleanup(func() {
		_, _ = io.WriteString(in, "quit\n")
		_ = c.Process.Kill()
		_ = c.Wait()
		_ = out.Close()
		if s.t.Failed() {
			s.t.Logf("Linphone:\n%s", l.read("out"))
		}
	})
	return l
}

func (l *linphone) read(file string) string {
	b, _ := os.ReadFile(filepath.Join(l.dir, file))
	return string(b)
}

// tells is what it said last about its contact.
func (l *linphone) tells() string {
	text := l.read("out")
	i := strings.LastIndex(text, "Friend ")
	if i < 0 {
		return ""
	}
	line, _, _ := strings.Cut(text[i:], "\n")
	_, says, _ := strings.Cut(line, "> is ")
	return strings.TrimSpace(says)
}

// Linphone, which nobody here has written, has Bob in its list of contacts: it tells whether he can be reached, talks, or does not want to be disturbed, as soon as that
// changes. Presence (PIDF) is the one way it knows to watch somebody (BL-01). When somebody leaves a message for its own person it is told so unasked (BL-03), in a
// document that it takes without complaint; it has no place to show it.
func TestLinphone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	s := start(t)
	s.claim()
	alice, bob := s.desk(ctx, "Alice", "101"), s.desk(ctx, "Bob", "102")
	rung := make(chan *Talk, 1)
	bob.Ringing = func(c *Talk) { rung <- c }
	wanda, account := s.person("Wanda", "103")
	l := s.watching(account, "Bob", "102")
	tells := func(what string) {
		t.Helper()
		eventually(t, "Linphone says that Bob is "+what, func() bool { return l.tells() == what })
	}
	tells("Online")
	first, err := alice.Dial(ctx, "102")
	if err != nil {
		t.Fatal(err)
	}
	second := receive(t, ctx, rung, first)
	if err := second.Answer(ctx); err != nil {
		t.Fatal(err)
	}
	tells("On the phone")
	second.Hangup()
	tells("Online")
	waiting := func(count string) {
		t.Helper()
		eventually(t, "Linphone is told of messages: "+count, func() bool { return strings.Contains(l.read("log"), "Voice-Message: "+count+" (0/0)") })
	}
	waiting("0/0")

	s.call(200, "PUT", "/v1/users/"+wanda+"/status", object{"status": "dnd"})
	message, err := alice.Dial(ctx, "103")
	if err != nil {
		t.Fatal(err)
	}
	await(t, ctx, message.Answered(), message)
	eventually(t, "two seconds are recorded", func() bool { return s.recorded() > 2*2*8000 })
	message.Hangup()
	waiting("1/0")
	for _, refusal := range []string{"SIP/2.0 415", "SIP/2.0 489", "SIP/2.0 500"} { // what it would answer to a document it cannot read
		if strings.Contains(l.read("log"), refusal) {
			t.Errorf("Linphone answered %s", refusal)
		}
	}
	bobs := s.call(200, "GET", "/v1/users?q=Bob", nil).Text("items", 0, "id")
	s.call(200, "PUT", "/v1/users/"+bobs+"/status", object{"status": "dnd"})
	tells("Busy")
}
