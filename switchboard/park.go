package switchboard

import (
	"cmp"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
)

// openPark takes a park position for the call: the one that was meant, or the first that is free. No two calls get the same.
func (r *run) openPark(e call.OpenPark) call.Input {
	s, _ := r.b.c.View()
	p := s.Parks[pbx.ParkID(e.At.ID)]
	if p == nil {
		return call.Timeout{Timer: call.HouseTimer} // it went while the call was on its way
	}
	positions := p.Positions()
	if e.At.Number != "" {
		positions = []string{e.At.Number}
	}
	for _, n := range positions {
		if _, taken := r.b.spots.LoadOrStore(n, r); !taken {
			r.spot = n
			return call.Position{Number: n, Wait: time.Duration(p.Seconds()) * time.Second, Then: p.Then, Music: r.music(cmp.Or(p.Music, s.MusicIn(p.Group)))}
		}
	}
	return call.Position{}
}

// emitParked writes where the call is parked, and lets live views show it there.
func (r *run) emitParked(e call.Emit) {
	caller := r.sides[0].record.Party
	r.live.To = pbx.Party{Name: r.plan.To.Name, Number: r.spot}
	r.live.Parked = &pbx.Parking{Position: r.spot, By: e.By, Since: r.now}
	p := event.Parked{Position: r.spot, Party: caller, By: e.By}
	r.draft.Parked(p)
	r.fact(e.Kind, r.in.Actor, p)
}

// vacate gives the park position back when the call has left it.
func (r *run) vacate() {
	if n, _ := r.state.Parked(); r.spot == "" || n == r.spot {
		return
	}
	r.b.spots.CompareAndDelete(r.spot, r)
	r.spot, r.live.Parked = "", nil
}

// fetch is the call that somebody wants who dialled a park position, and why he may not have it. What waits longest is first.
func (b *Board) fetch(s *pbx.Snapshot, live *pbx.Presence, who pbx.Actor, plan *route.Plan, now time.Time) (*run, pbx.Destination, i18n.Text) {
	h := plan.House
	if h == nil || !h.Fetch || h.At.Kind != pbx.ToPark {
		return nil, pbx.Destination{}, i18n.Text{}
	}
	var found *pbx.LiveCall
	for _, n := range s.Parks[pbx.ParkID(h.At.ID)].Positions() {
		c := live.Parked(n)
		if c != nil && (h.At.Number == "" || h.At.Number == n) && (found == nil || c.Parked.Since.Before(found.Parked.Since)) {
			found = c
		}
	}
	if found == nil {
		return nil, pbx.Destination{}, i18n.Text{}
	}
	r, ok := b.calls.Load(found.ID)
	if !ok {
		return nil, pbx.Destination{}, i18n.Text{}
	}
	// Who dials a position was told of it, as one is told an extension: he takes part in the call from then on, so the right over his own calls will do.
	mine := *found
	mine.Users = append(append([]pbx.UserID(nil), found.Users...), who.User)
	d := policy.Decide(s, policy.Request{Actor: who, Right: policy.CallPark, Target: policy.Call(&mine), At: now})
	at := pbx.Destination{Kind: pbx.ToPark, ID: h.At.ID, Number: found.Parked.Position}
	if !d.OK {
		return r.(*run), at, d.Reason()
	}
	return r.(*run), at, i18n.Text{}
}
