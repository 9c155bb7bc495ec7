package api

import (
	"slices"
	"strconv"
	"strings"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// named is how many people a reach calls by name before it only counts.
const named = 3

// where says in words how far a right of a person reaches: groups by name, with their sub-groups where all of them are in,
// then people outside those groups. What the visitor may not see is only counted.
func (s *Server) where(v *visit, in *pbx.Snapshot, of pbx.UserID, e policy.Extent) string {
	if len(in.Groups) > 0 && len(e.Groups) == len(in.Groups) && (len(e.Users) == 0 || len(e.Users) >= len(in.Users)-1) {
		if e.House {
			return s.say(v, i18n.T("reach.everything"))
		}
		return s.say(v, i18n.T("reach.everybody"))
	}
	var words []string
	more := 0
	if e.Own {
		words = append(words, s.say(v, i18n.T("reach.own")))
	}
	if e.House {
		words = append(words, s.say(v, i18n.T("reach.house")))
	}
	for _, g := range summits(in, e.Groups) {
		switch {
		case !v.can(policy.GroupSee, policy.Group(g.id)):
			more += g.size
		case g.size > 1:
			words = append(words, s.say(v, i18n.T("reach.tree", "group", in.Groups[g.id].Name)))
		default:
			words = append(words, in.Groups[g.id].Name)
		}
	}
	shown := 0
	for _, u := range e.Users {
		switch {
		case v.isIn(in, u, e.Groups):
		case shown < named && v.knows(u):
			shown++
			words = append(words, in.Users[u].Name)
		default:
			more++
		}
	}
	if more > 0 {
		words = append(words, s.say(v, i18n.T("reach.more", "n", strconv.Itoa(more))))
	}
	return strings.Join(words, ", ")
}

// isIn reports whether a person is now a member of one of the groups.
func (v *visit) isIn(in *pbx.Snapshot, u pbx.UserID, groups []pbx.GroupID) bool {
	return slices.ContainsFunc(in.MembershipsOf(u), func(m *pbx.Membership) bool {
		_, found := slices.BinarySearch(groups, m.Group)
		return found && m.IsActive(v.at)
	})
}

// summit is a group that stands for itself and everything below it, or, with size 1, for itself alone.
type summit struct {
	id   pbx.GroupID
	size int
}

// summits puts groups together that hang together, in order of name.
func summits(in *pbx.Snapshot, groups []pbx.GroupID) []summit {
	has := map[pbx.GroupID]bool{}
	for _, g := range groups {
		has[g] = true
	}
	var whole func(g pbx.GroupID) (int, bool)
	whole = func(g pbx.GroupID) (int, bool) {
		n, all := 1, has[g]
		for _, c := range in.Children(g) {
			size, full := whole(c.ID)
			n, all = n+size, all && full
		}
		return n, all
	}
	var out []summit
	var walk func(parent pbx.GroupID)
	walk = func(parent pbx.GroupID) {
		for _, g := range in.Children(parent) {
			if size, all := whole(g.ID); all {
				out = append(out, summit{g.ID, size})
				continue
			}
			if has[g.ID] {
				out = append(out, summit{g.ID, 1})
			}
			walk(g.ID)
		}
	}
	walk("")
	return out
}
