package command

import (
	"cmp"
	"maps"

	"tandem/pbx"
)

// Because is a command with the reason somebody gives for it. What the command says itself goes before.
type Because struct {
	Reason string
	Command
}

// Change plans the command and notes the reason.
func (b Because) Change(w *Work) (pbx.Change, error) {
	reason, err := cleanReason(b.Reason)
	if err != nil {
		return pbx.Change{}, err
	}
	change, err := b.Command.Change(w)
	w.reason = cmp.Or(w.reason, reason)
	return change, err
}

// wantsReason refuses a change of rights without a reason where the office wants one (B-089). Taking a change back names the
// change instead, and whoever stands on the server has no page to say it on.
func (w *Work) wantsReason(rows []pbx.Difference) error {
	if _, undone := w.data.(Undone); undone || !w.Snapshot.Tenant.Reasons || w.reason != "" || w.Who.Kind == pbx.ActorSystem {
		return nil
	}
	for _, d := range rows {
		if movesRights(d) {
			return pbx.Refuse(pbx.Invalid, "reason", "change.reason_missing")
		}
	}
	return nil
}

// movesRights reports whether a row gives or takes rights. Joining as a user, the main group and what is shared do not.
func movesRights(d pbx.Difference) bool {
	switch d.Ref.Kind {
	case pbx.KindAssignment, pbx.KindGrant, pbx.KindRole:
		return true
	case pbx.KindMembership:
	default:
		return false
	}
	before, had := d.Before.(*pbx.Membership)
	after, has := d.After.(*pbx.Membership)
	switch {
	case had && has:
		return before.Role != after.Role || !maps.Equal(before.Overrides, after.Overrides) || before.Until != after.Until && before.Role != "user"
	case has:
		return after.Role != "user"
	}
	return before.Role != "user"
}
