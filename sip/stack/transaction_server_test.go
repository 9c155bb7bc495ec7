package stack

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// desk is a layer above that answers every request with one status, or leaves that to the test.
type desk struct {
	status  int
	tx      []*ServerTx
	acks    int
	unacked int
	cancels int
}

func (d *desk) config() Config {
	return Config{
		Workers: 2,
		OnRequest: func(tx *ServerTx) {
			d.tx = append(d.tx, tx)
			if d.status != 0 {
				tx.Respond(NewResponse(tx.Request, d.status, ""))
			}
		},
		OnAck:     func(*ServerTx, *Message) { d.acks++ },
		OnUnacked: func(*ServerTx) { d.unacked++ },
		OnCancel: func(tx *ServerTx, _ *Message) {
			d.cancels++
			tx.Respond(NewResponse(tx.Request, 487, ""))
		},
	}
}

func TestServerInviteGets100After200ms(t *testing.T) {
	d := &desk{}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("INVITE", "i1", "c1", 1))
		elapse(time.Second)
		w.deliver(phone, request("INVITE", "i1", "c1", 1)) // its repetition gets the last answer
		same(t, w.take(), "200ms 100", "1s 100")
		if len(d.tx) != 1 {
			t.Errorf("the handler was called %d times", len(d.tx))
		}
		d.tx[0].Respond(NewResponse(d.tx[0].Request, 180, ""))
		elapse(2 * time.Minute) // it may ring as long as it likes
		d.tx[0].Respond(NewResponse(d.tx[0].Request, 486, ""))
		w.deliver(phone, request("ACK", "i1", "c1", 1))
		same(t, w.take(), "1s 180", "2m1s 486")
	})
}

func TestServerInviteRefusedIsRepeatedUntilAck(t *testing.T) {
	d := &desk{status: 486}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("INVITE", "i1", "c1", 1))
		elapse(10 * time.Second)
		w.deliver(phone, request("INVITE", "i1", "c1", 1)) // timer G and repetition both answer
		w.deliver(phone, request("ACK", "i1", "c1", 1))
		elapse(time.Second)
		w.deliver(phone, request("INVITE", "i1", "c1", 1)) // confirmed: absorbed until timer I
		elapse(20 * time.Second)
		same(t, w.take(), "0s 486", "500ms 486", "1.5s 486", "3.5s 486", "7.5s 486", "10s 486")
		if d.acks != 0 {
			t.Error("the ACK of a refusal is not for the layer above")
		}
	})
}

func TestServerInviteRefusedWithoutAckEnds(t *testing.T) {
	d := &desk{status: 603}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("INVITE", "i1", "c1", 1))
		elapse(60 * time.Second) // timer H
		same(t, w.take(), "0s 603", "500ms 603", "1.5s 603", "3.5s 603", "7.5s 603", "11.5s 603", "15.5s 603", "19.5s 603", "23.5s 603",
			"27.5s 603", "31.5s 603")
	})
}

func TestServerAcceptedCall(t *testing.T) {
	d := &desk{status: 200}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("INVITE", "i1", "c1", 1))
		tag := w.last(t).To().Tag()
		elapse(600 * time.Millisecond)
		w.deliver(phone, request("INVITE", "i1", "c1", 1)) // RFC 6026: absorbed
		to := "To: <sip:bob@office.example>;tag=" + tag
		w.deliver(phone, request("ACK", "k0", "c1", 1, "To: <sip:bob@office.example>;tag=other"))
		w.deliver(phone, request("ACK", "k1", "c1", 1, to))
		w.deliver(phone, request("ACK", "k1", "c1", 1, to))
		elapse(10 * time.Second)
		w.deliver(phone, request("INVITE", "i1", "c1", 1))
		same(t, w.take(), "0s 200", "500ms 200")
		if d.acks != 1 || d.unacked != 0 || len(d.tx) != 1 {
			t.Errorf("acks %d, unacked %d, requests %d", d.acks, d.unacked, len(d.tx))
		}
		if err := d.tx[0].Respond(NewResponse(d.tx[0].Request, 200, "")); err != ErrAnswered {
			t.Errorf("a second answer: %v", err)
		}
	})
}

