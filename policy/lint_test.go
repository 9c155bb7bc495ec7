package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

var lintNow = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

// lintOffice is an office in which nothing is to be found: two owners, a default group of users, a group with a manager.
type lintOffice struct{ nouns []pbx.Noun }

func newLintOffice() *lintOffice {
	o := &lintOffice{}
	o.add(&pbx.Tenant{Name: "Office", Country: "DE", Zone: "UTC", Language: "en", Digits: 3, Claimed: lintNow.Add(-time.Hour)},
		&pbx.Group{ID: "grp_all", Name: "Default", Default: true}, &pbx.Group{ID: "grp_sales", Name: "Sales"})
	for i, name := range []string{"ann", "bob", "cid", "dee", "eve", "fay"} {
		u := pbx.UserID("usr_" + name)
		o.add(&pbx.User{ID: u, Name: name, Email: name + "@x.example", Extension: fmt.Sprint(101 + i)})
		group, role := pbx.GroupID("grp_all"), pbx.RoleID("user")
		if i >= 3 {
			group = "grp_sales"
		}
		if name == "dee" {
			role = "manager"
		}
		o.add(&pbx.Membership{ID: pbx.MembershipID("mem_" + name), User: u, Group: group, Role: role, From: lintNow.Add(-time.Hour)})
	}
	o.office("ann", "system_owner", "")
	o.office("bob", "system_owner", "")
	return o
}

func (o *lintOffice) add(n ...pbx.Noun) { o.nouns = append(o.nouns, n...) }

func (o *lintOffice) office(name string, role pbx.RoleID, why string) {
	o.add(&pbx.Assignment{ID: pbx.AssignmentID("asg_" + name + string(role)), User: pbx.UserID("usr_" + name), Role: role, Scope: pbx.Scope{Kind: pbx.ScopeAll},
		From: lintNow.Add(-time.Hour), Reason: why})
}

func (o *lintOffice) grant(name, right string, change func(*pbx.Grant)) {
	g := &pbx.Grant{ID: pbx.GrantID(fmt.Sprintf("gnt_%s%d", name, len(o.nouns))), User: pbx.UserID("usr_" + name), Right: right, Scope: pbx.Scope{Kind: pbx.ScopeAll},
		From: lintNow.Add(-time.Hour), Until: lintNow.Add(time.Hour), Reason: "because"}
	if change != nil {
		change(g)
	}
	o.add(g)
}

// put replaces a row.
func (o *lintOffice) put(n pbx.Noun) {
	o.nouns = slices.DeleteFunc(o.nouns, func(x pbx.Noun) bool { return x.Ref() == n.Ref() })
	o.add(n)
}

func (o *lintOffice) drop(r pbx.Ref) {
	o.nouns = slices.DeleteFunc(o.nouns, func(x pbx.Noun) bool { return x.Ref() == r })
}

func (o *lintOffice) lints(t *testing.T) []string {
	t.Helper()
	s, err := pbx.NewSnapshot(1, o.nouns...)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range Lints(s, lintNow) {
		var people []string
		for _, u := range l.People {
			people = append(people, strings.TrimPrefix(string(u), "usr_"))
		}
		all = append(all, strings.TrimSpace(string(l.Rule)+" "+l.Right.lintName()+strings.Join(people, "+")))
	}
	return all
}

func (r Right) lintName() string {
	if r == NoRight {
		return ""
	}
	return r.String() + " "
}

