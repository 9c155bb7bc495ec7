package sip

import (
	"container/heap"
	"net/netip"
	"strings"
	"sync"
	"time"

	"tandem/pbx"
	"tandem/sip/stack"
)

// Registration bounds what phones may ask the registrar for. Zero fields take the defaults in brackets.
type Registration struct {
	MaxContacts int           // per device [5]
	Min         time.Duration // shorter wishes are answered 423 [60 s]
	Default     time.Duration // when a phone names no time [3600 s]
	Max         time.Duration // longer wishes are shortened [3600 s]
	MaxNAT      time.Duration // the same over UDP through an address translator, which forgets idle phones [300 s]
}

func (r Registration) withDefaults() Registration {
	span := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	if r.MaxContacts <= 0 {
		r.MaxContacts = 5
	}
	span(&r.Min, time.Minute)
	span(&r.Default, time.Hour)
	span(&r.Max, time.Hour)
	span(&r.MaxNAT, 5*time.Minute)
	return r
}

// binding is one registered contact. Its texts are copies, so that no packet is kept alive.
type binding struct {
	public   pbx.Binding
	uri      stack.URI    // of the contact, with its parameters and escaped headers as they came
	params   stack.Params // of the contact header, without expires
	instance string       // +sip.instance and reg-id: the same phone, even from another address (RFC 5626 §4.1)
	callID   string
	seq      uint32
	flow     stack.Flow
	kept     bool // Changes handed it out, so it must be told when it goes
	place    int  // in the heap of expiries
}

// account is what is registered for one device.
type account struct {
	bindings  []*binding
	reporting bool // somebody is telling Config.Bindings
	changed   bool // and has to tell it again
}

// registrar keeps bindings in memory. One lock guards everything; nothing that can wait happens under it.
type registrar struct {
	report func(pbx.DeviceID, []pbx.Binding)

	mu       sync.Mutex
	accounts map[pbx.DeviceID]*account
	byID     map[pbx.BindingID]*binding
	byFlow   map[stack.Flow]map[*binding]struct{} // connections only; a UDP flow never closes
	homes    map[netip.Addr]int                   // bindings by the address they live at
	expiries expiries
	alarm    *time.Timer // one for all bindings, set to the earliest expiry
	alarmAt  time.Time
	agents   map[string]string // each User-Agent text once
	dirty    map[*binding]struct{}
	gone     []pbx.BindingID // handed out by changes, and over since
	closed   bool
}

func newRegistrar(report func(pbx.DeviceID, []pbx.Binding)) *registrar {
	return &registrar{report: report, accounts: map[pbx.DeviceID]*account{}, byID: map[pbx.BindingID]*binding{},
		byFlow: map[stack.Flow]map[*binding]struct{}{}, homes: map[netip.Addr]int{}, agents: map[string]string{}, dirty: map[*binding]struct{}{}}
}

// reachable is what is needed to call a binding.
type reachable struct {
	uri  stack.URI
	flow stack.Flow
}

// find is the way to the binding with this id; false if it is gone.
func (r *registrar) find(id pbx.BindingID) (reachable, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.byID[id]
	if b == nil {
		return reachable{}, false
	}
	return reachable{b.uri, wayTo(b.uri, b.flow)}, true
}

// isHome reports whether a device is registered from an address.
func (r *registrar) isHome(ip netip.Addr) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.homes[ip] > 0
}

// flowOf is a living way to a device; false when it is not registered.
func (r *registrar) flowOf(d pbx.DeviceID) (stack.Flow, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.accounts[d]; a != nil {
		for _, b := range a.bindings {
			if b.flow.Alive() {
				return wayTo(b.uri, b.flow), true
			}
		}
	}
	return stack.Flow{}, false
}

// all lists the living ways to a device.
func (r *registrar) all(d pbx.DeviceID) []reachable {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []reachable
	if a := r.accounts[d]; a != nil {
		for _, b := range a.bindings {
			if b.flow.Alive() {
				list = append(list, reachable{b.uri, wayTo(b.uri, b.flow)})
			}
		}
	}
	return list
}

// wish is what one Contact of a REGISTER asks for; zero life removes the binding.
type wish struct {
	contact  stack.NameAddr
	instance string
	life     time.Duration
}

// outcome is what became of a REGISTER: a refusal, or the bindings that are there now.
type outcome struct {
	status int
	reason string
	list   []contactLine
	moved  []move
}

// move is a phone that came back another way: its calls follow it.
type move struct{ from, to stack.Flow }

// contactLine is one binding as a REGISTER is answered.
type contactLine struct {
	uri    stack.URI
	params stack.Params
	left   time.Duration
}

