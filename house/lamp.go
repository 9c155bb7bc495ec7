package house

import (
	"context"
	"slices"
	"strings"
	"time"

	"tandem/directory"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/sip"
)

// TeamList is the resource by which a phone watches everybody of its user's groups with one subscription (RFC 4662).
const TeamList = "team"

// teamMost bounds a list; desk phones with key modules show about two hundred lamps.
const teamMost = 256

// lamps are what phones may watch: calls of people as lamps, and presence for soft phones (BL-01, BL-04).
func (h *House) lamps() map[string]sip.Package {
	return map[string]sip.Package{
		"dialog":   {Type: sip.DialogType, Look: h.switchOr(h.lookAt(h.lamp))},
		"presence": {Type: sip.PresenceType, Look: h.lookAt(h.standing)},

		sip.SummaryEvent: {Type: sip.SummaryType, Look: h.messagesWaiting},
	}
}

// glance is one moment at which a phone looks.
type glance struct {
	s    *pbx.Snapshot
	live *pbx.Presence
	who  pbx.Actor
	at   time.Time
	w    sip.Watcher
}

// may asks a right over a person.
func (g *glance) may(r policy.Right, u pbx.UserID) bool {
	return policy.Decide(g.s, policy.Request{Actor: g.who, Right: r, Target: policy.User(u), At: g.at}).OK
}

// lookAt makes a package's function of one that shows a person.
func (h *House) lookAt(show func(*glance, *pbx.User) (sip.Document, bool)) func(sip.Watcher, string) (sip.View, bool) {
	return func(w sip.Watcher, resource string) (sip.View, bool) {
		s, live := h.Directory.View()
		g := &glance{s: s, live: live, at: time.Now(), w: w, who: pbx.Actor{Kind: pbx.ActorDevice, User: w.User, Device: w.Device, Via: "sip"}}
		if resource == TeamList {
			return g.team(show), true
		}
		u := person(s, resource)
		if u == nil {
			return sip.View{}, false
		}
		d, ok := show(g, u)
		return sip.View{Keys: []string{string(u.ID)}, Document: d}, ok
	}
}

// switchOr lets phones also watch what is switched on: a state that a code changes, by the code, and the hours of a group, by its number. A lamp
// that is lit says that calls do not go their usual way.
func (h *House) switchOr(people func(sip.Watcher, string) (sip.View, bool)) func(sip.Watcher, string) (sip.View, bool) {
	return func(w sip.Watcher, resource string) (sip.View, bool) {
		s, at := h.snapshot(), time.Now()
		if action, argument, ok := s.Tenant.Codes.Read(resource); ok && argument == "" {
			if action == pbx.CodeMailbox { // lit while messages wait
				v := switchView(w, resource, h.waiting.of(pbx.BoxID(w.User)).New > 0)
				v.Keys = []string{boxKey(pbx.BoxID(w.User))}
				return v, true
			}
			lit, is := codeLit(s, w.User, action, at)
			return switchView(w, resource, lit), is
		}
		if r, ok := s.ByExtension(resource); ok && r.Kind == pbx.KindPark {
			return h.parkLamp(w, s.Parks[pbx.ParkID(r.ID)], resource, at)
		}
		if r, ok := s.ByExtension(resource); ok && r.Kind == pbx.KindQueue {
			return h.queueLamp(w, s.Queues[pbx.QueueID(r.ID)], resource, at)
		}
		if r, ok := s.ByExtension(resource); ok && r.Kind == pbx.KindRing {
			return h.ringLamp(w, s.Rings[pbx.RingID(r.ID)], resource, at)
		}
		if r, ok := s.ByExtension(resource); ok && r.Kind == pbx.KindEntrance {
			group := pbx.GroupID(r.ID)
			if !policy.Decide(s, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: w.User}, Right: policy.GroupSee, Target: policy.Group(group), At: at}).OK {
				return sip.View{}, false
			}
			state, _ := s.HoursOf(group, at)
			return switchView(w, resource, state == pbx.StateClosed || state == pbx.StateBreak), true
		}
		return people(w, resource)
	}
}

