package stack

import (
	"sync/atomic"
	"time"
)

// ClientTx is a request of ours that waits for its final answer (RFC 3261 §17.1, RFC 6026).
type ClientTx struct {
	Request *Message // as sent, with our Via

	timer  timer
	shard  *shard
	flow   Flow
	key    key
	on     func(*Message)
	state  clientState
	data   []byte        // the encoded request, while it may have to be repeated
	ackTo  []byte        // the ACK of a refused INVITE, to be repeated
	pause  time.Duration // of timers A and E
	retry  time.Duration // when data is to be sent again; 0 for never
	end    time.Duration // timers B, D, F, K, M; 0 for never
	wanted bool          // Cancel was called before a provisional answer came
	cancel []Header
	over   atomic.Bool
}

type clientState uint8

const (
	clientCalling    clientState = iota // no answer yet
	clientProceeding                    // a provisional answer came
	clientCompleted                     // a final answer came: timers D, K
	clientAccepted                      // 2xx to INVITE came: RFC 6026 timer M
	clientGone
)

// Request sends a request over a flow and gives every answer to on, from the worker of its Call-ID: any number of provisional ones, then
// one final. Over INVITE further 2xx follow for up to 64·T1 (repetitions and forks), each of which the caller acknowledges with Send.
// When nothing comes, the final answer is a Local 408; when the flow is dead, a Local 503. The ACK of a refused INVITE is sent here.
// The request must not be changed afterwards.
func (s *Stack) Request(f Flow, req *Message, on func(*Message)) *ClientTx {
	branch := magic + NewToken()
	s.addVia(f, req, branch)
	tx := &ClientTx{Request: req, shard: s.shardOf(req.CallID()), flow: f, key: clientKey(branch, req.Method), on: on, data: req.Encode()}
	tx.timer.owner = tx
	tx.start()
	return tx
}

func (tx *ClientTx) start() {
	sh := tx.shard
	s := sh.stack
	now := s.now()
	sh.mu.Lock()
	sh.client[tx.key] = tx
	s.count.clientTx.Add(1)
	tx.pause = s.timers.T1
	if tx.flow.Reliable() {
		sh.planClient(tx, 0, now+64*s.timers.T1)
	} else {
		sh.planClient(tx, now+tx.pause, now+64*s.timers.T1)
	}
	data := tx.data
	sh.mu.Unlock()
	s.count.requestsOut.Add(1)
	if err := tx.flow.write(data); err != nil {
		sh.post(item{run: func() { tx.fail(503, "Transport failed") }, at: now})
	}
}

// Done reports whether a final answer came.
func (tx *ClientTx) Done() bool { return tx.over.Load() }

// Cancel asks the far side to give the request up (RFC 3261 §9.1). It waits for a provisional answer if none came yet, and does
// nothing after the final one. The headers, for example Reason, go into the CANCEL. The final answer comes as usual, mostly 487; after
// 64·T1 without one it is a Local 408.
func (tx *ClientTx) Cancel(headers ...Header) {
	sh := tx.shard
	sh.mu.Lock()
	if tx.Request.Method != MethodInvite || tx.state >= clientCompleted || tx.wanted {
		sh.mu.Unlock()
		return
	}
	tx.wanted, tx.cancel = true, headers
	proceed := tx.state == clientProceeding
	if proceed {
		sh.planClient(tx, 0, sh.stack.now()+64*sh.stack.timers.T1)
	}
	sh.mu.Unlock()
	if proceed {
		tx.sendCancel()
	}
}

func (tx *ClientTx) sendCancel() {
	s := tx.shard.stack
	m := tx.echo(MethodCancel, tx.Request.Get(HeaderTo))
	for _, h := range tx.cancel {
		m.Add(h.Name, h.Value)
	}
	c := &ClientTx{Request: m, shard: tx.shard, flow: tx.flow, key: clientKey(m.Via().Branch(), MethodCancel), on: func(*Message) {}, data: m.Encode()}
	c.timer.owner = c
	s.count.cancels.Add(1)
	c.start()
}

// echo makes an ACK or CANCEL out of the request: same Request-URI, top Via, From, Call-ID, number and Route (RFC 3261 §9.1, §17.1.1.3).
func (tx *ClientTx) echo(method, to string) *Message {
	req := tx.Request
	m := newMessage()
	m.Method, m.URI = method, req.URI
	seq, _ := req.CSeq()
	for _, h := range req.headers {
		switch h.Name {
		case HeaderFrom, HeaderCallID, HeaderRoute, HeaderMaxForwards:
			m.headers = append(m.headers, h)
		case HeaderVia:
			if len(m.headers) == 0 || m.headers[0].Name != HeaderVia {
				m.prepend(h.Name, h.Value)
			}
		case HeaderTo:
			m.headers = append(m.headers, Header{HeaderTo, to})
		case HeaderCSeq:
			m.headers = append(m.headers, Header{HeaderCSeq, utoa(seq) + " " + method})
		}
	}
	return m
}

