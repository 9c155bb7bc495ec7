package command

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
)

func TestRoleCommands(t *testing.T) {
	created := []event.Kind{event.RoleCreated}
	nights := map[string]pbx.ScopeKind{"call.see": pbx.ScopeGroup, "presence.see": pbx.ScopeTree, "call.place": pbx.ScopeSelf}
	play(t, []step{
		{"an owner makes an empty role", "olga", func(*office) Command { return CreateRole{Name: "Night shift"} }, "ok", created},
		{"an owner copies a built-in role", "olga", func(*office) Command { return CreateRole{Name: "Lead", Base: "manager"} }, "ok", created},
		{"an owner copies an office-wide role as a level", "olga", func(*office) Command { return CreateRole{Name: "Tech", Base: "telephony_admin"} }, "ok", created},
		{"with cells of its own", "olga", func(*office) Command { return CreateRole{Name: "Night shift", Cells: nights} }, "ok", created},
		{"an administrator makes none", "sven", func(*office) Command { return CreateRole{Name: "Night shift"} }, "denied denied.no_grant", nil},
		{"a user makes none", "uwe", func(*office) Command { return CreateRole{Name: "Night shift"} }, "denied denied.no_grant", nil},
		{"a copy of nothing", "olga", func(*office) Command { return CreateRole{Name: "X", Base: "king"} }, "invalid role.unknown @base", nil},
		{"a class that is none", "olga", func(*office) Command { return CreateRole{Name: "X", Class: "office"} }, "invalid role.class_unknown @class", nil},
		{"no name", "olga", func(*office) Command { return CreateRole{Name: " "} }, "invalid name.empty @name", nil},
		{"a right that is none", "olga", func(*office) Command {
			return CreateRole{Name: "X", Cells: map[string]pbx.ScopeKind{"call.sing": pbx.ScopeSelf}}
		}, "invalid right.unknown @cells", nil},
		{"everything never comes from a group role", "olga", func(*office) Command {
			return CreateRole{Name: "X", Cells: map[string]pbx.ScopeKind{"call.see": pbx.ScopeAll}}
		}, "invalid role.cell_unfit @cells.call.see", nil},
		{"nobody copies the right to make owners", "olga", func(*office) Command {
			return CreateRole{Name: "X", Class: pbx.RoleLevel, Cells: map[string]pbx.ScopeKind{"role.system": pbx.ScopeAll}}
		}, "invalid role.cell_unfit @cells.role.system", nil},
		{"the administration is derived, never stored", "olga", func(*office) Command {
			return CreateRole{Name: "X", Class: pbx.RoleLevel, Cells: map[string]pbx.ScopeKind{"admin.access": pbx.ScopeSelf}}
		}, "invalid role.cell_unfit @cells.admin.access", nil},
		{"built-in roles stay", "olga", func(*office) Command { return EditRole{Role: "manager", Name: p("X")} }, "invalid role.builtin_stays", nil},
		{"built-in roles are not deleted", "olga", func(*office) Command { return DeleteRole{Role: "manager"} }, "invalid role.builtin_stays", nil},
		{"editing nothing", "olga", func(*office) Command { return EditRole{Role: "rol_none"} }, "not_found error.not_found", nil},
		{"deleting nothing", "olga", func(*office) Command { return DeleteRole{Role: "rol_none"} }, "not_found error.not_found", nil},
	})
}

// shift is an office with a role that greta's group owner cannot have made and that nina holds in Sales.
func shift(t *testing.T) (*office, pbx.RoleID) {
	o := full(t)
	r := o.must(o.actor("olga"), CreateRole{Name: "Shift lead", Base: "receptionist"})
	id := pbx.RoleID(r.Object.ID)
	o.must(o.actor("olga"), SetMember{User: o.user("nina"), Group: o.group("sales"), Role: id})
	return o, id
}

func TestCustomRolesAreGiven(t *testing.T) {
	o, id := shift(t)
	mia, nina := o.actor("mia"), o.actor("nina")
	see := func(name string) bool {
		return policy.Decide(o.view(), policy.Request{Actor: nina, Right: policy.CallPickup, Target: policy.User(o.user(name)), At: o.now}).OK
	}
	if !see("uwe") || see("tom") {
		t.Errorf("nina picks up for uwe: %v, for tom: %v", see("uwe"), see("tom"))
	}
	o.must(mia, SetMember{User: o.user("tom"), Group: o.group("support"), Role: id}) // a manager holds all of it
	o.refuses("mia", SetMember{User: o.user("tom"), Group: o.group("support"), Role: o.role("Boss", "group_owner")}, "denied.not_assignable")
	low := pbx.RoleID("user")
	o.must(o.actor("olga"), EditGroup{Group: o.group("support"), Ceiling: &low})
	o.refuses("mia", SetMember{User: o.user("tom"), Group: o.group("support"), Role: id}, "")
	o.refuses("mia", SetMember{User: o.user("tom"), Group: o.group("support"), Role: o.role("Desk", "receptionist")}, "denied.standing")
	o.refuses("olga", SetMember{User: o.user("dora"), Group: o.group("default"), Role: id}, "denied.default_group")
	o.refuses("olga", SetOfficeRole{User: o.user("dora"), Role: id}, "denied.not_assignable")
	tech := o.role("Tech", "telephony_admin")
	o.must(o.actor("olga"), SetOfficeRole{User: o.user("dora"), Role: tech})
	o.refuses("sven", SetOfficeRole{User: o.user("anna"), Role: tech}, "denied.standing")
	o.refuses("olga", SetMember{User: o.user("uwe"), Group: o.group("sales"), Role: tech}, "denied.not_assignable")
	o.refuses("olga", EditRole{Role: id, Name: p("Boss")}, "role.name_taken")
}

