package command

import (
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
)

func p[T any](v T) *T { return &v }

func TestUserCommands(t *testing.T) {
	create := func(groups ...Place) func(*office) Command {
		return func(*office) Command {
			return CreateUser{Person: Person{Name: "New", Email: "new@example.com", Groups: groups}}
		}
	}
	into := func(group, role string) func(*office) Command {
		return func(o *office) Command { return create(Place{o.group(group), pbx.RoleID(role)})(o) }
	}
	person := func(change func(*Person)) func(*office) Command {
		return func(*office) Command {
			c := CreateUser{Person: Person{Name: "New", Email: "new@example.com"}}
			change(&c.Person)
			return c
		}
	}
	edit := func(name string, change func(*EditUser)) func(*office) Command {
		return func(o *office) Command {
			c := EditUser{User: o.user(name)}
			change(&c)
			return c
		}
	}
	made := []event.Kind{event.UserCreated, event.MembershipCreated}
	play(t, []step{
		{"an owner creates a person in Default", "olga", create(), "ok", made},
		{"an administrator creates a person", "sven", create(), "ok", made},
		{"a manager creates a person in his group", "mark", into("sales", ""), "ok", made},
		{"a manager creates a manager in his group", "mark", into("sales", "manager"), "ok", made},
		{"a manager may not give more than manager", "mark", into("sales", "group_owner"), "denied denied.not_assignable @groups", nil},
		{"a manager knows no other group", "mark", into("support", ""), "not_found error.not_found", nil},
		{"a manager does not create in Default", "mark", create(), "not_found error.not_found", nil},
		{"a plain user creates nobody", "uwe", into("sales", ""), "denied denied.no_grant", nil},
		{"an auditor creates nobody", "anna", create(), "denied denied.no_grant", nil},
		{"a group owner creates in the sub-group", "greta", into("north", "manager"), "ok", made},
		{"an owner names an administrator", "olga", func(*office) Command {
			return CreateUser{Person: Person{Name: "New", Email: "new@example.com"}, OfficeRole: "system_admin"}
		}, "ok", append(made, event.AssignmentCreated)},
		{"an administrator names no administrator", "sven", func(*office) Command {
			return CreateUser{Person: Person{Name: "New", Email: "new@example.com"}, OfficeRole: "system_admin"}
		}, "denied denied.no_grant @office_role", nil},
		{"no name", "olga", person(func(p *Person) { p.Name = " \t " }), "invalid name.empty @name", nil},
		{"a name with a hidden turn of direction", "olga", person(func(p *Person) { p.Name = "Bob\u202egpj.exe" }), "invalid name.characters @name", nil},
		{"a name with NUL", "olga", person(func(p *Person) { p.Name = "Bo\x00b" }), "invalid name.characters @name", nil},
		{"a long name", "olga", person(func(p *Person) { p.Name = strings.Repeat("x", 101) }), "invalid name.too_long @name", nil},
		{"a name from right to left with a smile", "olga", person(func(p *Person) { p.Name = "שרה 🙂 أحمد" }), "ok", made},
		{"no e-mail", "olga", person(func(p *Person) { p.Email = "" }), "invalid email.empty @email", nil},
		{"an e-mail without place", "olga", person(func(p *Person) { p.Email = "new@" }), "invalid email.invalid @email", nil},
		{"somebody's e-mail in capitals", "olga", person(func(p *Person) { p.Email = "UWE@example.com" }), "conflict user.email_taken @email", nil},
		{"somebody's extension", "olga", person(func(p *Person) { p.Extension = new(string); *p.Extension = "100" }), "conflict user.extension_taken @extension", nil},
		{"an emergency number", "olga", person(func(p *Person) { p.Extension = new(string); *p.Extension = "110" }), "invalid user.extension_emergency @extension", nil},
		{"letters as extension", "olga", person(func(p *Person) { p.Extension = new(string); *p.Extension = "1o1" }), "invalid user.extension_invalid @extension", nil},
		{"no extension on purpose", "olga", person(func(p *Person) { p.Extension = new(string) }), "ok", made},
		{"a mobile number as dialled at home", "olga", person(func(p *Person) { p.Mobile = "0170 1234567" }), "ok", made},
		{"no mobile number", "olga", person(func(p *Person) { p.Mobile = "call me" }), "invalid user.mobile_invalid @mobile", nil},
		{"an unknown language", "olga", person(func(p *Person) { p.Language = "tlh" }), "invalid language.unknown @language", nil},
		{"an unknown zone", "olga", person(func(p *Person) { p.Zone = "Europe/Atlantis" }), "invalid zone.unknown @zone", nil},

		{"oneself: own name", "uwe", edit("uwe", func(c *EditUser) { c.Name = p("Uwe B.") }), "ok", []event.Kind{event.UserChanged}},
		{"oneself: own mobile", "uwe", edit("uwe", func(c *EditUser) { c.Mobile = p("+49 170 1234567") }), "ok", []event.Kind{event.UserChanged}},
		{"oneself: not the own extension", "uwe", edit("uwe", func(c *EditUser) { c.Extension = p("777") }), "denied denied.no_grant", nil},
		{"oneself: not where the own phones sign in", "uwe", edit("uwe", func(c *EditUser) { c.Networks = &[]string{} }), "denied denied.no_grant", nil},
		{"where phones sign in", "olga", edit("uwe", func(c *EditUser) { c.Networks = &[]string{"192.168.0.0/16", "10.1.2.3"} }), "ok", []event.Kind{event.UserChanged}},
		{"where phones sign in: nowhere", "olga", edit("uwe", func(c *EditUser) { c.Networks = &[]string{"at home"} }), "invalid token.network_bad @networks", nil},
		{"a colleague's name", "uwe", edit("nina", func(c *EditUser) { c.Name = p("X") }), "denied denied.no_grant", nil},
		{"a stranger's name", "uwe", edit("tom", func(c *EditUser) { c.Name = p("X") }), "not_found error.not_found", nil},
		{"nobody's name", "uwe", func(*office) Command { return EditUser{User: "usr_none", Name: p("X")} }, "not_found error.not_found", nil},
		{"a manager changes an extension", "mark", edit("uwe", func(c *EditUser) { c.Extension = p("777") }), "ok", []event.Kind{event.UserChanged}},
		{"a manager hears who has the number, if he may", "mark", edit("uwe", func(c *EditUser) { c.Extension = p("100") }), "conflict user.extension_taken_hidden @extension", nil},
		{"nothing new leaves no trace", "uwe", edit("uwe", func(c *EditUser) { c.Name = p("uwe") }), "ok", nil},
		{"a manager does not edit the owner of his group", "mark", edit("greta", func(c *EditUser) { c.Email = p("x@example.com") }), "denied denied.standing", nil},

		{"a manager suspends", "mark", func(o *office) Command { return SuspendUser{User: o.user("uwe"), Reason: "left"} }, "ok", []event.Kind{event.UserSuspended}},
		{"nobody suspends himself", "olga", func(o *office) Command { return SuspendUser{User: o.user("olga")} }, "denied denied.no_grant", nil},
		{"restoring who is not suspended", "mark", func(o *office) Command { return RestoreUser{User: o.user("uwe")} }, "ok", nil},
		{"the last owner stays, even for the system", "system", func(o *office) Command { return SuspendUser{User: o.user("olga")} }, "denied user.last_owner", nil},
		{"the last owner is not deleted", "system", func(o *office) Command { return DeleteUser{User: o.user("olga")} }, "denied user.last_owner", nil},
		{"a manager does not delete", "mark", func(o *office) Command { return DeleteUser{User: o.user("uwe")} }, "denied denied.no_grant", nil},
		{"a group owner deletes", "greta", func(o *office) Command { return DeleteUser{User: o.user("uwe")} }, "ok", []event.Kind{event.UserDeleted, event.MembershipEnded}},
		{"deleting nobody", "olga", func(*office) Command { return DeleteUser{User: "usr_none"} }, "not_found error.not_found", nil},
		{"a reason without end", "olga", func(o *office) Command {
			return SuspendUser{User: o.user("uwe"), Reason: strings.Repeat("x", 501)}
		}, "invalid reason.long @reason", nil},
	})
}

