package media

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// cpu is the time this process has computed, user and system.
func cpu(who int) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(who, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkPacket is one packet through the relay, from the sender's system call to the receiver's.
func BenchmarkPacket(b *testing.B) {
	for _, kind := range []string{"plain", "sealed", "Opus-PCMU"} {
		b.Run(kind, func(b *testing.B) {
			e := engine(b)
			one, two := ring(b, "127.0.0.1"), ring(b, "127.0.0.1")
			so, st := open(b, e), open(b, e)
			ft := two.flow(pcmu)
			if kind == "sealed" {
				secure(b, &ft, 1)
			}
			set(b, so, one.flow(pcmu))
			set(b, st, ft)
			e.Bridge(so, st)
			p := one.packet(0, string(make([]byte, 160)))
			to := so.here()
			var buf [2000]byte
			b.ReportAllocs()
			for b.Loop() {
				one.seq++
				p[2], p[3] = byte(one.seq>>8), byte(one.seq)
				so.mu.Lock()
				so.rtp.rate.spent = 0 // the cap is about real time
				so.mu.Unlock()
				one.send(to, p)
				if _, _, err := two.conn.ReadFromUDPAddrPort(buf[:]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCode is the relay's own work on a packet; of the kernel only a call that fails at once is in it.
func BenchmarkCode(b *testing.B) {
	for _, kind := range []string{"plain", "open", "seal"} {
		b.Run(kind, func(b *testing.B) {
			e := engine(b)
			one, two := ring(b, "127.0.0.1"), ring(b, "127.0.0.1")
			so, st := open(b, e), open(b, e)
			fo, ft := one.flow(pcmu), two.flow(pcmu)
			var c *cipher
			if kind == "open" {
				c = secure(b, &fo, 1)
			}
			if kind == "seal" {
				secure(b, &ft, 1)
			}
			set(b, so, fo)
			set(b, st, ft)
			e.Bridge(so, st)
			l := &loop{engine: e, epoll: -1}
			l.from = rawAddr(one.addr(), false)
			var sealed [1000][]byte
			refill := func() {
				for i := range sealed {
					sealed[i] = one.packet(0, string(make([]byte, 160)))
					if c != nil {
						sealed[i] = c.encrypt(sealed[i])
					}
				}
			}
			refill()
			st.mu.Lock()
			fd := st.rtp.fd
			st.rtp.fd = -1 // sending then fails at once
			st.mu.Unlock()
			b.Cleanup(func() {
				st.mu.Lock()
				st.rtp.fd = fd
				st.mu.Unlock()
			})
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				if i == len(sealed) {
					b.StopTimer()
					refill()
					i = 0
					b.StartTimer()
				}
				n := copy(l.in[:], sealed[i])
				i++
				so.mu.Lock()
				so.rtp.rate.spent = 0
				p, h, ok := so.hearRTP(l, l.in[:n], 1)
				so.mu.Unlock()
				if !ok {
					b.Fatal("dropped")
				}
				st.passRTP(l, so, p, h, so.kinds[0], 0)
				l.events = l.events[:0]
			}
		})
	}
}

// BenchmarkCalls is the cost of calls that are talking: both phones of each send a packet every 20 ms over loopback.
// The phones live in this process as well, so their own work is measured alone first and taken off.
// Reported: CPU-ms per call-second of the relay, and how late packets come, from send to receive.
func BenchmarkCalls(b *testing.B) {
	for _, tt := range []struct {
		name  string
		calls int
		relay bool
		seal  bool
		speak [2]Format
	}{{"phones-alone", 100, false, false, [2]Format{pcmu, pcmu}}, {"plain", 100, true, false, [2]Format{pcmu, pcmu}}, {"sealed-one-side", 100, true, true, [2]Format{pcmu, pcmu}},
		{"plain", 300, true, false, [2]Format{pcmu, pcmu}}, {"Opus-PCMU", 20, true, false, [2]Format{opus9, pcmu}}, {"Opus-G722", 20, true, false, [2]Format{opus9, g722}},
		{"G722-PCMU", 100, true, false, [2]Format{g722, pcmu}}} {
		b.Run(fmt.Sprintf("%s/%d", tt.name, tt.calls), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				used, late, lost := talking(b, tt.calls, 4*time.Second, tt.relay, tt.seal, tt.speak)
				b.ReportMetric(float64(used.Microseconds())/1000/float64(tt.calls)/4, "CPU-ms/call-s")
				b.ReportMetric(float64(late[len(late)/2].Microseconds()), "µs-p50")
				b.ReportMetric(float64(late[len(late)*99/100].Microseconds()), "µs-p99")
				b.ReportMetric(float64(lost), "lost")
			}
		})
	}
}

// talking lets calls talk. All phones share two sockets per hundred calls and one thread, so that they cost little.
func talking(b *testing.B, calls int, length time.Duration, relay, seal bool, speak [2]Format) (used time.Duration, late []time.Duration, lost int) {
	e := engine(b, func(c *Config) { c.Low, c.High = 20000, 29999 })
	defer e.Close()
	type leg struct {
		p     *phone
		to    raw
		pk    []byte
		clock uint32
		sent  []time.Duration // of each packet; they arrive in this order
		heard int
	}
	payloads := [2]string{(&talker{c: codecOf(speak[0]), hz: 500}).payload(), (&talker{c: codecOf(speak[1]), hz: 500}).payload()}
	from := map[int32]int{} // socket that hears → leg that speaks
	var legs []leg
	epoll, err := unix.EpollCreate1(0)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = unix.Close(epoll) }()
	fd := func(p *phone) (n int) {
		raw, err := p.conn.SyscallConn()
		if err != nil {
			b.Fatal(err)
		}
		_ = raw.Control(func(f uintptr) { n = int(f) })
		return n
	}
	fds := map[*phone]int{}
	for range calls {
		one, two := ring(b, "127.0.0.1"), ring(b, "127.0.0.1")
		defer func() { _, _ = one.conn.Close(), two.conn.Close() }()
		fds[one], fds[two] = fd(one), fd(two)
		toOne, toTwo := two.addr(), one.addr()
		if relay {
			so, st := open(b, e), open(b, e)
			fo := one.flow(speak[0])
			if seal {
				fo.SealKey, _ = keys(1)
			}
			set(b, so, fo)
			set(b, st, two.flow(speak[1]))
			e.Bridge(so, st)
			toOne, toTwo = so.here(), st.here()
		}
		for i, p := range []*phone{one, two} {
			legs = append(legs, leg{p: p, to: rawAddr([]netip.AddrPort{toOne, toTwo}[i], false), pk: p.packet(speak[i].Payload, payloads[i]), clock: uint32(speak[i].Clock / 50)})
			from[int32(fds[[]*phone{two, one}[i]])] = len(legs) - 1
			if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, fds[p], &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fds[p])}); err != nil {
				b.Fatal(err)
			}
		}
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := time.Now()
	began, own := cpu(unix.RUSAGE_SELF), cpu(unix.RUSAGE_THREAD)
	step := 20 * time.Millisecond / time.Duration(len(legs))
	sent, got := 0, 0
	socks := make([]socket, len(legs))
	for i := range legs {
		socks[i].fd, socks[i].dest = fds[legs[i].p], legs[i].to
	}
	var events [256]unix.EpollEvent
	var buf [2000]byte
	var source raw
	for {
		since := time.Since(start)
		if since >= length+100*time.Millisecond {
			break
		}
		for ; since < length && time.Duration(sent)*step <= since; sent++ {
			g := &legs[sent%len(legs)]
			g.p.seq++
			g.pk[2], g.pk[3] = byte(g.p.seq>>8), byte(g.p.seq)
			g.p.time += g.clock
			binary.BigEndian.PutUint32(g.pk[4:], g.p.time)
			g.sent = append(g.sent, time.Since(start))
			socks[sent%len(legs)].send(g.pk)
		}
		n, _ := unix.EpollWait(epoll, events[:], 1)
		for i := range max(n, 0) {
			k := socket{fd: int(events[i].Fd)}
			size, errno := k.receive(buf[:], &source)
			if errno != 0 || size < 20 {
				continue
			}
			got++
			g := &legs[from[events[i].Fd]]
			if g.heard < len(g.sent) && since > time.Second {
				late = append(late, time.Since(start)-g.sent[g.heard])
			}
			g.heard++
		}
	}
	used = cpu(unix.RUSAGE_SELF) - began
	if relay {
		used -= cpu(unix.RUSAGE_THREAD) - own // the phones' thread; the rest is the relay
	}
	slices.Sort(late)
	if len(late) == 0 {
		late = []time.Duration{0}
	}
	return used, late, sent - got
}

// unpolled is a phone's socket for one benchmark, out of the hands of Go's poller: to be woken for what nobody reads is no work of the server's.
func unpolled(b *testing.B, p *phone, to netip.AddrPort) socket {
	f, err := p.conn.File()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	_ = p.conn.Close()
	return socket{fd: int(f.Fd()), dest: rawAddr(to, false)}
}

// BenchmarkParty is what a party of a conference costs, sockets and all: CPU-ms per party-second.
func BenchmarkParty(b *testing.B) {
	for _, c := range []struct {
		name  string
		f     Format
		speak int // of twenty; the others send what a silent microphone does
	}{{"PCMU", pcmu, 20}, {"G722", g722, 20}, {"opus", opus9, 20}, {"opus, one speaks", opus9, 1}} {
		f := c.f
		b.Run(c.name, func(b *testing.B) {
			const parties, length = 20, 4 * time.Second
			for b.Loop() {
				e := engine(b)
				r := e.NewRoom()
				k := &talker{c: codecOf(f), hz: 500}
				payload := k.payload()
				silence := string((&voice{codec: k.c}).encode(&k.m, nil, make([]int16, k.c.rate()/50)))
				var phones []*phone
				var wires []socket
				for range parties {
					p, s := ring(b, "127.0.0.1"), open(b, e)
					set(b, s, p.flow(f, Format{Payload: 101, Name: "telephone-event", Clock: f.Clock})) // as phones do; without it keys are heard in the sound
					if err := r.Enter(s); err != nil {
						b.Fatal(err)
					}
					phones, wires = append(phones, p), append(wires, unpolled(b, p, s.here()))
				}
				runtime.LockOSThread()
				began, own := cpu(unix.RUSAGE_SELF), cpu(unix.RUSAGE_THREAD)
				start := time.Now()
				for n := 0; n < int(length/frame); n++ {
					for i, p := range phones {
						p.time += uint32(k.c.clock()/50 - 160)
						said := payload
						if i >= c.speak {
							said = silence
						}
						wires[i].send(p.packet(f.Payload, said))
					}
					time.Sleep(time.Until(start.Add(time.Duration(n+1) * frame)))
				}
				used := cpu(unix.RUSAGE_SELF) - began - (cpu(unix.RUSAGE_THREAD) - own)
				runtime.UnlockOSThread()
				b.ReportMetric(float64(used.Microseconds())/1000/parties/length.Seconds(), "CPU-ms/party-s")
				e.Close()
			}
		})
	}
}

// BenchmarkMemory is what a call with two legs keeps, in this process; the kernel's sockets come on top.
func BenchmarkMemory(b *testing.B) {
	for _, kind := range []string{"plain", "sealed", "Opus-PCMU"} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				e := engine(b, func(c *Config) { c.Silence = time.Minute })
				heap := func() uint64 {
					runtime.GC()
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					return m.HeapAlloc
				}
				const calls = 500
				var w bench
				said := [2]*talker{{c: codecOpus, hz: 500}, {c: codecPCMU, hz: 500}}
				before := heap()
				var keep []*Session
				for range calls {
					so, st := open(b, e), open(b, e)
					f := Flow{Remote: addr("127.0.0.1:9"), Formats: []Format{pcmu, pcma, events}, Send: true, Receive: true}
					if kind == "sealed" {
						f.SealKey, f.OpenKey = keys(1)
					}
					set(b, so, f)
					set(b, st, f)
					if kind == "Opus-PCMU" {
						f.Formats = []Format{opus9}
						set(b, so, f)
						f.Formats = []Format{pcmu}
						set(b, st, f)
					}
					e.Bridge(so, st)
					for i := 0; kind == "Opus-PCMU" && i < 2; i++ {
						j := &job{to: [2]*Session{st, so}[i], from: [2]*Session{so, st}[i], codec: said[i].c}
						j.size = copy(j.payload[:], said[i].payload())
						j.to.translated(&w, j)
					}
					keep = append(keep, so, st)
				}
				b.ReportMetric(float64(heap()-before)/calls, "B/call")
				runtime.KeepAlive(keep)
				e.Close()
			}
		})
	}
}

