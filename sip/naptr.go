package sip

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"tandem/sip/stack"
)

// NAPTR is a record that says by which services a name is reached (RFC 3403).
type NAPTR struct {
	Order, Preference                   uint16
	Flags, Service, Regexp, Replacement string
}

// DNS is the Resolver of the system, which asks for NAPTR records by itself: package net does not know them.
type DNS struct {
	net.Resolver
	servers []string
}

// NewDNS asks the given name servers ("address:port"), or those of the system.
func NewDNS(servers ...string) *DNS {
	d := &DNS{servers: servers}
	if len(servers) > 0 {
		d.PreferGo = true
		d.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, servers[0])
		}
	}
	return d
}

// naptrType is the number of NAPTR among the kinds of records.
const naptrType dnsmessage.Type = 35

// naptrTime is how long one name server may take.
const naptrTime = 2 * time.Second

var errNoNAPTR = errors.New("no name server answered")

// LookupNAPTR asks the name servers one after the other. No record is no error.
func (d *DNS) LookupNAPTR(ctx context.Context, name string) ([]NAPTR, error) {
	n, err := dnsmessage.NewName(strings.TrimSuffix(name, ".") + ".")
	if err != nil {
		return nil, err
	}
	err = errNoNAPTR
	for _, server := range d.nameServers() {
		var list []NAPTR
		if list, err = askNAPTR(ctx, server, n); err == nil {
			return list, nil
		}
	}
	return nil, err
}

// nameServers are those it was given, else those of the system.
func (d *DNS) nameServers() []string {
	if len(d.servers) > 0 {
		return d.servers
	}
	text, err := os.ReadFile("/etc/resolv.conf")
	if err != nil {
		return []string{"127.0.0.1:53"}
	}
	var list []string
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "nameserver" && len(list) < 3 {
			list = append(list, net.JoinHostPort(f[1], "53"))
		}
	}
	return list
}

// askNAPTR asks one server by UDP, and by TCP where the answer is too long for it.
func askNAPTR(ctx context.Context, server string, name dnsmessage.Name) ([]NAPTR, error) {
	ctx, cancel := context.WithTimeout(ctx, naptrTime)
	defer cancel()
	for _, network := range []string{"udp", "tcp"} {
		list, cut, err := exchangeNAPTR(ctx, network, server, name)
		if err != nil || !cut {
			return list, err
		}
	}
	return nil, errNoNAPTR
}

func exchangeNAPTR(ctx context.Context, network, server string, name dnsmessage.Name) (list []NAPTR, cut bool, err error) {
	c, err := new(net.Dialer).DialContext(ctx, network, server)
	if err != nil {
		return nil, false, err
	}
	defer c.Close()
	if at, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(at)
	}
	q := dnsmessage.Message{Header: dnsmessage.Header{ID: uint16(rand.Uint32()), RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: name, Type: naptrType, Class: dnsmessage.ClassINET}}}
	packet, err := q.Pack()
	if err != nil {
		return nil, false, err
	}
	if network == "tcp" {
		packet = append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...)
	}
	if _, err := c.Write(packet); err != nil {
		return nil, false, err
	}
	for {
		answer, err := readDNS(c, network)
		if err != nil {
			return nil, false, err
		}
		if list, cut, err = parseNAPTR(answer, q); !errors.Is(err, errForeign) {
			return list, cut, err
		}
	}
}

func readDNS(c net.Conn, network string) ([]byte, error) {
	if network == "udp" {
		b := make([]byte, 4096)
		n, err := c.Read(b)
		return b[:n], err
	}
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return nil, err
	}
	b := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err := io.ReadFull(c, b)
	return b, err
}

// errForeign is a packet that answers no question of ours.
var errForeign = errors.New("not the answer")

func parseNAPTR(packet []byte, q dnsmessage.Message) (list []NAPTR, cut bool, err error) {
	var p dnsmessage.Parser
	h, err := p.Start(packet)
	if err != nil || h.ID != q.ID || !h.Response {
		return nil, false, errForeign
	}
	asked, err := p.AllQuestions()
	if err != nil || len(asked) != 1 || asked[0].Type != naptrType || !strings.EqualFold(asked[0].Name.String(), q.Questions[0].Name.String()) {
		return nil, false, errForeign
	}
	switch {
	case h.Truncated:
		return nil, true, nil
	case h.RCode == dnsmessage.RCodeNameError:
		return nil, false, nil
	case h.RCode != dnsmessage.RCodeSuccess:
		return nil, false, errNoNAPTR
	}
	for len(list) < maxTargets {
		head, err := p.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			break
		}
		if err != nil {
			return nil, false, err
		}
		if head.Type != naptrType { // an alias on the way
			if err := p.SkipAnswer(); err != nil {
				return nil, false, err
			}
			continue
		}
		r, err := p.UnknownResource()
		if err != nil {
			return nil, false, err
		}
		if n, ok := readNAPTR(r.Data); ok {
			list = append(list, n)
		}
	}
	return list, false, nil
}

// readNAPTR reads the data of a record. Its names are never shortened (RFC 3403 §4.1).
func readNAPTR(b []byte) (n NAPTR, ok bool) {
	if len(b) < 4 {
		return n, false
	}
	n.Order, n.Preference = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	b = b[4:]
	take := func() (text string) {
		if !ok || len(b) == 0 || len(b) < 1+int(b[0]) {
			ok = false
			return ""
		}
		text, b = string(b[1:1+int(b[0])]), b[1+int(b[0]):]
		return text
	}
	ok = true
	n.Flags, n.Service, n.Regexp = take(), take(), take()
	var labels []string
	for {
		label := take()
		if !ok || label == "" {
			break
		}
		labels = append(labels, label)
	}
	n.Replacement = strings.Join(labels, ".")
	return n, ok && len(b) == 0
}

// services are the names and transports that NAPTR records lead to, in the order in which whoever published them wants them tried
// (RFC 3263 §4.1).
func services(ctx context.Context, r Resolver, name string) []service {
	records, err := r.LookupNAPTR(ctx, name)
	if err != nil {
		return nil
	}
	slices.SortStableFunc(records, func(a, b NAPTR) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Preference, b.Preference))
	})
	var list []service
	for _, n := range records {
		t, ok := map[string]stack.Transport{"SIP+D2U": stack.UDP, "SIP+D2T": stack.TCP, "SIPS+D2T": stack.TLS}[strings.ToUpper(n.Service)]
		if ok && strings.EqualFold(n.Flags, "s") && n.Replacement != "" && n.Replacement != "." {
			list = append(list, service{t, n.Replacement})
		}
	}
	return list
}

// service is a name with service records, and what is spoken there.
type service struct {
	transport stack.Transport
	name      string
}