func TestGroupCommands(t *testing.T) {
	play(t, []step{
		{"an owner makes a top group with members", "olga", func(o *office) Command {
			return CreateGroup{Name: "Press", Members: []pbx.UserID{o.user("dora"), o.user("uwe"), o.user("dora")}}
		}, "ok", []event.Kind{event.GroupCreated, event.MembershipCreated, event.MembershipCreated}},
		{"a group owner makes a sub-group", "greta", func(o *office) Command { return CreateGroup{Name: "South", Parent: o.group("sales")} }, "ok", []event.Kind{event.GroupCreated}},
		{"a group owner makes no top group", "greta", func(*office) Command { return CreateGroup{Name: "South"} }, "denied denied.no_grant", nil},
		{"a manager makes no group", "mark", func(o *office) Command { return CreateGroup{Name: "South", Parent: o.group("sales")} }, "denied denied.no_grant", nil},
		{"a name twice among siblings", "olga", func(*office) Command { return CreateGroup{Name: "SALES"} }, "conflict group.name_taken @name", nil},
		{"a parent that is not there", "olga", func(*office) Command { return CreateGroup{Name: "South", Parent: "grp_none"} }, "not_found error.not_found", nil},
		{"a group below itself", "olga", func(o *office) Command {
			return EditGroup{Group: o.group("sales"), Parent: p(o.group("north"))}
		}, "conflict group.cycle @parent", nil},
		{"moving to the top", "olga", func(o *office) Command { return EditGroup{Group: o.group("north"), Parent: p(pbx.GroupID(""))} }, "ok", []event.Kind{event.GroupChanged}},
		{"a group owner does not move out of his tree", "greta", func(o *office) Command {
			return EditGroup{Group: o.group("north"), Parent: p(pbx.GroupID(""))}
		}, "denied denied.no_grant", nil},
		{"a manager renames his group", "mark", func(o *office) Command { return EditGroup{Group: o.group("sales"), Name: p("Sale")} }, "ok", []event.Kind{event.GroupChanged}},
		{"a manager does not publish it", "mark", func(o *office) Command { return EditGroup{Group: o.group("sales"), Published: p(true)} }, "denied denied.no_grant", nil},
		{"a user renames nothing", "uwe", func(o *office) Command { return EditGroup{Group: o.group("sales"), Name: p("X")} }, "denied denied.no_grant", nil},
		{"a stranger finds nothing", "tom", func(o *office) Command { return EditGroup{Group: o.group("sales"), Name: p("X")} }, "not_found error.not_found", nil},
		{"members move to Default", "olga", func(o *office) Command { return DeleteGroup{Group: o.group("north")} }, "ok",
			[]event.Kind{event.GroupDeleted, event.MembershipEnded, event.MembershipCreated}},
		{"Default stays", "olga", func(o *office) Command { return DeleteGroup{Group: o.group("default")} }, "invalid group.default_stays", nil},
		{"a group with groups below stays", "olga", func(o *office) Command { return DeleteGroup{Group: o.group("sales")} }, "conflict group.has_children", nil},
	})
}

