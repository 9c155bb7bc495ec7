package command

import (
	"tandem/pbx"
	"tandem/policy"
)

// RecordRuleNeed is what a rule about recording asks for: recording.policy over whom it is about. A queue's is its group's; that of the
// office, and of a queue without a group, is the office's.
func RecordRuleNeed(s *pbx.Snapshot, id pbx.RecordRuleID) Need {
	group := pbx.GroupID("")
	switch {
	case s.Users[pbx.UserID(id)] != nil:
		return Need{policy.RecordingPolicy, policy.User(pbx.UserID(id))}
	case s.Queues[pbx.QueueID(id)] != nil:
		group = s.Queues[pbx.QueueID(id)].Group
	default:
		group = pbx.GroupID(id)
	}
	if s.Groups[group] != nil {
		return Need{policy.RecordingPolicy, policy.Group(group)}
	}
	return Need{policy.RecordingPolicy, policy.System()}
}

// SetRecordRule says whose calls are recorded, and how (BAR PR-01); nil fields stay. A rule that says nothing any more goes.
type SetRecordRule struct {
	ID      pbx.RecordRuleID
	Mode    *pbx.RecordMode
	Outside *bool
	Notice  *pbx.RecordNotice
	Days    *int
	Shown   *pbx.RecordShown
	Why     *pbx.RecordWhy
	Pause   *int
}

// Need asks for recording.policy.
func (c SetRecordRule) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	return []Need{RecordRuleNeed(s, c.ID)}
}

// Change writes the rule.
func (c SetRecordRule) Change(w *Work) (pbx.Change, error) {
	r := pbx.RecordRule{ID: c.ID}
	old := w.Snapshot.RecordRules[c.ID]
	if old != nil {
		r = *old
	}
	w.object = r.Ref()
	put(&r.Mode, c.Mode)
	put(&r.Outside, c.Outside)
	put(&r.Notice, c.Notice)
	put(&r.Days, c.Days)
	put(&r.Shown, c.Shown)
	put(&r.Why, c.Why)
	put(&r.Pause, c.Pause)
	if r.Mode == "" || r.Mode == pbx.RecordNever || r.Mode == pbx.RecordOff {
		r.Outside = false
	}
	if r == (pbx.RecordRule{ID: c.ID}) {
		if old == nil {
			return pbx.Change{}, nil
		}
		return pbx.Change{Delete: []pbx.Ref{r.Ref()}}, nil
	}
	return pbx.Change{Put: []pbx.Noun{&r}}, nil
}
