package stack

import (
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestOverloadShedsNewWorkFirst: while the worker is stuck, new calls are refused first, registrations later, and work that was begun goes on.
func TestOverloadShedsNewWorkFirst(t *testing.T) {
	var gate chan struct{}
	var handled []string
	cfg := Config{Workers: 1, Limits: Limits{Queue: 100}, OnRequest: func(tx *ServerTx) {
		handled = append(handled, tx.Request.Method)
		if len(handled) == 1 {
			<-gate
		}
		tx.ReplyStateless(NewResponse(tx.Request, 200, ""))
	}}
	bubble(t, cfg, func(t *testing.T, s *Stack, w *wire) {
		gate = make(chan struct{}) // of the bubble, so that waiting for it is no work
		send := func(n int, method string, more ...string) {
			for i := range n {
				id := method + strconv.Itoa(i)
				w.deliver(phone, request(method, id, id, 1, more...))
			}
		}
		w.deliver(phone, request("OPTIONS", "first", "first", 1))
		send(100, "INVITE")
		if st := s.Stats(); st.Waiting != 50 || st.ShedInvite != 50 || st.ShedOther != 0 {
			t.Errorf("after INVITEs: %+v", st)
		}
		busy := w.last(t)
		if n, err := strconv.Atoi(busy.Get(HeaderRetryAfter)); busy.Status != 503 || err != nil || n < 3 || n > 10 {
			t.Errorf("%s", busy.Encode())
		}
		send(100, "REGISTER")
		if st := s.Stats(); st.Waiting != 100 || st.ShedOther != 50 {
			t.Errorf("after REGISTERs: %+v", st)
		}
		send(200, "BYE", "To: <sip:bob@office.example>;tag=x")
		if st := s.Stats(); st.Waiting != 200 || st.Dropped != 100 {
			t.Errorf("after BYEs: %+v", st)
		}
		close(gate)
		synctest.Wait()
		if got := strings.Join(handled, " "); got != "OPTIONS"+strings.Repeat(" INVITE", 50)+strings.Repeat(" REGISTER", 50)+strings.Repeat(" BYE", 100) {
			t.Errorf("handled %s", got)
		}
		w.take()
	})
}

// TestLagShedsToo: it is the waiting time that counts, not only the number.
func TestLagShedsToo(t *testing.T) {
	cfg := Config{Workers: 1, OnRequest: func(tx *ServerTx) {
		time.Sleep(10 * time.Millisecond)
		tx.ReplyStateless(NewResponse(tx.Request, 200, ""))
	}}
	bubble(t, cfg, func(t *testing.T, s *Stack, w *wire) {
		for i := range 200 { // twice as fast as they are handled
			w.in <- packet{addr: phone, data: request("INVITE", strconv.Itoa(i), strconv.Itoa(i), 1)}
			time.Sleep(5 * time.Millisecond)
		}
		elapse(5 * time.Second)
		st := s.Stats()
		if st.ShedInvite < 60 || st.ShedInvite > 120 || st.Lag != 0 {
			t.Errorf("%+v", st)
		}
		w.take()
	})
}

// TestRateLimit is the part of SA-13 that concerns one source, and one IPv6 customer.
func TestRateLimit(t *testing.T) {
	r := newRates(64, 10, 20)
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	count := func(addr netip.Addr, n int, at time.Duration) (ok int) {
		for range n {
			if good, _ := r.take(addr, at); good {
				ok++
			}
		}
		return ok
	}
	if n := count(a, 100, 0); n != 20 {
		t.Errorf("burst: %d", n)
	}
	if n := count(b, 5, 0); n != 5 {
		t.Errorf("another source: %d", n)
	}
	if n := count(a, 100, time.Second); n != 10 {
		t.Errorf("after a second: %d", n)
	}
	total := 0
	for i := range 100 {
		total += count(netip.MustParseAddr("2001:db8::"+strconv.Itoa(i)), 1, 0)
	}
	if total != 20 {
		t.Errorf("one /64: %d", total)
	}
	if n := count(netip.MustParseAddr("::ffff:192.0.2.3").Unmap(), 30, 0); n != 20 {
		t.Errorf("IPv4: %d", n)
	}
	if newRates(64, -1, 0).rate >= 0 {
		t.Error("negative means no limit")
	}
}

// TestSpoofedSourcesTakeNoMemory: a million sources leave the table as large as it was (SA-13).
func TestSpoofedSourcesTakeNoMemory(t *testing.T) {
	r := newRates(16384, 10, 20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range 1_000_000 {
		r.take(netip.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i), 1}), time.Duration(i))
	}
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > 1000 {
		t.Errorf("%d allocations", n)
	}
	if bytes := len(r.sets) * 8 * 24; bytes > 1<<20 {
		t.Errorf("table of %d bytes", bytes)
	}
}

// TestFloodIsBounded is SA-13 with SA-14: a flood of challenges leaves no state, and answers are not larger than 1.5 times the request.
func TestFloodIsBounded(t *testing.T) {
	cfg := Config{Limits: Limits{Rate: 100, Burst: 200}, OnRequest: func(tx *ServerTx) {
		tx.ReplyStateless(NewResponse(tx.Request, 401, ""))
	}}
	bubble(t, cfg, func(t *testing.T, s *Stack, w *wire) {
		for i := range 5000 {
			w.in <- packet{addr: phone, data: request("REGISTER", strconv.Itoa(i), strconv.Itoa(i), 1)}
			if i%500 == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		st := s.Stats()
		if st.ServerTx != 0 || st.ResponsesOut != 200 || st.Limited != 4800 {
			t.Errorf("%+v", st)
		}
		w.mu.Lock()
		for _, p := range w.out {
			if in := len(request("REGISTER", "1", "1", 1)); len(p.data) > in*3/2 {
				t.Fatalf("%d bytes for %d", len(p.data), in)
			}
		}
		w.mu.Unlock()
		w.take()
	})
}

// TestStandingKernelQueueSheds: a reader that cannot empty its socket sheds by the same limits.
func TestStandingKernelQueueSheds(t *testing.T) {
	for _, row := range []struct {
		method string
		behind time.Duration
		more   string
		status int
	}{
		{"INVITE", 99 * time.Millisecond, "", 200},
		{"INVITE", 101 * time.Millisecond, "", 503},
		{"INVITE", time.Second, "To: <sip:bob@office.example>;tag=x", 200},
		{"REGISTER", 299 * time.Millisecond, "", 200},
		{"REGISTER", 301 * time.Millisecond, "", 503},
		{"BYE", time.Second, "To: <sip:bob@office.example>;tag=x", 200},
	} {
		cfg := Config{OnRequest: func(tx *ServerTx) { tx.ReplyStateless(NewResponse(tx.Request, 200, "")) }}
		bubble(t, cfg, func(t *testing.T, s *Stack, w *wire) {
			f, _ := s.UDPFlow(phone)
			var more []string
			if row.more != "" {
				more = append(more, row.more)
			}
			s.receive(f, []byte(request(row.method, "a", "a", 1, more...)), row.behind)
			if got := w.last(t).Status; got != row.status {
				t.Errorf("%s after %v: %d", row.method, row.behind, got)
			}
		})
	}
}
