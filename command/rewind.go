package command

import (
	"tandem/event"
	"tandem/pbx"
)

// rewound holds the kinds of rows that rights depend on; only they are taken back in time.
var rewound = map[pbx.Kind]bool{pbx.KindUser: true, pbx.KindGroup: true, pbx.KindMembership: true, pbx.KindAssignment: true,
	pbx.KindGrant: true, pbx.KindSettings: true}

// Rewind is the configuration, as far as rights depend on it, before a list of changes that is given from the oldest to the
// newest (N-22): each row is what it was before the first of them that touched it.
func Rewind(s *pbx.Snapshot, facts []event.Fact) (*pbx.Snapshot, error) {
	seen := map[pbx.Ref]bool{}
	var change pbx.Change
	gone := map[pbx.UserID]bool{}
	for _, f := range facts {
		if !rewound[f.Object.Kind] || seen[f.Object] || len(f.Before)+len(f.After) == 0 {
			continue
		}
		seen[f.Object] = true
		now := s.Find(f.Object)
		switch {
		case len(f.Before) > 0:
			n, err := decode(f.Object.Kind, f.Before, now)
			if err != nil {
				return nil, err
			}
			change.Put = append(change.Put, n)
		case now != nil:
			change.Delete = append(change.Delete, f.Object)
			if f.Object.Kind == pbx.KindUser {
				gone[pbx.UserID(f.Object.ID)] = true
			}
		}
	}
	for u := range gone { // with what no fact of these kinds tells of
		for _, r := range s.Cascade(pbx.Ref{Kind: pbx.KindUser, ID: string(u)}) {
			if !seen[r] {
				seen[r] = true
				change.Delete = append(change.Delete, r)
			}
		}
	}
	return s.Apply(change)
}
