package sip

import (
	"encoding/binary"
	"net"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// naptrData writes a record as it stands in a packet.
func naptrData(n NAPTR) []byte {
	b := binary.BigEndian.AppendUint16(nil, n.Order)
	b = binary.BigEndian.AppendUint16(b, n.Preference)
	for _, text := range []string{n.Flags, n.Service, n.Regexp} {
		b = append(append(b, byte(len(text))), text...)
	}
	if n.Replacement != "" {
		for label := range strings.SplitSeq(n.Replacement, ".") {
			b = append(append(b, byte(len(label))), label...)
		}
	}
	return append(b, 0)
}

// NAPTR records come before service records, in the order of whoever published them; what is none of ours is passed over (RFC 3263 §4.1).
func TestResolveNAPTR(t *testing.T) {
	dns := names{
		hosts:    map[string][]string{"n.example": {"192.0.2.1"}, "x.example": {"192.0.2.9"}},
		services: map[string][]*net.SRV{"_sip._udp.n.example": {{Target: "x.example.", Port: 5070}}, "_sips._tcp.tls.example": {{Target: "x.example.", Port: 5071}}},
		naptr: map[string][]NAPTR{
			"n.example": {{20, 10, "s", "SIP+D2U", "", "_sip._udp.n.example"}, {10, 20, "S", "sips+d2t", "", "_sips._tcp.tls.example"},
				{10, 10, "s", "SIP+D2S", "", "_sip._sctp.n.example"}, {1, 1, "u", "E2U+sip", "!^.*$!sip:x!", ""}, {10, 5, "s", "SIP+D2T", "", "_sip._tcp.gone.example"}},
			"only.example": {{10, 10, "s", "SIP+D2T", "", "_sip._tcp.gone.example"}}},
	}
	for _, tt := range []struct{ host, transport, want string }{
		{"n.example", "", "tls 192.0.2.9:5071, udp 192.0.2.9:5070"},
		{"n.example", "udp", "udp 192.0.2.9:5070"},   // the transport is fixed: no NAPTR
		{"n.example:5062", "", "udp 192.0.2.1:5062"}, // so is the port: no records at all
		{"only.example", "", ""},                     // leads nowhere
	} {
		list, _ := resolve(t.Context(), dns, tt.host, tt.transport)
		var words []string
		for _, x := range list {
			words = append(words, x.transport.String()+" "+x.addr.String())
		}
		if got := strings.Join(words, ", "); got != tt.want {
			t.Errorf("%s over %q: %s, want %s", tt.host, tt.transport, got, tt.want)
		}
	}
}

func TestParseNAPTR(t *testing.T) {
	name := dnsmessage.MustNewName("carrier.example.")
	q := dnsmessage.Message{Header: dnsmessage.Header{ID: 7}, Questions: []dnsmessage.Question{{Name: name, Type: naptrType, Class: dnsmessage.ClassINET}}}
	record := NAPTR{10, 20, "s", "SIP+D2U", "", "_sip._udp.carrier.example"}
	head := dnsmessage.ResourceHeader{Name: name, Type: naptrType, Class: dnsmessage.ClassINET}
	alias := dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: name, Type: dnsmessage.TypeCNAME, Class: dnsmessage.ClassINET}, Body: &dnsmessage.CNAMEResource{CNAME: name}}
	good := dnsmessage.Resource{Header: head, Body: &dnsmessage.UnknownResource{Type: naptrType, Data: naptrData(record)}}
	bad := dnsmessage.Resource{Header: head, Body: &dnsmessage.UnknownResource{Type: naptrType, Data: []byte{0, 1, 0, 1, 9, 's'}}}
	for _, tt := range []struct {
		name   string
		change func(*dnsmessage.Message)
		want   int
		cut    bool
		err    error
	}{
		{"one record behind an alias", func(m *dnsmessage.Message) { m.Answers = []dnsmessage.Resource{alias, good, bad} }, 1, false, nil},
		{"none", func(*dnsmessage.Message) {}, 0, false, nil},
		{"no such name", func(m *dnsmessage.Message) { m.RCode = dnsmessage.RCodeNameError }, 0, false, nil},
		{"too long for UDP", func(m *dnsmessage.Message) { m.Truncated = true }, 0, true, nil},
		{"the server is out of order", func(m *dnsmessage.Message) { m.RCode = dnsmessage.RCodeServerFailure }, 0, false, errNoNAPTR},
		{"another id", func(m *dnsmessage.Message) { m.ID = 8 }, 0, false, errForeign},
		{"another question", func(m *dnsmessage.Message) {
			m.Questions = []dnsmessage.Question{{Name: dnsmessage.MustNewName("evil."), Type: naptrType}}
		}, 0, false, errForeign},
		{"a question", func(m *dnsmessage.Message) { m.Response = false }, 0, false, errForeign},
	} {
		m := dnsmessage.Message{Header: dnsmessage.Header{ID: 7, Response: true}, Questions: q.Questions}
		tt.change(&m)
		packet, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		list, cut, err := parseNAPTR(packet, q)
		if len(list) != tt.want || cut != tt.cut || err != tt.err || tt.want == 1 && list[0] != record {
			t.Errorf("%s: %v %v %v", tt.name, list, cut, err)
		}
	}
}

func FuzzReadNAPTR(f *testing.F) {
	f.Add(naptrData(NAPTR{1, 2, "s", "SIP+D2T", "", "_sip._tcp.x"}))
	f.Add([]byte{0, 1, 0, 1, 200})
	f.Fuzz(func(t *testing.T, b []byte) {
		n, ok := readNAPTR(b)
		if ok && !strings.Contains(n.Replacement, ".") && !slices.Contains(strings.Split(n.Replacement, "."), "") {
			if again, ok := readNAPTR(naptrData(n)); !ok || again != n {
				t.Errorf("%+v became %+v", n, again)
			}
		}
	})
}
