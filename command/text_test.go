package command

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// bare is an office with the people and groups of another one, in which nobody has been given anything.
func bare(t *testing.T, like *office) *office {
	t.Helper()
	o := claimed(t)
	o.now = like.now
	s := like.view()
	ids := map[pbx.GroupID]pbx.GroupID{"": "", s.DefaultGroup(): o.view().DefaultGroup()}
	var grow func(parent pbx.GroupID)
	grow = func(parent pbx.GroupID) {
		for _, g := range s.Children(parent) {
			if _, ok := ids[g.ID]; !ok {
				ids[g.ID] = pbx.GroupID(o.must(system, CreateGroup{Name: g.Name, Parent: ids[g.Parent]}).Object.ID)
			}
			grow(g.ID)
		}
	}
	grow("")
	if parent := ids[s.Groups[s.DefaultGroup()].Parent]; parent != "" {
		o.must(system, EditGroup{Group: o.view().DefaultGroup(), Parent: &parent})
	}
	for _, u := range s.Users {
		if o.view().ByEmail(u.Email) == nil {
			o.must(system, CreateUser{Person: Person{Name: u.Name, Email: u.Email}})
		}
	}
	return o
}

// shaping is a change of what stands in the text beside people: templates, marks of groups, the office.
func (o *office) shaping(d *rand.Rand) Command {
	s := o.view()
	g := slices.Sorted(maps.Keys(s.Groups))[d.IntN(len(s.Groups))]
	users := slices.Sorted(maps.Keys(s.Users))
	u := users[d.IntN(len(users))]
	roles := slices.Sorted(maps.Keys(s.Roles))
	on := d.IntN(2) == 0
	switch d.IntN(8) {
	case 0:
		return CreateRole{Name: fmt.Sprintf("Role \"%d\"/x", d.IntN(100)), Base: []pbx.RoleID{"manager", "reports", "user"}[d.IntN(3)]}
	case 1:
		if len(roles) > 0 {
			return EditRole{Role: roles[d.IntN(len(roles))], Cells: map[string]pbx.ScopeKind{"call.listen": pbx.ScopeSelf, "call.see": ""}}
		}
	case 2:
		if len(roles) > 0 {
			return SetMember{User: u, Group: g, Role: roles[d.IntN(len(roles))], From: o.now.Add(time.Duration(d.IntN(3)) * time.Hour)}
		}
	case 3:
		if len(roles) > 0 {
			until := o.now.Add(time.Duration(1+d.IntN(9)) * time.Hour)
			return Assign{User: u, Role: roles[d.IntN(len(roles))], Bounds: Bounds{Scope: pbx.Scope{Kind: pbx.ScopeTree, Group: g}, Until: until, Reason: `so "it" is`,
				Except: []pbx.Ref{{Kind: pbx.KindGroup, ID: string(g)}, {Kind: pbx.KindUser, ID: string(u)}}, Since: o.now.Add(-time.Hour + time.Millisecond)}}
		}
	case 4:
		ceiling := []pbx.RoleID{"", "user", "receptionist", "group_admin"}[d.IntN(4)]
		return EditGroup{Group: g, Ceiling: &ceiling}
	case 5:
		replay := []pbx.Replay{"", pbx.ReplayOwn, pbx.ReplayWhole}[d.IntN(3)]
		return EditGroup{Group: g, Replay: &replay, Published: &on}
	case 6:
		return EditBilling{Spread: &on}
	}
	replay := pbx.ReplayOwn
	return EditSettings{Replay: &replay}
}

// told is what a refused plan says.
func toldSteps(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&b, "%d - %s\n  + %s\n", s.Number, s.Before, s.After)
		if s.Problem != nil {
			fmt.Fprintf(&b, "  ! %s %v\n", s.Problem.Text.Key, s.Problem.Text.Args)
		}
	}
	return b.String()
}

func written(o *office) string { return strings.Join(policy.Text(o.view(), o.now), "\n") }

// private reports whether a text denies by exception what a System Owner holds over himself only: he may deny it, but lifting a
// deny is giving, and nobody gives what he does not hold (I-1).
func private(text string) bool {
	owner, _ := policy.RoleOf(&pbx.Snapshot{}, "system_owner")
	for _, r := range policy.AllRights() {
		k := owner.Cell(r)
		if r == policy.RoleSystem {
			k = pbx.ScopeNone // never by itself
		}
		if (k == pbx.ScopeSelf || k == pbx.ScopeNone) && regexp.MustCompile(`(?m) `+r.String()+`=deny|^deny \S+ `+r.String()+` `).MatchString(text) {
			return true
		}
	}
	return false
}