// BenchmarkOpenClose is the set-up and end of a session with its two ports.
func BenchmarkOpenClose(b *testing.B) {
	e := engine(b)
	b.ReportAllocs()
	for b.Loop() {
		s, err := e.Open()
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
		e.rested()
	}
}

// BenchmarkHouse is the house's own work on a packet, sending included: what it plays, and what it records.
func BenchmarkHouse(b *testing.B) {
	for _, f := range []Format{pcmu, g722} {
		for _, kind := range []string{"narrow samples", "coded"} {
			b.Run("play/"+f.Name+"/"+kind, func(b *testing.B) {
				_, sa, beat := by(b, f)
				play(b, sa, Playlist{Sounds: []Sound{waves(700)[kind]}, Loop: true})
				at := time.Duration(0)
				b.ReportAllocs()
				for b.Loop() {
					at += frame
					beat(at)
				}
			})
		}
		b.Run("record/"+f.Name, func(b *testing.B) {
			x := tape(b, Record{Sink: io.Discard}, f)
			l := &loop{engine: x.s.engine, epoll: -1}
			l.from = rawAddr(x.p.addr(), false)
			p := x.p.packet(f.Payload, string(make([]byte, 160)))
			b.ReportAllocs()
			for b.Loop() {
				x.now += frame
				x.p.seq++
				x.p.time += 160
				binary.BigEndian.PutUint16(p[2:], x.p.seq)
				binary.BigEndian.PutUint32(p[4:], x.p.time)
				n := copy(l.in[:], p)
				x.s.mu.Lock()
				x.s.hearRTP(l, l.in[:n], x.now)
				x.s.mu.Unlock()
			}
		})
	}
}

