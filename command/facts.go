package command

import (
	"encoding/json"
	"fmt"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// facts makes one fact per differing row; the audit log shows nothing that is not a row, and every row (BAR AU-01).
func (w *Work) facts(differences []pbx.Difference) ([]event.Fact, error) {
	facts := make([]event.Fact, 0, len(differences))
	for _, d := range differences {
		f := event.Fact{At: w.Now, Kind: kindOf(d, w), Actor: w.Who, Object: d.Ref, Reason: w.reason, Revision: w.Snapshot.Version + 1}
		var err error
		if w.data != nil {
			if f.Data, err = json.Marshal(w.data); err != nil {
				return nil, fmt.Errorf("fact about %s: %w", d.Ref, err)
			}
		}
		if f.Before, err = encode(d.Before); err != nil {
			return nil, fmt.Errorf("fact about %s: %w", d.Ref, err)
		}
		if f.After, err = encode(d.After); err != nil {
			return nil, fmt.Errorf("fact about %s: %w", d.Ref, err)
		}
		facts = append(facts, f)
	}
	return facts, nil
}

// encode is the JSON of a row without secrets; a row that does not exist has none.
func encode(n pbx.Noun) (json.RawMessage, error) {
	if n == nil {
		return json.RawMessage(nil), nil
	}
	return json.Marshal(n)
}

// kindOf names what happened to a row.
func kindOf(d pbx.Difference, w *Work) event.Kind {
	verb := "changed"
	switch d.Ref.Kind {
	case pbx.KindHours:
		if d.After == nil {
			return event.HoursInherited
		}
		return event.HoursChanged
	case pbx.KindOverride:
		if d.After == nil {
			return event.OverrideEnded
		}
		return event.OverrideSet
	case pbx.KindForwarding:
		return event.ForwardingChanged
	case pbx.KindEntrance:
		return event.EntranceChanged
	case pbx.KindRecordRule:
		return event.RecordRuleChanged
	case pbx.KindMailbox:
		return event.MailboxChanged
	case pbx.KindAccess:
		return accessKind(d)
	case pbx.KindCalendar:
		return calendarKind(d)
	case pbx.KindDuty:
		return event.DutyChanged
	case pbx.KindReview, pbx.KindVerdict:
		return reviewKind(d)
	case pbx.KindStatus:
		if d.After == nil {
			return event.StatusCleared
		}
		return event.StatusChosen
	}
	switch before := d.Before.(type) {
	case *pbx.Alarm:
		if verb = "lifted"; d.After == nil {
			verb = "deleted"
		}
	case nil:
		if verb = "created"; d.Ref.Kind == pbx.KindAlarm {
			verb = "raised"
		}
	case *pbx.Tenant:
		if before.Claimed.IsZero() && !d.After.(*pbx.Tenant).Claimed.IsZero() {
			return event.SetupClaimed
		}
	case *pbx.User:
		verb = userVerb(before, d.After, w)
	case *pbx.Membership:
		if after, ok := d.After.(*pbx.Membership); !ok || before.Until != after.Until && isOver(after.Until, w) {
			verb = "ended"
		}
	case *pbx.Assignment:
		if after, ok := d.After.(*pbx.Assignment); !ok || isOver(after.Until, w) {
			verb = "ended"
		}
	case *pbx.Grant:
		if after, ok := d.After.(*pbx.Grant); !ok || isOver(after.Until, w) {
			verb = "ended"
		}
	case *pbx.Device:
		if after, ok := d.After.(*pbx.Device); !ok {
			verb = "deleted"
		} else if before.SHA256 != after.SHA256 {
			verb = "secret_renewed"
		}
	case *pbx.Token:
		verb = "revoked"
	case *pbx.TalkLink:
		verb = talkVerb(before, d.After)
	case *pbx.GuestRoom:
		verb = guestRoomVerb(before, d.After)
	default:
		if d.After == nil {
			verb = "deleted"
		}
	}
	return event.Kind(string(d.Ref.Kind) + "." + verb)
}

// isOver reports whether an end has come.
func isOver(until time.Time, w *Work) bool { return !until.IsZero() && !until.After(w.Now) }

func userVerb(before *pbx.User, after pbx.Noun, w *Work) string {
	u, ok := after.(*pbx.User)
	switch {
	case !ok:
		return "deleted"
	case !before.IsSuspended(w.Now) && u.IsSuspended(w.Now):
		return "suspended"
	case before.IsSuspended(w.Now) && !u.IsSuspended(w.Now):
		return "restored"
	}
	return "changed"
}

// guestRoomVerb says what became of a guest room.
func guestRoomVerb(before *pbx.GuestRoom, after pbx.Noun) string {
	r, ok := after.(*pbx.GuestRoom)
	switch {
	case !ok:
		return "deleted"
	case before.Stay == nil && r.Stay != nil:
		return "checked_in"
	case before.Stay != nil && r.Stay == nil:
		return "checked_out"
	}
	return "changed"
}

// accessKind says what became of a wish for rights.
func accessKind(d pbx.Difference) event.Kind {
	a, ok := d.After.(*pbx.Access)
	switch {
	case !ok:
		return event.AccessDeleted
	case a.Answer == pbx.AnswerApproved:
		return event.AccessApproved
	case a.Answer == pbx.AnswerRefused:
		return event.AccessRefused
	case a.Answer == pbx.AnswerWithdrawn:
		return event.AccessWithdrawn
	}
	return event.AccessAsked
}

// reviewKind says what became of a review, or of one thing it looked at.
func reviewKind(d pbx.Difference) event.Kind {
	switch n := d.After.(type) {
	case *pbx.Review:
		before, ok := d.Before.(*pbx.Review)
		switch {
		case !ok:
			return event.ReviewCreated
		case before.Ended != n.Ended:
			return event.ReviewEnded
		}
		return event.ReviewOverdue
	case *pbx.Verdict:
		if n.Keep {
			return event.VerdictKept
		}
		return event.VerdictRemoved
	}
	return event.VerdictDeleted
}
