package officetest

import (
	"encoding/binary"
	"io"
	"net"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// NameServer answers questions about a few names, by UDP and TCP at one port. Answers about NAPTR are always too long for UDP.
type NameServer struct {
	Addr  string
	names map[string][]dnsmessage.Resource
	udp   net.PacketConn
	tcp   net.Listener
}

// naptrType is the number of NAPTR among the kinds of records.
const naptrType dnsmessage.Type = 35

// NewNameServer opens the sockets.
func NewNameServer() (*NameServer, error) {
	for range 50 {
		udp, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		tcp, err := net.Listen("tcp", udp.LocalAddr().String())
		if err != nil {
			udp.Close()
			continue
		}
		return &NameServer{Addr: udp.LocalAddr().String(), names: map[string][]dnsmessage.Resource{}, udp: udp, tcp: tcp}, nil
	}
	return nil, io.ErrNoProgress
}

// Close closes the sockets.
func (n *NameServer) Close() {
	n.udp.Close()
	n.tcp.Close()
}

func (n *NameServer) add(name string, kind dnsmessage.Type, body dnsmessage.ResourceBody) {
	key := name + "."
	n.names[key] = append(n.names[key], dnsmessage.Resource{
		Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(key), Type: kind, Class: dnsmessage.ClassINET, TTL: 1}, Body: body})
}

// Host lets a name lead to this machine.
func (n *NameServer) Host(name string) {
	n.add(name, dnsmessage.TypeA, &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}})
}

// Service lets the name of a service lead to a host and port.
func (n *NameServer) Service(name string, priority uint16, host string, port uint16) {
	n.add(name, dnsmessage.TypeSRV, &dnsmessage.SRVResource{Priority: priority, Port: port, Target: dnsmessage.MustNewName(host + ".")})
}

// Leads lets a name lead to the name of a service, as NAPTR does.
func (n *NameServer) Leads(name string, preference uint16, service, to string) {
	b := binary.BigEndian.AppendUint16([]byte{0, 10}, preference)
	for _, text := range append([]string{"s", service, ""}, strings.Split(to, ".")...) {
		b = append(append(b, byte(len(text))), text...)
	}
	n.add(name, naptrType, &dnsmessage.UnknownResource{Type: naptrType, Data: append(b, 0)})
}

// Serve answers until Close. All names have been told before.
func (n *NameServer) Serve() {
	go func() {
		b := make([]byte, 1500)
		for {
			size, from, err := n.udp.ReadFrom(b)
			if err != nil {
				return
			}
			if answer := n.answer(b[:size], true); answer != nil {
				n.udp.WriteTo(answer, from)
			}
		}
	}()
	for {
		c, err := n.tcp.Accept()
		if err != nil {
			return
		}
		go n.converse(c)
	}
}

func (n *NameServer) converse(c net.Conn) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		b := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, b); err != nil {
			return
		}
		answer := n.answer(b, false)
		c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
	}
}

func (n *NameServer) answer(packet []byte, udp bool) []byte {
	var q dnsmessage.Message
	if q.Unpack(packet) != nil || len(q.Questions) != 1 {
		return nil
	}
	a := dnsmessage.Message{Header: dnsmessage.Header{ID: q.ID, Response: true, Authoritative: true, RecursionAvailable: true}, Questions: q.Questions}
	records, known := n.names[strings.ToLower(q.Questions[0].Name.String())]
	if !known {
		a.RCode = dnsmessage.RCodeNameError
	}
	for _, r := range records {
		if r.Header.Type == q.Questions[0].Type {
			a.Answers = append(a.Answers, r)
		}
	}
	if udp && q.Questions[0].Type == naptrType && len(a.Answers) > 0 {
		a.Truncated, a.Answers = true, nil
	}
	out, err := a.Pack()
	if err != nil {
		return nil
	}
	return out
}