// register applies all wishes or none (RFC 3261 §10.3). star removes everything. newID makes the ids of new bindings.
func (r *registrar) register(now time.Time, device pbx.DeviceID, req *stack.Message, wishes []wish, star bool, limit int, newID func() pbx.BindingID) outcome {
	seq, _ := req.CSeq()
	callID := req.CallID()
	r.mu.Lock()
	a := r.accounts[device]
	if a == nil {
		a = &account{}
	}
	if bad := a.check(wishes, star, callID, seq, limit); bad.status != 0 {
		r.mu.Unlock()
		return bad
	}
	touched := false
	done := outcome{status: 200}
	if star {
		for len(a.bindings) > 0 {
			r.remove(a, a.bindings[0])
			touched = true
		}
	}
	for i := range wishes {
		w := &wishes[i]
		old := a.match(w)
		switch {
		case w.life > 0:
			var from stack.Flow
			if old != nil {
				from = wayTo(old.uri, old.flow)
			}
			r.put(now, device, a, old, w, req)
			if old != nil {
				if to := wayTo(old.uri, old.flow); to != from {
					done.moved = append(done.moved, move{from, to})
				}
			}
			if old == nil {
				b := a.bindings[len(a.bindings)-1]
				b.public.ID = newID()
				r.byID[b.public.ID] = b
				r.touch(b)
			} else {
				r.touch(old)
			}
			touched = true
		case old != nil:
			r.remove(a, old)
			touched = true
		}
	}
	if len(a.bindings) > 0 {
		r.accounts[device] = a
	}
	done.list = make([]contactLine, 0, len(a.bindings))
	for _, b := range a.bindings {
		done.list = append(done.list, contactLine{b.uri, b.params, b.public.Expires.Sub(now)})
	}
	r.schedule()
	r.mu.Unlock()
	if touched {
		r.tell(device)
	}
	return done
}

// check looks at everything before anything is changed.
func (a *account) check(wishes []wish, star bool, callID string, seq uint32, limit int) outcome {
	if star {
		for _, b := range a.bindings {
			if b.callID == callID && seq <= b.seq {
				return outcome{status: 500, reason: "CSeq Out Of Order"}
			}
		}
		return outcome{}
	}
	count := len(a.bindings)
	for i := range wishes {
		old := a.match(&wishes[i])
		switch {
		case old != nil && old.callID == callID && seq <= old.seq:
			return outcome{status: 500, reason: "CSeq Out Of Order"}
		case old == nil && wishes[i].life > 0:
			count++
		case old != nil && wishes[i].life == 0:
			count--
		}
	}
	if count > limit && count > len(a.bindings) {
		return outcome{status: 403, reason: "Too Many Contacts"}
	}
	return outcome{}
}

// match finds the binding that a contact stands for.
func (a *account) match(w *wish) *binding {
	for _, b := range a.bindings {
		if w.instance != "" && w.instance == b.instance || b.uri.Equal(w.contact.URI) {
			return b
		}
	}
	return nil
}

// put makes a binding or refreshes the old one.
func (r *registrar) put(now time.Time, device pbx.DeviceID, a *account, old *binding, w *wish, req *stack.Message) {
	b := old
	if b == nil {
		b = &binding{public: pbx.Binding{Device: device, Since: now}, place: -1}
		a.bindings = append(a.bindings, b)
	}
	if text := w.contact.URI.String(); b.public.Contact != text {
		b.public.Contact = text
		b.uri, _ = stack.ParseURI(text) // it was read from a message, so it can be read again
	}
	if params := w.contact.Params.Without("expires"); b.params != params {
		b.params = stack.Params(strings.Clone(string(params)))
	}
	if b.instance != w.instance {
		b.instance = strings.Clone(w.instance)
	}
	if b.callID != req.CallID() {
		b.callID = strings.Clone(req.CallID())
	}
	b.seq, _ = req.CSeq()
	if b.flow != req.Flow {
		r.leave(b)
		b.flow = req.Flow
		r.enter(b)
		b.public.Source = b.flow.Remote.String()
		b.public.Transport = b.flow.Transport.String()
		b.public.Secure = b.flow.Secure()
	}
	if agent := req.Get(stack.HeaderUserAgent); b.public.Agent != agent {
		b.public.Agent = r.agent(agent)
	}
	b.public.Expires = now.Add(w.life)
	if b.place < 0 {
		heap.Push(&r.expiries, b)
	} else {
		heap.Fix(&r.expiries, b.place)
	}
}

// agent keeps each text once: a thousand phones of one model say the same. Strangers never get here, so the table stays small;
// it is emptied all the same before somebody can fill it.
func (r *registrar) agent(text string) string {
	if len(text) > 128 {
		text = text[:128]
	}
	if known, ok := r.agents[text]; ok {
		return known
	}
	if len(r.agents) >= 1024 {
		clear(r.agents)
	}
	text = strings.ToValidUTF8(strings.Clone(text), "")
	r.agents[text] = text
	return text
}

func (r *registrar) enter(b *binding) {
	r.homes[b.flow.Remote.Addr().Unmap()]++
	if !b.flow.Reliable() {
		return
	}
	set := r.byFlow[b.flow]
	if set == nil {
		set = map[*binding]struct{}{}
		r.byFlow[b.flow] = set
	}
	set[b] = struct{}{}
}

