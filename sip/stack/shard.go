package stack

import (
	"sync"
	"sync/atomic"
	"time"
)

// A shard owns the transactions of every Call-ID that hashes to it. One goroutine at a time runs them, so that callbacks of one Call-ID
// come in order; the lock lets other goroutines respond and send meanwhile. No callback runs under the lock.
//
// While a shard is idle, whoever brings a message or a function runs it himself: waking another goroutine for it would cost more than the
// work. While a shard is busy, items queue up for its worker. A callback of one shard may so run an item of another within itself; that
// ends, because a shard that is busy only queues.
type shard struct {
	stack *Stack
	wake  chan struct{} // capacity 1
	depth atomic.Int64  // items waiting
	lag   atomic.Int64  // nanoseconds the last item has waited

	mu     sync.Mutex
	queue  []item
	busy   bool // somebody runs items of this shard
	closed bool
	asleep time.Duration // when the worker wakes by itself; 0 while it works
	wheel  wheel
	server map[key]*serverEntry
	client map[key]*ClientTx
	acks   map[key]*ServerTx    // 2xx waiting for their ACK
	merged map[key]*serverEntry // INVITEs without To tag, to notice a second branch
	done   answers              // completed server transactions, oldest first
	later  []func()             // callbacks that expired timers ask for
}

// item is one thing to do for a shard: a message from outside, or a function.
type item struct {
	msg *Message
	run func()
	at  time.Duration
}

const forever = time.Duration(1<<63 - 1)

func newShard(s *Stack) *shard {
	return &shard{stack: s, wake: make(chan struct{}, 1),
		server: map[key]*serverEntry{}, client: map[key]*ClientTx{}, acks: map[key]*ServerTx{}, merged: map[key]*serverEntry{}}
}

// post appends an item; the order of posts is the order of work. It never waits.
func (sh *shard) post(it item) {
	sh.depth.Add(1)
	sh.mu.Lock()
	sh.queue = append(sh.queue, it)
	first := len(sh.queue) == 1
	sh.mu.Unlock()
	if first {
		sh.poke()
	}
}

// offer runs an item at once if the shard is idle and posts it otherwise.
func (sh *shard) offer(it item) {
	sh.mu.Lock()
	if sh.busy || len(sh.queue) > 0 || len(sh.later) > 0 {
		sh.mu.Unlock()
		sh.post(it)
		return
	}
	sh.busy = true
	sh.mu.Unlock()
	if it.run != nil {
		it.run()
	} else {
		sh.handle(it.msg)
	}
	sh.release()
}

// release ends the turn of a reader.
func (sh *shard) release() {
	sh.mu.Lock()
	sh.busy = false
	more := len(sh.queue) > 0 || len(sh.later) > 0
	sh.mu.Unlock()
	if more {
		sh.poke()
	}
}

func (sh *shard) poke() {
	select {
	case sh.wake <- struct{}{}:
	default:
	}
}

// arm sets a timer of a transaction; the lock is held.
func (sh *shard) arm(t *timer, at time.Duration) {
	sh.wheel.set(t, at)
	if sh.asleep != 0 && at < sh.asleep {
		sh.asleep = 0
		sh.poke()
	}
}

// loop is the worker.
func (sh *shard) loop() {
	clock := time.NewTimer(time.Hour)
	defer clock.Stop()
	var spare []item
	for {
		now := sh.stack.now()
		var work []item
		var later []func()
		sh.mu.Lock()
		sh.asleep = 0
		sh.wheel.advance(now)
		if !sh.busy && len(sh.queue)+len(sh.later) > 0 {
			work, later = sh.queue, sh.later
			sh.queue, sh.later = spare[:0], nil
			sh.busy = true
		}
		mine := len(work)+len(later) > 0
		closed := sh.closed
		wait := forever
		if !mine { // nothing to do, or a reader has its turn and will poke
			if next, ok := sh.wheel.next(); ok {
				wait = max(next-now, 0)
				sh.asleep = next
			} else {
				sh.asleep = forever
			}
		}
		sh.mu.Unlock()

		for _, f := range later {
			f()
		}
		for i := range work {
			it := &work[i]
			sh.depth.Add(-1)
			sh.lag.Store(int64(sh.stack.now() - it.at))
			if it.run != nil {
				it.run()
			} else {
				sh.handle(it.msg)
			}
			*it = item{}
		}
		if mine {
			spare = work
			sh.mu.Lock()
			sh.busy = false
			sh.mu.Unlock()
			continue
		}
		if closed {
			return
		}
		sh.lag.Store(0)
		if wait == forever {
			<-sh.wake
			continue
		}
		clock.Reset(wait)
		select {
		case <-sh.wake:
		case <-clock.C:
		}
	}
}

// handle carries one message from outside.
func (sh *shard) handle(m *Message) {
	if m.Status != 0 {
		sh.response(m)
		return
	}
	switch m.Method {
	case MethodAck:
		sh.ack(m)
	case MethodCancel:
		sh.cancel(m)
	default:
		sh.request(m)
	}
}