// role makes a custom role as the owner.
func (o *office) role(name string, base pbx.RoleID) pbx.RoleID {
	return pbx.RoleID(o.must(o.actor("olga"), CreateRole{Name: name, Base: base}).Object.ID)
}

// refuses wants a command refused with a sentence; empty wants it to change nothing.
func (o *office) refuses(who string, c Command, key string) {
	o.t.Helper()
	r, err := o.Try(o.t.Context(), o.actor(who), c)
	switch e, ok := asRefusal(err); {
	case key == "" && (err != nil || len(r.Differences) > 0):
		o.t.Errorf("%T by %s: %v, %v", c, who, err, r.Differences)
	case key != "" && (!ok || e.Text.Key != key):
		o.t.Errorf("%T by %s: %v, want %s", c, who, err, key)
	}
}

// N-10, I-1, I-2, I-4: a template in use is given anew to everybody who has it.
func TestTemplatesInUse(t *testing.T) {
	o, id := shift(t)
	// dora edits roles and changes roles everywhere, and otherwise holds what a receptionist holds in Sales.
	editor := pbx.RoleID(o.must(o.actor("olga"), CreateRole{Name: "Editor", Class: pbx.RoleLevel, Cells: map[string]pbx.ScopeKind{
		"role.edit": pbx.ScopeAll, "membership.edit": pbx.ScopeAll, "membership.role": pbx.ScopeAll, "recording.play": pbx.ScopeSelf}}).Object.ID)
	o.must(o.actor("olga"), SetMember{User: o.user("dora"), Group: o.group("sales"), Role: "department_head"})
	o.must(o.actor("olga"), SetOfficeRole{User: o.user("dora"), Role: editor})
	cell := func(right string, k pbx.ScopeKind) EditRole {
		return EditRole{Role: id, Cells: map[string]pbx.ScopeKind{right: k}}
	}
	o.refuses("dora", cell("trunk.edit", pbx.ScopeGroup), "denied.standing") // nina holds what dora could not take: call.pickup in Sales
	o.must(o.actor("olga"), EditRole{Role: id, Cells: map[string]pbx.ScopeKind{}})
	if s := o.view(); len(s.Roles[id].Cells) == 0 {
		t.Error("an empty change emptied the role")
	}
	strip := map[string]pbx.ScopeKind{}
	for name := range o.view().Roles[id].Cells {
		strip[name] = pbx.ScopeNone
	}
	strip["user.see"] = pbx.ScopeGroup
	o.must(o.actor("olga"), EditRole{Role: id, Cells: strip})
	o.refuses("dora", cell("trunk.edit", pbx.ScopeGroup), "denied.ceiling")
	o.must(o.actor("dora"), cell("recording.play", pbx.ScopeGroup)) // a head of department plays what Sales says
	o.must(o.actor("olga"), SetMember{User: o.user("tom"), Group: o.group("support"), Role: id})
	o.refuses("dora", cell("recording.play", pbx.ScopeNone), "denied.standing") // tom holds it over Support, where dora does not
	o.refuses("dora", EditRole{Role: editor, Cells: map[string]pbx.ScopeKind{"user.see": pbx.ScopeAll}}, "denied.oneself")
	o.refuses("olga", DeleteRole{Role: id}, "role.in_use_by")
	o.must(o.actor("olga"), SetMember{User: o.user("tom"), Group: o.group("support"), Role: "user"})
	o.must(o.actor("olga"), SetMember{User: o.user("nina"), Group: o.group("sales"), Role: "user"})
	o.must(o.actor("olga"), DeleteRole{Role: id})
	again, err := o.tenant.Load(t.Context())
	if err != nil || again.Roles[id] != nil {
		t.Errorf("after deleting a role whose holders are of the past: %v", err)
	}
}