// parkLamp is lit while a call is parked on a position, or on any of its row; for those who may park calls.
func (h *House) parkLamp(w sip.Watcher, p *pbx.Park, resource string, at time.Time) (sip.View, bool) {
	s, live := h.Directory.View()
	who := pbx.Actor{Kind: pbx.ActorDevice, User: w.User, Device: w.Device, Via: "sip"}
	if p == nil || !policy.Decide(s, policy.Request{Actor: who, Right: policy.CallPark, Target: policy.User(w.User), At: at}).OK {
		return sip.View{}, false
	}
	lit := false
	for _, n := range p.Positions() {
		lit = lit || (n == resource || resource == p.Extension) && live.Parked(n) != nil
	}
	v := switchView(w, resource, lit)
	v.Keys = []string{parkKey}
	return v, true
}

// queueLamp blinks while somebody waits in a queue and is lit while an agent talks for it; for its agents, and for those who may see what they do.
// Who waits is not told.
func (h *House) queueLamp(w sip.Watcher, q *pbx.Queue, resource string, at time.Time) (sip.View, bool) {
	s, live := h.Directory.View()
	who := pbx.Actor{Kind: pbx.ActorDevice, User: w.User, Device: w.Device, Via: "sip"}
	if q == nil || !q.Serves(w.User) && !policy.Decide(s, policy.Request{Actor: who, Right: policy.AgentData, Target: policy.Owned(policy.KindQueue, string(q.ID), "", q.Group), At: at}).OK {
		return sip.View{}, false
	}
	var l pbx.Lamp
	if now := live.Queue(q.ID); now != nil {
		switch {
		case slices.ContainsFunc(now.Waiting, func(c pbx.LiveWaiter) bool { return !c.Callback }):
			l.Calls = []pbx.LampCall{{State: pbx.LampRings, Incoming: true}}
		case slices.ContainsFunc(now.Agents, func(a pbx.LiveAgent) bool { return a.Duty == "talking" }):
			l.Calls = []pbx.LampCall{{State: pbx.LampTalks, Incoming: true}}
		}
	}
	return sip.View{Keys: []string{string(q.ID)}, Document: sip.DialogInfo(w, resource, q.Name, l)}, true
}

// ringLamp blinks while a call rings at a ring group and is lit while one talks that came by it; for its members, and for those who may change it.
func (h *House) ringLamp(w sip.Watcher, g *pbx.RingGroup, resource string, at time.Time) (sip.View, bool) {
	s, live := h.Directory.View()
	who := pbx.Actor{Kind: pbx.ActorDevice, User: w.User, Device: w.Device, Via: "sip"}
	if g == nil || !slices.Contains(s.People(g, at), w.User) && !policy.Decide(s, policy.Request{Actor: who, Right: policy.QueueEdit, Target: policy.Owned(policy.KindQueue, string(g.ID), "", g.Group), At: at}).OK {
		return sip.View{}, false
	}
	var l pbx.Lamp
	for _, c := range live.Calls() {
		if c.Ring != g.ID {
			continue
		}
		if c.Phase == pbx.PhaseRinging {
			l.Calls = []pbx.LampCall{{State: pbx.LampRings, Incoming: true}}
			break
		}
		l.Calls = []pbx.LampCall{{State: pbx.LampTalks, Incoming: true}}
	}
	return sip.View{Keys: []string{string(g.ID)}, Document: sip.DialogInfo(w, resource, g.Name, l)}, true
}

// parkKey is what lamps of park positions depend on.
const parkKey = "park"