// N-16: what people did on pages, as text, applied to an office in which nobody has anything, is the same text again; undone, it
// is the office in which nobody has anything; and on the office it came from it changes nothing.
func TestTextGoesRound(t *testing.T) {
	applied, undone := 0, 0
	for seed := range uint64(30) {
		d := rand.New(rand.NewPCG(seed, 16))
		o := full(t)
		olga := o.actor("olga")
		for range 60 {
			c := o.whim(d)
			if d.IntN(3) == 0 {
				c = o.shaping(d)
			}
			_, _ = o.Do(context.Background(), olga, c)
			o.now = o.now.Add(time.Duration(d.IntN(30)) * time.Minute)
		}
		want := written(o)
		same, err := o.Try(context.Background(), olga, ApplyText{Text: want, Reason: "the same"})
		if err != nil || len(same.Differences)+len(same.Steps) > 0 {
			t.Fatalf("seed %d: its own text changes an office: %v\n%s", seed, err, toldSteps(same.Steps))
		}
		e := bare(t, o)
		before := e.view()
		r, err := e.Do(context.Background(), e.actor("olga"), ApplyText{Text: want, Reason: "as over there"})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, toldSteps(r.Steps))
		}
		if got := written(e); got != want {
			t.Fatalf("seed %d: got\n%s\nwant\n%s", seed, got, want)
		}
		applied += len(r.Steps)
		for _, f := range r.Facts {
			if f.Reason != "as over there" || f.Revision != r.Facts[0].Revision || f.Actor.User != e.user("olga") {
				t.Fatalf("seed %d: fact %+v", seed, f)
			}
		}
		if len(r.Facts) == 0 {
			continue
		}
		e.now = e.now.Add(time.Minute)
		if _, err := e.Do(context.Background(), e.actor("olga"), Undo{Facts: r.Facts}); err != nil {
			if !private(want) {
				t.Fatalf("seed %d: undo: %v", seed, err)
			}
			continue
		}
		undone++
		if effects := policy.Preview(before, e.view(), e.now); len(effects) > 0 {
			t.Fatalf("seed %d: undone, rights differ: %+v", seed, effects)
		}
	}
	if applied < 300 || undone < 10 {
		t.Errorf("only %d lines were applied, %d texts undone", applied, undone)
	}
}

// A file gets nobody further than his own hands (N-10, N-16): who may not read all of it may not apply it, every line is asked
// for, and one that is refused leaves all others undone.
func TestTextAsksLineByLine(t *testing.T) {
	o := full(t)
	ctx := context.Background()
	now := written(o)
	plan := func(who pbx.Actor, text string) string {
		r, err := o.Try(ctx, who, ApplyText{Text: text, Reason: "because"})
		var b strings.Builder
		b.WriteString(refused(err))
		for _, s := range r.Steps {
			if s.Problem != nil {
				fmt.Fprintf(&b, "\n%s: %s", s.Action(), s.Problem.Text.Key)
			}
		}
		return b.String()
	}
	olga := o.actor("olga")
	token := o.must(olga, CreateToken{User: o.user("olga"), Name: "program", Expires: o.now.Add(time.Hour)})
	program := pbx.Actor{Kind: pbx.ActorToken, Token: pbx.TokenID(token.Object.ID), User: o.user("olga")}
	listen := "\nallow uwe@example.com call.listen over group:\"sales\" because \"help\""
	for _, row := range []struct {
		name, who, text, want string
	}{
		{"a group owner does not read all", "greta", now, "denied denied.no_grant"},
		{"an administrator of the system changes no roles", "sven", now, "denied denied.no_grant"},
		{"an owner changes nothing", "olga", now, "ok"},
		{"an owner gives", "olga", now + listen, "ok"},
		{"a program gives no single right", "program", now + listen, "conflict text.problems\nadd: denied.token"},
		{"nothing to oneself", "olga", now + "\nallow olga@example.com call.listen over all because \"me\"", "conflict text.problems\nadd: denied.oneself"},
		{"the last owner stays", "olga", strings.Replace(now, "level olga@example.com system_owner over all\n", "", 1), "conflict text.problems\nremove: denied.oneself"},
		{"what is risky wants words", "olga", now + "\nallow uwe@example.com call.listen over all", "conflict text.problems\nadd: grant.reason_missing"},
		{"nobody knows them", "olga", now + "\nallow nobody@example.com call.see over all\nmember uwe@example.com in \"Nowhere\" as user\ndance", "conflict text.problems\nadd: text.person_unknown\nadd: text.group_unknown\nadd: text.verb_unknown"},
		{"nobody stands nowhere", "olga", strings.Replace(now, "member dora@example.com in \"Default\" as user: main\n", "", 1), "conflict text.problems\nremove: group.last"},
		{"leaving brings Default along", "olga", strings.Replace(now, "member tom@example.com in \"support\" as user: main\n", "", 1), "conflict text.problems\nadd: text.comes_along"},
		{"a level waits for the one that opens the door", "olga", now + "\nlevel uwe@example.com recording_playback over group:\"sales\"\nlevel uwe@example.com website_access over all", "ok"},
	} {
		who := o.actor(row.who)
		if row.who == "program" {
			who = program
		}
		if got := plan(who, row.text); got != row.want {
			t.Errorf("%s: %s\nwant %s\n%s", row.name, got, row.want, now)
		}
	}
	o.refused(olga, ApplyText{Text: now + listen}, pbx.Invalid) // no reason
	o.refused(olga, ApplyText{Text: now + listen, Reason: "x", Plan: "another"}, pbx.Conflict)
	o.refused(program, ApplyText{Text: now + listen, Reason: "x"}, pbx.Conflict)
	if written(o) != now {
		t.Error("something changed")
	}
}

// A role that is to come is taken back by a text without it, and the one that counts goes on; what it saw before stays seen.
func TestTextTakesBackWhatIsPlanned(t *testing.T) {
	o := full(t)
	olga := o.actor("olga")
	now, was := written(o), o.view().MembershipsOf(o.user("uwe"))[0].From
	o.must(olga, SetMember{User: o.user("uwe"), Group: o.group("sales"), Role: "manager", From: o.now.Add(time.Hour)})
	if written(o) == now {
		t.Fatal("nothing is planned")
	}
	o.must(olga, ApplyText{Text: now, Reason: "not yet"})
	if m := o.view().MembershipsOf(o.user("uwe")); written(o) != now || len(m) != 1 || !m[0].From.Equal(was) {
		t.Errorf("%s\n%+v", written(o), m)
	}
}
