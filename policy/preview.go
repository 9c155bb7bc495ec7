package policy

import (
	"slices"
	"time"

	"tandem/pbx"
)

// Effect is what a change does to the rights of one person.
type Effect struct {
	User   pbx.UserID
	Gained []Reached // in the order of the catalogue
	Lost   []Reached
}

// Reached is a right with what it reaches; in an Effect, with what it reaches more or less than before.
type Reached struct {
	Right  Right
	Extent Extent
}

// Preview is who gains and who loses which right over whom, when one configuration becomes another (N-2, AZ-31). Both are
// asked through Decide at the same moment; people whose rights stay as they are do not stand in the answer, which is in
// order of id. Only what a change can have touched is asked, which a property test holds equal to asking everything.
func Preview(before, after *pbx.Snapshot, at time.Time) []Effect {
	d := compare(before, after)
	var all []Effect
	for _, u := range everybody(before, after) {
		if e := d.effect(u, at); len(e.Gained)+len(e.Lost) > 0 {
			all = append(all, e)
		}
	}
	return all
}

// delta is what differs between two snapshots, as far as decisions can see it.
type delta struct {
	before, after *pbx.Snapshot
	wide          bool                // tree, groups or office differ: everything has to be asked of everybody
	roles         map[pbx.RoleID]bool // custom roles that differ
	people        []pbx.UserID        // who differs, in order of id: he may reach others, and others him
	differs       map[pbx.UserID]bool
	targets       []pbx.UserID // people, and System Owners when there is another last one
}

func compare(before, after *pbx.Snapshot) *delta {
	d := &delta{before: before, after: after, roles: map[pbx.RoleID]bool{}, differs: map[pbx.UserID]bool{}}
	d.wide = before.Tenant.Spread != after.Tenant.Spread || before.Tenant.Replay != after.Tenant.Replay ||
		!sameGroups(before, after) || !sameGroups(after, before)
	for _, s := range [...]*pbx.Snapshot{before, after} {
		for id := range s.Roles {
			if before.Roles[id] != after.Roles[id] {
				d.roles[id] = true
			}
		}
	}
	owners := false
	for _, u := range everybody(before, after) {
		a, b := before.Person(u), after.Person(u)
		if !sameHoldings(a, b) || d.holdsChanged(a) || d.holdsChanged(b) {
			d.people, d.differs[u] = append(d.people, u), true
			owners = owners || isOwner(a) || isOwner(b)
		}
	}
	d.targets = d.people
	if owners {
		d.targets = slices.DeleteFunc(everybody(before, after), func(u pbx.UserID) bool {
			return !d.differs[u] && !isOwner(before.Person(u))
		})
	}
	return d
}

// sameGroups reports whether every group of one snapshot is in the other, as far as rights depend on it.
func sameGroups(a, b *pbx.Snapshot) bool {
	for id, g := range a.Groups {
		o := b.Groups[id]
		if o == nil || g != o && (g.Parent != o.Parent || g.Published != o.Published || g.Default != o.Default ||
			g.Ceiling != o.Ceiling || g.Replay != o.Replay) {
			return false
		}
	}
	return true
}

// sameHoldings reports whether a person is the same with everything that bears on his rights. Rows that a change did not
// touch are the same rows.
func sameHoldings(a, b *pbx.Person) bool {
	if a == b {
		return true
	}
	return a != nil && b != nil && a.User == b.User && slices.Equal(a.Assignments, b.Assignments) && slices.Equal(a.Grants, b.Grants) &&
		slices.EqualFunc(a.Places, b.Places, func(x, y pbx.Place) bool { return x.Membership == y.Membership })
}

func (d *delta) holdsChanged(p *pbx.Person) bool {
	if p == nil || len(d.roles) == 0 {
		return false
	}
	return slices.ContainsFunc(p.Places, func(l pbx.Place) bool { return d.roles[l.Membership.Role] }) ||
		slices.ContainsFunc(p.Assignments, func(a *pbx.Assignment) bool { return d.roles[a.Role] })
}

func isOwner(p *pbx.Person) bool {
	return p != nil && slices.ContainsFunc(p.Assignments, func(a *pbx.Assignment) bool { return a.Role == "system_owner" })
}

// effect compares one person's rights: over everything when he differs himself, else over those who do.
func (d *delta) effect(u pbx.UserID, at time.Time) Effect {
	e := Effect{User: u}
	full := d.wide || d.differs[u]
	if !full && len(d.targets) == 0 {
		return e
	}
	actor := pbx.Actor{Kind: pbx.ActorUser, User: u}
	was, is := viewer{d.before, actor, at}, viewer{d.after, actor, at}
	for r := Right(1); r < rightCount; r++ {
		var x, y Extent
		if full {
			x, y = Reaches(d.before, u, r, at), Reaches(d.after, u, r, at)
		} else {
			x, y = was.extent(r, d.targets, nil), is.extent(r, d.targets, nil)
		}
		if gained := y.Without(x); !gained.IsEmpty() {
			e.Gained = append(e.Gained, Reached{r, gained})
		}
		if lost := x.Without(y); !lost.IsEmpty() {
			e.Lost = append(e.Lost, Reached{r, lost})
		}
	}
	return e
}