func TestLints(t *testing.T) {
	everyone := []string{"ann", "bob", "cid", "dee", "eve", "fay"}
	suspended := func(name string) *pbx.User {
		return &pbx.User{ID: pbx.UserID("usr_" + name), Name: name, Email: name + "@x.example", Extension: "199", Suspensions: []pbx.Interval{{From: lintNow.Add(-time.Hour)}}}
	}
	for _, tt := range []struct {
		name string
		make func(*lintOffice)
		want []string
	}{
		{"nothing is wrong", func(*lintOffice) {}, nil},
		{"B-078: most people have a risky right over others", func(o *lintOffice) {
			for _, name := range everyone[2:] {
				o.grant(name, "user.suspend", nil)
			}
		}, []string{"broad user.suspend cid+dee+eve+fay"}},
		{"B-078: half of them is not most", func(o *lintOffice) {
			for _, name := range everyone[2:3] {
				o.grant(name, "user.suspend", nil)
			}
		}, nil},
		{"B-078: over themselves is no risk", func(o *lintOffice) {
			for _, name := range everyone[2:] {
				o.grant(name, "token.create", func(g *pbx.Grant) { g.Scope = pbx.Scope{Kind: pbx.ScopeSelf} })
			}
		}, nil},
		{"B-082: somebody with a number may not call", func(o *lintOffice) {
			o.grant("cid", "call.place", func(g *pbx.Grant) { g.Deny, g.Scope = true, pbx.Scope{Kind: pbx.ScopeSelf} })
		}, []string{"no_calls call.place cid"}},
		{"B-082: without a number nobody expects it", func(o *lintOffice) {
			o.put(&pbx.User{ID: "usr_cid", Name: "cid", Email: "cid@x.example"})
			o.grant("cid", "call.place", func(g *pbx.Grant) { g.Deny, g.Scope = true, pbx.Scope{Kind: pbx.ScopeSelf} })
		}, nil},
		{"B-084: somebody may not forward", func(o *lintOffice) {
			o.grant("cid", "forwarding.edit", func(g *pbx.Grant) { g.Deny, g.Scope = true, pbx.Scope{Kind: pbx.ScopeSelf} })
		}, []string{"no_forwarding forwarding.edit cid"}},
		{"B-084: locked on purpose", func(o *lintOffice) {
			o.grant("cid", "forwarding.edit", func(g *pbx.Grant) { g.Deny, g.Scope = true, pbx.Scope{Kind: pbx.ScopeSelf} })
			o.add(&pbx.Forwarding{User: "usr_cid", Locked: true})
		}, nil},
		{"B-085: a group that nobody looks after", func(o *lintOffice) {
			o.put(&pbx.Membership{ID: "mem_dee", User: "usr_dee", Group: "grp_sales", Role: "user", From: lintNow.Add(-time.Hour)})
		}, []string{"headless"}},
		{"B-085: the group above is looked after", func(o *lintOffice) {
			o.add(&pbx.Group{ID: "grp_north", Name: "North", Parent: "grp_sales"})
			for _, name := range everyone[4:] {
				o.add(&pbx.Membership{ID: pbx.MembershipID("mem_n" + name), User: pbx.UserID("usr_" + name), Group: "grp_north", Role: "user", From: lintNow.Add(-time.Hour)})
			}
		}, nil},
		{"B-085: a wish waits for a week", func(o *lintOffice) {
			o.add(&pbx.Access{ID: "acc_1", User: "usr_cid", Grants: []pbx.Wanted{{Right: "call.see", Scope: pbx.Scope{Kind: pbx.ScopeAll}}}, Reason: "r", Asked: lintNow.Add(-8 * 24 * time.Hour), Until: lintNow.Add(time.Hour)})
		}, []string{"waiting cid"}},
		{"B-085: a wish of yesterday may wait", func(o *lintOffice) {
			o.add(&pbx.Access{ID: "acc_1", User: "usr_cid", Grants: []pbx.Wanted{{Right: "call.see", Scope: pbx.Scope{Kind: pbx.ScopeAll}}}, Reason: "r", Asked: lintNow.Add(-24 * time.Hour), Until: lintNow.Add(time.Hour)})
		}, nil},
		{"B-079, B-081: everybody may call abroad, as long as he likes", func(o *lintOffice) {
			o.add(&pbx.Restriction{ID: "rst_1", Name: "All", On: []pbx.Ref{{Kind: pbx.KindGroup, ID: "grp_all"}}, Rules: []pbx.TollRule{{Effect: pbx.TollAllow, Classes: []string{"national", "international"}}}})
		}, []string{"abroad call.out", "no_limits call.out"}},
		{"B-081: with a limit, and for a few", func(o *lintOffice) {
			o.add(&pbx.Restriction{ID: "rst_1", Name: "Sales", On: []pbx.Ref{{Kind: pbx.KindGroup, ID: "grp_sales"}},
				Rules: []pbx.TollRule{{Effect: pbx.TollAllow, Classes: []string{"international"}}, {Effect: pbx.TollLimit, Minutes: 60}}})
		}, nil},
		{"B-081: a budget that stops calls is a limit", func(o *lintOffice) {
			o.add(&pbx.Budget{ID: "bud_1", Name: "Minutes", On: pbx.Ref{Kind: pbx.KindGroup, ID: "grp_sales"}, Measure: pbx.MeasureTime, Period: pbx.PeriodDay, Limit: 60})
			o.add(&pbx.Restriction{ID: "rst_1", Name: "Sales", On: []pbx.Ref{{Kind: pbx.KindGroup, ID: "grp_sales"}}, Rules: []pbx.TollRule{{Effect: pbx.TollAllow, Classes: []string{"international"}}}})
		}, nil},
		{"B-081: one that only reports is none", func(o *lintOffice) {
			o.add(&pbx.Budget{ID: "bud_1", Name: "Minutes", On: pbx.Ref{Kind: pbx.KindGroup, ID: "grp_sales"}, Measure: pbx.MeasureTime, Period: pbx.PeriodDay, Limit: 60, Report: true})
			o.add(&pbx.Restriction{ID: "rst_1", Name: "Sales", On: []pbx.Ref{{Kind: pbx.KindGroup, ID: "grp_sales"}}, Rules: []pbx.TollRule{{Effect: pbx.TollAllow, Classes: []string{"international"}}}})
		}, []string{"no_limits call.out"}},
		{"B-079: some countries are not everywhere", func(o *lintOffice) {
			o.add(&pbx.Restriction{ID: "rst_1", Name: "All", On: []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}}, Rules: []pbx.TollRule{{Effect: pbx.TollAllow, Classes: []string{"international"}, Countries: []string{"PL"}}}})
		}, nil},
		{"one owner alone", func(o *lintOffice) { o.drop(pbx.Ref{Kind: pbx.KindAssignment, ID: "asg_bobsystem_owner"}) }, []string{"one_owner ann"}},
		{"nobody can appoint an owner", func(o *lintOffice) {
			o.drop(pbx.Ref{Kind: pbx.KindAssignment, ID: "asg_bobsystem_owner"})
			o.put(suspended("ann"))
		}, []string{"no_appointer role.system", "suspended ann"}},
		{"the default group is managed", func(o *lintOffice) {
			o.put(&pbx.Membership{ID: "mem_cid", User: "usr_cid", Group: "grp_all", Role: "manager", From: lintNow.Add(-time.Hour)})
		}, []string{"default_admin cid"}},
		{"B-088: a risky right without an end", func(o *lintOffice) {
			o.grant("cid", "user.suspend", func(g *pbx.Grant) { g.Until = time.Time{} })
		}, []string{"endless user.suspend cid"}},
		{"B-088: a harmless one may stay", func(o *lintOffice) {
			o.grant("cid", "group.see", func(g *pbx.Grant) { g.Until = time.Time{} })
		}, nil},
		{"B-089: without a reason", func(o *lintOffice) {
			o.grant("cid", "group.see", func(g *pbx.Grant) { g.Reason = "" })
		}, []string{"unreasoned group.see cid"}},
		{"over what is gone", func(o *lintOffice) {
			o.grant("cid", "group.see", func(g *pbx.Grant) {
				g.Scope = pbx.Scope{Kind: pbx.ScopeListed, Refs: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_gone"}}}
			})
		}, []string{"empty_scope group.see cid"}},
		{"over what is partly there", func(o *lintOffice) {
			o.grant("cid", "group.see", func(g *pbx.Grant) {
				g.Scope = pbx.Scope{Kind: pbx.ScopeListed, Refs: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_gone"}, {Kind: pbx.KindUser, ID: "usr_ann"}}}
			})
		}, nil},
		{"held without it", func(o *lintOffice) {
			o.grant("ann", "user.see", func(g *pbx.Grant) { g.Until = time.Time{} })
			o.grant("dee", "call.see", func(g *pbx.Grant) {
				g.Until, g.Scope = time.Time{}, pbx.Scope{Kind: pbx.ScopeGroup, Group: "grp_sales"}
			})
		}, []string{"useless user.see ann", "useless call.see dee"}},
		{"over another group it is not", func(o *lintOffice) {
			o.grant("dee", "call.see", func(g *pbx.Grant) {
				g.Until, g.Scope = time.Time{}, pbx.Scope{Kind: pbx.ScopeGroup, Group: "grp_all"}
			})
		}, nil},
		{"suspended people would come back with power", func(o *lintOffice) {
			o.put(suspended("cid"))
			o.office("cid", "system_admin", "r")
		}, []string{"suspended cid"}},
		{"without power they may", func(o *lintOffice) { o.put(suspended("cid")) }, nil},
		{"a role nobody has", func(o *lintOffice) {
			o.add(&pbx.Role{ID: "rol_x", Name: "X", Class: pbx.RoleGroup, Cells: map[string]pbx.ScopeKind{"call.see": pbx.ScopeGroup}})
		}, []string{"unused_role"}},
		{"a role somebody has", func(o *lintOffice) {
			o.add(&pbx.Role{ID: "rol_x", Name: "X", Class: pbx.RoleGroup, Cells: map[string]pbx.ScopeKind{"call.place": pbx.ScopeSelf, "forwarding.edit": pbx.ScopeSelf, "recording.play": pbx.ScopeSelf, "call.see": pbx.ScopeGroup}})
			o.put(&pbx.Membership{ID: "mem_cid", User: "usr_cid", Group: "grp_all", Role: "rol_x", From: lintNow.Add(-time.Hour)})
		}, nil},
		{"a key without an end", func(o *lintOffice) { o.add(&pbx.Token{ID: "tok_1", User: "usr_ann", Name: "script", Hash: "h"}) }, []string{"token ann"}},
		{"a key with one", func(o *lintOffice) {
			o.add(&pbx.Token{ID: "tok_1", User: "usr_ann", Name: "script", Hash: "h", Until: lintNow.Add(time.Hour)})
		}, nil},
		{"a key to harmless things", func(o *lintOffice) {
			o.add(&pbx.Token{ID: "tok_1", User: "usr_ann", Name: "script", Hash: "h", Rights: []string{"user.see"}})
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newLintOffice()
			tt.make(o)
			if got := o.lints(t); !slices.Equal(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// The rules about rights of features that have not come yet are there, and silent.
func TestLintsOfFeatures(t *testing.T) {
	o := newLintOffice()
	for _, name := range []string{"ann", "bob", "cid", "dee", "eve", "fay"} {
		o.grant(name, "recording.play", nil)
	}
	got := o.lints(t)
	found := slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, "recordings ") })
	if found == RecordingPlay.IsAwaited() {
		t.Errorf("recordings: %q, and the feature is awaited: %v", got, RecordingPlay.IsAwaited())
	}
}

// Every finding has a rule of the list, a sentence and something to mend it with.
func TestLintsAreComplete(t *testing.T) {
	seen := map[LintRule]bool{}
	for _, r := range LintRules() {
		if seen[r] {
			t.Errorf("%s stands twice", r)
		}
		seen[r] = true
	}
	l := Lint{Rule: LintBroad}
	if l.Mend().Key != "lint.broad.mend" {
		t.Errorf("mended by %s", l.Mend().Key)
	}
}

func BenchmarkLints(b *testing.B) {
	s := company(b, 10_000, 1_000)
	b.ReportAllocs()
	for b.Loop() {
		Lints(s, lintNow)
	}
}
