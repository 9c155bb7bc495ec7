package pbx_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"tandem/pbx"
)

var day = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// office is a small company: Ada leads sales, Bob works in sales/north, Cid is in the default group.
func office(t testing.TB) *pbx.Snapshot {
	t.Helper()
	s, err := pbx.NewSnapshot(7,
		&pbx.Tenant{Name: "Acme", Country: "DE", Zone: "Europe/Berlin", Language: "de", Digits: 3, Claimed: day},
		&pbx.Group{ID: "grp_default", Name: "Default", Default: true, Created: day},
		&pbx.Group{ID: "grp_sales", Name: "Sales", Created: day},
		&pbx.Group{ID: "grp_north", Name: "North", Parent: "grp_sales", Created: day},
		&pbx.Role{ID: "rol_night", Name: "Night shift", Cells: map[string]pbx.ScopeKind{"call.see": pbx.ScopeGroup}},
		user("ada", "100"), user("bob", "102"), user("cid", "103"),
		member("ada", "sales", "manager"), member("bob", "north", "user"), member("cid", "default", "rol_night"),
		&pbx.Device{ID: "dev_ada", User: "usr_ada", Name: "Desk", Kind: pbx.DeviceDesk, Username: "xada", MD5: "m", SHA256: "s", Created: day},
		&pbx.Token{ID: "tok_bob", User: "usr_bob", Name: "script", Hash: "h1", Prefix: "tdm_1", Created: day},
		&pbx.Assignment{ID: "asg_ada", User: "usr_ada", Role: "owner", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: day},
		&pbx.Grant{ID: "gnt_bob", User: "usr_bob", Right: "call.see", Scope: pbx.Scope{Kind: pbx.ScopeTree, Group: "grp_sales"}, From: day},
	)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func user(name, extension string) *pbx.User {
	return &pbx.User{ID: pbx.UserID("usr_" + name), Name: name, Email: name + "@acme.example", Extension: extension, Created: day}
}

func member(user, group string, role pbx.RoleID) *pbx.Membership {
	return &pbx.Membership{ID: pbx.MembershipID("mem_" + user + "_" + group), User: pbx.UserID("usr_" + user), Group: pbx.GroupID("grp_" + group), Role: role, From: day}
}

func with[T any](v *T, change func(*T)) *T {
	next := *v
	change(&next)
	return &next
}

func put(n ...pbx.Noun) pbx.Change      { return pbx.Change{Put: n} }
func del(r ...pbx.Ref) pbx.Change       { return pbx.Change{Delete: r} }
func ref(k pbx.Kind, id string) pbx.Ref { return pbx.Ref{Kind: k, ID: id} }

func chain(n int) pbx.Change {
	var c pbx.Change
	parent := pbx.GroupID("")
	for i := range n {
		g := &pbx.Group{ID: pbx.GroupID(fmt.Sprintf("grp_c%02d", i)), Name: "deep", Parent: parent, Created: day}
		c.Put, parent = append(c.Put, g), g.ID
	}
	return c
}

func TestApply(t *testing.T) {
	s := office(t)
	u := func(id pbx.UserID, f func(*pbx.User)) pbx.Change { return put(with(s.Users[id], f)) }
	ended := func(m *pbx.Membership) { m.Until = day.Add(time.Hour) }
	tests := []struct {
		name   string
		change pbx.Change
		key    string // empty: accepted
		field  string
	}{
		{"nothing", pbx.Change{}, "", ""},
		{"a new person with a group", put(user("dee", "104"), member("dee", "sales", "user")), "", ""},
		{"a new person without a group", put(user("dee", "104")), "membership.last", "groups"},
		{"a taken extension", u("usr_bob", func(u *pbx.User) { u.Extension = "100" }), "user.extension_taken", "extension"},
		{"two people swap extensions", put(
			with(s.Users["usr_ada"], func(u *pbx.User) { u.Extension = "102" }),
			with(s.Users["usr_bob"], func(u *pbx.User) { u.Extension = "100" })), "", ""},
		{"no extension at all", u("usr_bob", func(u *pbx.User) { u.Extension = "" }), "", ""},
		{"an extension of one digit", u("usr_bob", func(u *pbx.User) { u.Extension = "1" }), "user.extension_invalid", "extension"},
		{"an extension of seven digits", u("usr_bob", func(u *pbx.User) { u.Extension = "1234567" }), "user.extension_invalid", "extension"},
		{"an extension with Arabic digits", u("usr_bob", func(u *pbx.User) { u.Extension = "١٢٣" }), "user.extension_invalid", "extension"},
		{"an emergency number of everywhere", u("usr_bob", func(u *pbx.User) { u.Extension = "112" }), "user.extension_emergency", "extension"},
		{"an emergency number of this country", u("usr_bob", func(u *pbx.User) { u.Extension = "110" }), "user.extension_emergency", "extension"},
		{"an emergency number of another country", u("usr_bob", func(u *pbx.User) { u.Extension = "101" }), "", ""},
		{"a move to a country where 103 is the ambulance", put(with(&s.Tenant, func(t *pbx.Tenant) { t.Country = "UA" })), "settings.country_emergency", "country"},
		{"a move to a country where people dial 103 for something else", put(with(&s.Tenant, func(t *pbx.Tenant) { t.Country = "ES" })), "", ""},
		{"a taken e-mail in other letters", u("usr_bob", func(u *pbx.User) { u.Email = "ADA@acme.example" }), "user.email_taken", "email"},
		{"an e-mail without a domain", u("usr_bob", func(u *pbx.User) { u.Email = "bob" }), "email.invalid", "email"},
		{"no e-mail", u("usr_bob", func(u *pbx.User) { u.Email = "" }), "email.invalid", "email"},
		{"an empty name", u("usr_bob", func(u *pbx.User) { u.Name = " " }), "name.empty", "name"},
		{"a name with a line break", u("usr_bob", func(u *pbx.User) { u.Name = "Bob\nAdmin" }), "name.characters", "name"},
		{"a name that turns its direction", u("usr_bob", func(u *pbx.User) { u.Name = "Bob\u202enimda" }), "name.characters", "name"},
		{"a name that is not UTF-8", u("usr_bob", func(u *pbx.User) { u.Name = "Bo\xff" }), "name.characters", "name"},
		{"a decomposed name", u("usr_bob", func(u *pbx.User) { u.Name = "Bo\u0308b" }), "name.characters", "name"},
		{"a name in Thai", u("usr_bob", func(u *pbx.User) { u.Name = "สมชาย" }), "", ""},
		{"an unknown language", u("usr_bob", func(u *pbx.User) { u.Language = "xx" }), "language.unknown", "language"},
		{"an unknown zone", u("usr_bob", func(u *pbx.User) { u.Zone = "Europe/Atlantis" }), "zone.unknown", "zone"},
		{"a mobile number without country", u("usr_bob", func(u *pbx.User) { u.Mobile = "01701234567" }), "user.mobile_invalid", "mobile"},
		{"a membership of nobody", put(member("zoe", "sales", "user")), "user.unknown", "user"},
		{"a membership of no group", put(member("bob", "moon", "user")), "group.unknown", "group"},
		{"a membership with a custom role that is not there", put(member("bob", "sales", "rol_gone")), "role.unknown", "role"},
		{"twice in one group", put(with(member("bob", "north", "user"), func(m *pbx.Membership) { m.ID = "mem_2" })), "membership.twice", "group"},
		{"a change of role", put(with(s.Memberships["mem_bob_north"], ended),
			with(member("bob", "north", "manager"), func(m *pbx.Membership) { m.ID, m.From = "mem_2", day.Add(time.Hour) })), "", ""},
		{"two main groups", put(with(member("bob", "north", "user"), func(m *pbx.Membership) { m.Main = true }),
			with(member("bob", "sales", "user"), func(m *pbx.Membership) { m.Main = true })), "membership.two_mains", "main"},
		{"the last membership ends", put(with(s.Memberships["mem_bob_north"], ended)), "membership.last", "groups"},
		{"the last membership is deleted", del(ref(pbx.KindMembership, "mem_bob_north")), "membership.last", "groups"},
		{"a user goes alone", del(ref(pbx.KindUser, "usr_bob")), "user.in_use", ""},
		{"a user goes with everything", del(append(s.Cascade(ref(pbx.KindUser, "usr_bob")), ref(pbx.KindUser, "usr_bob"))...), "", ""},
		{"somebody who is not there goes", del(ref(pbx.KindUser, "usr_zoe")), "change.missing", ""},
		{"a row put and deleted", pbx.Change{Put: []pbx.Noun{s.Users["usr_bob"]}, Delete: []pbx.Ref{ref(pbx.KindUser, "usr_bob")}}, "change.twice", ""},
		{"the settings go", del(s.Tenant.Ref()), "change.unknown", ""},
		{"a group below itself", put(with(s.Groups["grp_sales"], func(g *pbx.Group) { g.Parent = "grp_sales" })), "group.cycle", "parent"},
		{"a group below its child", put(with(s.Groups["grp_sales"], func(g *pbx.Group) { g.Parent = "grp_north" })), "group.cycle", "parent"},
		{"a group below nothing", put(with(s.Groups["grp_north"], func(g *pbx.Group) { g.Parent = "grp_moon" })), "group.parent_unknown", "parent"},
		{"ten levels", chain(10), "", ""},
		{"eleven levels", chain(11), "group.too_deep", "parent"},
		{"a tree of two moved below nine levels", func() pbx.Change {
			c := chain(9)
			c.Put = append(c.Put, with(s.Groups["grp_sales"], func(g *pbx.Group) { g.Parent = "grp_c08" }))
			return c
		}(), "group.too_deep", "parent"},
		{"a sibling of the same name", put(&pbx.Group{ID: "grp_2", Name: "SALES", Created: day}), "group.name_taken", "name"},
		{"a cousin of the same name", put(&pbx.Group{ID: "grp_2", Name: "Sales", Parent: "grp_default", Created: day}), "", ""},
		{"a second default", put(&pbx.Group{ID: "grp_2", Name: "Other", Default: true, Created: day}), "group.two_defaults", "default"},
		{"no default", put(with(s.Groups["grp_default"], func(g *pbx.Group) { g.Default = false })), "group.no_default", "default"},
		{"another default", put(with(s.Groups["grp_default"], func(g *pbx.Group) { g.Default = false }),
			with(s.Groups["grp_sales"], func(g *pbx.Group) { g.Default = true })), "", ""},
		{"a group with sub-groups goes", del(ref(pbx.KindGroup, "grp_sales")), "group.has_children", ""},
		{"a group with members goes", del(ref(pbx.KindGroup, "grp_north")), "group.in_use", ""},
		{"a role in use goes", del(ref(pbx.KindRole, "rol_night")), "role.in_use", ""},
		{"a second role of the same name", put(&pbx.Role{ID: "rol_2", Name: "night shift"}), "role.name_taken", "name"},
		{"a taken user name", put(&pbx.Device{ID: "dev_2", User: "usr_bob", Name: "Soft", Kind: pbx.DeviceSoft, Username: "xada"}), "device.username_taken", "username"},
		{"a user name with a space", put(&pbx.Device{ID: "dev_2", User: "usr_bob", Name: "Soft", Kind: pbx.DeviceSoft, Username: "x y"}), "device.username_invalid", "username"},
		{"a phone of nobody", put(&pbx.Device{ID: "dev_2", User: "usr_zoe", Name: "Soft", Kind: pbx.DeviceSoft, Username: "xzoe"}), "user.unknown", "user"},
		{"a phone of no kind", put(&pbx.Device{ID: "dev_2", User: "usr_bob", Name: "Soft", Username: "xbob"}), "device.kind_unknown", "kind"},
		{"a token with a known hash", put(&pbx.Token{ID: "tok_2", User: "usr_ada", Name: "b", Hash: "h1"}), "token.taken", ""},
		{"a grant for a group that is not there", put(&pbx.Grant{ID: "gnt_2", User: "usr_bob", Right: "x", Scope: pbx.Scope{Kind: pbx.ScopeGroup}}), "group.unknown", "scope"},
		{"an extension of five digits by default", put(with(&s.Tenant, func(t *pbx.Tenant) { t.Digits = 5 })), "settings.digits_range", "digits"},
		{"a company without name", put(with(&s.Tenant, func(t *pbx.Tenant) { t.Name = "" })), "name.empty", "name"},
		{"a mail host without sender", put(with(&s.Tenant, func(t *pbx.Tenant) { t.Mail.Host = "mail" })), "settings.mail_from_missing", "mail.from"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			next, err := s.Apply(tt.change)
			var e *pbx.Error
			switch {
			case tt.key == "" && err != nil:
				t.Fatalf("refused: %v", err)
			case tt.key == "":
				if _, err := pbx.NewSnapshot(1, nouns(next)...); err != nil {
					t.Fatalf("accepted, but the whole is refused: %v", err)
				}
			case !errors.As(err, &e) || e.Text.Key != tt.key || e.Field != tt.field:
				t.Fatalf("error = %v, want %s at %q", err, tt.key, tt.field)
			}
		})
	}
	if s.ByEmail("BOB@acme.example") != s.Users["usr_bob"] || s.Version != 7 {
		t.Error("the snapshot changed under the tests")
	}
}

