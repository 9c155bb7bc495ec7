package stack

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"testing"
	"time"
)

const benchRegister = "REGISTER sip:office.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.23:5060;branch=z9hG4bK-524287-1---8f2ab3c4d5e6f7a8;rport\r\n" +
	"Max-Forwards: 70\r\nContact: <sip:k3j4h5@192.168.1.23:5060;transport=udp;rinstance=7b8c9d0e1f2a3b4c>;expires=3600\r\n" +
	"To: \"Alice\" <sip:k3j4h5@office.example>\r\nFrom: \"Alice\" <sip:k3j4h5@office.example>;tag=5e6f7a8b\r\n" +
	"Call-ID: 9a8b7c6d5e4f3a2b1c0d@192.168.1.23\r\nCSeq: 2 REGISTER\r\nExpires: 3600\r\nAllow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, MESSAGE, OPTIONS, INFO, SUBSCRIBE\r\n" +
	"User-Agent: Yealink SIP-T46U 108.86.0.20\r\n" +
	"Authorization: Digest username=\"k3j4h5\",realm=\"tandem\",nonce=\"4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c\",uri=\"sip:office.example\",response=\"0123456789abcdef0123456789abcdef\",cnonce=\"a1b2c3d4\",nc=00000001,qop=auth,algorithm=MD5\r\n" +
	"Content-Length: 0\r\n\r\n"

const benchBody = "v=0\r\no=- 3900000000 3900000000 IN IP4 192.168.1.23\r\ns=-\r\nc=IN IP4 192.168.1.23\r\nt=0 0\r\nm=audio 11780 RTP/AVP 9 0 8 18 101\r\n" +
	"a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\n" +
	"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"

var benchInvite = "INVITE sip:102@office.example;user=phone SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.23:5060;branch=z9hG4bK3184729384;rport\r\n" +
	"From: \"Alice Example\" <sip:k3j4h5@office.example>;tag=1928301774\r\nTo: <sip:102@office.example;user=phone>\r\n" +
	"Call-ID: 0_2938471923@192.168.1.23\r\nCSeq: 1 INVITE\r\nContact: <sip:k3j4h5@192.168.1.23:5060>\r\nContent-Type: application/sdp\r\n" +
	"Allow: INVITE, INFO, PRACK, ACK, BYE, CANCEL, OPTIONS, NOTIFY, REGISTER, SUBSCRIBE, REFER, PUBLISH, UPDATE, MESSAGE\r\nMax-Forwards: 70\r\n" +
	"User-Agent: Yealink SIP-T46U 108.86.0.20\r\nSupported: replaces, timer\r\nAllow-Events: talk,hold,conference,refer,check-sync\r\nSession-Expires: 1800\r\n" +
	"Content-Length: " + strconv.Itoa(len(benchBody)) + "\r\n\r\n" + benchBody

func benchParse(b *testing.B, raw string) {
	data := []byte(raw)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseRegister(b *testing.B) { benchParse(b, benchRegister) }
func BenchmarkParseInvite(b *testing.B)   { benchParse(b, benchInvite) }

func BenchmarkValidateInvite(b *testing.B) {
	m, _ := Parse([]byte(benchInvite))
	b.ReportAllocs()
	for b.Loop() {
		if p := Validate(m, accepted); p != nil {
			b.Fatal(p)
		}
	}
}

func BenchmarkEncodeResponse(b *testing.B) {
	m, _ := Parse([]byte(benchInvite))
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf = NewResponse(m, 180, "").Append(buf[:0])
	}
}

func BenchmarkParseURI(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ParseURI("sip:k3j4h5@192.168.1.23:5060;transport=udp;rinstance=7b8c9d0e1f2a3b4c")
	}
}

type nobody struct{}

func (nobody) expire() {}

// BenchmarkWheel and BenchmarkAfterFunc compare what setting and stopping a timer costs while 100 000 others run.
func BenchmarkWheel(b *testing.B) {
	var w wheel
	others := make([]timer, 100_000)
	for i := range others {
		others[i].owner = nobody{}
		w.set(&others[i], 32*time.Second+time.Duration(i)*time.Microsecond)
	}
	t := timer{owner: nobody{}}
	b.ReportAllocs()
	for b.Loop() {
		w.set(&t, 32*time.Second)
		w.stop(&t)
	}
}

func BenchmarkAfterFunc(b *testing.B) {
	for range 100_000 {
		defer time.AfterFunc(time.Hour, func() {}).Stop()
	}
	b.ReportAllocs()
	for b.Loop() {
		time.AfterFunc(32*time.Second, func() {}).Stop()
	}
}

// sink is a link that throws away.
type sink struct{ sent int }

func (k *sink) send(_, _ netip.AddrPort, _ []byte) error { k.sent++; return nil }
func (k *sink) alive() bool                              { return true }
func (k *sink) close(error)                              {}
func (k *sink) number() uint64                           { return 1 }

// BenchmarkServerTransaction carries one REGISTER from bytes to the answer with its transaction, without sockets and without waiting.
func BenchmarkServerTransaction(b *testing.B) {
	done := make(chan struct{}, 1)
	s := New(Config{Workers: 1, Limits: Limits{Rate: -1}, Policy: accepted, OnRequest: func(tx *ServerTx) {
		tx.Respond(NewResponse(tx.Request, 200, ""))
		done <- struct{}{}
	}})
	defer s.Close()
	k := &sink{}
	f := Flow{Transport: UDP, Local: here, Remote: phone, link: k}
	head := []byte(benchRegister)
	at := len("REGISTER sip:office.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.23:5060;branch=z9hG4bK-")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		copy(head[at:], fmt.Sprintf("%08d", i%100_000_000))
		s.receive(f, head, 0)
		<-done
	}
}

// BenchmarkLoopback sends REGISTER over loopback UDP and waits for the answer: one round trip at a time.
func BenchmarkLoopback(b *testing.B) {
	s := New(Config{Limits: Limits{Rate: -1}, Policy: accepted, OnRequest: func(tx *ServerTx) {
		tx.Respond(NewResponse(tx.Request, 200, ""))
	}})
	defer s.Close()
	addr, err := s.ListenUDP("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	head := []byte(benchRegister)
	at := len("REGISTER sip:office.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.23:5060;branch=z9hG4bK-")
	buf := make([]byte, 4096)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		copy(head[at:], fmt.Sprintf("%08d", i%100_000_000))
		c.Write(head)
		if _, err := c.Read(buf); err != nil {
			b.Fatal(err)
		}
	}
}
