package stack

import (
	"errors"
	"sync/atomic"
	"time"
)

// ServerTx is a request that came in and wants a final answer (RFC 3261 §17.2, RFC 6026). Its methods may be called from any goroutine.
type ServerTx struct {
	Request *Message
	Data    any // free for the layer above; touched only by callbacks of this Call-ID

	shard     *shard
	entry     *serverEntry
	stateless bool
	cancelled atomic.Bool
}

// serverEntry is what the table keeps of a server transaction. It outlives the request: while an answer waits for repetitions of
// its request (timer J), only the encoded answer is kept.
type serverEntry struct {
	timer   timer
	shard   *shard
	tx      *ServerTx // nil when completed (non-INVITE)
	key     key
	flow    Flow
	state   serverState
	invite  bool
	last    []byte        // the last answer, to be repeated
	pause   time.Duration // of timer G
	retry   time.Duration // when last is to be sent again; 0 for never
	end     time.Duration // when the state ends; 0 for never
	ackKey  key
	merge   key
	isMerge bool
}

type serverState uint8

const (
	serverTrying     serverState = iota // no answer yet
	serverProceeding                    // a provisional answer was sent
	serverCompleted                     // a final answer was sent: timers G, H, J
	serverConfirmed                     // ACK of 300–699 arrived: timer I
	serverAccepted                      // 2xx to INVITE was sent: RFC 6026 timer L
	serverGone
)

// ErrAnswered is the answer to a response after the final one.
var ErrAnswered = errors.New("the request was answered before")

// Flow is where the request came from.
func (tx *ServerTx) Flow() Flow { return tx.Request.Flow }

// Cancelled reports whether a CANCEL arrived.
func (tx *ServerTx) Cancelled() bool { return tx.cancelled.Load() }

// ReplyStateless answers and forgets: nothing of the request is kept, a repetition of it will be handled as new. It is for challenges
// and refusals to strangers (SA-13), and only from within OnRequest.
func (tx *ServerTx) ReplyStateless(m *Message) error {
	tx.stateless = true
	return tx.shard.stack.ReplyStateless(tx.Request, m)
}

// Respond sends an answer. A final answer to an INVITE is repeated until its ACK arrives; other final answers are repeated when the
// request is. ErrAnswered comes after a final answer, but a 2xx may be followed by the same 2xx.
func (tx *ServerTx) Respond(m *Message) error {
	data := m.Encode()
	sh := tx.shard
	sh.mu.Lock()
	e := tx.entry
	if e.state >= serverCompleted {
		sh.mu.Unlock()
		return ErrAnswered
	}
	t := &sh.stack.timers
	now := sh.stack.now()
	e.last = data
	flow := e.flow
	reliable := flow.Reliable()
	switch {
	case m.Status < 200:
		e.state = serverProceeding
		if e.invite {
			sh.plan(e, 0, 0)
		}
	case !e.invite:
		e.state = serverCompleted
		e.tx = nil
		if reliable {
			sh.drop(e)
		} else {
			sh.plan(e, 0, now+64*t.T1)
			sh.done.add(sh, e)
		}
	case m.Status < 300:
		e.state = serverAccepted
		n, _ := tx.Request.CSeq()
		e.ackKey = ackKey(tx.Request.CallID(), m.To().Tag(), n)
		sh.acks[e.ackKey] = tx
		e.pause = t.T1
		sh.plan(e, now+e.pause, now+64*t.T1)
	default:
		e.state = serverCompleted
		e.pause = t.T1
		if reliable {
			sh.plan(e, 0, now+64*t.T1)
		} else {
			sh.plan(e, now+e.pause, now+64*t.T1)
		}
	}
	sh.mu.Unlock()
	sh.stack.count.responsesOut.Add(1)
	return flow.write(data)
}

// plan arms the one timer of an entry for the earlier of two moments; the lock is held.
func (sh *shard) plan(e *serverEntry, retry, end time.Duration) {
	e.retry, e.end = retry, end
	at := end
	if retry != 0 && (at == 0 || retry < at) {
		at = retry
	}
	if at == 0 {
		sh.wheel.stop(&e.timer)
		return
	}
	sh.arm(&e.timer, at)
}

// drop forgets an entry; the lock is held.
func (sh *shard) drop(e *serverEntry) {
	sh.wheel.stop(&e.timer)
	if sh.server[e.key] == e {
		delete(sh.server, e.key)
		sh.stack.count.serverTx.Add(-1)
	}
	if e.ackKey != (key{}) && e.tx != nil && sh.acks[e.ackKey] == e.tx {
		delete(sh.acks, e.ackKey)
	}
	if e.isMerge && sh.merged[e.merge] == e {
		delete(sh.merged, e.merge)
	}
	if e.state == serverCompleted && !e.invite {
		sh.done.left(e)
	}
	e.state, e.last = serverGone, nil
}

// expire is called by the wheel with the lock held.
func (e *serverEntry) expire() {
	sh := e.shard
	s := sh.stack
	now := s.now()
	if e.end != 0 && now >= e.end {
		if tx := e.tx; e.state == serverAccepted && tx != nil && sh.acks[e.ackKey] == tx && s.cfg.OnUnacked != nil {
			sh.later = append(sh.later, func() { s.cfg.OnUnacked(tx) })
		}
		sh.drop(e)
		return
	}
	switch e.state {
	case serverTrying:
		if e.invite { // RFC 3261 §17.2.1: nobody has answered for 200 ms
			e.last = NewResponse(e.tx.Request, 100, "").Encode()
			e.state = serverProceeding
			e.flow.write(e.last)
			sh.plan(e, 0, 0)
		}
	case serverCompleted, serverAccepted:
		e.pause = min(2*e.pause, s.timers.T2)
		s.count.resent.Add(1)
		e.flow.write(e.last)
		sh.plan(e, now+e.pause, e.end)
	}
}

