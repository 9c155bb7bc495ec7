package officetest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func options(transport, at, callID string) string {
	return fmt.Sprintf("OPTIONS sip:%[2]s SIP/2.0\r\nVia: SIP/2.0/%[1]s %[2]s;branch=z9hG4bK%[3]s;rport\r\nMax-Forwards: 70\r\n"+
		"From: <sip:stranger@%[2]s>;tag=%[3]s\r\nTo: <sip:%[2]s>\r\nCall-ID: %[3]s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n", transport, at, callID)
}

// As long as the office belongs to nobody, phones are not answered either: not over UDP, not over a connection (BAR FX-01).
func TestSIPIsSilentUntilTheClaim(t *testing.T) {
	s := start(t)
	udp, err := net.Dial("udp", s.reach("udp"))
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	udp.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(udp, options("UDP", s.reach("udp"), "before")); err != nil {
		t.Fatal(err)
	}
	for _, transport := range []string{"tcp", "tls"} {
		c, err := net.Dial("tcp", s.reach(transport))
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(patience))
		io.WriteString(c, options("TCP", s.reach("tcp"), "before-"+transport)) // may find the connection closed already
		if got, err := io.ReadAll(c); len(got) > 0 || isTimeout(err) {
			t.Errorf("%s before the claim: %q, %v", transport, got, err)
		}
		c.Close()
	}
	eventually(t, "three strangers were turned away", func() bool { return s.SIP.Stats().Blocked >= 3 })

	s.claim()
	// The answer to the second request is the first thing that comes: the first request was never answered.
	if _, err := io.WriteString(udp, options("UDP", s.reach("udp"), "after")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4096)
	n, err := udp.Read(b)
	if got := string(b[:n]); err != nil || !strings.HasPrefix(got, "SIP/2.0 200 ") || !strings.Contains(got, "Call-ID: after\r\n") {
		t.Errorf("UDP after the claim: %q, %v", got, err)
	}
	c, err := net.Dial("tcp", s.reach("tcp"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(c, options("TCP", s.reach("tcp"), "after-tcp")); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.HasPrefix(line, "SIP/2.0 200 ") {
		t.Errorf("TCP after the claim: %q, %v", line, err)
	}
}

func isTimeout(err error) bool {
	late, ok := err.(net.Error)
	return ok && late.Timeout()
}