// BenchmarkPlaying is many legs that listen to a prompt at once: CPU-ms per leg and second, and how far from 20 ms apart packets leave.
func BenchmarkPlaying(b *testing.B) {
	for _, legs := range []int{1, 100, 500} {
		b.Run(fmt.Sprint(legs), func(b *testing.B) {
			for b.Loop() {
				e := engine(b)
				sink := ring(b, "127.0.0.1")
				watch := ring(b, "127.0.0.1")
				sound := waves(700)["coded"]
				for i := range legs {
					s := open(b, e)
					to := sink
					if i == legs/2 {
						to = watch
					}
					set(b, s, to.flow(pcma))
					play(b, s, Playlist{Sounds: []Sound{sound}, Loop: true})
				}
				watch.hear()
				began, start, last := cpu(unix.RUSAGE_SELF), time.Now(), time.Now()
				var off []time.Duration
				for time.Since(start) < 3*time.Second {
					watch.hear()
					now := time.Now()
					off = append(off, max(now.Sub(last)-frame, frame-now.Sub(last)))
					last = now
				}
				used := cpu(unix.RUSAGE_SELF) - began
				slices.Sort(off)
				b.ReportMetric(float64(used.Microseconds())/1000/float64(legs)/3, "CPU-ms/leg-s")
				b.ReportMetric(float64(off[len(off)/2].Microseconds()), "µs-off-p50")
				b.ReportMetric(float64(off[len(off)*99/100].Microseconds()), "µs-off-p99")
				e.Close()
			}
		})
	}
}
