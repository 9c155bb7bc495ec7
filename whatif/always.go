package whatif

import (
	"reflect"
	"time"

	"tandem/pbx"
)

// Always is a draft as if it had been in force all along: what it gives began before any call, and what it ends never was. Rows are those that it touches.
func Always(now, draft *pbx.Snapshot, rows []pbx.Ref) (*pbx.Snapshot, error) {
	var change pbx.Change
	for _, ref := range rows {
		was, is := span(now.Find(ref)), span(draft.Find(ref))
		switch {
		case is == nil:
		case was != nil && !is.Until.IsZero() && (was.Until.IsZero() || is.Until.Before(was.Until)):
			change.Delete = append(change.Delete, ref)
		case was == nil || is.From.After(was.From):
			backdate(draft, draft.Find(ref), &change)
		}
	}
	if len(change.Put)+len(change.Delete) == 0 {
		return draft, nil
	}
	return draft.Apply(change)
}

// span is when a row holds; nil for what holds whenever it is there.
func span(n pbx.Noun) *pbx.Interval {
	switch n := n.(type) {
	case *pbx.Membership:
		return &pbx.Interval{From: n.From, Until: n.Until}
	case *pbx.Assignment:
		return &pbx.Interval{From: n.From, Until: n.Until}
	case *pbx.Grant:
		return &pbx.Interval{From: n.From, Until: n.Until}
	case *pbx.Deck:
		return &pbx.Interval{From: n.From, Until: n.Until}
	}
	return nil
}

// backdate lets a row begin before every call. Where only one row can hold at a moment, those before it give way.
func backdate(draft *pbx.Snapshot, n pbx.Noun, change *pbx.Change) {
	begin := time.Unix(0, 0).UTC()
	switch n := n.(type) {
	case *pbx.Membership:
		m := *n
		m.From = begin
		change.Put = append(change.Put, &m)
		for _, o := range draft.MembershipsOf(m.User) {
			switch {
			case o.ID == m.ID:
			case o.Group == m.Group:
				change.Delete = append(change.Delete, o.Ref())
			case o.Main && m.Main:
				other := *o
				other.Main = false
				change.Put = append(change.Put, &other)
			}
		}
	case *pbx.Assignment:
		a := *n
		a.From = begin
		change.Put = append(change.Put, &a)
	case *pbx.Grant:
		g := *n
		g.From = begin
		change.Put = append(change.Put, &g)
	case *pbx.Deck:
		d := *n
		d.From = begin
		for _, o := range draft.DecksOf(d.Trunk) {
			switch {
			case o.ID == d.ID:
			case !d.Over:
				change.Delete = append(change.Delete, o.Ref())
			case !o.From.Before(d.From): // it lies over what was there before it
				d.From = o.From.Add(time.Millisecond)
			}
		}
		change.Put = append(change.Put, &d)
	}
}

// differ reports whether two configurations differ in more than rows that do not matter.
func differ(now, draft *pbx.Snapshot, idle func(pbx.Noun) bool) bool {
	for n := range draft.All() {
		if !idle(n) && now.Find(n.Ref()) != n {
			return true
		}
	}
	for n := range now.All() {
		if !idle(n) && draft.Find(n.Ref()) == nil {
			return true
		}
	}
	return false
}

// onlyAllows is what says whether a call may be made and what it may cost, but not where it goes.
func onlyAllows(n pbx.Noun) bool {
	switch n.(type) {
	case *pbx.Role, *pbx.Grant, *pbx.Assignment:
		return true
	}
	return givesNothing(n) && !leads(n)
}

// givesNothing is what no right depends on.
func givesNothing(n pbx.Noun) bool {
	switch n.(type) {
	case *pbx.Restriction, *pbx.Budget, *pbx.Deck, *pbx.Tenant:
		return true
	}
	return leads(n)
}

// sameRules reports whether two configurations allow the same calls whatever they cost and wherever they go.
func sameRules(now, draft *pbx.Snapshot) bool {
	return reflect.DeepEqual(now.Tenant, draft.Tenant) && !differ(now, draft, func(n pbx.Noun) bool {
		switch n.(type) {
		case *pbx.Budget, *pbx.Deck, *pbx.Tenant:
			return true
		}
		return leads(n)
	})
}

// leads is what says where calls go and nothing else.
func leads(n pbx.Noun) bool {
	switch n.(type) {
	case *pbx.Trunk, *pbx.DID, *pbx.OutRoute:
		return true
	}
	return false
}