// request carries a new or repeated request.
func (sh *shard) request(m *Message) {
	s := sh.stack
	k := serverKey(m, m.Method)
	invite := m.Method == MethodInvite
	sh.mu.Lock()
	if e := sh.server[k]; e != nil {
		repeat := e.last
		if e.state >= serverConfirmed { // RFC 6026: the INVITE of an accepted call is absorbed; its 2xx has a clock of its own
			repeat = nil
		}
		sh.mu.Unlock()
		s.count.repeated.Add(1)
		if repeat != nil {
			m.Flow.write(repeat)
		}
		return
	}
	fresh := invite && m.To().Tag() == ""
	var merge key
	if fresh {
		merge = mergeKey(m)
		if sh.merged[merge] != nil {
			sh.mu.Unlock()
			s.ReplyStateless(m, NewResponse(m, 482, "Merged request"))
			return
		}
	}
	tx := &ServerTx{Request: m, shard: sh}
	e := &serverEntry{shard: sh, tx: tx, key: k, flow: m.Flow, invite: invite, merge: merge, isMerge: fresh}
	e.timer.owner = e
	tx.entry = e
	sh.mu.Unlock()

	if s.cfg.OnRequest != nil {
		s.cfg.OnRequest(tx)
	}
	if tx.stateless {
		return
	}
	sh.mu.Lock()
	sh.keep(e)
	sh.mu.Unlock()
}

// keep puts an entry into the table after its first callback, unless all is over already; the lock is held.
func (sh *shard) keep(e *serverEntry) {
	if e.state == serverGone {
		return
	}
	sh.server[e.key] = e
	sh.stack.count.serverTx.Add(1)
	if e.isMerge {
		sh.merged[e.merge] = e
	}
	if e.state == serverTrying {
		now := sh.stack.now()
		if e.invite {
			sh.plan(e, now+sh.stack.timers.Trying, 0)
		} else {
			sh.plan(e, 0, now+64*sh.stack.timers.T1)
		}
	}
}

// ack carries an ACK: the end of a refused INVITE, or the acknowledgement of a 2xx.
func (sh *shard) ack(m *Message) {
	s := sh.stack
	n, _ := m.CSeq()
	sh.mu.Lock()
	if e := sh.server[serverKey(m, MethodInvite)]; e != nil && e.state != serverAccepted {
		if e.state == serverCompleted {
			e.state = serverConfirmed
			if e.flow.Reliable() {
				sh.drop(e)
			} else {
				sh.plan(e, 0, s.now()+s.timers.T4)
			}
		}
		sh.mu.Unlock()
		return
	}
	k := ackKey(m.CallID(), m.To().Tag(), n)
	tx := sh.acks[k]
	if tx != nil { // only the entry stays, to absorb repetitions of the INVITE; the messages may go
		delete(sh.acks, k)
		e := tx.entry
		e.tx, e.last = nil, nil
		sh.plan(e, 0, e.end)
	}
	sh.mu.Unlock()
	if tx == nil {
		s.count.stray.Add(1)
		return
	}
	if s.cfg.OnAck != nil {
		s.cfg.OnAck(tx, m)
	}
}

// cancel carries a CANCEL (RFC 3261 §9.2). It must come from the address its INVITE came from: a stranger who guesses a branch ends nothing.
func (sh *shard) cancel(m *Message) {
	s := sh.stack
	sh.mu.Lock()
	e := sh.server[serverKey(m, MethodInvite)]
	if e == nil || e.flow.Remote.Addr() != m.Flow.Remote.Addr() {
		sh.mu.Unlock()
		s.ReplyStateless(m, NewResponse(m, 481, ""))
		return
	}
	tx := e.tx
	open := e.state <= serverProceeding
	sh.mu.Unlock()

	s.ReplyStateless(m, NewResponse(m, 200, "")) // LocalTag gives the tag of the INVITE's answer, as RFC 3261 §9.2 asks
	if open && tx != nil && tx.cancelled.CompareAndSwap(false, true) {
		if s.cfg.OnCancel != nil {
			s.cfg.OnCancel(tx, m)
		} else {
			tx.Respond(NewResponse(tx.Request, 487, ""))
		}
	}
}

// answers bounds how many completed transactions are kept (Limits.Completed). All wait equally long, so they form a queue.
type answers struct {
	ring  []*serverEntry
	first int
	count int
}

func (a *answers) add(sh *shard, e *serverEntry) {
	if a.count >= max(sh.stack.limits.Completed/len(sh.stack.shards), 1) {
		sh.drop(a.ring[a.first])
	}
	if a.count == len(a.ring) {
		grown := make([]*serverEntry, max(2*a.count, 16))
		for i := range a.count {
			grown[i] = a.ring[(a.first+i)%a.count]
		}
		a.ring, a.first = grown, 0
	}
	a.ring[(a.first+a.count)%len(a.ring)] = e
	a.count++
}

// left takes an entry out that ended; it is the oldest one.
func (a *answers) left(e *serverEntry) {
	if a.count > 0 && a.ring[a.first] == e {
		a.ring[a.first] = nil
		a.first = (a.first + 1) % len(a.ring)
		a.count--
	}
}
