package switchboard

import (
	"slices"
	"strings"
	"sync"
	"time"

	"tandem/pbx"
)

// pins remembers who typed his PIN at which phone, in memory alone: a restart forgets it. How long it counts, package toll decides by the rule.
type pins struct {
	mu  sync.Mutex
	all map[pinPlace]typedPIN
}

// maxPins is how many PINs are remembered; beyond, the oldest is forgotten and asked for again.
const maxPins = 10_000

// pinPlace is a person at one of his phones.
type pinPlace struct {
	user   pbx.UserID
	device pbx.DeviceID
}

// typedPIN is a PIN that somebody typed; its zero value is of nobody.
type typedPIN struct {
	pinPlace
	at time.Time
	on []pbx.Noun // what it rested on then
}

// typedNow is a PIN that is typed at this moment. A call that comes from no phone of a person is none that is remembered.
func typedNow(s *pbx.Snapshot, who pbx.Actor, now time.Time) typedPIN {
	if who.Kind != pbx.ActorDevice || who.User == "" || who.Device == "" {
		return typedPIN{}
	}
	p := pinPlace{who.User, who.Device}
	return typedPIN{p, now, p.rests(s)}
}

// rests lists what a PIN rests on: the person, the phone, the mailbox with the PIN, and the profiles that ask for one. Snapshots share the rows that did
// not change, so a suspension, another PIN or another rule since shows in a row that is another one.
func (p pinPlace) rests(s *pbx.Snapshot) []pbx.Noun {
	on := []pbx.Noun{s.Users[p.user], s.Devices[p.device], s.Mailboxes[pbx.BoxID(p.user)]}
	var profiles []*pbx.Restriction
	for _, r := range s.Restrictions {
		if slices.ContainsFunc(r.Rules, func(t pbx.TollRule) bool { return t.Effect == pbx.TollPIN }) {
			profiles = append(profiles, r)
		}
	}
	slices.SortFunc(profiles, func(a, b *pbx.Restriction) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for _, r := range profiles {
		on = append(on, r)
	}
	return on
}

// keep remembers a PIN that was right.
func (p *pins) keep(t typedPIN) {
	if t.user == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil {
		p.all = map[pinPlace]typedPIN{}
	}
	if _, known := p.all[t.pinPlace]; !known && len(p.all) >= maxPins {
		p.sweep(t.at)
	}
	p.all[t.pinPlace] = t
}

// sweep makes room: what no rule could let count any more goes, else the oldest. The lock is held.
func (p *pins) sweep(now time.Time) {
	var oldest typedPIN
	for place, t := range p.all {
		switch {
		case t.isOver(now):
			delete(p.all, place)
		case oldest.user == "" || t.at.Before(oldest.at):
			oldest = t
		}
	}
	if len(p.all) >= maxPins {
		delete(p.all, oldest.pinPlace)
	}
}

func (t typedPIN) isOver(now time.Time) bool { return now.Sub(t.at) >= pbx.MaxPINMinutes*time.Minute }

// typed is when somebody typed his PIN last at the phone that he uses; zero: never, or what it rested on has changed since.
func (p *pins) typed(s *pbx.Snapshot, who pbx.Actor, now time.Time) time.Time {
	if who.Kind != pbx.ActorDevice {
		return time.Time{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	place := pinPlace{who.User, who.Device}
	t, known := p.all[place]
	switch {
	case !known:
		return time.Time{}
	case t.isOver(now) || !slices.Equal(t.on, place.rests(s)):
		delete(p.all, place)
		return time.Time{}
	}
	return t.at
}

// PINHeld is a PIN that somebody typed at one of his phones, and that a rule may let count.
type PINHeld struct {
	Device pbx.DeviceID
	At     time.Time // when he typed it
}

// PINs lists the PINs of a person that are remembered, by phone. How long one counts, the rules of a call decide.
func (b *Board) PINs(u pbx.UserID) []PINHeld {
	s, _ := b.c.View()
	var out []PINHeld
	for _, d := range s.DevicesOf(u) {
		if at := b.pins.typed(s, pbx.Actor{Kind: pbx.ActorDevice, User: u, Device: d.ID}, time.Now()); !at.IsZero() {
			out = append(out, PINHeld{d.ID, at})
		}
	}
	return out
}
