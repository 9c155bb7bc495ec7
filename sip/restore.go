package sip

import (
	"container/heap"
	"net/netip"
	"time"

	"tandem/pbx"
	"tandem/sip/stack"
)

// Stored is a registration as it is kept over a restart: all that is needed to call the phone and to judge its next REGISTER (BAR CR-07).
// Only phones that registered over UDP are worth keeping: a connection ends with the process, and its phone comes back by itself.
type Stored struct {
	pbx.Binding
	Params   string         // of the Contact header, without expires
	Instance string         // +sip.instance and reg-id; empty without
	CallID   string         // of the last REGISTER
	Seq      uint32         // its CSeq
	Local    netip.AddrPort // address of ours that it came to: answers of an address translator are expected from there
}

// Changes hands out what is to be kept and what is to be forgotten since it was last asked, at most limit of each; it is meant to be asked
// about once a second, after Config.Bindings was called. Several refreshes of a binding in between are one. Nobody has to ask: what waits
// is never more than the bindings there are.
func (s *Server) Changes(limit int) (kept []Stored, gone []pbx.BindingID) {
	return s.registrar.changes(limit)
}

// Met hands out from which networks accounts signed in since it was last asked, at most so many; each comes again when an hour has passed. What is not taken waits.
func (s *Server) Met(limit int) []Acquaintance { return s.guard.takeMet(limit) }

// restore takes the registrations of an earlier process over, before or while phones register anew.
func (s *Server) restore(list []Stored) {
	now := time.Now()
	bindings := make([]*binding, 0, len(list))
	var dead []pbx.BindingID
	for i := range list {
		if b := s.revive(&list[i], now); b != nil {
			bindings = append(bindings, b)
		} else {
			dead = append(dead, list[i].ID)
		}
	}
	for _, device := range s.registrar.adopt(bindings, dead, s.registration.MaxContacts) {
		s.registrar.tell(device)
	}
}

// revive makes a binding of what was kept; nil when it is over or its way cannot be rebuilt.
func (s *Server) revive(k *Stored, now time.Time) *binding {
	contact, err := stack.ParseURI(k.Contact)
	source, err2 := netip.ParseAddrPort(k.Source)
	if err != nil || err2 != nil || k.Transport != stack.UDP.String() || k.ID == "" || !k.Expires.After(now) {
		return nil
	}
	flow, ok := s.stack.UDPFlowFrom(k.Local, source)
	if !ok {
		return nil
	}
	b := &binding{public: k.Binding, uri: contact, params: stack.Params(k.Params), instance: k.Instance, callID: k.CallID, seq: k.Seq,
		flow: flow, kept: true, place: -1}
	b.public.Source, b.public.Secure = source.String(), false
	return b
}

// adopt puts bindings into the tables that nobody has registered anew meanwhile, and says which devices are to be told of. What is not
// taken over is to be forgotten.
func (r *registrar) adopt(list []*binding, dead []pbx.BindingID, limit int) []pbx.DeviceID {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone = append(r.gone, dead...)
	var devices []pbx.DeviceID
	for _, b := range list {
		device := b.public.Device
		a := r.accounts[device]
		if a == nil {
			a = &account{}
		}
		known := a.match(&wish{contact: stack.NameAddr{URI: b.uri}, instance: b.instance}) != nil
		if known || len(a.bindings) >= limit || r.byID[b.public.ID] != nil {
			r.gone = append(r.gone, b.public.ID)
			continue
		}
		b.public.Agent = r.agent(b.public.Agent)
		r.accounts[device] = a
		a.bindings = append(a.bindings, b)
		r.byID[b.public.ID] = b
		r.enter(b)
		heap.Push(&r.expiries, b)
		devices = append(devices, device)
	}
	r.schedule()
	return devices
}

// touch notes that a binding differs from what is kept of it. A way that dies with the process is not kept. It is called under the lock.
func (r *registrar) touch(b *binding) {
	if b.flow.Reliable() {
		r.forget(b)
		return
	}
	r.dirty[b] = struct{}{}
}

// forget notes that a binding is not to be kept any longer. It is called under the lock.
func (r *registrar) forget(b *binding) {
	delete(r.dirty, b)
	if b.kept {
		b.kept = false
		r.gone = append(r.gone, b.public.ID)
	}
}

func (r *registrar) changes(limit int) (kept []Stored, gone []pbx.BindingID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(limit, len(r.gone))
	gone, r.gone = r.gone[:n:n], r.gone[n:]
	if len(r.gone) == 0 {
		r.gone = nil
	}
	n = min(limit, len(r.dirty))
	if n == 0 {
		return nil, gone
	}
	kept = make([]Stored, 0, n)
	for b := range r.dirty {
		if len(kept) == n {
			break
		}
		b.kept = true
		kept = append(kept, Stored{Binding: b.public, Params: string(b.params), Instance: b.instance, CallID: b.callID, Seq: b.seq, Local: b.flow.Local})
		delete(r.dirty, b)
	}
	return kept, gone
}