func TestMemberCommands(t *testing.T) {
	set := func(user, group, role string) func(*office) Command {
		return func(o *office) Command {
			return SetMember{User: o.user(user), Group: o.group(group), Role: pbx.RoleID(role)}
		}
	}
	changed := []event.Kind{event.MembershipEnded, event.MembershipCreated}
	play(t, []step{
		{"a manager makes a receptionist", "mark", set("uwe", "sales", "receptionist"), "ok", changed},
		{"a manager makes no group owner", "mark", set("uwe", "sales", "group_owner"), "denied denied.not_assignable", nil},
		{"a manager does not unseat the owner", "mark", set("greta", "sales", "user"), "denied denied.standing", nil},
		{"nobody raises himself", "greta", set("greta", "sales", "manager"), "denied denied.oneself", nil},
		{"no pulling in from another group", "mark", set("tom", "sales", ""), "not_found error.not_found", nil},
		{"an owner adds to a second group", "olga", set("tom", "sales", ""), "ok", []event.Kind{event.MembershipCreated}},
		{"the same role again", "mark", set("uwe", "sales", "user"), "ok", nil},
		{"Default carries no managers", "olga", set("dora", "default", "manager"), "denied denied.default_group", nil},
		{"a role that is none", "olga", set("uwe", "sales", "king"), "denied denied.not_assignable", nil},
		{"a second group as the main one", "olga", func(o *office) Command {
			return SetMember{User: o.user("uwe"), Group: o.group("support"), Main: true}
		}, "ok", []event.Kind{event.MembershipCreated, event.MembershipChanged}},
		{"taking out of the only group", "mark", func(o *office) Command { return RemoveMember{User: o.user("uwe"), Group: o.group("sales")} }, "ok", changed},
		{"taking out who is not in", "olga", func(o *office) Command { return RemoveMember{User: o.user("tom"), Group: o.group("sales")} }, "not_found error.not_found", nil},
		{"a user takes nobody out", "uwe", func(o *office) Command { return RemoveMember{User: o.user("nina"), Group: o.group("sales")} }, "denied denied.no_grant", nil},
		{"an owner appoints an administrator", "olga", func(o *office) Command { return SetOfficeRole{User: o.user("dora"), Role: "system_admin"} }, "ok", []event.Kind{event.AssignmentCreated}},
		{"an administrator appoints none", "sven", func(o *office) Command { return SetOfficeRole{User: o.user("dora"), Role: "system_admin"} }, "denied denied.no_grant", nil},
		{"an owner dismisses an administrator", "olga", func(o *office) Command {
			return SetOfficeRole{User: o.user("sven"), Role: "system_admin", Take: true}
		}, "ok", []event.Kind{event.AssignmentEnded}},
		{"an owner does not dismiss himself", "olga", func(o *office) Command {
			return SetOfficeRole{User: o.user("olga"), Role: "system_owner", Take: true}
		}, "denied denied.oneself", nil},
		{"the last owner is not dismissed", "system", func(o *office) Command {
			return SetOfficeRole{User: o.user("olga"), Role: "system_owner", Take: true}
		}, "denied user.last_owner", nil},
	})
}

