package command

import (
	"maps"
	"slices"

	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
)

// EditCodes changes the feature codes of the office and its short numbers; nil fields stay (FC-01).
type EditCodes struct {
	Dialect *pbx.CodeDialect
	Changed map[pbx.CodeAction]*string // nil: as the dialect says; empty: none
	Speed   *pbx.SpeedDials
	Keys    *pbx.CodeKeys
}

// Need asks for setting.edit.
func (EditCodes) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.SettingEdit, policy.System()}}
}

// Change writes the codes. What is the same as in the dialect is not kept as a change.
func (c EditCodes) Change(w *Work) (pbx.Change, error) {
	t := w.Snapshot.Tenant
	w.object = t.Ref()
	if c.Dialect != nil {
		t.Codes.Dialect = *c.Dialect
	}
	put(&t.Codes.Keys, c.Keys)
	changed := maps.Clone(t.Codes.Changed)
	if changed == nil {
		changed = map[pbx.CodeAction]string{}
	}
	for action, code := range c.Changed {
		if code == nil {
			delete(changed, action)
		} else {
			changed[action] = *code
		}
	}
	usual := pbx.Codes{Dialect: t.Codes.Dialect}
	for _, k := range pbx.CodeKinds() {
		if own, ok := changed[k.Action]; ok && own == usual.Of(k) {
			delete(changed, k.Action)
		}
	}
	if len(changed) == 0 {
		changed = nil
	}
	t.Codes.Changed = changed
	if c.Speed != nil {
		t.Speed = cleanSpeed(t.Country, *c.Speed)
	}
	return pbx.Change{Put: []pbx.Noun{&t}}, nil
}

// cleanSpeed brings short numbers into the form that is kept, in the order of the short ones.
func cleanSpeed(country string, list pbx.SpeedDials) pbx.SpeedDials {
	out := make(pbx.SpeedDials, 0, len(list))
	for _, d := range list {
		d.Name = oneLine(d.Name)
		if n := number.Read(country, d.Number); n.E164 != "" {
			d.Number = string(n.E164)
		} else if n.Digits != "" {
			d.Number = n.Digits
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b pbx.SpeedDial) int {
		if len(a.Short) != len(b.Short) {
			return len(a.Short) - len(b.Short)
		}
		if a.Short < b.Short {
			return -1
		}
		return 1
	})
	if len(out) == 0 {
		return nil
	}
	return out
}

// SetSpeed replaces a person's own short numbers.
type SetSpeed struct {
	User  pbx.UserID
	Speed pbx.SpeedDials
}

// Need asks for user.profile.
func (c SetSpeed) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.UserProfile, policy.User(c.User)}}
}

// Change writes them.
func (c SetSpeed) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Users[c.User]
	if old == nil {
		return pbx.Change{}, missing()
	}
	u := *old
	w.object = u.Ref()
	u.Speed = cleanSpeed(w.Snapshot.PlaceOf(u.ID, "", w.Now).Country, c.Speed)
	return pbx.Change{Put: []pbx.Noun{&u}}, nil
}

// ForwardCalls sends every call for a person on an occasion to a number, or with none lets his other rules count again. It is one exception that
// stands before all others; where it leads outside, the same right is asked as everywhere (TF-07).
type ForwardCalls struct {
	User   pbx.UserID
	When   pbx.When
	Number string
}

// Need asks for forwarding.edit.
func (c ForwardCalls) Need(s *pbx.Snapshot, who pbx.Actor) []Need {
	return SetForwarding{User: c.User}.Need(s, who)
}

// Change writes or takes away the exception.
func (c ForwardCalls) Change(w *Work) (pbx.Change, error) {
	var list []pbx.Exception
	if f := w.Snapshot.Forwardings[c.User]; f != nil {
		list = slices.DeleteFunc(slices.Clone(f.Exceptions), func(e pbx.Exception) bool { return e.IsWhole(c.When) })
	}
	if c.Number != "" {
		to, ok := w.Snapshot.Reached(w.Snapshot.PlaceOf(c.User, "", w.Now).Read(c.Number).Digits)
		if !ok {
			to = pbx.Destination{Kind: pbx.ToOutside, Number: c.Number}
		}
		list = append([]pbx.Exception{{When: c.When, To: to}}, list...)
	} else if w.Snapshot.Forwardings[c.User] == nil {
		return pbx.Change{}, nil
	}
	return SetForwarding{User: c.User, Exceptions: &list}.Change(w)
}
