package command

import (
	"slices"

	"tandem/pbx"
	"tandem/policy"
)

// SetDuty logs an agent in to or out of queues, and begins or ends a break (D-016, D-034); nil fields stay.
type SetDuty struct {
	User   pbx.UserID
	In     []pbx.QueueID
	Out    []pbx.QueueID
	Pause  *string // why; empty ends the break
	Reason string
}

// Need asks for presence.set of the agent himself; of others agent.control does too, which Change asks for.
func (c SetDuty) Need(_ *pbx.Snapshot, who pbx.Actor) []Need {
	if who.User == c.User {
		return []Need{{policy.PresenceSet, policy.User(c.User)}}
	}
	return nil
}

// Change writes what the agent does from now on.
func (c SetDuty) Change(w *Work) (pbx.Change, error) {
	u := w.Snapshot.Users[c.User]
	if u == nil {
		return pbx.Change{}, missing()
	}
	w.object = u.Ref()
	err := w.askDuty(c.User)
	if err != nil {
		return pbx.Change{}, err
	}
	if w.reason, err = cleanReason(c.Reason); err != nil {
		return pbx.Change{}, err
	}
	duty := pbx.Duty{User: c.User}
	old := w.Snapshot.Duties[c.User]
	if old != nil {
		duty = *old
	}
	out := slices.Clone(duty.Out)
	for _, q := range append(slices.Clone(c.In), c.Out...) {
		if queue := w.Snapshot.Queues[q]; queue == nil || !queue.Serves(c.User) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "queue", "duty.not_served")
		}
	}
	out = slices.DeleteFunc(out, func(q pbx.QueueID) bool { return slices.Contains(c.In, q) || w.Snapshot.Queues[q] == nil })
	out = append(out, c.Out...)
	slices.Sort(out)
	duty.Out = slices.Compact(out)
	if len(duty.Out) == 0 {
		duty.Out = nil
	}
	if c.Pause != nil {
		duty.Pause = oneLine(*c.Pause)
	}
	if old != nil && slices.Equal(old.Out, duty.Out) && old.Pause == duty.Pause || old == nil && duty.Out == nil && duty.Pause == "" {
		return pbx.Change{}, nil
	}
	duty.Since = w.Now
	return pbx.Change{Put: []pbx.Noun{&duty}}, nil
}

// askDuty asks for a right over what an agent does: agent.control for somebody else, or presence.set.
func (w *Work) askDuty(u pbx.UserID) error {
	if w.Who.User != u && w.Ask(w.Snapshot, policy.AgentControl, policy.User(u)) == nil {
		return nil
	}
	return w.Ask(w.Snapshot, policy.PresenceSet, policy.User(u))
}
