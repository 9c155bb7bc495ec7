package outbox_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// mailHost is an SMTP server (RFC 5321) that takes mails or refuses them as it is told.
type mailHost struct {
	mu       sync.Mutex
	refuse   map[string]string // answer to a command, by its verb
	down     bool              // nobody answers the phone
	mails    []string
	visits   int
	leaving  func() // called when a client takes its leave; may be nil
	sessions sync.WaitGroup
}

func (h *mailHost) set(verb, answer string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refuse = map[string]string{verb: answer}
}

func (h *mailHost) got() (mails []string, visits int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.mails...), h.visits
}

// dial connects without a network, so that time can stand still.
func (h *mailHost) dial(_ context.Context, _, address string) (net.Conn, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.visits++
	if h.down {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: fmt.Errorf("%s: connection refused", address)}
	}
	near, far := net.Pipe()
	h.sessions.Go(func() { h.serve(far) })
	return near, nil
}

// listen answers on a real socket.
func (h *mailHost) listen(t *testing.T) *net.TCPAddr {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var open []net.Conn
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open = append(open, c)
			h.sessions.Go(func() { h.serve(c) })
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
		for _, c := range open {
			c.Close()
		}
		h.sessions.Wait()
	})
	return l.Addr().(*net.TCPAddr)
}

func (h *mailHost) serve(c net.Conn) {
	defer c.Close()
	say := func(s string) { fmt.Fprintf(c, "%s\r\n", s) }
	say("220 mail.example ready")
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		verb, _, _ := strings.Cut(lines.Text(), " ")
		h.mu.Lock()
		answer := h.refuse[verb]
		h.mu.Unlock()
		switch {
		case answer != "":
			say(answer)
		case verb == "EHLO":
			say("250-mail.example")
			say("250-8BITMIME")
			say("250 AUTH CRAM-MD5")
		case verb == "AUTH":
			say("334 " + base64.StdEncoding.EncodeToString([]byte("<1@mail.example>")))
			lines.Scan()
			say("235 welcome")
		case verb == "DATA":
			say("354 go on")
			var b strings.Builder
			for lines.Scan() && lines.Text() != "." {
				b.WriteString(lines.Text() + "\n")
			}
			h.mu.Lock()
			h.mails = append(h.mails, b.String())
			h.mu.Unlock()
			say("250 taken")
		case verb == "QUIT":
			if h.leaving != nil {
				h.leaving()
			}
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}
