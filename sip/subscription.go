package sip

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"tandem/sip/stack"
)

// subscription is one phone watching one thing (RFC 6665). Everything in it belongs to the worker of its Call-ID, but for what the
// tables of events need, which never changes, and keys, which their lock guards. There is at most one NOTIFY under way: what changes
// meanwhile is told in the next one, so a phone that is slow gets fewer and never older ones.
type subscription struct {
	s        *Server
	p        Package
	event    string
	id       string // of the Event header, given back as it came
	resource string
	watcher  Watcher
	key      dialogKey
	from     stack.URI // contact that began it
	since    time.Time
	lists    bool // the phone understands lists
	keys     []string

	dialog  dialog
	flow    stack.Flow // way to the phone; changed by moveTo
	expires time.Time
	alarm   func() // stops the timer of its end
	version uint32
	sent    uint64   // hash of the last document
	list    *members // of a list: what the phone knows
	busy    bool     // a NOTIFY waits for its answer
	again   bool     // look again when it has come
	force   bool     // and tell even what is not new
	ending  string   // say goodbye when it has come, for this reason
	leaving bool     // the last NOTIFY waits for its answer
	over    bool

	queued atomic.Bool // a kick is on its way to the worker
}

// kick has the worker look whether there is something to tell; many kicks in a row are one.
func (n *subscription) kick() {
	if n.queued.CompareAndSwap(false, true) {
		n.s.stack.Do(n.key.callID, func() {
			n.queued.Store(false)
			n.notify(false)
		})
	}
}

// live makes it last from now.
func (n *subscription) live(life time.Duration) {
	n.expires = time.Now().Add(life)
	if n.alarm != nil {
		n.alarm()
	}
	n.alarm = n.s.stack.After(n.key.callID, life, func() { n.end("timeout") })
}

// notify tells the phone what is new, or with force how things are; nothing is said twice.
func (n *subscription) notify(force bool) {
	if n.over {
		return
	}
	if n.busy {
		n.again = true
		n.force = n.force || force
		return
	}
	view, ok := n.p.Look(n.watcher, n.resource)
	if !ok || view.List != nil && !n.lists {
		n.end("noresource") // gone, or out of his sight by now
		return
	}
	n.s.events.depend(n, view.Keys)
	kind, body, news := n.compose(&view, force)
	if !news {
		return
	}
	left := max(time.Until(n.expires), 0)
	n.send(kind, body, "active;expires="+seconds(left+time.Second-1))
}

var seed = maphash.MakeSeed()

// compose makes the body of the next notification; false when the phone knows it already.
func (n *subscription) compose(v *View, force bool) (kind string, body []byte, news bool) {
	if v.List != nil {
		return n.composeList(v.List, force)
	}
	n.list = nil
	sum := maphash.Bytes(seed, v.Document.Body)
	if !force && sum == n.sent && n.version > 0 {
		return "", nil, false
	}
	n.sent = sum
	body = v.Document.numbered(n.version)
	n.version++
	return n.p.Type, body, true
}

// send sends one NOTIFY and goes on when its answer is here.
func (n *subscription) send(kind string, body []byte, state string) {
	m := n.dialog.request(stack.MethodNotify)
	m.Set(stack.HeaderContact, n.dialog.contact)
	event := n.event
	if n.id != "" {
		event += ";id=" + n.id
	}
	m.Set(stack.HeaderEvent, event)
	m.Set(stack.HeaderSubscriptionState, state)
	if n.list != nil {
		m.Set(stack.HeaderRequire, eventList)
	}
	n.s.allowEvents(m)
	m.SetBody(kind, body)
	n.busy = true
	n.s.stack.Request(n.way(), m, n.answered)
}

// answered goes on after the answer to a NOTIFY. A phone that does not know the subscription any more, or is not there, loses it
// (RFC 6665 §4.2.2); it will subscribe anew.
func (n *subscription) answered(resp *stack.Message) {
	if resp.Status < 200 {
		return
	}
	n.busy = false
	switch {
	case n.ending != "" && resp.Status < 300:
		n.goodbye()
		return
	case n.ending != "" || n.leaving:
		n.ending, n.leaving = "", false
		n.s.events.farewell(-1)
		return
	case n.over:
		return
	case resp.Status >= 300:
		n.stop()
		return
	}
	n.dialog.refreshTarget(resp)
	if more := n.list != nil && len(n.list.waiting) > 0; n.again || more {
		force := n.force
		n.again, n.force = false, false
		n.notify(force)
	}
}

// end ends it from our side and tells the phone why: timeout, deactivated (subscribe anew), rejected (do not) or noresource.
func (n *subscription) end(why string) {
	if n.over {
		return
	}
	n.stop()
	n.ending = why
	n.s.events.farewell(+1)
	if !n.busy {
		n.goodbye()
	}
}

// goodbye sends the last NOTIFY, with the state once more for those who asked only for it.
func (n *subscription) goodbye() {
	why := n.ending
	n.ending, n.leaving = "", true
	var kind string
	var body []byte
	if view, ok := n.p.Look(n.watcher, n.resource); ok && why == "timeout" && (view.List == nil || n.lists) {
		kind, body, _ = n.compose(&view, true)
	}
	n.send(kind, body, "terminated;reason="+why)
}

// stop forgets it without a word.
func (n *subscription) stop() {
	n.over = true
	if n.alarm != nil {
		n.alarm()
		n.alarm = nil
	}
	n.s.events.remove(n)
}

// way is the flow to the phone; when its connection is gone and the phone is back, notifications follow it there.
func (n *subscription) way() stack.Flow {
	if !n.flow.Alive() {
		if f, ok := n.s.registrar.flowOf(n.watcher.Device); ok {
			n.moveTo(f)
		}
	}
	return n.flow
}

// moveTo notes that the phone is reached another way.
func (n *subscription) moveTo(f stack.Flow) {
	if n.flow != f {
		n.s.events.move(n, f)
	}
}

// flowLost handles a connection that is gone: unless its phone is back another way already, it subscribes anew when it comes back
// (RFC 5626 §4.2).
func (n *subscription) flowLost(f stack.Flow) {
	if n.flow == f && !n.over && !n.way().Alive() {
		n.stop()
	}
}