// planClient arms the timer for the earlier of two moments; the lock is held.
func (sh *shard) planClient(tx *ClientTx, retry, end time.Duration) {
	tx.retry, tx.end = retry, end
	at := end
	if retry != 0 && (at == 0 || retry < at) {
		at = retry
	}
	if at == 0 {
		sh.wheel.stop(&tx.timer)
		return
	}
	sh.arm(&tx.timer, at)
}

// gone forgets the transaction; the lock is held.
func (tx *ClientTx) gone() {
	sh := tx.shard
	sh.wheel.stop(&tx.timer)
	if sh.client[tx.key] == tx {
		delete(sh.client, tx.key)
		sh.stack.count.clientTx.Add(-1)
	}
	tx.state = clientGone
	tx.data, tx.ackTo = nil, nil
}

// expire is called by the wheel with the lock held.
func (tx *ClientTx) expire() {
	sh := tx.shard
	s := sh.stack
	now := s.now()
	if tx.end != 0 && now >= tx.end {
		open := tx.state <= clientProceeding
		if !open {
			tx.gone()
			return
		}
		sh.later = append(sh.later, func() { tx.fail(408, "No answer") })
		return
	}
	if tx.retry == 0 || tx.data == nil {
		return
	}
	if tx.Request.Method == MethodInvite {
		tx.pause *= 2
	} else {
		tx.pause = min(2*tx.pause, s.timers.T2)
		if tx.state == clientProceeding {
			tx.pause = s.timers.T2
		}
	}
	s.count.resent.Add(1)
	tx.flow.write(tx.data)
	sh.planClient(tx, now+tx.pause, tx.end)
}

// fail ends the transaction with an answer of our own; it runs on the worker.
func (tx *ClientTx) fail(status int, reason string) {
	tx.shard.mu.Lock()
	if tx.state > clientProceeding {
		tx.shard.mu.Unlock()
		return
	}
	tx.gone()
	tx.shard.mu.Unlock()
	m := NewResponse(tx.Request, status, reason)
	m.Local, m.Flow = true, tx.flow
	tx.over.Store(true)
	tx.on(m)
}

// flowGone ends every transaction that waits for an answer over a dead connection (RFC 3261 §8.1.3.1). Without it a ringing INVITE,
// which has no timer, would wait for ever.
func (s *Stack) flowGone(dead link) {
	for _, sh := range s.shards {
		sh.post(item{at: s.now(), run: func() {
			var waiting []*ClientTx
			sh.mu.Lock()
			for _, tx := range sh.client {
				if tx.flow.link == dead {
					waiting = append(waiting, tx)
				}
			}
			sh.mu.Unlock()
			for _, tx := range waiting {
				tx.fail(503, "The connection is lost")
			}
		}})
	}
}

// response carries a response.
func (sh *shard) response(m *Message) {
	s := sh.stack
	sh.mu.Lock()
	tx := sh.client[clientKey(m.Via().Branch(), m.Method)]
	if tx == nil || tx.state == clientGone {
		sh.mu.Unlock()
		s.count.stray.Add(1)
		return
	}
	now := s.now()
	invite := tx.Request.Method == MethodInvite
	t := &s.timers
	tell, cancel := true, false
	var ack []byte
	switch {
	case m.Status < 200:
		if tx.state > clientProceeding {
			tell = false
			break
		}
		first := tx.state == clientCalling
		tx.state = clientProceeding
		if invite {
			if first && tx.wanted {
				cancel = true
				sh.planClient(tx, 0, now+64*t.T1)
			} else if !tx.wanted {
				sh.planClient(tx, 0, 0) // how long it rings is for the layer above
			}
		}
	case invite && m.Status < 300:
		if tx.state == clientCompleted {
			tell = false
		} else if tx.state != clientAccepted {
			tx.state = clientAccepted
			tx.data = nil
			sh.planClient(tx, 0, now+64*t.T1)
		}
	case tx.state == clientAccepted:
		tell = false
	case invite:
		if tell = tx.state != clientCompleted; tell {
			tx.state = clientCompleted
			tx.data = nil
			tx.ackTo = tx.echo(MethodAck, m.Get(HeaderTo)).Encode()
		}
		ack = tx.ackTo
		if !tell {
			break
		}
		if tx.flow.Reliable() {
			tx.gone()
		} else {
			sh.planClient(tx, 0, now+max(32*time.Second, 64*t.T1)) // timer D
		}
	default:
		if tell = tx.state != clientCompleted; tell {
			tx.state = clientCompleted
			tx.data = nil
			if tx.flow.Reliable() {
				tx.gone()
			} else {
				sh.planClient(tx, 0, now+t.T4) // timer K
			}
		}
	}
	sh.mu.Unlock()
	if ack != nil {
		tx.flow.write(ack)
	}
	if cancel {
		tx.sendCancel()
	}
	if tell {
		if m.Status >= 200 {
			tx.over.Store(true)
		}
		tx.on(m)
	}
}
