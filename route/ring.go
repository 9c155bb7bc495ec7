package route

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// group is a call for a ring group: whoever can be rung does, in the order of the group's strategy; then, where the group
// wants it, the head of its department; then the call goes where the group says (B-059, B-060).
func (q *question) group(p *Plan, g *pbx.RingGroup) pbx.Destination {
	p.To = pbx.Party{Name: g.Name, Number: g.Extension}
	p.because(i18n.T("route.ring_group", "name", g.Name))
	people := q.s.People(g, q.r.At)
	q.order(g, people)
	ring := time.Duration(g.Seconds()) * time.Second
	var each []Attempt
	for _, id := range people {
		if targets := q.member(p, id); len(targets) > 0 {
			each = append(each, Attempt{Targets: targets, Ring: ring})
		}
	}
	rung := len(each)
	if g.Strategy == pbx.RingAll && rung > 1 {
		together := Attempt{Ring: ring}
		for _, a := range each {
			together.Targets = append(together.Targets, a.Targets...)
		}
		each = []Attempt{together}
	}
	if rung > 0 {
		p.because(i18n.T("route.group."+string(g.Strategy), "count", strconv.Itoa(rung), "seconds", strconv.Itoa(g.Seconds())))
	}
	if g.Escalate {
		each = q.escalate(p, g, people, each, ring)
	}
	if len(each) == 0 {
		q.leave(p, pbx.CauseOffline, "")
		if g.NoAnswer.IsZero() {
			*p = p.refuse(pbx.CauseOffline, i18n.T("route.group_empty", "name", g.Name))
			return g.NoAnswer
		}
		p.because(i18n.T("route.group_sends_on", "name", g.Name))
		return g.NoAnswer
	}
	p.Attempts = each
	p.Then = Then{NoAnswer: g.NoAnswer, Busy: g.NoAnswer, Offline: g.NoAnswer}
	return pbx.Destination{}
}

// order puts the members into the order in which they ring. Who had the last conversation, and how long ago, is known from
// the presence; who had none comes first, as the list has it.
func (q *question) order(g *pbx.RingGroup, people []pbx.UserID) {
	switch g.Strategy {
	case pbx.RingRested:
		slices.SortStableFunc(people, func(a, b pbx.UserID) int { return cmp.Compare(q.live.Served(a), q.live.Served(b)) })
	case pbx.RingRobin:
		last, at := int64(0), -1
		for i, u := range people {
			if n := q.live.Served(u); n > last {
				last, at = n, i
			}
		}
		copy(people, append(slices.Clone(people[at+1:]), people[:at+1]...))
	}
}

// member lists the phones of a member that ring for the group; a sentence says why not where there are none.
func (q *question) member(p *Plan, id pbx.UserID) []Target {
	u := q.s.Users[id]
	stand := q.stand(id)
	profile := q.s.ProfileOf(id, stand.Status)
	switch {
	case id == q.r.Caller.User:
		return nil
	case u.IsSuspended(q.r.At):
		p.because(about(u, "route.member.suspended"))
		return nil
	case !stand.Status.Rings():
		p.because(about(u, "route.member.away"))
		return nil
	case profile.NoGroups:
		p.because(about(u, "route.member.no_groups"))
		return nil
	case q.talks(id):
		p.because(about(u, "route.member.talking"))
		return nil
	}
	targets, _, _ := q.phones(u, profile)
	if len(targets) == 0 {
		p.because(about(u, "route.member.offline"))
	}
	return targets
}

// escalate adds the heads of the department behind the members.
func (q *question) escalate(p *Plan, g *pbx.RingGroup, people []pbx.UserID, each []Attempt, ring time.Duration) []Attempt {
	last := Attempt{Ring: ring}
	for _, id := range q.s.Heads(g.Group, q.r.At) {
		if slices.Contains(people, id) {
			continue
		}
		if targets := q.member(p, id); len(targets) > 0 {
			last.Targets = append(last.Targets, targets...)
			p.because(about(q.s.Users[id], "route.escalates"))
		}
	}
	if len(last.Targets) == 0 {
		return each
	}
	return append(each, last)
}
