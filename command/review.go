package command

import (
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// longestReview is how long a review may take at most.
const longestReview = 366 * 24 * time.Hour

// StartReview begins a campaign over a group with everything below it, or over everybody, that is to be done by an end (N-8,
// B-087).
type StartReview struct {
	Name   string
	Group  pbx.GroupID // empty is everybody
	Until  time.Time
	Reason string
}

// Need asks to see the group; Change asks whether the actor may look at everybody's rights there.
func (c StartReview) Need(*pbx.Snapshot, pbx.Actor) []Need { return reviewed(c.Group) }

func reviewed(g pbx.GroupID) []Need {
	if g == "" {
		return nil
	}
	return []Need{{policy.GroupSee, policy.Group(g)}}
}

// mayReview refuses unless the actor may look at everybody's rights in a scope.
func (w *Work) mayReview(g pbx.GroupID) error {
	if w.Who.Kind == pbx.ActorSystem || policy.MayReview(w.Snapshot, w.Who, g, w.Now) {
		return nil
	}
	return pbx.Refuse(pbx.Denied, "group", "denied.no_grant")
}

// Change writes the review.
func (c StartReview) Change(w *Work) (pbx.Change, error) {
	if err := w.mayReview(c.Group); err != nil {
		return pbx.Change{}, err
	}
	name, err := cleanName("name", c.Name)
	if err != nil {
		return pbx.Change{}, err
	}
	reason, err := cleanReason(c.Reason)
	if err != nil {
		return pbx.Change{}, err
	}
	until := millis(c.Until)
	switch {
	case reason == "":
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "reason", "review.reason_missing")
	case !until.After(w.Now):
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "interval.backwards")
	case until.Sub(w.Now) > longestReview:
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "review.too_long")
	}
	r := &pbx.Review{ID: pbx.ReviewID(w.ID("rev")), Name: name, Group: c.Group, By: w.Who.User, Reason: reason, Begun: w.Now, Until: until}
	if len(policy.Items(w.Snapshot, r, w.Now)) == 0 {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "group", "review.empty")
	}
	w.object, w.reason = r.Ref(), reason
	return pbx.Change{Put: []pbx.Noun{r}}, nil
}

// DecideReview confirms one thing that a person holds, or takes it away. Who confirms could also have taken it away; nobody
// decides about himself.
type DecideReview struct {
	Review pbx.ReviewID
	Row    pbx.Ref
	Right  string // of an exception in the membership; empty is its role
	Keep   bool
	Reason string
}

// Need asks for nothing: Change finds the thing first.
func (DecideReview) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change writes the verdict and, if it says so, takes the thing away.
func (c DecideReview) Change(w *Work) (pbx.Change, error) {
	r := w.Snapshot.Reviews[c.Review]
	if r == nil {
		return pbx.Change{}, missing()
	}
	item := findItem(policy.Items(w.Snapshot, r, w.Now), c.Row, c.Right)
	if item == nil || w.Ask(w.Snapshot, policy.UserSee, policy.User(item.User)) != nil {
		return pbx.Change{}, missing()
	}
	if item.User == w.Who.User {
		return pbx.Change{}, pbx.Refuse(pbx.Denied, "", "denied.oneself")
	}
	reason, err := cleanReason(c.Reason)
	switch {
	case err != nil:
		return pbx.Change{}, err
	case !r.Ended.IsZero():
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "review.over")
	case item.Verdict != nil:
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "review.decided")
	case reason == "":
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "reason", "review.reason_missing")
	}
	right, target := item.Held.Taking(item.User)
	if err := w.Ask(w.Snapshot, right, target); err != nil {
		return pbx.Change{}, err
	}
	var change pbx.Change
	if !c.Keep {
		if change, err = w.carry(taking(item)); err != nil {
			return pbx.Change{}, err
		}
	}
	v := &pbx.Verdict{ID: pbx.VerdictID(w.ID("ver")), Review: r.ID, User: item.User, Row: c.Row, Right: c.Right, Keep: c.Keep, Reason: reason,
		By: w.Who.User, At: w.Now}
	switch h := item.Held; h.Kind {
	case policy.FromRole:
		v.Role = h.Membership.Role
	case policy.FromAssignment:
		v.Role = h.Assignment.Role
	}
	w.object, w.reason = v.Ref(), reason
	change.Put = append(change.Put, v)
	return change, nil
}

