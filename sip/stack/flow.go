package stack

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"strconv"
)

// Transport is how a message travels.
type Transport uint8

// The transports. The zero value is none.
const (
	UDP Transport = iota + 1
	TCP
	TLS
	WS
	WSS
)

var transportNames = [...]string{"", "udp", "tcp", "tls", "ws", "wss"}
var transportVias = [...]string{"", "UDP", "TCP", "TLS", "WS", "WSS"}

// String is the lower-case name as it stands in a URI parameter.
func (t Transport) String() string { return transportNames[t] }

// Via is the name as it stands in a Via header.
func (t Transport) Via() string { return transportVias[t] }

// Reliable reports whether the transport itself repeats what is lost.
func (t Transport) Reliable() bool { return t > UDP }

// Secure reports whether the transport encrypts.
func (t Transport) Secure() bool { return t == TLS || t == WSS }

// ParseTransport reads a lower-case or upper-case name; false for an unknown one.
func ParseTransport(name string) (Transport, bool) {
	for i := 1; i < len(transportNames); i++ {
		if fold(name, transportNames[i]) {
			return Transport(i), true
		}
	}
	return 0, false
}

// Flow is a way to the far side: the socket or the connection a message came by, the address of ours it was sent to, and the address behind
// it (RFC 5626 §3). It is a
// comparable value and may be a map key. A flow over UDP never dies; a flow over a connection dies with it, and
// Config.OnFlowClosed reports that.
type Flow struct {
	Transport Transport
	Local     netip.AddrPort
	Remote    netip.AddrPort
	link      link
}

// link is a socket or a connection.
type link interface {
	// send hands bytes over and never waits for the far side: a full queue closes the connection. from is the address of ours to send
	// from, where there is a choice.
	send(from, to netip.AddrPort, data []byte) error
	alive() bool
	close(why error)
	number() uint64
}

// ErrFlowClosed is the answer to sending over a connection that is gone.
var ErrFlowClosed = errors.New("the connection is closed")

// IsZero reports whether there is no flow.
func (f Flow) IsZero() bool { return f.link == nil }

// Secure reports whether signalling on this flow is encrypted.
func (f Flow) Secure() bool { return f.Transport.Secure() }

// Reliable reports whether the flow is a connection.
func (f Flow) Reliable() bool { return f.Transport.Reliable() }

// Certificates are what the far side showed when encryption began, its own first; none where it showed none, or nothing is encrypted.
func (f Flow) Certificates() []*x509.Certificate {
	if c, ok := f.link.(*conn); ok {
		if p, ok := c.pipe.(stream); ok {
			if secure, ok := p.Conn.(*tls.Conn); ok {
				return secure.ConnectionState().PeerCertificates
			}
		}
	}
	return nil
}

// Alive reports whether messages can still be sent. UDP flows are alive until the stack closes.
func (f Flow) Alive() bool { return f.link != nil && f.link.alive() }

// Close ends the connection behind a flow, soon and from another goroutine, so that OnFlowClosed never comes while the caller holds
// a lock. It does nothing for UDP.
func (f Flow) Close() {
	if f.link != nil && f.Reliable() {
		go f.link.close(ErrFlowClosed)
	}
}

// Token names the flow as text, unique while the process lives: for bindings and Path. Stack.FlowOf reads it back.
func (f Flow) Token() string {
	if f.link == nil {
		return ""
	}
	buf := append(make([]byte, 0, 48), f.Transport.String()...)
	buf = append(buf, ':')
	if f.Reliable() {
		buf = strconv.AppendUint(buf, f.link.number(), 36)
	} else {
		buf = f.Remote.AppendTo(buf)
	}
	return string(buf)
}

// String is for logs: "udp 192.0.2.1:5060".
func (f Flow) String() string { return f.Transport.String() + " " + f.Remote.String() }

func (f Flow) write(data []byte) error {
	if f.link == nil {
		return ErrFlowClosed
	}
	return f.link.send(f.Local, f.Remote, data)
}
