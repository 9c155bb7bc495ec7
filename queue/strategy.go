package queue

import (
	"cmp"
	"slices"

	"tandem/pbx"
)

// dispatch offers waiting calls to free agents, the most important and oldest call first.
func (m *machine) dispatch() {
	free := len(m.free(nil, true))
	for i := 0; i < len(m.Waiting) && free > 0; i++ {
		w := &m.Waiting[i]
		if w.Rings || !m.isDue(w) {
			continue
		}
		chosen := m.choose(w)
		if len(chosen) == 0 {
			continue
		}
		users := make([]pbx.UserID, 0, len(chosen))
		for _, a := range chosen {
			// The agent's Since stays: until he takes a call, he goes on waiting for one.
			a.Duty = Asked
			users = append(users, a.User)
			m.last = a.User
			m.do(Note{Kind: Offered, Call: w.Call, Agent: a.User, Waited: w.Waited(m.at)})
		}
		free -= len(users)
		w.Rings = true
		m.Offers = append(m.Offers, Offer{Call: w.Call, Agents: users, Until: m.at.Add(seconds(m.Queue.Ring))})
		m.do(Ring{Call: w.Call, Agents: users, Back: w.Gone})
	}
}

// choose finds who is offered a call: among those who are free and were not asked for it in this round; when all were, a
// new round begins.
func (m *machine) choose(w *Caller) []*Agent {
	late := m.Queue.Escalate > 0 && !w.Gone && !m.at.Before(w.Since.Add(seconds(m.Queue.Escalate)))
	free := m.free(w.Tried, late)
	if len(free) == 0 {
		if free = m.free(nil, late); len(free) == 0 || len(w.Tried) == 0 {
			return nil
		}
		w.Tried = nil
	}
	rule := m.Queue.Strategy
	switch rule {
	case pbx.ServeSkillAll, pbx.ServeSkillRandom, pbx.ServeSkillNext, pbx.ServeSkillFewest:
		free = ablest(free)
	}
	switch rule {
	case pbx.ServeHunt:
		return free[:1]
	case pbx.ServeFirstThree:
		return free[:min(3, len(free))]
	case pbx.ServeHuntThree:
		return m.three(free)
	case pbx.ServeNext, pbx.ServeSkillNext:
		return []*Agent{m.after(free)}
	case pbx.ServeRandom, pbx.ServeSkillRandom:
		return []*Agent{free[m.draw(len(free))]}
	case pbx.ServeIdle:
		return least(free, func(a, b *Agent) int { return a.Since.Compare(b.Since) })
	case pbx.ServeLeastTalk:
		return least(free, func(a, b *Agent) int { return cmp.Compare(a.Talked, b.Talked) })
	case pbx.ServeFewest, pbx.ServeSkillFewest:
		return least(free, func(a, b *Agent) int { return cmp.Compare(a.Answered, b.Answered) })
	}
	return free
}

// free lists the free agents but for some, in the order of the hunt; helpers are counted where the call has waited too long. Who has just missed a call is given a moment, so that a
// phone that declines by itself does not keep a caller going round.
func (m *machine) free(but []pbx.UserID, helpers bool) []*Agent {
	var all []*Agent
	for i := range m.Agents {
		if a := &m.Agents[i]; a.Duty == Free && (helpers || !a.Helper) && !a.Rest.After(m.at) && !slices.Contains(but, a.User) {
			all = append(all, a)
		}
	}
	return all
}

// ablest keeps the agents of the best skill.
func ablest(free []*Agent) []*Agent {
	best := free[0].Skill
	for _, a := range free {
		best = min(best, a.Skill)
	}
	return slices.DeleteFunc(free, func(a *Agent) bool { return a.Skill != best })
}

// three keeps those who stand in the first three of the hunt, in the second three, and so on, where anybody is free.
func (m *machine) three(free []*Agent) []*Agent {
	place := func(a *Agent) int {
		return slices.IndexFunc(m.Agents, func(o Agent) bool { return o.User == a.User }) / 3
	}
	first := place(free[0])
	return slices.DeleteFunc(free, func(a *Agent) bool { return place(a) != first })
}

// after is the first free agent behind the one who was offered a call last.
func (m *machine) after(free []*Agent) *Agent {
	last := slices.IndexFunc(m.Agents, func(a Agent) bool { return a.User == m.last })
	for _, a := range free {
		if slices.IndexFunc(m.Agents, func(o Agent) bool { return o.User == a.User }) > last {
			return a
		}
	}
	return free[0]
}

// least is the first agent of whom none has less.
func least(free []*Agent, compare func(a, b *Agent) int) []*Agent {
	return []*Agent{slices.MinFunc(free, compare)}
}

// draw takes the next number of a sequence that follows from the seed (xorshift64).
func (m *machine) draw(n int) int {
	m.seed ^= m.seed << 13
	m.seed ^= m.seed >> 7
	m.seed ^= m.seed << 17
	return int(m.seed % uint64(n))
}
