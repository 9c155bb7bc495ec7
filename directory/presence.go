package directory

import (
	"slices"

	"tandem/pbx"
)

// Moved says what changed in the presence; exactly one of its fields is set.
type Moved struct {
	Device pbx.DeviceID   // its bindings changed
	Call   *pbx.LiveCall  // began or changed
	Ended  *pbx.LiveCall  // as it was last
	Trunk  pbx.TrunkID    // went down or came up
	Queue  *pbx.LiveQueue // its callers or agents changed
}

// SetBindings says where a device is registered now; none means that it is not. A refresh that changes nothing but the
// time of expiry is kept and not told to watchers. The list must not be changed afterwards.
func (d *Directory) SetBindings(id pbx.DeviceID, b []pbx.Binding) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.live.Load()
	before := p.Bindings(id)
	if len(before)+len(b) == 0 {
		return
	}
	d.live.Store(p.WithBindings(id, b))
	if !slices.EqualFunc(before, b, sameButExpiry) {
		d.presence.show(&d.mu, Moved{Device: id})
	}
}

func sameButExpiry(a, b pbx.Binding) bool {
	a.Expires = b.Expires
	return a == b
}

// SetCall says that a call began or changed. The value must not be changed afterwards.
func (d *Directory) SetCall(c *pbx.LiveCall) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.live.Store(d.live.Load().WithCall(c))
	d.presence.show(&d.mu, Moved{Call: c})
}

// EndCall says that a call is over; one that is not up changes nothing.
func (d *Directory) EndCall(id pbx.CallID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.live.Load()
	last := p.Call(id)
	if last == nil {
		return
	}
	d.live.Store(p.WithoutCall(id))
	d.presence.show(&d.mu, Moved{Ended: last})
}

// SetTrunk says whether a trunk can carry calls; what changes nothing is not told to watchers.
func (d *Directory) SetTrunk(id pbx.TrunkID, down bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.live.Load()
	if p.IsDown(id) == down {
		return
	}
	d.live.Store(p.WithTrunk(id, down))
	d.presence.show(&d.mu, Moved{Trunk: id})
}

// SetWakes says whether somebody's browsers are told of calls while no page is open.
func (d *Directory) SetWakes(u pbx.UserID, wakes bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p := d.live.Load(); p.Wakes(u) != wakes {
		d.live.Store(p.WithWakes(u, wakes))
	}
}

// SetQueue says that the callers or agents of a queue changed. The value must not be changed afterwards.
func (d *Directory) SetQueue(q *pbx.LiveQueue) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.live.Store(d.live.Load().WithQueue(q))
	d.presence.show(&d.mu, Moved{Queue: q})
}

// WatchPresence calls tell after each change of the presence, under the same conditions as Watch.
func (d *Directory) WatchPresence(tell func(Moved)) (stop func()) { return d.presence.add(&d.mu, tell) }
