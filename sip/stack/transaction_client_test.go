package stack

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// ours makes a request of ours and collects its answers.
func ours(t *testing.T, s *Stack, method string) (*ClientTx, *[]string) {
	t.Helper()
	f, ok := s.UDPFlow(phone)
	if !ok {
		t.Fatal("no flow")
	}
	to, _ := ParseURI("sip:alice@10.0.0.5:5060")
	us, _ := ParseURI("sip:office.example")
	req := NewRequest(method, to, NameAddr{URI: us}.WithTag("u1"), NameAddr{URI: to}, NewToken(), 1)
	got := &[]string{}
	return s.Request(f, req, func(m *Message) {
		line := strconv.Itoa(m.Status)
		if m.Local {
			line += " local"
		}
		*got = append(*got, line)
	}), got
}

func TestClientInviteIsRepeatedThen408(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		_, got := ours(t, s, MethodInvite)
		elapse(40 * time.Second)
		same(t, w.take(), "0s INVITE", "500ms INVITE", "1.5s INVITE", "3.5s INVITE", "7.5s INVITE", "15.5s INVITE", "31.5s INVITE")
		same(t, *got, "408 local")
	})
}

func TestClientOtherIsRepeatedThen408(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		_, got := ours(t, s, MethodBye)
		elapse(40 * time.Second)
		same(t, w.take(), "0s BYE", "500ms BYE", "1.5s BYE", "3.5s BYE", "7.5s BYE", "11.5s BYE", "15.5s BYE", "19.5s BYE", "23.5s BYE",
			"27.5s BYE", "31.5s BYE")
		same(t, *got, "408 local")
	})
}

func TestClientInviteAnyNumberOfProvisionals(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		_, got := ours(t, s, MethodInvite)
		req := w.last(t)
		for range 25 {
			w.deliver(phone, answer(t, req, 180, "x"))
			elapse(20 * time.Second)
		}
		w.deliver(phone, answer(t, req, 486, "x"))
		w.deliver(phone, answer(t, req, 486, "x")) // its repetition gets the ACK again and is not told
		w.deliver(phone, answer(t, req, 180, "x"))
		if strings.Join(*got, " ") != strings.Repeat("180 ", 25)+"486" {
			t.Error(*got)
		}
		same(t, w.take(), "0s INVITE", "8m20s ACK", "8m20s ACK")
	})
}

func TestClientAckOfRefusal(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		ours(t, s, MethodInvite)
		req := w.last(t)
		w.deliver(phone, answer(t, req, 404, "far"))
		ack := w.last(t)
		if ack.Method != MethodAck || ack.URI != req.URI || ack.Via().Branch() != req.Via().Branch() || ack.To().Tag() != "far" ||
			ack.CallID() != req.CallID() || ack.Get(HeaderCSeq) != "1 ACK" || ack.From().Tag() != "u1" {
			t.Errorf("%s", ack.Encode())
		}
	})
}

func TestClientForkedAnswersAreAllTold(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		_, got := ours(t, s, MethodInvite)
		req := w.last(t)
		w.deliver(phone, answer(t, req, 200, "one"))
		w.deliver(phone, answer(t, req, 200, "two"))
		elapse(20 * time.Second)
		w.deliver(phone, answer(t, req, 200, "one"))
		w.deliver(phone, answer(t, req, 486, "three")) // RFC 6026: nothing but 2xx any more
		elapse(13 * time.Second)
		w.deliver(phone, answer(t, req, 200, "late"))
		same(t, *got, "200", "200", "200")
		same(t, w.take(), "0s INVITE")
	})
}

func TestClientOtherCompletes(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		tx, got := ours(t, s, MethodOptions)
		req := w.last(t)
		elapse(700 * time.Millisecond)
		w.deliver(phone, answer(t, req, 100, "x"))
		elapse(5 * time.Second) // timer E goes on with T2
		w.deliver(phone, answer(t, req, 200, "x"))
		w.deliver(phone, answer(t, req, 200, "x"))
		same(t, *got, "100", "200")
		same(t, w.take(), "0s OPTIONS", "500ms OPTIONS", "1.5s OPTIONS", "5.5s OPTIONS")
		if !tx.Done() {
			t.Error("not done")
		}
	})
}

func TestClientCancel(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		tx, got := ours(t, s, MethodInvite)
		req := w.last(t)
		tx.Cancel(Header{HeaderReason, `SIP;cause=200;text="Call completed elsewhere"`}) // too early: RFC 3261 §9.1
		elapse(100 * time.Millisecond)
		same(t, w.take(), "0s INVITE")
		w.deliver(phone, answer(t, req, 100, "x"))
		c := w.last(t)
		if c.Method != MethodCancel || c.Via().Branch() != req.Via().Branch() || c.Get(HeaderCSeq) != "1 CANCEL" ||
			c.Get(HeaderReason) != `SIP;cause=200;text="Call completed elsewhere"` || c.To().Tag() != "" {
			t.Errorf("%s", c.Encode())
		}
		w.deliver(phone, answer(t, c, 200, "x"))
		w.deliver(phone, answer(t, req, 487, "x"))
		same(t, w.take(), "100ms CANCEL", "100ms ACK")
		same(t, *got, "100", "487")
		tx.Cancel()
		same(t, w.take())
	})
}

func TestClientCancelRace(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		tx, got := ours(t, s, MethodInvite)
		req := w.last(t)
		w.deliver(phone, answer(t, req, 180, "x"))
		tx.Cancel()
		c := w.last(t)
		w.deliver(phone, answer(t, req, 200, "x")) // it was answered meanwhile: the caller gets the 200 and hangs up
		w.deliver(phone, answer(t, c, 481, "x"))
		same(t, *got, "180", "200")
	})
}

func TestClientCancelWithoutAnswerEnds(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		tx, got := ours(t, s, MethodInvite)
		w.deliver(phone, answer(t, w.last(t), 180, "x"))
		elapse(time.Minute)
		tx.Cancel()
		elapse(33 * time.Second)
		same(t, *got, "180", "408 local")
	})
}

func TestClientTransportError(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		w.broken = true
		_, got := ours(t, s, MethodInvite)
		synctest.Wait()
		same(t, *got, "503 local")
	})
}

func TestClientIgnoresForeignAnswers(t *testing.T) {
	bubble(t, Config{}, func(t *testing.T, s *Stack, w *wire) {
		_, got := ours(t, s, MethodInvite)
		req := w.last(t)
		w.deliver(phone, strings.Replace(answer(t, req, 200, "x"), req.Via().Branch(), "z9hG4bKother", 1))
		w.deliver(phone, strings.Replace(answer(t, req, 200, "x"), "1 INVITE", "1 BYE", 1))
		two := NewResponse(req, 200, "")
		two.Add(HeaderVia, "SIP/2.0/UDP 255.255.255.255;branch=z9hG4bKb")
		w.deliver(phone, string(two.Encode()))
		same(t, *got)
		w.deliver(phone, answer(t, req, 603, "x"))
	})
}