func TestServerAcceptedCallWithoutAck(t *testing.T) {
	d := &desk{status: 200}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("INVITE", "i1", "c1", 1))
		elapse(33 * time.Second)
		if got := w.take(); len(got) != 11 || d.unacked != 1 {
			t.Errorf("sent %q, unacked %d", got, d.unacked)
		}
	})
}

func TestServerOtherRequestIsAnsweredAgainForTimerJ(t *testing.T) {
	d := &desk{status: 200}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("OPTIONS", "o1", "c1", 1))
		elapse(31 * time.Second)
		w.deliver(phone, request("OPTIONS", "o1", "c1", 1))
		if len(d.tx) != 1 {
			t.Errorf("called %d times within timer J", len(d.tx))
		}
		elapse(2 * time.Second)
		w.deliver(phone, request("OPTIONS", "o1", "c1", 1))
		if len(d.tx) != 2 {
			t.Errorf("called %d times after timer J", len(d.tx))
		}
		same(t, w.take(), "0s 200", "31s 200", "33s 200")
	})
}

func TestServerForgottenRequestEnds(t *testing.T) {
	d := &desk{}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("OPTIONS", "o1", "c1", 1))
		w.deliver(phone, request("OPTIONS", "o1", "c1", 1))
		same(t, w.take())
	})
}

func TestStatelessReplyKeepsNothing(t *testing.T) {
	calls := 0
	cfg := Config{OnRequest: func(tx *ServerTx) {
		calls++
		tx.ReplyStateless(NewResponse(tx.Request, 401, ""))
	}}
	bubble(t, cfg, func(t *testing.T, s *Stack, w *wire) {
		for range 3 {
			w.deliver(phone, request("REGISTER", "r1", "c1", 1))
		}
		w.deliver(phone, request("ACK", "r1", "c1", 1))
		if st := s.Stats(); calls != 3 || st.ServerTx != 0 {
			t.Errorf("calls %d, transactions %d", calls, st.ServerTx)
		}
		w.mu.Lock()
		if len(w.out) != 3 || w.out[0].data != w.out[1].data {
			t.Errorf("repetitions are not answered alike: %v", w.out)
		}
		w.mu.Unlock()
	})
}

func TestCancel(t *testing.T) {
	d := &desk{}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("CANCEL", "i1", "c1", 1)) // before its INVITE
		w.deliver(phone, request("INVITE", "i1", "c1", 1))
		d.tx[0].Respond(NewResponse(d.tx[0].Request, 180, ""))
		tag := w.last(t).To().Tag()
		w.deliver(thief, request("CANCEL", "i1", "c1", 1)) // a stranger guessed the branch
		if d.cancels != 0 {
			t.Error("a stranger cancelled")
		}
		w.deliver(phone, request("CANCEL", "i1", "c1", 1))
		w.mu.Lock()
		ok := w.out[len(w.out)-2].data
		w.mu.Unlock()
		if !strings.Contains(ok, "tag="+tag) {
			t.Errorf("the 200 of CANCEL has another tag than %s: %s", tag, ok)
		}
		w.deliver(phone, request("CANCEL", "i1", "c1", 1)) // its repetition
		w.deliver(phone, request("ACK", "i1", "c1", 1))
		same(t, w.take(), "0s 481", "0s 180", "0s 481", "0s 200", "0s 487", "0s 200")
		if d.cancels != 1 || !d.tx[0].Cancelled() {
			t.Errorf("cancelled %d times", d.cancels)
		}
	})
}

func TestCancelAfterAnswerChangesNothing(t *testing.T) {
	d := &desk{status: 200}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("INVITE", "i1", "c1", 1))
		to := "To: <sip:bob@office.example>;tag=" + w.last(t).To().Tag()
		w.deliver(phone, request("CANCEL", "i1", "c1", 1))
		w.deliver(phone, request("ACK", "k1", "c1", 1, to))
		w.deliver(phone, request("CANCEL", "i1", "c1", 1))
		same(t, w.take(), "0s 200", "0s 200", "0s 200")
		if d.cancels != 0 || d.acks != 1 {
			t.Errorf("cancels %d acks %d", d.cancels, d.acks)
		}
	})
}