// codeLit reports whether the state that a code switches is on for a person; false when the code switches none.
func codeLit(s *pbx.Snapshot, u pbx.UserID, action pbx.CodeAction, at time.Time) (lit, is bool) {
	status := s.StatusOf(u, at)
	switch action {
	case pbx.CodeForwardAll, pbx.CodeForwardAllOff:
		_, lit = s.Diverted(u, pbx.WhenAlways)
	case pbx.CodeForwardBusy, pbx.CodeForwardBusyOff:
		_, lit = s.Diverted(u, pbx.WhenBusy)
	case pbx.CodeForwardNone, pbx.CodeForwardNoneOff:
		_, lit = s.Diverted(u, pbx.WhenNoAnswer)
	case pbx.CodeDND, pbx.CodeDNDOff:
		lit = status.Status == pbx.StatusDND
	case pbx.CodeAvailable:
		lit = status.Status == pbx.StatusAvailable
	case pbx.CodeAway:
		lit = status.Status == pbx.StatusAway
	case pbx.CodeAvailable2:
		lit = status.Status == pbx.StatusAvailable2
	case pbx.CodeAway2:
		lit = status.Status == pbx.StatusAway2
	case pbx.CodeStatusAuto:
		lit = !status.Manual
	case pbx.CodeAgentIn, pbx.CodeAgentOut:
		for _, q := range s.QueuesOf(u) {
			lit = lit || s.IsIn(u, q.ID)
		}
	case pbx.CodePause, pbx.CodeResume:
		lit = s.Duties[u] != nil && s.Duties[u].Pause != ""
	case pbx.CodeHoursOpen, pbx.CodeHoursClosed, pbx.CodeHoursAuto:
		var held *pbx.HoursOverride
		if m := s.MainMembership(u, at); m != nil {
			held = s.HoursOverrides[pbx.HoursID(m.Group)]
		}
		by := held != nil && !at.Before(held.From) && (held.Until.IsZero() || at.Before(held.Until))
		lit = by && (action == pbx.CodeHoursAuto || held.State == map[pbx.CodeAction]pbx.State{pbx.CodeHoursOpen: pbx.StateOpen, pbx.CodeHoursClosed: pbx.StateClosed}[action])
	default:
		return false, false
	}
	return lit, true
}

// switchView is a lamp that is on or off.
func switchView(w sip.Watcher, resource string, lit bool) sip.View {
	var l pbx.Lamp
	if lit {
		l.Calls = []pbx.LampCall{{State: pbx.LampTalks}}
	}
	return sip.View{Document: sip.DialogInfo(w, resource, resource, l)}
}

// person is whom the user part of an address means: an extension, or the user name of a phone.
func person(s *pbx.Snapshot, resource string) *pbx.User {
	if r, ok := s.ByExtension(resource); ok {
		if r.Kind == pbx.KindUser {
			return s.Users[pbx.UserID(r.ID)]
		}
		return nil
	}
	if d := s.ByUsername(resource); d != nil {
		return s.Users[d.User]
	}
	return nil
}

// team lists the people of the watcher's groups whom he may watch, in the order of their extensions.
func (g *glance) team(show func(*glance, *pbx.User) (sip.Document, bool)) sip.View {
	v := sip.View{List: []sip.Member{}, Keys: []string{}}
	for _, u := range g.colleagues() {
		if d, ok := show(g, u); ok && len(v.List) < teamMost {
			v.List = append(v.List, sip.Member{Resource: u.Extension, Name: u.Name, Document: d})
			v.Keys = append(v.Keys, string(u.ID))
		}
	}
	return v
}

func (g *glance) colleagues() []*pbx.User {
	var all []*pbx.User
	seen := map[pbx.UserID]bool{g.w.User: true}
	for _, mine := range g.s.MembershipsOf(g.w.User) {
		if !mine.IsActive(g.at) {
			continue
		}
		for _, m := range g.s.Members(mine.Group) {
			if u := g.s.Users[m.User]; u != nil && u.Extension != "" && m.IsActive(g.at) && !seen[m.User] {
				seen[m.User] = true
				all = append(all, u)
			}
		}
	}
	slices.SortFunc(all, func(a, b *pbx.User) int { return strings.Compare(a.Extension, b.Extension) })
	return all
}

