package house

import (
	"context"
	"net/netip"
	"time"

	"tandem/api"
	"tandem/event"
	"tandem/pbx"
	"tandem/sip"
)

// watchTrunks lets the SIP side keep the lines that are configured, now and after every change.
func (h *House) watchTrunks() {
	set := func(s *pbx.Snapshot) {
		var list []sip.Trunk
		for _, t := range s.TrunksInOrder() {
			if !t.Off {
				list = append(list, wireTrunk(t))
			}
		}
		h.SIP.SetTrunks(list)
	}
	h.stops = append(h.stops, h.Directory.Watch(func(old, next *pbx.Snapshot) {
		if sameTrunks(old, next) {
			return
		}
		set(next)
		for id := range old.Trunks {
			if t := next.Trunks[id]; t == nil || t.Off {
				h.Directory.SetTrunk(id, false)
			}
		}
	}))
	set(h.snapshot())
}

// sameTrunks reports whether no trunk has changed: rows that stay are the same rows.
func sameTrunks(a, b *pbx.Snapshot) bool {
	if len(a.Trunks) != len(b.Trunks) {
		return false
	}
	for id, t := range a.Trunks {
		if b.Trunks[id] != t {
			return false
		}
	}
	return true
}

func wireTrunk(t *pbx.Trunk) sip.Trunk {
	out := sip.Trunk{ID: t.ID, Host: t.Host, Transport: t.Transport, Domain: t.Domain, Register: t.Register, Username: t.Username, AuthName: t.AuthName, Secret: t.Secret,
		Expires: time.Duration(t.Expires) * time.Second, Ping: time.Duration(t.Ping) * time.Second, Trusted: t.Trusted, Account: t.Account, Onward: t.Onward,
		Authorities: t.Authorities, Pins: t.Pins}
	for _, text := range t.Sources {
		if p, err := netip.ParsePrefix(text); err == nil {
			out.Sources = append(out.Sources, p)
		}
	}
	return out
}

// trunkMoved takes in how a line is: for who decides where calls go, and for the log when it goes down or comes back.
func (h *House) trunkMoved(st sip.TrunkState) {
	_, live := h.Directory.View()
	was := live.IsDown(st.Trunk)
	h.Directory.SetTrunk(st.Trunk, !st.Up)
	if was == !st.Up {
		return
	}
	kind := event.TrunkUp
	if !st.Up {
		kind = event.TrunkDown
		h.log.Warn("trunk_down", "trunk", st.Trunk, "problem", st.Problem, "status", st.Status, "detail", st.Detail, "target", st.Target)
	}
	f := event.New(kind, time.Now(), pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, pbx.Ref{Kind: pbx.KindTrunk, ID: string(st.Trunk)},
		event.TrunkState{Problem: string(st.Problem), Status: st.Status, Detail: st.Detail})
	select {
	case h.lines <- f:
	default: // a line that flutters faster than it can be written down
	}
}

// writeLines writes down how lines went, until ctx ends. The SIP side does not wait for it.
func (h *House) writeLines(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-h.lines:
			if err := h.journal(ctx, nil, []event.Fact{f}); err != nil && ctx.Err() == nil {
				h.log.Error("writing down how a trunk is", "error", err)
			}
		}
	}
}

// lineStates is how all lines are at this moment.
func (h *House) lineStates() map[pbx.TrunkID]api.Line {
	all := map[pbx.TrunkID]api.Line{}
	for _, st := range h.SIP.Trunks() {
		l := api.Line{Up: st.Up, Problem: string(st.Problem), Status: st.Status, Detail: st.Detail, Latency: st.Latency, Expires: st.Expires, Retry: st.Retry}
		if st.Target.IsValid() {
			l.Target = st.Target.String()
		}
		if r := st.Refused; !r.At.IsZero() {
			l.Refused = api.LineRefused{At: r.At, Problem: string(r.Problem), Source: r.Source.String(), Name: r.Name, Print: r.Print, Count: r.Count}
		}
		l.Alert = (*h.quality.Load())[st.Trunk]
		all[st.Trunk] = l
	}
	return all
}
