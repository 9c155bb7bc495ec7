package command

import (
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// MaxAhead is how far away the end of a status may be.
const MaxAhead = 366 * 24 * time.Hour

// SetStatus chooses a person's status by hand, until a moment or until the hours of the person change next (C-4). An empty
// status lets it follow the hours again.
type SetStatus struct {
	User   pbx.UserID
	Status pbx.Status
	Until  time.Time
}

// Need asks for presence.set.
func (c SetStatus) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.PresenceSet, policy.User(c.User)}}
}

// Change writes or takes away the choice.
func (c SetStatus) Change(w *Work) (pbx.Change, error) {
	u := w.Snapshot.Users[c.User]
	if u == nil {
		return pbx.Change{}, missing()
	}
	w.object = u.Ref()
	if c.Status == "" {
		if old := w.Snapshot.Choices[c.User]; old != nil {
			return pbx.Change{Delete: []pbx.Ref{old.Ref()}}, nil
		}
		return pbx.Change{}, nil
	}
	choice := &pbx.Choice{User: c.User, Status: c.Status, At: w.Now, Until: c.Until.UTC().Truncate(time.Millisecond)}
	if c.Until.IsZero() {
		choice.Until = time.Time{}
	} else if !choice.Until.After(w.Now) || choice.Until.After(w.Now.Add(MaxAhead)) {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "status.until_bad")
	}
	return pbx.Change{Put: []pbx.Noun{choice}}, nil
}