func (r *registrar) leave(b *binding) {
	if b.flow.IsZero() {
		return
	}
	if ip := b.flow.Remote.Addr().Unmap(); r.homes[ip] > 1 {
		r.homes[ip]--
	} else {
		delete(r.homes, ip)
	}
	set := r.byFlow[b.flow]
	delete(set, b)
	if set != nil && len(set) == 0 {
		delete(r.byFlow, b.flow)
	}
}

// remove takes a binding out of every table but leaves the account in place for tell.
func (r *registrar) remove(a *account, b *binding) {
	for i, other := range a.bindings {
		if other == b {
			a.bindings = append(a.bindings[:i], a.bindings[i+1:]...)
			break
		}
	}
	delete(r.byID, b.public.ID)
	r.leave(b)
	r.forget(b)
	if b.place >= 0 {
		heap.Remove(&r.expiries, b.place)
	}
}

// tell reports a device's bindings outside the lock, always the latest and never two reports of one device at a time.
func (r *registrar) tell(device pbx.DeviceID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.accounts[device]
	if a == nil {
		return // somebody else has told that nothing is left
	}
	a.changed = true
	if a.reporting {
		return // whoever is at it tells this too
	}
	a.reporting = true
	for a.changed {
		a.changed = false
		list := make([]pbx.Binding, 0, len(a.bindings))
		for _, b := range a.bindings {
			list = append(list, b.public)
		}
		r.mu.Unlock()
		r.report(device, list)
		r.mu.Lock()
	}
	a.reporting = false
	if len(a.bindings) == 0 {
		delete(r.accounts, device)
	}
}

// drop removes everything a device registered and returns the flows it came by.
func (r *registrar) drop(device pbx.DeviceID) []stack.Flow {
	r.mu.Lock()
	a := r.accounts[device]
	if a == nil {
		r.mu.Unlock()
		return nil
	}
	var flows []stack.Flow
	for len(a.bindings) > 0 {
		flows = append(flows, a.bindings[0].flow)
		r.remove(a, a.bindings[0])
	}
	r.mu.Unlock()
	r.tell(device)
	return flows
}

// unbind removes one binding, for a phone that does not know its account any more.
func (r *registrar) unbind(id pbx.BindingID) {
	r.mu.Lock()
	b := r.byID[id]
	if b == nil {
		r.mu.Unlock()
		return
	}
	a := r.accounts[b.public.Device]
	r.remove(a, b)
	r.mu.Unlock()
	r.tell(b.public.Device)
}

// lost removes the bindings of a connection that is gone (RFC 5626 §5.3).
func (r *registrar) lost(f stack.Flow) {
	r.mu.Lock()
	touched := map[pbx.DeviceID]bool{}
	for b := range r.byFlow[f] {
		r.remove(r.accounts[b.public.Device], b)
		touched[b.public.Device] = true
	}
	r.mu.Unlock()
	for device := range touched {
		r.tell(device)
	}
}

// schedule sets the one timer to the earliest expiry. It is called under the lock.
func (r *registrar) schedule() {
	if r.closed || len(r.expiries) == 0 {
		return
	}
	at := r.expiries[0].public.Expires
	switch {
	case r.alarm == nil:
		r.alarm = time.AfterFunc(time.Until(at), r.expire)
	case at.Before(r.alarmAt):
		r.alarm.Reset(time.Until(at))
	default:
		return // it rings earlier, and then looks again
	}
	r.alarmAt = at
}

// expire removes what is over.
func (r *registrar) expire() {
	now := time.Now()
	touched := map[pbx.DeviceID]bool{}
	r.mu.Lock()
	for len(r.expiries) > 0 && !r.expiries[0].public.Expires.After(now) {
		b := r.expiries[0]
		r.remove(r.accounts[b.public.Device], b)
		touched[b.public.Device] = true
	}
	if len(r.expiries) > 0 && !r.closed {
		r.alarmAt = r.expiries[0].public.Expires
		r.alarm.Reset(max(r.alarmAt.Sub(now), 0))
	} else {
		r.alarm = nil
	}
	r.mu.Unlock()
	for device := range touched {
		r.tell(device)
	}
}

func (r *registrar) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.alarm != nil {
		r.alarm.Stop()
	}
}

// expiries is a heap, earliest first.
type expiries []*binding

func (e expiries) Len() int           { return len(e) }
func (e expiries) Less(i, j int) bool { return e[i].public.Expires.Before(e[j].public.Expires) }
func (e expiries) Swap(i, j int) {
	e[i], e[j] = e[j], e[i]
	e[i].place, e[j].place = i, j
}
func (e *expiries) Push(x any) {
	b := x.(*binding)
	b.place = len(*e)
	*e = append(*e, b)
}
func (e *expiries) Pop() any {
	b := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	b.place = -1
	return b
}