// lamp shows the calls of a person.
func (h *House) lamp(g *glance, u *pbx.User) (sip.Document, bool) {
	l, ok := policy.Lamp(g.s, g.live, g.who, u.ID, g.at)
	if !ok {
		return sip.Document{}, false
	}
	return sip.DialogInfo(g.w, u.Extension, u.Name, l), true
}

// standing shows the status of a person, and that he talks when that may be seen.
func (h *House) standing(g *glance, u *pbx.User) (sip.Document, bool) {
	if u.ID != g.w.User && !g.may(policy.PresenceSee, u.ID) {
		return sip.Document{}, false
	}
	status := g.s.StatusOf(u.ID, g.at).Status
	p := sip.Standing{Open: status.Rings()}
	key := "app.presence.available"
	switch status {
	case pbx.StatusAway, pbx.StatusAway2:
		p.Activity, key = "away", "app.presence.away"
	case pbx.StatusDND:
		p.Activity, key = "busy", "app.presence.dnd"
	}
	if l, ok := policy.Lamp(g.s, g.live, g.who, u.ID, g.at); ok && len(l.Calls) > 0 {
		p.Activity, key = "on-the-phone", "app.presence.talking"
	}
	profile := g.s.ProfileOf(u.ID, status)
	p.Note = h.Catalog.Say(g.s.LanguageOf(g.w.User, g.at), i18n.T(key))
	if profile.Name != "" && p.Activity != "on-the-phone" {
		p.Note = profile.Name
	}
	if profile.Message != "" {
		p.Note += " – " + profile.Message
	}
	return sip.PIDF(g.w, u.Extension, p), true
}

// watchLamps tells phones of what changes: calls at once, everything else with the configuration, which also changes who may see what.
func (h *House) watchLamps() {
	inside := map[pbx.CallID][]pbx.UserID{} // who was in a call when it moved last; watchers run one at a time
	waits := map[pbx.CallID]bool{}          // calls that were parked then
	by := map[pbx.CallID]pbx.RingID{}       // … by which ring group they came
	h.stops = append(h.stops,
		h.Directory.WatchPresence(func(m directory.Moved) {
			var concerned []string
			note := func(users []pbx.UserID) {
				for _, u := range users {
					concerned = append(concerned, string(u))
				}
			}
			switch {
			case m.Queue != nil:
				concerned = append(concerned, string(m.Queue.ID))
			case m.Call != nil:
				if before, now := by[m.Call.ID], m.Call.Ring; before != "" || now != "" {
					concerned = append(concerned, string(before), string(now))
					by[m.Call.ID] = now
				}
				note(inside[m.Call.ID])
				note(m.Call.Users)
				inside[m.Call.ID] = m.Call.Users
				if parked := m.Call.Parked != nil; parked != waits[m.Call.ID] {
					concerned = append(concerned, parkKey)
					if waits[m.Call.ID] = parked; !parked {
						delete(waits, m.Call.ID)
					}
				}
			case m.Ended != nil:
				if before := by[m.Ended.ID]; before != "" {
					concerned = append(concerned, string(before))
				}
				delete(by, m.Ended.ID)
				note(inside[m.Ended.ID])
				note(m.Ended.Users)
				delete(inside, m.Ended.ID)
				if waits[m.Ended.ID] {
					concerned = append(concerned, parkKey)
					delete(waits, m.Ended.ID)
				}
			}
			h.SIP.Changed(concerned...)
		}),
		h.Directory.Watch(func(_, _ *pbx.Snapshot) { h.SIP.Reconsider() }))
}

// byTheClock has what phones see looked at again every minute, when hours, suspensions and rights begin and end, until ctx ends.
func (h *House) byTheClock(ctx context.Context) {
	for {
		now := time.Now()
		minute := time.NewTimer(now.Truncate(time.Minute).Add(time.Minute).Sub(now))
		select {
		case <-ctx.Done():
			minute.Stop()
			return
		case <-minute.C:
			h.SIP.Reconsider()
		}
	}
}
