package policy

import (
	"maps"
	"slices"
	"time"

	"tandem/pbx"
)

// Billable lists the rights that cost, in the order of the catalogue (D-029, D-043).
func Billable() (all []Right) {
	for r := Right(1); r < rightCount; r++ {
		if catalogue[r].billable {
			all = append(all, r)
		}
	}
	return all
}

// Paid lists who holds each billable right at a moment, however far it reaches: that is what the office pays for. Who is
// suspended holds nothing. People are in order of id.
func Paid(s *pbx.Snapshot, at time.Time) map[Right][]pbx.UserID {
	paid := map[Right][]pbx.UserID{}
	for _, u := range slices.Sorted(maps.Keys(s.Users)) {
		q := asker{s: s, when: at, at: pbx.Instant(at)}
		if !q.is(pbx.Actor{Kind: pbx.ActorUser, User: u}) {
			continue
		}
		for _, r := range Billable() {
			if q.width(r) != noScope {
				paid[r] = append(paid[r], u)
			}
		}
	}
	return paid
}