// AZ-31: what a preview tells is what changes.
func TestPreviewTellsWhatChanges(t *testing.T) {
	o, id := shift(t)
	changes := []Command{
		EditRole{Role: id, Cells: map[string]pbx.ScopeKind{"call.listen": pbx.ScopeGroup, "call.pickup": pbx.ScopeNone}},
		EditRole{Role: id, Cells: map[string]pbx.ScopeKind{"user.see": pbx.ScopeTree}},
		SetMember{User: o.user("tom"), Group: o.group("support"), Role: id},
		SetOfficeRole{User: o.user("uwe"), Role: "contact_centre"},
		SetMember{User: o.user("mark"), Group: o.group("sales"), Role: "user"},
	}
	told := 0
	for _, c := range changes {
		before := o.view()
		try, err := o.Try(t.Context(), o.actor("olga"), c)
		if err != nil {
			t.Fatal(err)
		}
		said := policy.Preview(before, try.Snapshot, o.now)
		done := o.must(o.actor("olga"), c)
		if did := policy.Preview(before, done.Snapshot, o.now); !reflect.DeepEqual(said, did) {
			t.Errorf("%+v: said %+v, did %+v", c, said, did)
		}
		reach := func(s *pbx.Snapshot, u pbx.UserID, r policy.Right, over pbx.UserID) bool {
			return policy.Decide(s, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: u}, Right: r, Target: policy.User(over), At: o.now}).OK
		}
		for _, e := range said {
			for _, g := range e.Gained {
				for _, u := range g.Extent.Users {
					if g.Right.Noun() == "user" && (reach(before, e.User, g.Right, u) || !reach(o.view(), e.User, g.Right, u)) {
						t.Errorf("%+v: %s does not gain %s over %s", c, e.User, g.Right, u)
					}
					told++
				}
			}
		}
	}
	if told < 10 {
		t.Errorf("only %d gains were told", told)
	}
}

func TestBillingCommands(t *testing.T) {
	prices := func(list map[string]int64) func(*office) Command {
		return func(*office) Command { return EditBilling{Currency: p("eur"), Prices: list} }
	}
	changed := []event.Kind{event.SettingsChanged}
	play(t, []step{
		{"an owner sets prices", "olga", prices(map[string]int64{"crm.use": 1250}), "ok", changed},
		{"an administrator sets prices", "sven", prices(map[string]int64{"crm.use": 1250}), "ok", changed},
		{"a manager sets none", "mark", prices(map[string]int64{"crm.use": 1250}), "denied denied.no_grant", nil},
		{"a free right has no price", "olga", prices(map[string]int64{"call.see": 1}), "invalid billing.right_free @prices", nil},
		{"a price below nothing", "olga", prices(map[string]int64{"crm.use": -1}), "invalid billing.price_range @prices", nil},
		{"a price without a currency", "olga", func(*office) Command { return EditBilling{Prices: map[string]int64{"crm.use": 1}} }, "invalid billing.currency_missing @currency", nil},
		{"a currency that is none", "olga", func(*office) Command { return EditBilling{Currency: p("euros")} }, "invalid billing.currency_unknown @currency", nil},
		{"an owner lets billing be handed on", "olga", func(*office) Command { return EditBilling{Spread: p(true)} }, "ok", changed},
		{"an administrator does not", "sven", func(*office) Command { return EditBilling{Spread: p(true)} }, "denied denied.no_grant", nil},
	})
}

func TestPricesAreKept(t *testing.T) {
	o := full(t)
	o.must(o.actor("olga"), EditBilling{Currency: p("EUR"), Prices: map[string]int64{"crm.use": 1250, "agent.track": 400}, Spread: p(true)})
	o.must(o.actor("olga"), EditBilling{Prices: map[string]int64{"agent.track": 0}})
	s, err := o.tenant.Load(t.Context())
	if err != nil || s.Tenant.Currency != "EUR" || !maps.Equal(s.Tenant.Prices, map[string]int64{"crm.use": 1250}) || !s.Tenant.Spread {
		t.Errorf("kept %+v, %v", s.Tenant, err)
	}
	paid := policy.Paid(s, o.now)
	if !slices.Equal(paid[policy.CRMUse], []pbx.UserID{o.user("olga")}) {
		t.Errorf("paid for %v", paid)
	}
}

func TestCeilingCommands(t *testing.T) {
	set := func(group string, role pbx.RoleID) func(*office) Command {
		return func(o *office) Command { return EditGroup{Group: o.group(group), Ceiling: &role} }
	}
	changed := []event.Kind{event.GroupChanged}
	play(t, []step{
		{"a group owner raises what managers may give", "greta", set("sales", "group_admin"), "ok", changed},
		{"a group owner lowers it", "greta", set("sales", "receptionist"), "ok", changed},
		{"a manager does not move his own bound", "mark", set("sales", "group_admin"), "denied group.ceiling_denied @ceiling", nil},
		{"nor lower it", "mark", set("sales", "user"), "denied group.ceiling_denied @ceiling", nil},
		{"an owner does in any group", "olga", set("support", "user"), "ok", changed},
		{"no role above group administrator", "olga", set("sales", "group_owner"), "invalid role.unknown @ceiling", nil},
		{"Default has no managers", "olga", set("default", "user"), "invalid group.default_ceiling @ceiling", nil},
		{"a user sets none", "uwe", set("sales", "user"), "denied denied.no_grant", nil},
	})
}
