package sip

import (
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/call"
	"tandem/pbx"
)

// heap0 is the live heap after a full collection.
func heap0() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// registerText is a REGISTER as the load generator writes it.
func registerText(user, host string, port, seq int, authorization string) []byte {
	return fmt.Appendf(nil, "REGISTER sip:bench.test SIP/2.0\r\nVia: SIP/2.0/UDP %s:%d;branch=z9hG4bK%s-%d;rport\r\nMax-Forwards: 70\r\n"+
		"From: <sip:%s@bench.test>;tag=r1\r\nTo: <sip:%s@bench.test>\r\nCall-ID: reg-%s\r\nCSeq: %d REGISTER\r\nContact: <sip:%s@%s:%d>\r\n"+
		"%sExpires: 3600\r\nUser-Agent: bench\r\nContent-Length: 0\r\n\r\n", host, port, user, seq, user, user, user, seq, user, host, port, authorization)
}

// wire sends a packet and waits for the answer to it.
type wire func(data []byte) string

// benchmarkRegister registers with challenge and digest: two round trips each, as one phone after the other does.
func benchmarkRegister(b *testing.B, h *house, host string, port int, send wire) {
	const accounts = 1000
	for i := range accounts {
		h.account(fmt.Sprintf("u%05d", i), "")
	}
	nonce := func(answer string) string {
		_, after, _ := strings.Cut(answer, `nonce="`)
		n, _, _ := strings.Cut(after, `"`)
		return n
	}
	b.ReportAllocs()
	seq := 0
	for b.Loop() {
		user := fmt.Sprintf("u%05d", seq%accounts)
		n := nonce(send(registerText(user, host, port, 2*seq+1, "")))
		proof := "Authorization: " + respond(user, secretOf(user), "REGISTER", "sip:bench.test", n, "00000001", algorithmMD5) + "\r\n"
		if answer := send(registerText(user, host, port, 2*seq+2, proof)); !strings.HasPrefix(answer, "SIP/2.0 200") {
			b.Fatal(answer)
		}
		seq++
	}
}

func BenchmarkRegisterInMemory(b *testing.B) {
	h := newHouse(b, nil)
	p := h.net.open("192.0.2.77:5070")
	buf := make([]byte, 4096)
	to := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(serverAddr))
	benchmarkRegister(b, h, "192.0.2.77", 5070, func(data []byte) string {
		_, _ = p.WriteTo(data, to)
		n, _, _ := p.ReadFrom(buf)
		h.net.mu.Lock()
		h.net.seen = h.net.seen[:0]
		h.net.mu.Unlock()
		return string(buf[:n])
	})
}

func BenchmarkRegisterOverLoopback(b *testing.B) {
	h := newHouse(b, func(c *Config) { c.Packets, c.UDP = nil, []string{"127.0.0.1:0"} })
	conn, err := net.Dial("udp", h.server.Addrs()[0].Addr.String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, 4096)
	benchmarkRegister(b, h, "127.0.0.1", conn.LocalAddr().(*net.UDPAddr).Port, func(data []byte) string {
		_, _ = conn.Write(data)
		n, _ := conn.Read(buf)
		return string(buf[:n])
	})
}

// BenchmarkRegistrarMemory is the row "memory per registration".
func BenchmarkRegistrarMemory(b *testing.B) {
	for b.Loop() {
		r := newRegistrar(func(pbx.DeviceID, []pbx.Binding) {})
		before := heap0()
		const n = 10000
		for i := range n {
			req := registerRequest(i)
			w := []wish{{contact: req.Contact(), instance: instanceOf(req.Contact()), life: time.Hour}}
			id := func() pbx.BindingID { return pbx.BindingID(fmt.Sprintf("bnd_%026d", i)) }
			r.register(time.Now(), pbx.DeviceID(fmt.Sprintf("dev_%026d", i)), req, w, false, 5, id)
		}
		b.ReportMetric(float64(heap0()-before)/n, "bytes/registration")
		r.close()
	}
}

// BenchmarkCall is an incoming leg from INVITE to BYE with digest, in memory: what signalling costs on our side of one phone.
func BenchmarkCall(b *testing.B) {
	var once sync.Mutex
	var h *house
	h = newHouse(b, func(c *Config) {
		c.Incoming = func(in call.Incoming) {
			once.Lock()
			defer once.Unlock()
			h.server.Progress(in.Leg, 180, nil)
			h.server.Accept(in.Leg, []byte(sdpB))
		}
		c.Signal = func(call.Signal) {}
	})
	p := h.net.open("192.0.2.77:5070")
	buf := make([]byte, 4096)
	to := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(serverAddr))
	read := func() string { n, _, _ := p.ReadFrom(buf); return string(buf[:n]) }
	text := func(method, toTag, branch string, id, seq int, extra, body string) []byte {
		return fmt.Appendf(nil, "%s sip:102@pbx SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.77:5070;branch=z9hG4bK%s%d-%d;rport\r\nMax-Forwards: 70\r\nFrom: <sip:alice@pbx>;tag=a\r\n"+
			"To: <sip:102@pbx>%s\r\nCall-ID: call-%d\r\nCSeq: %d %s\r\nContact: <sip:alice@192.0.2.77:5070>\r\n%sContent-Length: %d\r\n\r\n%s", method, branch, id, seq, toTag, id, seq, method, extra, len(body), body)
	}
	b.ReportAllocs()
	id := 0
	for b.Loop() {
		id++
		_, _ = p.WriteTo(text("INVITE", "", "i", id, 1, "Content-Type: application/sdp\r\n", sdpA), to)
		_, after, _ := strings.Cut(read(), `nonce="`)
		nonce, _, _ := strings.Cut(after, `"`)
		proof := "Authorization: " + respond("alice", secretOf("alice"), "INVITE", "sip:102@pbx", nonce, "00000001", algorithmMD5) + "\r\nContent-Type: application/sdp\r\n"
		_, _ = p.WriteTo(text("INVITE", "", "i", id, 2, proof, sdpA), to)
		read() // 180
		ok := read()
		_, after, _ = strings.Cut(ok, ">;tag=")
		_, after, _ = strings.Cut(after, ">;tag=")
		tag, _, _ := strings.Cut(after, "\r\n")
		_, _ = p.WriteTo(text("ACK", ";tag="+tag, "a", id, 2, "", ""), to)
		_, _ = p.WriteTo(text("BYE", ";tag="+tag, "b", id, 3, "", ""), to)
		if r := read(); !strings.HasPrefix(r, "SIP/2.0 200") {
			b.Fatalf("%s\nafter\n%s", r, ok)
		}
		h.net.mu.Lock()
		h.net.seen = h.net.seen[:0]
		h.net.mu.Unlock()
	}
}
