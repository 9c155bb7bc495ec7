package command

import (
	"slices"
	"strings"

	"tandem/pbx"
	"tandem/policy"
)

// Queue is what is typed about a queue (X-060, B-059); nil fields of a change stay.
type Queue struct {
	Name      *string
	Group     *pbx.GroupID
	Extension *string // nil of a new one takes the next free number, empty gives none
	Strategy  *pbx.Strategy
	Agents    *[]pbx.QueueAgent
	Ring      *int
	WrapUp    *int
	MaxWait   *int
	MaxCalls  *int
	Late      *int
	Misses    *int
	Every     *int
	Tell      *bool
	Callback  *bool
	Tries     *int
	Pause     *int
	Keep      *int
	Payer     *pbx.UserID
	Escalate  *int
	Important *[]string
	Notify    *[]pbx.UserID
	Full      *pbx.Destination
	Nobody    *pbx.Destination
}

// QueueTarget is the queue as something that belongs to a department or the office.
func QueueTarget(id pbx.QueueID, group pbx.GroupID) policy.Target {
	return policy.Owned(policy.KindQueue, string(id), "", group)
}

// CreateQueue adds a queue.
type CreateQueue struct{ Queue }

// Need asks for queue.edit where it is to belong.
func (c CreateQueue) Need(*pbx.Snapshot, pbx.Actor) []Need {
	group := pbx.GroupID("")
	if c.Group != nil {
		group = *c.Group
	}
	return []Need{{policy.QueueEdit, QueueTarget("new", group)}}
}

// Change makes the queue, with what most queues want.
func (c CreateQueue) Change(w *Work) (pbx.Change, error) {
	q := pbx.Queue{ID: pbx.QueueID(w.ID("que")), Strategy: pbx.ServeIdle, Ring: pbx.UsualOffer, Late: pbx.UsualLate, Created: w.Now}
	w.object = q.Ref()
	if c.Extension == nil {
		next, err := newPool(w.Snapshot).next()
		if err != nil {
			return pbx.Change{}, err
		}
		c.Extension = &next
	}
	if c.Name == nil {
		c.Name = new(string)
	}
	return c.write(w, q)
}

// EditQueue changes a queue.
type EditQueue struct {
	ID pbx.QueueID
	Queue
}

// Need asks for queue.edit where it belongs and where it is to belong.
func (c EditQueue) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	q := s.Queues[c.ID]
	if q == nil {
		return nil
	}
	needs := []Need{{policy.QueueEdit, QueueTarget(q.ID, q.Group)}}
	if c.Group != nil && *c.Group != q.Group {
		needs = append(needs, Need{policy.QueueEdit, QueueTarget(q.ID, *c.Group)})
	}
	return needs
}