func TestDeviceAndTokenCommands(t *testing.T) {
	play(t, []step{
		{"one's own phone", "uwe", func(o *office) Command { return CreateDevice{User: o.user("uwe"), Name: "Laptop"} }, "ok", []event.Kind{event.DeviceCreated}},
		{"an owner's own phone", "olga", func(o *office) Command { return CreateDevice{User: o.user("olga"), Name: "Desk", Kind: pbx.DeviceDesk} }, "ok", []event.Kind{event.DeviceCreated}},
		{"a phone for a member", "mark", func(o *office) Command { return CreateDevice{User: o.user("uwe"), Name: "Desk"} }, "ok", []event.Kind{event.DeviceCreated}},
		{"no phone for a colleague", "nina", func(o *office) Command { return CreateDevice{User: o.user("uwe"), Name: "Desk"} }, "denied denied.no_grant", nil},
		{"no phone for a stranger", "tom", func(o *office) Command { return CreateDevice{User: o.user("uwe"), Name: "Desk"} }, "not_found error.not_found", nil},
		{"a phone of no kind", "olga", func(o *office) Command { return CreateDevice{User: o.user("uwe"), Name: "Desk", Kind: "fax"} }, "invalid device.kind_unknown @kind", nil},
		{"a phone that is not there", "olga", func(*office) Command { return RenewSecret{Device: "dev_none"} }, "not_found error.not_found", nil},
		{"an owner's token", "olga", func(o *office) Command { return CreateToken{User: o.user("olga"), Name: "Script"} }, "ok", []event.Kind{event.TokenCreated}},
		{"a user has no right to tokens", "uwe", func(o *office) Command { return CreateToken{User: o.user("uwe"), Name: "Script"} }, "denied denied.no_grant", nil},
		{"no token for others", "olga", func(o *office) Command { return CreateToken{User: o.user("uwe"), Name: "Script"} }, "denied denied.no_grant", nil},
		{"a token that may make tokens", "olga", func(o *office) Command {
			return CreateToken{User: o.user("olga"), Name: "Script", Rights: []string{"token.create"}}
		}, "invalid token.right_bad @rights", nil},
		{"a token for ever", "olga", func(o *office) Command {
			return CreateToken{User: o.user("olga"), Name: "Script", Expires: start.AddDate(9, 0, 0)}
		}, "invalid token.expires_bad @expires", nil},
		{"a token of yesterday", "olga", func(o *office) Command {
			return CreateToken{User: o.user("olga"), Name: "Script", Expires: start.AddDate(0, 0, -1)}
		}, "invalid token.expires_bad @expires", nil},
		{"a token for some networks", "olga", func(o *office) Command {
			return CreateToken{User: o.user("olga"), Name: "Script", Networks: []string{" 192.0.2.7 ", "", "2001:db8::/32", "192.0.2.7/32"}}
		}, "ok", []event.Kind{event.TokenCreated}},
		{"a token for no network", "olga", func(o *office) Command {
			return CreateToken{User: o.user("olga"), Name: "Script", Networks: []string{"192.0.2.0/33"}}
		}, "invalid token.network_bad @networks", nil},
	})
}

