package house

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"tandem/event"
	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
)

// followEvery is how often the house looks whether another process – a verb of the command line – has changed the configuration.
const followEvery = time.Second

// journal stores what a call left behind, and tells the listeners.
func (h *House) journal(ctx context.Context, calls []report.CDR, facts []event.Fact) error {
	stored, err := h.Store.Append(ctx, calls, facts)
	if err != nil {
		return err
	}
	for i := range calls {
		h.tellMissed(&calls[i])
		h.noteViolation(&calls[i])
	}
	for _, f := range facts {
		if f.Kind == event.CallStarted {
			h.tellEmergency(f)
		}
	}
	return h.publish(ctx, stored)
}

// tellMissed tells somebody that he was called in vain.
func (h *House) tellMissed(c *report.CDR) {
	if c.To.User == "" || !c.MissedBy(c.To.User) || h.isFormer(c.To.User, c.Started) {
		return
	}
	n := notice{Happening: policy.Happening{Kind: policy.NoticeMissed, Users: people(c.To.User)}, about: pbx.Ref{Kind: pbx.KindCall, ID: string(c.ID)}, page: "/calls?call=" + string(c.ID),
		says: pbx.Says{Args: map[string]string{}, Times: map[string]time.Time{"at": c.Started}}}
	n.says.Name("from", c.From)
	h.informLater(n)
}

// tellEmergency tells those who look after emergency calls that one began, whatever became of it (N-13).
func (h *House) tellEmergency(f event.Fact) {
	c, err := event.Payload[event.Started](f)
	if err != nil || c.From.User == "" || h.snapshot().PlaceOf(c.From.User, c.Leg.Device, f.At).Read(c.Dialled).Class != number.Emergency {
		return
	}
	n := notice{Happening: policy.Happening{Kind: policy.NoticeEmergency, Over: policy.System()}, about: f.Object, page: "/calls?call=" + f.Object.ID,
		says: pbx.Says{Args: map[string]string{"number": c.Dialled}, Times: map[string]time.Time{"at": f.At}}}
	n.says.Name("from", c.From)
	h.informLater(n)
}

// informLater hands over what calls leave to be told; the journal does not wait.
func (h *House) informLater(n notice) {
	select {
	case h.later <- n:
	default:
		h.log.Warn("too many notices about calls at once; one is not told", "kind", n.Kind, "call", n.about.ID)
	}
}

// informOfCalls tells it, until ctx ends.
func (h *House) informOfCalls(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-h.later:
			h.informNow(n)
		}
	}
}

// publish tells the listeners and remembers how far they were told.
func (m *Memory) publish(ctx context.Context, facts []event.Fact) error {
	for _, f := range facts {
		for told := m.told.Load(); f.Seq > told && !m.told.CompareAndSwap(told, f.Seq); told = m.told.Load() {
		}
	}
	return m.Bus.Publish(ctx, facts)
}

// sweep closes the calls that a crash cut off.
func (h *House) sweep(ctx context.Context) error {
	calls, facts, err := h.Store.Interrupted(ctx, time.Now())
	if err != nil {
		return err
	}
	if len(calls) > 0 {
		h.log.Warn("calls were cut off when Tandem stopped last time; their records are complete now", "calls", len(calls))
	}
	return h.publish(ctx, facts)
}

// follow takes over what other processes write, until ctx ends.
func (h *House) follow(ctx context.Context) {
	h.every(ctx, followEvery, "reading the configuration again", func() error { return h.catchUp(ctx) })
}

// every does something again and again until ctx ends; what went wrong is written down, with what it was.
func (h *House) every(ctx context.Context, pause time.Duration, what string, do func() error) {
	h.rounds(ctx, pause, pause, what, do)
}

// hourly does something soon after the start and each hour from then on: a server that is started anew more often than that gets round to it too.
func (h *House) hourly(ctx context.Context, what string, do func() error) {
	h.rounds(ctx, soonAfter, tidyEvery, what, do)
}

func (h *House) rounds(ctx context.Context, first, pause time.Duration, what string, do func() error) {
	tick := time.NewTicker(first)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if first != pause {
				first = pause
				tick.Reset(pause)
			}
			if err := do(); err != nil && ctx.Err() == nil {
				h.log.Error(what, "error", err)
			}
		}
	}
}

func (h *House) catchUp(ctx context.Context) error {
	now, _ := h.Directory.View()
	version, err := h.Store.Version(ctx)
	if err != nil || version <= now.Version {
		return err
	}
	told := h.told.Load()
	next, err := h.Store.Load(ctx)
	if err != nil {
		return err
	}
	h.Directory.Set(next)
	for {
		facts, err := h.Store.After(ctx, told, 500)
		if err != nil || len(facts) == 0 {
			return err
		}
		told = facts[len(facts)-1].Seq
		if err := h.publish(ctx, facts); err != nil {
			return err
		}
	}
}

// watch lets changes of the configuration reach the phones: whose device is gone, has another secret or belongs to somebody who is
// suspended loses his registration (BAR WB-07).
func (h *House) watch() {
	h.stops = append(h.stops, h.Directory.Watch(func(old, next *pbx.Snapshot) {
		if err := h.Auth.Cut(context.Background(), old, next); err != nil {
			h.log.Error("ending sessions of suspended people", "error", err)
		}
		at := h.Config.Now()
		for id, before := range old.Devices {
			after := next.Devices[id]
			if after == before && next.Users[before.User] == old.Users[before.User] {
				continue
			}
			if after == nil || after.SHA256 != before.SHA256 || after.User != before.User || suspended(next, after.User, at) || h.isOut(next, after) {
				h.SIP.Drop(id)
			}
		}
	}))
}

// isOut reports whether a phone is registered from where its person's phones may not sign in any more.
func (h *House) isOut(s *pbx.Snapshot, d *pbx.Device) bool {
	_, live := h.Directory.View()
	return slices.ContainsFunc(live.Bindings(d.ID), func(b pbx.Binding) bool {
		at, err := netip.ParseAddrPort(b.Source)
		return err == nil && !s.Users[d.User].SignsInFrom(at.Addr())
	})
}

// patrol drops the phones of people whose suspension has just begun by the clock, until ctx ends.
func (h *House) patrol(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-tick.C:
			s, live := h.Directory.View()
			for id, u := range s.Users {
				if len(u.Suspensions) == 0 || !u.IsSuspended(at) || u.IsSuspended(last) {
					continue
				}
				for _, d := range s.DevicesOf(id) {
					if len(live.Bindings(d.ID)) > 0 {
						h.SIP.Drop(d.ID)
					}
				}
			}
			last = at
		}
	}
}

func suspended(s *pbx.Snapshot, id pbx.UserID, at time.Time) bool {
	u := s.Users[id]
	return u == nil || u.IsSuspended(at)
}