// Change writes the new fields.
func (c EditQueue) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Queues[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

// fill puts a typed value over an old one.
func fill[T any](to *T, typed *T) {
	if typed != nil {
		*to = *typed
	}
}

func (c Queue) write(w *Work, q pbx.Queue) (pbx.Change, error) {
	var err error
	if c.Name != nil {
		if q.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Extension != nil {
		if q.Extension, err = cleanExtension(*c.Extension, w.Snapshot.Tenant.Country); err != nil {
			return pbx.Change{}, err
		}
		if ref, taken := w.Snapshot.ByExtension(q.Extension); q.Extension != "" && taken && ref != q.Ref() {
			if err := w.freeExtension(q.Extension, ""); err != nil {
				return pbx.Change{}, err
			}
		}
	}
	if c.Agents != nil {
		if err := w.newAgents(q.Agents, *c.Agents); err != nil {
			return pbx.Change{}, err
		}
		q.Agents = slices.Clone(*c.Agents)
	}
	fill(&q.Group, c.Group)
	fill(&q.Strategy, c.Strategy)
	fill(&q.Ring, c.Ring)
	fill(&q.WrapUp, c.WrapUp)
	fill(&q.MaxWait, c.MaxWait)
	fill(&q.MaxCalls, c.MaxCalls)
	fill(&q.Late, c.Late)
	fill(&q.Misses, c.Misses)
	fill(&q.Every, c.Every)
	fill(&q.Tell, c.Tell)
	fill(&q.Escalate, c.Escalate)
	if err := c.callback(w, &q); err != nil {
		return pbx.Change{}, err
	}
	if c.Important != nil {
		q.Important = nil
		for _, number := range *c.Important {
			if number = cleanPattern(w.Snapshot.PlaceOfGroup(q.Group).Country, number); number != "" && !slices.Contains(q.Important, number) {
				q.Important = append(q.Important, number)
			}
		}
	}
	if c.Notify != nil {
		for _, u := range *c.Notify {
			if !slices.Contains(q.Notify, u) && (w.Snapshot.Users[u] == nil || w.Ask(w.Snapshot, policy.UserSee, policy.User(u)) != nil) {
				return pbx.Change{}, pbx.Refuse(pbx.Invalid, "notify", "queue.agent_unknown")
			}
		}
		q.Notify = slices.Clone(*c.Notify)
	}
	if err := w.sendsOn(q, "full", &q.Full, c.Full); err != nil {
		return pbx.Change{}, err
	}
	if err := w.sendsOn(q, "nobody", &q.Nobody, c.Nobody); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: []pbx.Noun{&q}}, nil
}

// callback writes whether and how callers are called back. Who makes somebody else pay must be able to send calls out in his name anyway.
func (c Queue) callback(w *Work, q *pbx.Queue) error {
	fill(&q.Callback, c.Callback)
	fill(&q.Tries, c.Tries)
	fill(&q.Pause, c.Pause)
	fill(&q.Keep, c.Keep)
	if q.Callback && q.Tries == 0 && q.Pause == 0 && q.Keep == 0 {
		q.Tries, q.Pause, q.Keep = pbx.BackTries, pbx.BackPause, pbx.BackKeep
	}
	if c.Payer == nil || *c.Payer == q.Payer {
		return nil
	}
	if u := *c.Payer; u != "" {
		if w.Snapshot.Users[u] == nil || w.Ask(w.Snapshot, policy.UserSee, policy.User(u)) != nil {
			return pbx.Refuse(pbx.Invalid, "payer", "queue.agent_unknown")
		}
		if err := w.Ask(w.Snapshot, policy.ForwardingOutside, policy.User(u)); err != nil {
			return err
		}
	}
	q.Payer = *c.Payer
	return nil
}

// sendsOn writes where a queue sends calls on.
func (w *Work) sendsOn(q pbx.Queue, field string, to, typed *pbx.Destination) error {
	if typed == nil {
		return nil
	}
	next := *typed
	if err := w.cleanDestination(nil, field, &next, map[pbx.Destination]bool{plain(*to): true}, false); err != nil {
		return err
	}
	if next.Kind == pbx.ToQueue && next.ID == string(q.ID) {
		return pbx.Refuse(pbx.Invalid, field, "destination.self")
	}
	*to = next
	return nil
}

// newAgents refuses people who do not exist or whom the actor may not see; who serves already may stay.
func (w *Work) newAgents(old, next []pbx.QueueAgent) error {
	for _, a := range next {
		if slices.ContainsFunc(old, func(o pbx.QueueAgent) bool { return o.User == a.User }) {
			continue
		}
		if w.Snapshot.Users[a.User] == nil || w.Ask(w.Snapshot, policy.UserSee, policy.User(a.User)) != nil {
			return pbx.Refuse(pbx.Invalid, "agents", "queue.agent_unknown")
		}
	}
	return nil
}

// DeleteQueue takes a queue out. Rules that lead to it stay and are listed as problems; its callers are sent nowhere and end.
type DeleteQueue struct{ ID pbx.QueueID }

// Need asks for queue.edit.
func (c DeleteQueue) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	q := s.Queues[c.ID]
	if q == nil {
		return nil
	}
	return []Need{{policy.QueueEdit, QueueTarget(q.ID, q.Group)}}
}

// Change deletes the row.
func (c DeleteQueue) Change(w *Work) (pbx.Change, error) {
	q := w.Snapshot.Queues[c.ID]
	if q == nil {
		return pbx.Change{}, missing()
	}
	w.object = q.Ref()
	return pbx.Change{Delete: append(w.Snapshot.Cascade(q.Ref()), q.Ref())}, nil
}

// withoutAgent lists the queues that a person no longer serves, or is no longer told about, because he is deleted.
func withoutAgent(s *pbx.Snapshot, gone pbx.UserID) []pbx.Noun {
	var all []pbx.Noun
	for _, q := range s.Queues {
		if q.Serves(gone) || slices.Contains(q.Notify, gone) || q.Payer == gone {
			next := *q
			if q.Payer == gone {
				next.Payer = ""
			}
			next.Notify = slices.DeleteFunc(slices.Clone(q.Notify), func(u pbx.UserID) bool { return u == gone })
			next.Agents = slices.DeleteFunc(slices.Clone(q.Agents), func(a pbx.QueueAgent) bool { return a.User == gone })
			all = append(all, &next)
		}
	}
	slices.SortFunc(all, func(a, b pbx.Noun) int { return strings.Compare(a.Ref().ID, b.Ref().ID) })
	return all
}

// queueNeeds asks for queue.edit where a queue belonged and where it is to belong.
func queueNeeds(d pbx.Difference) []Need {
	before, _ := d.Before.(*pbx.Queue)
	after, _ := d.After.(*pbx.Queue)
	var needs []Need
	if after != nil && after.Payer != "" && (before == nil || before.Payer != after.Payer) {
		needs = append(needs, Need{policy.ForwardingOutside, policy.User(after.Payer)})
	}
	if before != nil {
		needs = append(needs, Need{policy.QueueEdit, QueueTarget(before.ID, before.Group)})
	}
	if after != nil && (before == nil || after.Group != before.Group) {
		needs = append(needs, Need{policy.QueueEdit, QueueTarget(after.ID, after.Group)})
	}
	return needs
}
