package policy

import (
	"slices"

	"tandem/pbx"
)

// FewestPeople is how many people figures about work are added up over at least where the works council has a say: of fewer, one could be told from the others.
const FewestPeople = 5

// Figures decides whether somebody may be shown figures about how people work – what they answered, how long they talked (BAR PR-08). What he may see of them
// is another question, asked before. In an office with a works council, figures of one person are shown to nobody but himself, and of several only
// when they are at least FewestPeople.
func Figures(s *pbx.Snapshot, who pbx.Actor, about ...pbx.UserID) bool {
	if !s.Tenant.Council {
		return true
	}
	people := slices.Clone(about)
	slices.Sort(people)
	people = slices.Compact(people)
	own := len(people) == 1 && people[0] == who.User
	return own || len(people) == 0 || len(people) >= FewestPeople
}
