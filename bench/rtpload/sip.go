package main

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type msg struct {
	first string
	h     map[string][]string
	body  string
}

func parse(b []byte) *msg {
	head, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
	lines := strings.Split(string(head), "\r\n")
	if len(lines) < 2 {
		return nil
	}
	m := &msg{first: lines[0], h: map[string][]string{}, body: string(body)}
	short := map[string]string{"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}
	for _, l := range lines[1:] {
		k, v, ok := strings.Cut(l, ":")
		if !ok {
			continue
		}
		k = strings.ToLower(strings.TrimSpace(k))
		if s, ok := short[k]; ok {
			k = s
		}
		m.h[k] = append(m.h[k], strings.TrimSpace(v))
	}
	return m
}

func (m *msg) get(k string) string {
	if v := m.h[k]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (m *msg) status() int {
	if !strings.HasPrefix(m.first, "SIP/2.0 ") || len(m.first) < 11 {
		return 0
	}
	n, _ := strconv.Atoi(m.first[8:11])
	return n
}

func uriIn(v string) string {
	if i := strings.IndexByte(v, '<'); i >= 0 {
		if j := strings.IndexByte(v[i:], '>'); j > 0 {
			return v[i+1 : i+j]
		}
	}
	u, _, _ := strings.Cut(v, ";")
	return u
}

func sdpAddr(body string) uint64 {
	ip, port, media := "", 0, false
	for _, l := range strings.Split(strings.ReplaceAll(body, "\r", ""), "\n") {
		switch {
		case strings.HasPrefix(l, "c=IN IP4 ") && (ip == "" || media):
			ip = strings.TrimSpace(l[9:])
		case strings.HasPrefix(l, "m=audio "):
			if f := strings.Fields(l); len(f) > 1 {
				port, _ = strconv.Atoi(f[1])
			}
			media = true
		}
	}
	return addrKey(ip, port)
}

func sdp(port int) string {
	return fmt.Sprintf("v=0\r\no=bench 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n", *local, *local, port)
}

func param(h, k string) string {
	i := strings.Index(h, k+"=")
	for i > 0 && h[i-1] != ' ' && h[i-1] != ',' {
		j := strings.Index(h[i+1:], k+"=")
		if j < 0 {
			return ""
		}
		i += 1 + j
	}
	if i < 0 {
		return ""
	}
	v := h[i+len(k)+1:]
	if strings.HasPrefix(v, `"`) {
		v = v[1:]
		return v[:strings.IndexByte(v, '"')]
	}
	if j := strings.IndexAny(v, ", "); j >= 0 {
		v = v[:j]
	}
	return v
}

func hx(s string) string { x := md5.Sum([]byte(s)); return hex.EncodeToString(x[:]) }

func digest(chal, user, method, uri string) string {
	realm, nonce := param(chal, "realm"), param(chal, "nonce")
	pw := strings.ReplaceAll(*pass, "{user}", user)
	ha1, ha2 := hx(user+":"+realm+":"+pw), hx(method+":"+uri)
	base := fmt.Sprintf(`Digest username="%s",realm="%s",nonce="%s",uri="%s",algorithm=MD5`, user, realm, nonce, uri)
	if o := param(chal, "opaque"); o != "" {
		base += `,opaque="` + o + `"`
	}
	if strings.Contains(param(chal, "qop"), "auth") {
		cn := fmt.Sprintf("%08x", rand.Uint32())
		return base + fmt.Sprintf(`,qop=auth,nc=00000001,cnonce="%s",response="%s"`, cn, hx(ha1+":"+nonce+":00000001:"+cn+":auth:"+ha2))
	}
	return base + `,response="` + hx(ha1+":"+nonce+":"+ha2) + `"`
}

type call struct {
	i        int
	id       string
	user     string // From user
	uri      string
	tag      string
	cseq     int
	auth     string
	state    atomic.Int32 // 0 inviting 1 up 2 failed 3 ended
	st       *stream
	toHdr    string
	remote   string // remote target
	routes   []string
	lastSent []byte
	t0       time.Time
	pdd      time.Duration
	tries    int
	next     time.Time
	code     int
	branch   int
	early    bool
	settled  chan struct{} // closed when the INVITE has its final answer
}

type uac struct {
	c     *net.UDPConn
	dst   *net.UDPAddr
	mu    sync.Mutex
	calls map[string]*call
}

func (u *uac) build(c *call, method, uri, to string, cseq int, body string) []byte {
	c.branch++
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%d;branch=z9hG4bK%s-%d;rport\r\nMax-Forwards: 70\r\n", method, uri, *local, *uacPort, c.tag, c.branch)
	for _, r := range c.routes {
		fmt.Fprintf(&b, "Route: %s\r\n", r)
	}
	fmt.Fprintf(&b, "From: <sip:%s@%s>;tag=%s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:%s@%s:%d>\r\nUser-Agent: bench\r\n", c.user, *domain, c.tag, to, c.id, cseq, method, c.user, *local, *uacPort)
	if c.auth != "" && method == "INVITE" {
		b.WriteString(c.auth + "\r\n")
	}
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return []byte(b.String())
}

func (u *uac) send(b []byte) { _, _ = u.c.WriteToUDP(b, u.dst) }

func reply(m *msg, code string, tag, contact, body string) []byte {
	var b strings.Builder
	b.WriteString("SIP/2.0 " + code + "\r\n")
	for _, v := range m.h["via"] {
		b.WriteString("Via: " + v + "\r\n")
	}
	for _, v := range m.h["record-route"] {
		b.WriteString("Record-Route: " + v + "\r\n")
	}
	to := m.get("to")
	if tag != "" && !strings.Contains(to, ";tag=") {
		to += ";tag=" + tag
	}
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\n", m.get("from"), to, m.get("call-id"), m.get("cseq"))
	if contact != "" {
		b.WriteString("Contact: " + contact + "\r\n")
	}
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return []byte(b.String())
}

func (u *uac) loop() {
	buf := make([]byte, 65536)
	for {
		n, src, err := u.c.ReadFromUDP(buf)
		if err != nil {
			return
		}
		m := parse(buf[:n])
		if m == nil {
			continue
		}
		u.mu.Lock()
		c := u.calls[m.get("call-id")]
		code := m.status()
		if code == 0 {
			method, _, _ := strings.Cut(m.first, " ")
			body := ""
			if method == "INVITE" && c != nil {
				if a := sdpAddr(m.body); a != 0 {
					c.st.dst.Store(a)
				}
				body = sdp(c.st.sock.port)
			}
			if method == "BYE" && c != nil && c.state.Load() == 1 {
				c.early = true
				c.st.dst.Store(0)
				c.state.Store(3)
			}
			if method != "ACK" {
				_, _ = u.c.WriteToUDP(reply(m, "200 OK", "", fmt.Sprintf("<sip:bench@%s:%d>", *local, *uacPort), body), src)
			}
			u.mu.Unlock()
			continue
		}
		if c == nil {
			u.mu.Unlock()
			continue
		}
		_, method, _ := strings.Cut(m.get("cseq"), " ")
		switch {
		case method == "BYE":
			if code >= 200 {
				c.state.Store(3)
			}
		case method != "INVITE":
		case code >= 100 && code < 200:
			c.next = time.Now().Add(time.Hour)
			if code > 100 && c.pdd == 0 {
				c.pdd = time.Since(c.t0)
			}
		case code == 401 || code == 407:
			u.send(u.ackFail(c, m))
			if c.auth != "" || *pass == "" {
				c.state.Store(2)
				c.code = code
				break
			}
			hn, ch := "Authorization: ", m.get("www-authenticate")
			if code == 407 {
				hn, ch = "Proxy-Authorization: ", m.get("proxy-authenticate")
			}
			c.auth = hn + digest(ch, c.user, "INVITE", c.uri)
			c.cseq++
			c.lastSent = u.build(c, "INVITE", c.uri, "<"+c.uri+">", c.cseq, sdp(c.st.sock.port))
			c.tries, c.next = 0, time.Now().Add(500*time.Millisecond)
			u.send(c.lastSent)
		case code >= 200 && code < 300:
			if c.state.Load() == 0 {
				if c.pdd == 0 {
					c.pdd = time.Since(c.t0)
				}
				c.toHdr = m.get("to")
				c.remote = uriIn(m.get("contact"))
				rr := m.h["record-route"]
				for k := len(rr) - 1; k >= 0; k-- {
					c.routes = append(c.routes, rr[k])
				}
				c.lastSent = u.build(c, "ACK", c.remote, c.toHdr, c.cseq, "")
				c.st.dst.Store(sdpAddr(m.body))
				c.state.Store(1)
				close(c.settled)
			}
			u.send(c.lastSent)
		default:
			u.send(u.ackFail(c, m))
			c.state.Store(2)
			c.code = code
		}
		u.mu.Unlock()
	}
}

func (u *uac) ackFail(c *call, m *msg) []byte {
	c.branch--
	b := u.build(c, "ACK", c.uri, m.get("to"), c.cseq, "")
	return b
}

func (u *uac) invite(c *call) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.calls[c.id] = c
	c.t0 = time.Now()
	c.cseq = 1
	c.lastSent = u.build(c, "INVITE", c.uri, "<"+c.uri+">", 1, sdp(c.st.sock.port))
	c.next = c.t0.Add(500 * time.Millisecond)
	u.send(c.lastSent)
}

// holdAndEnd waits for the answer, holds the call and ends it, repeating BYE as needed.
func (u *uac) holdAndEnd(c *call) {
	select {
	case <-c.settled:
	case <-time.After(*maxSetup):
	}
	if c.state.Load() != 1 {
		return
	}
	time.Sleep(*hold)
	u.mu.Lock()
	c.cseq++
	b := u.build(c, "BYE", c.remote, c.toHdr, c.cseq, "")
	u.mu.Unlock()
	for i := 0; i < 5 && c.state.Load() == 1; i++ {
		u.send(b)
		time.Sleep(500 * time.Millisecond << i)
	}
}

func callsReport(calls []*call, t0 time.Time, cpu0, busy0, rss0 float64, u *uac) {
	sent := time.Since(t0)
	time.Sleep(*hold + 2*time.Second)
	end := time.Now().Add(*maxSetup)
	for time.Now().Before(end) {
		open := 0
		for _, c := range calls {
			if s := c.state.Load(); s < 2 {
				open++
			}
		}
		if open == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	wall := time.Since(t0)
	cpu := procCPU(*pids) - cpu0
	busy, _ := sysBusy()
	h, ok := new(hist), 0
	codes := map[int]int{}
	rex := 0
	u.mu.Lock()
	for _, c := range calls {
		rex += c.tries
		if c.state.Load() == 3 {
			ok++
			h.add(c.pdd.Microseconds())
		} else {
			codes[c.code]++
		}
	}
	u.mu.Unlock()
	if *asJSON {
		line(map[string]any{"mode": *mode, "asked": len(calls), "ok": ok, "failed": len(calls) - ok, "busy503": codes[503], "retransmissions": rex,
			"reached": float64(len(calls)) / sent.Seconds(), "goodput": float64(ok) / sent.Seconds(), "p50_ms": h.q(.5), "p90_ms": h.q(.9), "p99_ms": h.q(.99),
			"server_cpu": cpu, "per1000": 1000 * cpu / math.Max(1, float64(ok)), "rss_kb": procRSS(*pids), "self_cpu": selfCPU(),
			"machine_busy_cores": (busy - busy0) / wall.Seconds()})
		return
	}
	fmt.Printf("calls: %d at %.0f/s: ok %d failed %d %v INVITE retransmissions %d; pdd ms p50/p90/p99/max %.2f/%.2f/%.2f/%.1f; server %.2f CPU-s = %.3f CPU-s per 1000 calls, RSS %.0f -> %.0f KiB; generator %.2f CPU-s; sent in %.1f s, wall %.1f s, machine busy %.2f\n",
		len(calls), float64(len(calls))/sent.Seconds(), ok, len(calls)-ok, codes, rex, h.q(.5), h.q(.9), h.q(.99), float64(h.max)/1000, cpu, 1000*cpu/math.Max(1, float64(ok)), rss0, procRSS(*pids), selfCPU(), sent.Seconds(), wall.Seconds(), (busy-busy0)/wall.Seconds())
}

func (u *uac) retransmit() {
	for {
		time.Sleep(100 * time.Millisecond)
		now := time.Now()
		u.mu.Lock()
		for _, c := range u.calls {
			if c.state.Load() == 0 && now.After(c.next) && c.tries < 6 {
				c.tries++
				c.next = now.Add(500 * time.Millisecond << c.tries)
				u.send(c.lastSent)
			}
		}
		u.mu.Unlock()
	}
}

type uas struct {
	c     *net.UDPConn
	b     []*stream
	next  int
	calls map[string]*uasCall
	bad   atomic.Int64
}

type uasCall struct {
	st  *stream
	ans []byte
	tag string
}

func (s *uas) loop() {
	buf := make([]byte, 65536)
	for {
		n, src, err := s.c.ReadFromUDP(buf)
		if err != nil {
			return
		}
		m := parse(buf[:n])
		if m == nil || m.status() != 0 {
			continue
		}
		method, _, _ := strings.Cut(m.first, " ")
		id := m.get("call-id")
		c := s.calls[id]
		contact := fmt.Sprintf("<sip:callee@%s:%d>", *local, *uasPort)
		switch method {
		case "ACK":
		case "INVITE":
			if c == nil {
				if s.next >= len(s.b) {
					s.bad.Add(1)
					_, _ = s.c.WriteToUDP(reply(m, "486 Busy Here", "x", "", ""), src)
					continue
				}
				c = &uasCall{st: s.b[s.next], tag: fmt.Sprintf("b%d", s.next)}
				s.next++
				s.calls[id] = c
				_, _ = s.c.WriteToUDP(reply(m, "180 Ringing", c.tag, contact, ""), src)
			}
			if a := sdpAddr(m.body); a != 0 {
				c.st.dst.Store(a)
			}
			_, _ = s.c.WriteToUDP(reply(m, "200 OK", c.tag, contact, sdp(c.st.sock.port)), src)
		case "BYE":
			if c != nil {
				c.st.dst.Store(0)
			}
			_, _ = s.c.WriteToUDP(reply(m, "200 OK", "", "", ""), src)
		default:
			tag := "x"
			if c != nil {
				tag = c.tag
			}
			_, _ = s.c.WriteToUDP(reply(m, "200 OK", tag, contact, ""), src)
		}
	}
}

// caller is the user who makes call i.
func caller(i int) string {
	if strings.Contains(*from, "%") {
		return fmt.Sprintf(*from, i%*users+*skip)
	}
	return *from
}

func fmtN(f string, i int) string {
	if strings.Contains(f, "%") {
		return fmt.Sprintf(f, i%*users)
	}
	return f
}