func TestSettingCommands(t *testing.T) {
	set := func(c EditSettings) func(*office) Command { return func(*office) Command { return c } }
	changed := []event.Kind{event.SettingsChanged}
	play(t, []step{
		{"an owner renames the office", "olga", set(EditSettings{Name: p("New name")}), "ok", changed},
		{"an administrator sets mail", "sven", set(EditSettings{Mail: &EditMail{Host: p("mail.example.com"), From: p("pbx@example.com"), Password: p("x")}}), "ok", changed},
		{"only the password changes", "sven", set(EditSettings{Mail: &EditMail{Password: p("y")}}), "ok", changed},
		{"a manager sets nothing", "mark", set(EditSettings{Name: p("X")}), "denied denied.no_grant", nil},
		{"mail from nobody", "olga", set(EditSettings{Mail: &EditMail{Host: p("mail.example.com")}}), "invalid mail.from_missing @mail.from", nil},
		{"a bad host", "olga", set(EditSettings{Public: p("http://pbx/")}), "invalid settings.host_bad @public", nil},
		{"an address as public name", "olga", set(EditSettings{Public: p("192.0.2.7")}), "ok", changed},
		{"numbers of one digit", "olga", set(EditSettings{Digits: p(1)}), "invalid settings.digits_bad @digits", nil},
		{"no country", "olga", set(EditSettings{Country: p("Germany")}), "invalid country.unknown @country", nil},
		{"a country whose emergency number somebody has", "olga", set(EditSettings{Country: p("RU")}), "conflict settings.country_emergency @country", nil},
		{"a second claim", "system", func(*office) Command {
			return Claim{Name: "X", Email: "x@example.com", Company: "X", Country: "DE"}
		}, "conflict setup.claimed", nil},
		{"a claim by a person", "olga", func(*office) Command { return Claim{} }, "denied setup.only_by_link", nil},
	})
}

// Who leaves his main group while he sits in another one has that as his main group (D-062).
func TestLeavingTheMainGroup(t *testing.T) {
	o := full(t)
	o.must(o.actor("olga"), SetMember{User: o.user("uwe"), Group: o.group("support")})
	o.now = o.now.Add(time.Hour)
	left := o.must(o.actor("olga"), RemoveMember{User: o.user("uwe"), Group: o.group("sales")})
	for _, m := range o.view().MembershipsOf(o.user("uwe")) {
		if m.Main != (m.Group == o.group("support")) || m.IsActive(o.now) != m.Main {
			t.Errorf("%+v", m)
		}
	}
	back := o.must(o.actor("olga"), Undo{Facts: left.Facts})
	o.must(o.actor("olga"), Undo{Facts: back.Facts})
}