func findItem(items []policy.Item, row pbx.Ref, right string) *policy.Item {
	for i := range items {
		if a, b := items[i].Key(); a == row && b == right {
			return &items[i]
		}
	}
	return nil
}

// taking is the command that takes a thing away, the same as on the page of the person.
func taking(i *policy.Item) Command {
	h := i.Held
	switch h.Kind {
	case policy.FromRole:
		return SetMember{User: i.User, Group: h.Membership.Group, Role: "user"}
	case policy.FromOverride:
		return SetOverride{User: i.User, Group: h.Membership.Group, Right: h.Right.String()}
	case policy.FromAssignment:
		return EndAssignment{Assignment: h.Assignment.ID}
	}
	return EndGrant{Grant: h.Grant.ID}
}

// carry plans another command as a part of this one, with all that it asks.
func (w *Work) carry(c Command) (pbx.Change, error) {
	for _, n := range c.Need(w.Snapshot, w.Who) {
		if err := w.Ask(w.Snapshot, n.Right, n.Target); err != nil {
			return pbx.Change{}, err
		}
	}
	return c.Change(w)
}

// EndReview closes a review before everything is decided: what is open stays as it is.
type EndReview struct {
	Review pbx.ReviewID
	Reason string
}

// Need asks for nothing: Change finds the review first.
func (EndReview) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change writes the end.
func (c EndReview) Change(w *Work) (pbx.Change, error) {
	r := w.Snapshot.Reviews[c.Review]
	if r == nil {
		return pbx.Change{}, missing()
	}
	if err := w.mayReview(r.Group); err != nil {
		return pbx.Change{}, err
	}
	reason, err := cleanReason(c.Reason)
	switch {
	case err != nil:
		return pbx.Change{}, err
	case !r.Ended.IsZero():
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "review.over")
	case reason == "":
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "reason", "review.reason_missing")
	}
	next := *r
	next.Ended = w.Now
	w.object, w.reason = r.Ref(), reason
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

// RemindReview notes that the time of a review is up and that those concerned are told. Only the house does that.
type RemindReview struct{ Review pbx.ReviewID }

// Need asks for nothing.
func (RemindReview) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change writes when it was; once told is enough.
func (c RemindReview) Change(w *Work) (pbx.Change, error) {
	r := w.Snapshot.Reviews[c.Review]
	if r == nil || w.Who.Kind != pbx.ActorSystem {
		return pbx.Change{}, missing()
	}
	if !Overdue(w.Snapshot, r, w.Now) || !r.Reminded.IsZero() {
		return pbx.Change{}, nil
	}
	next := *r
	next.Reminded = w.Now
	w.object = r.Ref()
	return pbx.Change{Put: []pbx.Noun{&next}}, nil
}

// Overdue reports whether the time of a review is up while something is open that somebody could decide.
func Overdue(s *pbx.Snapshot, r *pbx.Review, at time.Time) bool {
	if !r.Ended.IsZero() || r.Until.After(at) {
		return false
	}
	open := policy.Open(policy.Items(s, r, at))
	for _, who := range policy.Reviewers(s, open, at) {
		if len(who) > 0 {
			return true
		}
	}
	return false
}

// askVerdict asks whether a verdict may be taken back: by who gave it, or by who may look through all of the review.
func (w *Work) askVerdict(d pbx.Difference) error {
	v, ok := d.After.(*pbx.Verdict)
	if !ok {
		v, _ = d.Before.(*pbx.Verdict)
	}
	r := w.Snapshot.Reviews[v.Review]
	switch {
	case r == nil:
		return missing()
	case !r.Ended.IsZero():
		return pbx.Refuse(pbx.Conflict, "", "review.over")
	case v.By == w.Who.User:
		return nil
	}
	return w.mayReview(r.Group)
}
