package sip

import (
	"crypto/tls"
	"net"
	"net/netip"
	"testing"

	"tandem/sip/stack"
)

// Who takes the connection but hangs up or talks something else when TLS begins is told from who is not there at all, and from a certificate that is not good.
func TestTLSProblem(t *testing.T) {
	s := stack.New(stack.Config{})
	defer s.Close()
	for _, tt := range []struct {
		name string
		does func(net.Conn)
		want Problem
	}{
		{"hangs up", func(net.Conn) {}, ProblemPlain},
		{"hangs up when it has read", func(c net.Conn) { c.Read(make([]byte, 2048)) }, ProblemPlain},
		{"answers in plain words", func(c net.Conn) {
			c.Read(make([]byte, 2048))
			c.Write([]byte("SIP/2.0 400 Bad Request\r\n\r\n"))
		}, ProblemPlain},
		{"refuses by TLS", func(c net.Conn) { tls.Server(c, &tls.Config{}).Handshake() }, ProblemShake},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if c, err := l.Accept(); err == nil {
				tt.does(c)
				c.Close()
			}
		}()
		to := netip.MustParseAddrPort(l.Addr().String())
		if _, err := s.Dial(t.Context(), stack.TLS, to, &tls.Config{ServerName: "carrier.example"}); problemOf(err) != tt.want {
			t.Errorf("%s: %s for %v; want %s", tt.name, problemOf(err), err, tt.want)
		}
		<-done
		l.Close()
		if _, err := s.Dial(t.Context(), stack.TLS, to, &tls.Config{ServerName: "carrier.example"}); problemOf(err) != ProblemRefused {
			t.Errorf("nobody: %s for %v", problemOf(err), err)
		}
	}
}
