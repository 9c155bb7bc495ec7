package policy

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"tandem/pbx"
)

// everything asks every right of everybody over everybody and everything, with no thought of what a change touches.
func (d *dice) everything(before, after *pbx.Snapshot) []Effect {
	var all []Effect
	groups := maps.Clone(before.Groups)
	maps.Copy(groups, after.Groups)
	users, nodes := everybody(before, after), slices.Sorted(maps.Keys(groups))
	for _, u := range users {
		e := Effect{User: u}
		actor := pbx.Actor{Kind: pbx.ActorUser, User: u}
		x, y := viewer{before, actor, noon}, viewer{after, actor, noon}
		for _, r := range AllRights() {
			was, is := x.extent(r, users, nodes), y.extent(r, users, nodes)
			if g := is.Without(was); !g.IsEmpty() {
				e.Gained = append(e.Gained, Reached{r, g})
			}
			if l := was.Without(is); !l.IsEmpty() {
				e.Lost = append(e.Lost, Reached{r, l})
			}
		}
		if len(e.Gained)+len(e.Lost) > 0 {
			all = append(all, e)
		}
	}
	return all
}

// alter throws a change of rights of every kind.
func (d *dice) alter(s *pbx.Snapshot) pbx.Change {
	u := pick(d, d.users)
	switch d.IntN(8) {
	case 0:
		return pbx.Change{Put: []pbx.Noun{d.grant(u, 99)}}
	case 1:
		if all := slices.Sorted(maps.Keys(s.Grants)); len(all) > 0 {
			return pbx.Change{Delete: []pbx.Ref{s.Grants[pick(d, all)].Ref()}}
		}
	case 2:
		from, until := d.interval()
		return pbx.Change{Put: []pbx.Noun{&pbx.Assignment{ID: "asg_new", User: u, Role: pick(d, officeRoles), Scope: d.scope(), Except: d.except(), From: from, Until: until}}}
	case 3:
		if all := slices.Sorted(maps.Keys(s.Assignments)); len(all) > 0 {
			return pbx.Change{Delete: []pbx.Ref{s.Assignments[pick(d, all)].Ref()}}
		}
	case 4:
		m := *s.Memberships[pick(d, slices.Sorted(maps.Keys(s.Memberships)))]
		m.Role, m.Presence, m.Overrides = pick(d, groupRoles), d.share(), map[string]pbx.Override{d.right().String(): pick(d, []pbx.Override{pbx.OverrideAllow, pbx.OverrideDeny})}
		return pbx.Change{Put: []pbx.Noun{&m}}
	case 5:
		return pbx.Change{Put: []pbx.Noun{d.reshaped(s.Roles[pick(d, slices.Sorted(maps.Keys(s.Roles)))])}}
	case 6:
		p := *s.Users[u]
		p.Suspensions = []pbx.Interval{{From: noon.AddDate(0, 0, -1)}}
		return pbx.Change{Put: []pbx.Noun{&p}}
	}
	g := *s.Groups[pick(d, d.groups)]
	g.Published, g.Parent = d.oneIn(2), ""
	return pbx.Change{Put: []pbx.Noun{&g}}
}

// AZ-31: what a preview says is the difference of the two models, no more and no less.
func TestPreviewIsTheDifference(t *testing.T) {
	told := 0
	for seed := range uint64(offices(t, 400)) {
		d := throw(seed)
		s := d.snapshot(t)
		next, err := s.Apply(d.alter(s))
		if err != nil {
			continue
		}
		got, want := Preview(s, next, noon), d.everything(s, next)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("office %d:\n have %+v\n want %+v", seed, got, want)
		}
		told += len(want)
	}
	if told < 100 {
		t.Errorf("only %d effects were told", told)
	}
}

// A right by itself reaches what it is decided to reach, and taking away what one has leaves nothing.
func TestExtent(t *testing.T) {
	s := readWorld(t).snapshot(t)
	for _, u := range slices.Sorted(maps.Keys(s.Users)) {
		for _, r := range AllRights() {
			e := Reaches(s, u, r, noon)
			if !e.Without(e).IsEmpty() {
				t.Errorf("%s %s: something is left of %+v", u, r, e)
			}
			for _, o := range e.Users {
				if tt := personal(r, o, noon); !Decide(s, Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: u}, Right: r, Target: tt, At: noon}).OK {
					t.Errorf("%s %s does not reach %s", u, r, o)
				}
			}
		}
	}
	if e := Reaches(s, "nobody", UserSee, noon); !e.IsEmpty() {
		t.Errorf("nobody reaches %+v", e)
	}
}

func BenchmarkPreview(b *testing.B) {
	for _, people := range []int{50, 500, 5000} {
		s := company(b, people, people/10)
		var m pbx.Membership
		for _, id := range slices.Sorted(maps.Keys(s.Memberships)) {
			if m = *s.Memberships[id]; m.Role == "user" {
				break
			}
		}
		m.Role = "manager"
		next, err := s.Apply(pbx.Change{Put: []pbx.Noun{&m}})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			for b.Loop() {
				Preview(s, next, noon)
			}
		})
	}
}