func nouns(s *pbx.Snapshot) []pbx.Noun {
	var all []pbx.Noun
	for n := range s.All() {
		all = append(all, n)
	}
	return all
}

func TestCascade(t *testing.T) {
	s := office(t)
	got := fmt.Sprint(s.Cascade(ref(pbx.KindUser, "usr_bob")))
	if want := "[grant:gnt_bob membership:mem_bob_north token:tok_bob]"; got != want {
		t.Errorf("of a user: %s, want %s", got, want)
	}
	got = fmt.Sprint(s.Cascade(ref(pbx.KindGroup, "grp_sales")))
	if want := "[grant:gnt_bob membership:mem_ada_sales]"; got != want {
		t.Errorf("of a group: %s, want %s", got, want)
	}
}

func TestDiff(t *testing.T) {
	s := office(t)
	c := pbx.Change{
		Put: []pbx.Noun{
			s.Users["usr_ada"],
			with(s.Users["usr_bob"], func(u *pbx.User) { u.Name = "Robert" }),
			with(s.Devices["dev_ada"], func(d *pbx.Device) { d.MD5 = "other" }),
			&pbx.Group{ID: "grp_new", Name: "New", Created: day},
		},
		Delete: []pbx.Ref{ref(pbx.KindToken, "tok_bob")},
	}
	var got []string
	for _, d := range s.Diff(c) {
		got = append(got, fmt.Sprint(d.Ref, d.Before != nil, d.After != nil))
	}
	want := "[user:usr_bob true true device:dev_ada true true group:grp_new false true token:tok_bob true false]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFindOfNothingIsNil(t *testing.T) {
	s := office(t)
	for _, k := range []pbx.Kind{pbx.KindUser, pbx.KindGroup, pbx.KindRole, pbx.KindMembership, pbx.KindAssignment, pbx.KindGrant,
		pbx.KindDevice, pbx.KindToken, pbx.KindSettings, pbx.KindCall} {
		if n := s.Find(ref(k, "none")); n != nil {
			t.Errorf("%s: %v", k, n)
		}
	}
}