func TestMergedRequest(t *testing.T) {
	d := &desk{}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("INVITE", "i1", "c1", 1))
		w.deliver(phone, request("INVITE", "i2", "c1", 1))
		same(t, w.take(), "0s 482")
		d.tx[0].Respond(NewResponse(d.tx[0].Request, 486, ""))
	})
}

func TestOldRequestIsMatched(t *testing.T) {
	d := &desk{status: 486}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		raw := string(tortureFile(t, "inv2543"))
		w.deliver(phone, raw)
		w.deliver(phone, raw)
		ack := strings.Replace(strings.Replace(raw, "INVITE sip", "ACK sip", 1), "56 INVITE", "56 ACK", 1)
		w.deliver(phone, strings.Replace(ack, "user=phone\r\nCall", "user=phone;tag=x\r\nCall", 1))
		elapse(time.Second)
		same(t, w.take(), "0s 486", "0s 486")
		if len(d.tx) != 1 {
			t.Errorf("%d transactions", len(d.tx))
		}
	})
}

func TestAnswersGoToTheSource(t *testing.T) {
	d := &desk{status: 200}
	bubble(t, d.config(), func(t *testing.T, s *Stack, w *wire) {
		w.deliver(phone, request("OPTIONS", "o1", "c1", 1))
		m := w.last(t)
		if got := m.Get(HeaderVia); got != "SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKo1;rport=40000;received=198.51.100.7" {
			t.Error(got)
		}
		w.mu.Lock()
		if w.out[0].addr != phone {
			t.Error(w.out[0].addr)
		}
		w.mu.Unlock()
		w.deliver(phone, "\r\n\r\n")
		w.deliver(phone, "\x00\x00\x00\x00")
		if len(w.take()) != 1 {
			t.Error("signs of life over UDP are not answered")
		}
	})
}

func TestOneCallIDIsInOrder(t *testing.T) {
	var order []string
	cfg := Config{Workers: 4, OnRequest: func(tx *ServerTx) {
		n, _ := tx.Request.CSeq()
		order = append(order, strconv.Itoa(int(n)))
		tx.ReplyStateless(NewResponse(tx.Request, 200, ""))
	}}
	bubble(t, cfg, func(t *testing.T, s *Stack, w *wire) {
		var want []string
		for i := range 500 {
			want = append(want, strconv.Itoa(i))
			w.in <- packet{addr: phone, data: request("INFO", "b"+strconv.Itoa(i), "one", i)}
		}
		synctest.Wait()
		if !slices.Equal(order, want) {
			t.Errorf("order: %v", order)
		}
	})
}

func TestCompletedTransactionsAreBounded(t *testing.T) {
	d := &desk{status: 200}
	cfg := d.config()
	cfg.Workers = 1
	cfg.Limits.Completed = 100
	bubble(t, cfg, func(t *testing.T, s *Stack, w *wire) {
		for i := range 300 {
			w.deliver(phone, request("OPTIONS", "b"+strconv.Itoa(i), "c"+strconv.Itoa(i), 1))
		}
		if n := s.Stats().ServerTx; n != 100 {
			t.Errorf("%d kept", n)
		}
	})
}

func TestAfterAndDo(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		var got []string
		start := time.Now()
		note := func(what string) func() {
			return func() { got = append(got, time.Since(start).Round(10*time.Millisecond).String()+" "+what) }
		}
		s.After("c", 30*time.Minute, note("half an hour"))
		s.After("c", 90*time.Second, note("a minute and a half"))
		stop := s.After("c", time.Second, note("stopped"))
		s.After("c", time.Millisecond, note("soon"))
		s.Do("c", note("now"))
		stop()
		elapse(31 * time.Minute)
		synctest.Wait()
		same(t, got, "0s now", "0s soon", "1m30s a minute and a half", "30m0s half an hour")
	})
}
