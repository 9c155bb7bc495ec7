package queue

import (
	"slices"
	"time"

	"tandem/pbx"
)

// Somebody who waits may hang up and keep his place. When it is his turn an agent is rung first, and calls him: he then speaks with a person at
// once, no line outside is taken before somebody is free, and a queue without agents costs nothing.

// HoldRest is how long somebody who asked to be called back is left in peace, so that he can hang up.
const HoldRest = 15 * time.Second

// hold keeps the place of a caller who hangs up.
func (m *machine) hold(c pbx.CallID) {
	i := m.caller(c)
	if i < 0 || m.Waiting[i].Gone {
		return
	}
	if !m.Queue.Callback || m.kept() >= pbx.MaxCallbacks {
		m.do(Note{Kind: Unheld, Call: c})
		return
	}
	m.withdraw(c, pbx.CauseCancelled)
	w := &m.Waiting[i]
	w.Gone, w.Asked, w.Until, w.Next, w.Tried = true, m.at, m.at.Add(seconds(m.Queue.Keep)), m.at.Add(HoldRest), nil
	m.do(Note{Kind: Held, Call: c, Waited: w.Waited(m.at)})
}

// unhold lets a caller stay on the line.
func (m *machine) unhold(c pbx.CallID) {
	if i := m.caller(c); i >= 0 && m.Waiting[i].Gone {
		m.withdraw(c, pbx.CauseCancelled)
		m.Waiting[i].Gone = false
	}
}

// kept counts the places that are kept.
func (s *State) kept() (n int) {
	for i := range s.Waiting {
		if s.Waiting[i].Gone {
			n++
		}
	}
	return n
}

// isDue reports whether somebody may be offered to an agent now.
func (m *machine) isDue(w *Caller) bool {
	return !w.Gone || !m.Shut && !w.Next.After(m.at)
}

// again finds the place that is kept for somebody who calls by himself, and gives it to his new call; a call that is on its way to him goes on.
func (m *machine) again(in Join) bool {
	i := slices.IndexFunc(m.Waiting, func(w Caller) bool { return w.Gone && !w.Rings && w.From.IsSame(in.From) })
	if i < 0 || m.Waiting[i].Priority < in.Priority {
		return false
	}
	m.do(Note{Kind: Again, Call: m.Waiting[i].Call})
	m.Waiting[i] = Caller{Call: in.Call, From: in.From, Priority: m.Waiting[i].Priority, Since: m.at}
	m.do(Note{Kind: Joined, Call: in.Call})
	return true
}

// spare takes out the places that are kept for somebody who talks to an agent already.
func (m *machine) spare(who pbx.Party) {
	for i := 0; i < len(m.Waiting); {
		if w := &m.Waiting[i]; !w.Gone || !w.From.IsSame(who) {
			i++
			continue
		}
		m.lapse(i, Again)
	}
}

// lapse ends the wait of somebody who was to be called back.
func (m *machine) lapse(i int, how NoteKind) {
	w := m.Waiting[i]
	m.withdraw(w.Call, pbx.CauseCancelled)
	m.Waiting = slices.Delete(m.Waiting, i, i+1)
	m.do(Note{Kind: how, Call: w.Call})
}

// reached is a call back that both sides have answered; it counts like one that waited on the line as long.
func (m *machine) reached(c pbx.CallID) {
	i := m.talk(c)
	if i < 0 || m.Talks[i].back == nil {
		return
	}
	t := &m.Talks[i]
	w := t.back
	t.back = nil
	if a := m.agent(t.Agent); a != nil {
		a.Answered++
	}
	m.count(w.Waited(m.at))
	m.do(Note{Kind: Found, Call: c, Agent: t.Agent, Waited: w.Waited(m.at)})
}

// unreached is a try that did not reach anybody: the place is kept for another one, unless it was the last.
func (m *machine) unreached(in Unreached) {
	if i := m.caller(in.Call); i >= 0 && m.Waiting[i].Gone { // nobody was rung for it
		m.withdraw(in.Call, pbx.CauseCancelled)
		w := m.Waiting[i]
		m.Waiting = slices.Delete(m.Waiting, i, i+1)
		m.retry(w, "", in.ForGood)
		return
	}
	if i := m.talk(in.Call); i >= 0 && m.Talks[i].back != nil {
		t := m.Talks[i]
		m.Talks = slices.Delete(m.Talks, i, i+1)
		if a := m.agent(t.Agent); a != nil && a.Duty == Talking {
			m.turn(a, a.Next)
		}
		m.retry(*t.back, t.Agent, in.ForGood)
	}
}

// retry puts somebody back into his place after a try that failed.
func (m *machine) retry(w Caller, by pbx.UserID, forGood bool) {
	w.Tries++
	w.Rings, w.Tried, w.Next = false, nil, m.at.Add(seconds(m.Queue.Pause))
	switch {
	case forGood:
		m.do(Note{Kind: Refused, Call: w.Call, Agent: by})
	case w.Tries >= m.Queue.Tries:
		m.do(Note{Kind: GaveUp, Call: w.Call, Agent: by})
	default:
		m.do(Note{Kind: Failed, Call: w.Call, Agent: by})
		m.keep(w)
	}
}

// keep puts a place that is kept where it stands by importance and by when he came.
func (m *machine) keep(w Caller) {
	i := slices.IndexFunc(m.Waiting, func(o Caller) bool {
		return o.Priority < w.Priority || o.Priority == w.Priority && o.Since.After(w.Since)
	})
	if i < 0 {
		i = len(m.Waiting)
	}
	m.Waiting = slices.Insert(m.Waiting, i, w)
}
