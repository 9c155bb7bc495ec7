package main

import (
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

// phone is one REGISTER under way: first without, then with credentials.
type phone struct {
	mu    sync.Mutex
	user  string
	id    string
	sent  time.Time
	next  time.Time
	tries int
	step  int // 1 first request is out, 2 the one with the digest, 3 done, 4 failed
	auth  string
}

// registrations registers -n times at -cps, user after user, and reports the server's CPU time. Several sockets share the load, because
// a server may read each with a thread of its own.
func registrations(dst *net.UDPAddr) {
	const sockets = 4
	all := make([]*phone, *nCalls)
	run := rand.Uint32()
	var conns []*net.UDPConn
	for range sockets {
		c, err := net.DialUDP("udp4", nil, dst)
		must(err)
		_ = c.SetReadBuffer(4 << 20)
		conns = append(conns, c)
	}
	send := func(i int, p *phone) {
		c := conns[i%sockets]
		fmt.Fprintf(c, "REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKg%x-%d-%d;rport\r\nMax-Forwards: 70\r\nFrom: <sip:%s@%s>;tag=g%d\r\nTo: <sip:%s@%s>\r\nCall-ID: %s\r\nCSeq: %d REGISTER\r\nContact: <sip:%s@%s:%d>\r\nExpires: 3600\r\nUser-Agent: bench\r\n%sContent-Length: 0\r\n\r\n",
			*domain, c.LocalAddr(), run, i, p.step, p.user, *domain, i, p.user, *domain, p.id, p.step, p.user, *local, *uasPort, p.auth)
	}
	h, mu := new(hist), sync.Mutex{}
	var ok, failed, rex atomic.Int64
	for _, c := range conns {
		go func() {
			buf := make([]byte, 65536)
			for {
				n, err := c.Read(buf)
				if err != nil {
					return
				}
				m := parse(buf[:n])
				if m == nil {
					continue
				}
				number, _, _ := strings.Cut(strings.TrimPrefix(m.get("call-id"), "reg-"), "-")
				i, err := strconv.Atoi(number)
				if err != nil || i >= len(all) || all[i] == nil {
					continue
				}
				p, now := all[i], time.Now()
				seq, _, _ := strings.Cut(m.get("cseq"), " ")
				p.mu.Lock()
				switch code := m.status(); {
				case seq != strconv.Itoa(p.step) || code < 200:
				case code == 401 && p.step == 1:
					p.step, p.tries, p.next = 2, 0, now.Add(500*time.Millisecond)
					p.auth = "Authorization: " + digest(m.get("www-authenticate"), p.user, "REGISTER", "sip:"+*domain) + "\r\n"
					send(i, p)
				case code == 200:
					p.step = 3
					ok.Add(1)
					mu.Lock()
					h.add(now.Sub(p.sent).Microseconds())
					mu.Unlock()
				default:
					p.step = 4
					failed.Add(1)
				}
				p.mu.Unlock()
			}
		}()
	}
	cpu0, rss0 := procCPU(*pids), procRSS(*pids)
	busy0, _ := sysBusy()
	var started atomic.Int64
	stop := make(chan struct{})
	go func() { // repeats what was not answered, as phones do (RFC 3261 §17.1.2.2)
		for {
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
			now := time.Now()
			for i, p := range all[:started.Load()] {
				p.mu.Lock()
				if p.step < 3 && now.After(p.next) {
					if p.tries++; p.tries > 6 {
						p.step = 4
						failed.Add(1)
					} else {
						rex.Add(1)
						p.next = now.Add(500 * time.Millisecond << p.tries)
						send(i, p)
					}
				}
				p.mu.Unlock()
			}
		}
	}()
	gap := time.Duration(float64(time.Second) / *cps)
	t := time.Now()
	for i := range all {
		time.Sleep(time.Until(t.Add(time.Duration(i) * gap)))
		now := time.Now()
		p := &phone{user: fmtN(*from, i), id: fmt.Sprintf("reg-%d-%x@%s", i, run, *local), sent: now, next: now.Add(500 * time.Millisecond), step: 1}
		all[i] = p
		started.Store(int64(i + 1))
		p.mu.Lock()
		send(i, p)
		p.mu.Unlock()
	}
	took := time.Since(t)
	for end := time.Now().Add(*maxSetup); time.Now().Before(end) && ok.Load()+failed.Load() < int64(len(all)); {
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(time.Second) // what the server still writes belongs to it
	close(stop)
	cpu, wall := procCPU(*pids)-cpu0, time.Since(t)
	busy1, _ := sysBusy()
	mu.Lock()
	defer mu.Unlock()
	r := map[string]any{"mode": *mode, "asked": len(all), "ok": ok.Load(), "failed": int64(len(all)) - ok.Load(), "retransmissions": rex.Load(),
		"reached": float64(len(all)) / took.Seconds(), "p50_ms": h.q(.5), "p99_ms": h.q(.99), "server_cpu": cpu,
		"per1000": 1000 * cpu / math.Max(1, float64(ok.Load())), "rss_before_kb": rss0, "rss_kb": procRSS(*pids), "self_cpu": selfCPU(),
		"machine_busy_cores": (busy1 - busy0) / wall.Seconds()}
	if *asJSON {
		line(r)
		return
	}
	fmt.Printf("reg: %d at %.0f/s: ok %d failed %d retransmissions %d; ms p50/p99 %.2f/%.2f; server %.2f CPU-s = %.3f per 1000, RSS %.0f -> %.0f KiB; generator %.2f CPU-s; machine busy %.2f\n",
		len(all), r["reached"], ok.Load(), r["failed"], rex.Load(), r["p50_ms"], r["p99_ms"], cpu, r["per1000"], rss0, r["rss_kb"], r["self_cpu"], r["machine_busy_cores"])
}
