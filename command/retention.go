package command

import (
	"maps"

	"tandem/pbx"
	"tandem/policy"
)

// SetKeep says how long records of calls, their ways and the audit log are kept (BAR PR-05); nil fields stay. A group with 0 days is as the groups above it.
type SetKeep struct {
	Calls  *int
	Traces *int
	Audit  *int
	Groups map[pbx.GroupID]int
}

// Need asks for retention.edit.
func (SetKeep) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.RetentionEdit, policy.System()}}
}

// Change writes it. Groups that are gone are left out.
func (c SetKeep) Change(w *Work) (pbx.Change, error) {
	t := w.Snapshot.Tenant
	w.object = t.Ref()
	keep, err := c.Of(w.Snapshot)
	if err != nil {
		return pbx.Change{}, err
	}
	t.Keep = keep
	return pbx.Change{Put: []pbx.Noun{&t}}, nil
}

// Of is how long everything would be kept.
func (c SetKeep) Of(s *pbx.Snapshot) (pbx.Keep, error) {
	k := s.Tenant.Keep
	put(&k.Calls, c.Calls)
	put(&k.Traces, c.Traces)
	put(&k.Audit, c.Audit)
	k.Groups = maps.Clone(k.Groups)
	if k.Groups == nil {
		k.Groups = map[pbx.GroupID]int{}
	}
	for g, days := range c.Groups {
		if s.Groups[g] == nil {
			return k, pbx.Refuse(pbx.Invalid, "groups", "group.unknown")
		}
		k.Groups[g] = days
	}
	maps.DeleteFunc(k.Groups, func(g pbx.GroupID, days int) bool { return days == 0 || s.Groups[g] == nil })
	if len(k.Groups) == 0 {
		k.Groups = nil
	}
	return k, k.Check()
}
