package report

import (
	"slices"
	"strconv"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

// Queued takes in call.queued.
func (d *Draft) Queued(at time.Time, p event.Queued) {
	d.cdr.Stays = append(slices.Clip(d.cdr.Stays), Stay{Queue: p.Queue, Name: p.Name, Joined: at})
	d.promised = append(d.promised, p.Late)
}

// open is the index of the stay in a queue that has not ended yet; -1 without one.
func (d *Draft) open(q pbx.QueueID) int {
	if n := len(d.cdr.Stays); n > 0 && d.cdr.Stays[n-1].Queue == q && d.cdr.Stays[n-1].Left.IsZero() {
		return n - 1
	}
	return -1
}

// Dequeued takes in call.dequeued, and tells the story of the stay.
func (d *Draft) Dequeued(at time.Time, p event.Dequeued) {
	i := d.open(p.Queue)
	if i < 0 {
		return
	}
	d.leave(i, at, p.How)
	s := &d.cdr.Stays[i]
	s.Agent, s.Missed = p.Agent, p.Missed
	say := func(key string, pairs ...string) {
		d.cdr.Trace = append(slices.Clip(d.cdr.Trace), i18n.T(key, pairs...))
	}
	for _, m := range p.Missed {
		say("route.queue.missed", "name", m.Name, "user", string(m.User), "queue", s.Name)
	}
	seconds := strconv.Itoa(int(s.Waited() / time.Second))
	switch p.How {
	case event.LeftAnswered:
		say("route.queue.answered", "name", s.Agent.Name, "user", string(s.Agent.User), "queue", s.Name, "seconds", seconds)
	default:
		say("route.queue."+string(p.How), "queue", s.Name, "seconds", seconds)
	}
	if s.Late {
		say("route.queue.late", "seconds", strconv.Itoa(d.promised[i]))
	}
}

// Served takes in call.served.
func (d *Draft) Served(at time.Time, p event.Served) {
	for i := range slices.Backward(d.cdr.Stays) {
		if s := &d.cdr.Stays[i]; s.Queue == p.Queue && s.How == event.LeftAnswered && s.Served.IsZero() {
			s.Served = at
			return
		}
	}
}

// leave ends a stay.
func (d *Draft) leave(i int, at time.Time, how event.Leaving) {
	s := &d.cdr.Stays[i]
	s.Left, s.How = at, how
	s.Late = d.promised[i] > 0 && s.Waited() >= time.Duration(d.promised[i])*time.Second
}

// closeStays ends what a crash left open with the call.
func (d *Draft) closeStays(at time.Time) {
	for i := range d.cdr.Stays {
		s := &d.cdr.Stays[i]
		if s.Left.IsZero() {
			d.leave(i, at, event.LeftCut)
		}
		if s.How == event.LeftAnswered && s.Served.IsZero() {
			s.Served = at
		}
	}
}
