package sip

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"tandem/pbx"
	"tandem/sip/stack"
)

// Addr is where a server listens.
type Addr struct {
	Transport string // udp tcp tls
	Addr      netip.AddrPort
}

var errNoCertificate = errors.New("sip: TLS needs a certificate")

// listen opens everything that the configuration names, or fails with the first that cannot be had.
func (s *Server) listen() error {
	chosen := map[string]netip.AddrPort{}
	for _, addr := range s.cfg.UDP {
		got, err := s.stack.ListenUDP(addr)
		if err != nil {
			return fmt.Errorf("listen for SIP over UDP at %s: %w", addr, err)
		}
		chosen[addr] = got
	}
	for _, addr := range s.cfg.TCP {
		if err := s.listenTCP(addr, chosen[addr]); err != nil {
			return fmt.Errorf("listen for SIP over TCP at %s: %w", addr, err)
		}
	}
	for _, addr := range s.cfg.TLS {
		if s.cfg.TLSConfig == nil {
			return errNoCertificate
		}
		if _, err := s.stack.ListenTLS(addr, s.listenTLS()); err != nil {
			return fmt.Errorf("listen for SIP over TLS at %s: %w", addr, err)
		}
	}
	for _, pc := range s.cfg.Packets {
		if err := s.stack.ServePacket(pc); err != nil {
			return fmt.Errorf("serve SIP datagrams: %w", err)
		}
	}
	return nil
}

// listenTCP takes the port that UDP was given for the same address, so that "port 0" is one number for people. When somebody else
// has it, any free one will do.
func (s *Server) listenTCP(addr string, udp netip.AddrPort) error {
	if host, port, err := net.SplitHostPort(addr); err == nil && port == "0" && udp.Port() != 0 {
		if _, err := s.stack.ListenTCP(net.JoinHostPort(host, itoa(int(udp.Port())))); err == nil {
			return nil
		}
	}
	_, err := s.stack.ListenTCP(addr)
	return err
}

// Addrs lists where the server listens, with the ports that were chosen.
func (s *Server) Addrs() []Addr {
	var out []Addr
	for _, a := range s.stack.Addrs() {
		out = append(out, Addr{a.Transport.String(), a.Addr})
	}
	return out
}

// isListening reports whether one of our listeners has this port.
func (s *Server) isListening(port uint16) bool {
	for _, a := range s.stack.Addrs() {
		if a.Addr.Port() == port {
			return true
		}
	}
	return false
}

// WebSocket says how browsers may connect; the zero value allows pages of this host only.
type WebSocket struct {
	Origin func(r *http.Request) bool           // whether a page of this origin may connect; nil allows the host that is asked
	Secure func(r *http.Request) bool           // whether the browser speaks TLS, to us or to a proxy before us; nil looks at r.TLS
	Remote func(r *http.Request) netip.AddrPort // address of the browser; nil takes r.RemoteAddr

	// Pass finds out whether the page that connects belongs to somebody who is signed in (RFC 7118 §7). What comes over the connection is then
	// believed to be his without a digest, while the returned function says whose it is. cut ends it: its calls, its registration, the connection.
	// Nil, or a nil function, leaves it to the digest.
	Pass func(r *http.Request, cut func()) func() (Credential, bool)
}

// WebSocket is the HTTP handler for SIP over WebSocket (RFC 7118), with the same digest as everywhere.
func (s *Server) WebSocket(w WebSocket) http.Handler {
	opened := func(r *http.Request, f stack.Flow) {
		if w.Pass == nil {
			return
		}
		if whose := w.Pass(r, func() { s.cut(f) }); whose != nil {
			s.passes.Store(f, whose)
			if !f.Alive() { // it ended meanwhile
				s.passes.Delete(f)
			}
		}
	}
	return s.stack.WebSocket(stack.WebSocket{Origin: w.Origin, Secure: w.Secure, Remote: w.Remote, Opened: opened})
}

// passed is whose connection it is that a request came over, if it names itself so.
func (s *Server) passed(req *stack.Message) (Credential, bool) {
	whose, ok := s.passes.Load(req.Flow)
	if !ok {
		return Credential{}, false
	}
	c, ok := whose.(func() (Credential, bool))()
	return c, ok && c.mayBe(req) && c.admits(req.Flow.Remote.Addr().Unmap())
}

// cut ends all that belongs to a connection whose pass is over. The goodbyes leave before it closes.
func (s *Server) cut(f stack.Flow) {
	s.passes.Delete(f)
	for _, l := range s.legsBy(f) {
		s.stack.Do(l.key.callID, func() { l.hangup(pbx.CauseSuspended) })
	}
	for _, n := range s.events.over(f) {
		s.stack.Do(n.key.callID, func() { n.end("rejected") })
	}
	s.registrar.lost(f)
	s.stack.After(f.Token(), time.Second, f.Close)
}
