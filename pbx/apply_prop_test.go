package pbx_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"tandem/hours"
	"tandem/pbx"
)

// drawChange makes a change that may or may not be acceptable, over few names, so that collisions are common.
func drawChange(t *rapid.T, s *pbx.Snapshot) pbx.Change {
	var c pbx.Change
	seen := map[pbx.Ref]bool{}
	add := func(n pbx.Noun) {
		if !seen[n.Ref()] {
			seen[n.Ref()] = true
			c.Put = append(c.Put, n)
		}
	}
	remove := func(r pbx.Ref) {
		if !seen[r] {
			seen[r] = true
			c.Delete = append(c.Delete, r)
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "leaves") == 0 && len(s.Users) > 1 { // somebody goes, and the others stay
		r := s.Users[rapid.SampledFrom(slices.Sorted(maps.Keys(s.Users))).Draw(t, "leaver")].Ref()
		for _, x := range s.Cascade(r) {
			remove(x)
		}
		remove(r)
		return c
	}
	id := func(label string) string { return fmt.Sprint(rapid.IntRange(1, 5).Draw(t, label)) }
	moment := func(label string) time.Time {
		return day.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, label)) * time.Hour)
	}
	for range rapid.IntRange(1, 4).Draw(t, "steps") {
		n := id("n")
		switch rapid.IntRange(0, 25).Draw(t, "step") {
		case 0, 1:
			add(&pbx.User{ID: pbx.UserID("usr_" + n), Name: "U" + n, Email: "u" + id("mail") + "@x.example", Extension: "10" + id("extension"), Created: day})
			add(&pbx.Membership{ID: pbx.MembershipID("mem_" + n), User: pbx.UserID("usr_" + n), Group: pbx.GroupID("grp_" + id("group")), Role: "user", From: day})
		case 2, 3:
			add(&pbx.Group{ID: pbx.GroupID("grp_" + n), Name: "G" + id("name"), Parent: rapid.SampledFrom([]pbx.GroupID{"", "", "grp_1", "grp_2", "grp_3"}).Draw(t, "parent"),
				Default: rapid.Bool().Draw(t, "default"), Created: day})
		case 4, 5:
			m := &pbx.Membership{ID: pbx.MembershipID("mem_" + id("membership")), User: pbx.UserID("usr_" + n), Group: pbx.GroupID("grp_" + id("group")),
				Role: rapid.SampledFrom([]pbx.RoleID{"user", "rol_1"}).Draw(t, "role"), From: moment("from"), Main: rapid.Bool().Draw(t, "main")}
			if rapid.Bool().Draw(t, "ends") {
				m.Until = moment("until")
			}
			add(m)
		case 6:
			add(&pbx.Device{ID: pbx.DeviceID("dev_" + n), User: pbx.UserID("usr_" + id("user")), Name: "D", Kind: pbx.DeviceSoft, Username: "d" + id("username"), Created: day})
		case 7:
			add(&pbx.Grant{ID: pbx.GrantID("gnt_" + n), User: pbx.UserID("usr_" + id("user")), Right: "r", Scope: pbx.Scope{Kind: pbx.ScopeTree, Group: pbx.GroupID("grp_" + id("group"))}, From: day})
			add(&pbx.Role{ID: "rol_1", Name: "R"})
		case 8:
			r := pbx.Ref{Kind: pbx.KindUser, ID: "usr_" + n}
			for _, x := range s.Cascade(r) {
				remove(x)
			}
			remove(r)
		case 10:
			u := pbx.UserID("usr_" + id("user"))
			add(&pbx.Choice{User: u, Status: pbx.StatusAway, At: day, Until: moment("until")})
			add(&pbx.Calendar{User: u, As: pbx.StatusAway, Link: "https://calendar.example/a.ics"})
			add(&pbx.Duty{User: u, Out: []pbx.QueueID{"que_1"}, Pause: "lunch", Since: day})
			add(&pbx.Forwarding{User: u, Profiles: map[pbx.Status]pbx.Profile{
				pbx.StatusDND: {Always: pbx.Case{Inside: pbx.Destination{Kind: pbx.ToUser, ID: "usr_" + id("target")}}}}})
		case 11:
			add(&pbx.RingGroup{ID: pbx.RingID("rng_" + n), Name: "R" + n, Extension: "10" + id("extension"), Strategy: pbx.RingAll,
				Group: rapid.SampledFrom([]pbx.GroupID{"", "grp_1", "grp_2"}).Draw(t, "department"), Members: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_" + id("member")}}, Created: day})
		case 12:
			add(&pbx.Queue{ID: pbx.QueueID("que_" + n), Name: "Q" + n, Extension: "10" + id("extension"), Strategy: pbx.ServeIdle, Ring: 20,
				Group: rapid.SampledFrom([]pbx.GroupID{"", "grp_1", "grp_2"}).Draw(t, "department"), Agents: []pbx.QueueAgent{{User: pbx.UserID("usr_" + id("agent"))}}})
		case 13:
			add(&pbx.Menu{ID: pbx.MenuID("mnu_" + n), Name: "M" + n, Extension: "10" + id("extension"),
				Keys: []pbx.MenuKey{{Key: id("key"), To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_" + id("target")}}}})
		case 15:
			add(&pbx.Access{ID: pbx.AccessID("acc_" + n), User: pbx.UserID("usr_" + id("asker")), Grants: []pbx.Wanted{{Right: "call.listen", Scope: pbx.Scope{Kind: pbx.ScopeAll}}},
				Reason: "r", Asked: day, Until: day.Add(time.Hour)})
			add(&pbx.Review{ID: pbx.ReviewID("rev_" + n), Name: "R", Begun: day, Until: day.Add(time.Hour)})
			add(&pbx.Verdict{ID: pbx.VerdictID("ver_" + n), Review: pbx.ReviewID("rev_" + n), User: pbx.UserID("usr_" + id("held")), Row: pbx.Ref{Kind: pbx.KindGrant, ID: "gnt_" + n}, At: day})
		case 20:
			add(&pbx.Park{ID: pbx.ParkID("prk_" + n), Name: "P" + n, Extension: "10" + id("extension"), Slots: 1, Then: pbx.Destination{Kind: pbx.ToUser, ID: "usr_" + id("target")}})
		case 19:
			add(&pbx.Room{ID: pbx.RoomID("rom_" + n), Name: "R" + n, Extension: "10" + id("extension"), Group: rapid.SampledFrom([]pbx.GroupID{"", "grp_1"}).Draw(t, "department")})
		case 14:
			add(&pbx.Entrance{Group: pbx.GroupID("grp_" + id("group")), Extension: "10" + id("extension"), Open: pbx.Destination{Kind: pbx.ToBusy}})
		case 21:
			add(&pbx.Mailbox{ID: rapid.SampledFrom([]pbx.BoxID{"grp_1", "grp_2", "usr_1", "usr_2"}).Draw(t, "box"), Off: rapid.Bool().Draw(t, "off"), Days: 30})
		case 23:
			add(&pbx.RecordRule{ID: rapid.SampledFrom([]pbx.RecordRuleID{"office", "grp_1", "grp_2", "usr_1", "usr_2"}).Draw(t, "about"), Mode: pbx.RecordAlways})
		case 17:
			trunk := pbx.TrunkID("trk_" + id("trunk"))
			if rapid.Bool().Draw(t, "new trunk") {
				add(&pbx.Trunk{ID: trunk, Name: "T" + n, Host: "h", Group: rapid.SampledFrom([]pbx.GroupID{"", "grp_1", "grp_2"}).Draw(t, "whose")})
			}
			add(&pbx.DID{ID: pbx.DIDID("did_" + n), Number: "+4930100" + id("number"), Trunk: rapid.SampledFrom([]pbx.TrunkID{"", trunk}).Draw(t, "from")})
			add(&pbx.OutRoute{ID: pbx.OutRouteID("out_" + n), Name: "O", Trunks: []pbx.Way{{Trunk: trunk}},
				Groups: rapid.SampledFrom([][]pbx.GroupID{nil, {"grp_1"}}).Draw(t, "for")})
		case 18:
			add(&pbx.Restriction{ID: pbx.RestrictionID("rst_" + n), Name: "P", Group: rapid.SampledFrom([]pbx.GroupID{"", "grp_1", "grp_2"}).Draw(t, "whose"),
				On: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_" + id("on")}, {Kind: pbx.KindSettings, ID: "office"}}, Rules: []pbx.TollRule{pbx.Basic()}, Off: rapid.Bool().Draw(t, "off")})
		case 22:
			add(&pbx.Deck{ID: pbx.DeckID("dck_" + n), Name: "D", Trunk: rapid.SampledFrom([]pbx.TrunkID{"", "trk_1"}).Draw(t, "of"), Currency: "EUR", From: day, Until: rapid.SampledFrom([]time.Time{{}, moment("until")}).Draw(t, "ends"),
				Over: rapid.Bool().Draw(t, "over")})
			add(&pbx.Budget{ID: pbx.BudgetID("bud_" + n), Name: "B", On: pbx.Ref{Kind: pbx.KindUser, ID: "usr_" + id("on")}, Measure: pbx.MeasureTime, Period: pbx.PeriodDay,
				Limit: 60, Marks: []int{80}, Off: rapid.Bool().Draw(t, "off")})
		case 24:
			add(&pbx.Region{ID: rapid.SampledFrom([]pbx.RegionID{"reg_1", "reg_2", pbx.OfficeRegion}).Draw(t, "region"), Name: "R", Emergency: rapid.SampledFrom([][]string{nil, {"101"}}).Draw(t, "emergency"),
				Members: rapid.SampledFrom([][]pbx.Ref{nil, {{Kind: pbx.KindUser, ID: "usr_" + n}}}).Draw(t, "members"), Trunks: rapid.SampledFrom([][]pbx.TrunkID{nil, {"trk_1"}}).Draw(t, "lines"),
				Group: rapid.SampledFrom([]pbx.GroupID{"", "grp_1"}).Draw(t, "whose")})
			add(&pbx.DID{ID: pbx.DIDID("did_" + n), Number: "+4930100" + id("number"), Region: rapid.SampledFrom([]pbx.RegionID{"", "reg_1", pbx.OfficeRegion}).Draw(t, "where")})
		case 25:
			add(&pbx.GuestRoom{User: pbx.UserID("usr_" + id("room")), Care: rapid.SampledFrom([]pbx.Housekeeping{pbx.RoomClean, "gold"}).Draw(t, "care"), Created: day})
			add(&pbx.TalkLink{ID: pbx.TalkLinkID("tlk_" + n), Name: "L", Slug: rapid.SampledFrom([]string{"", "sales-team", "sa1es-team", "admin", "talk-" + n}).Draw(t, "slug"), User: pbx.UserID(rapid.SampledFrom([]string{"", "usr_" + n}).Draw(t, "personal")),
				To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_" + n}, Created: day})
			add(&pbx.Reminder{ID: pbx.ReminderID("rem_" + n), User: pbx.UserID("usr_" + id("called")), Clock: 7 * 60, Days: rapid.SampledFrom([][]time.Weekday{nil, {1, 5}}).Draw(t, "days"), After: day})
		case 16:
			keeper := rapid.SampledFrom([]pbx.HoursID{pbx.OfficeHours, "grp_1", "grp_2", "usr_1"}).Draw(t, "keeper")
			add(&pbx.Timetable{ID: keeper, Zone: rapid.SampledFrom([]string{"", "Europe/Berlin"}).Draw(t, "zone"), Schedule: hours.Schedule{Open: hours.Week{1: {{From: 540, Until: 1020}}}}})
			add(&pbx.HoursOverride{ID: keeper, State: pbx.StateClosed, From: day, Until: moment("until")})
		case 9:
			all := nouns(s)
			remove(rapid.SampledFrom(all).Draw(t, "victim").Ref())
		}
	}
	return c
}

// Whatever is applied: the quick check of what changed agrees with the check of everything, the mended index answers
// like a new one, the old snapshot stays as it was, and the differences lead from one to the other and back.
func TestApplyProperties(t *testing.T) {
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		first := []pbx.Noun{&pbx.Group{ID: "grp_1", Name: "G1", Default: true, Created: day}}
		for i := range rapid.IntRange(0, 4).Draw(t, "people") {
			n := fmt.Sprint(i + 1)
			first = append(first, &pbx.User{ID: pbx.UserID("usr_" + n), Name: "U" + n, Email: "u" + n + "@x.example", Extension: "10" + n, Created: day},
				&pbx.Membership{ID: pbx.MembershipID("mem_" + n), User: pbx.UserID("usr_" + n), Group: "grp_1", Role: "user", From: day})
		}
		s, err := pbx.NewSnapshot(1, first...)
		if err != nil {
			t.Fatal(err)
		}
		for range 12 {
			before := text(s)
			c := drawChange(t, s)
			next, err := s.Apply(c)
			whole, wholeErr := pbx.NewSnapshot(s.Version, rows(s, c)...)
			if missing(s, c) {
				if err == nil {
					t.Fatal("deleted what is not there")
				}
				continue
			}
			if (err == nil) != (wholeErr == nil) {
				t.Fatalf("apply: %v\nwhole: %v", err, wholeErr)
			}
			if text(s) != before {
				t.Fatal("the snapshot before changed")
			}
			if err != nil {
				continue
			}
			accepted++
			if d := cmp.Diff(whole, next, everything); d != "" {
				t.Fatalf("index or rows differ from a new snapshot (-new +applied):\n%s", d)
			}
			back, err := next.Apply(inverse(s.Diff(c)))
			if err != nil {
				t.Fatalf("undo: %v", err)
			}
			if text(back) != before {
				t.Fatal("undoing the differences leads elsewhere")
			}
			s = next
		}
	})
	if accepted == 0 {
		t.Fatal("no change was ever accepted")
	}
}

// everything compares snapshots with their index; how a table is built up inside does not matter.
var everything = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b *hours.Zone) bool { return (a == nil) == (b == nil) && (a == nil || a.Name() == b.Name()) }),
	cmp.Comparer(func(a, b *hours.Plan) bool {
		return (a == nil) == (b == nil) && (a == nil || a.Zone().Name() == b.Zone().Name() && slices.Equal(slices.Collect(a.Stretches(day, day.AddDate(0, 0, 8))), slices.Collect(b.Stretches(day, day.AddDate(0, 0, 8)))))
	}),
	cmp.Transformer("people", pbx.People), asMap[string, pbx.Ref](), asMap[string, pbx.UserID](), asMap[string, *pbx.Device](), asMap[string, *pbx.Token](), asMap[string, *pbx.DID](),
	asMap[pbx.UserID, []*pbx.Membership](), asMap[pbx.GroupID, []*pbx.Membership](), asMap[pbx.GroupID, []*pbx.Group](),
	asMap[pbx.UserID, []*pbx.Assignment](), asMap[pbx.UserID, []*pbx.Grant](), asMap[pbx.UserID, []*pbx.Device](), asMap[pbx.UserID, []*pbx.Token](),
}

func asMap[K ~string, V any]() cmp.Option {
	return cmp.Transformer("table", func(t pbx.Table[K, V]) map[K]V { return maps.Collect(t.All()) })
}

func rows(s *pbx.Snapshot, c pbx.Change) []pbx.Noun {
	gone := map[pbx.Ref]bool{}
	for _, r := range c.Delete {
		gone[r] = true
	}
	for _, n := range c.Put {
		gone[n.Ref()] = true
	}
	var all []pbx.Noun
	for n := range s.All() {
		if !gone[n.Ref()] {
			all = append(all, n)
		}
	}
	return append(all, c.Put...)
}

func missing(s *pbx.Snapshot, c pbx.Change) bool {
	for _, r := range c.Delete {
		if s.Find(r) == nil || r.Kind == pbx.KindSettings {
			return true
		}
	}
	return false
}

func inverse(all []pbx.Difference) pbx.Change {
	var c pbx.Change
	for _, d := range all {
		if d.Before == nil {
			c.Delete = append(c.Delete, d.Ref)
		} else {
			c.Put = append(c.Put, d.Before)
		}
	}
	return c
}

func text(s *pbx.Snapshot) string {
	b, err := json.Marshal(nouns(s))
	if err != nil {
		panic(err)
	}
	return string(b)
}

func FuzzCheckEmail(f *testing.F) {
	for _, s := range []string{"a@b.example", "", "@", "a@b", "ü@ü.example", "a..b@c.example", "a@-b.example", "a@b.example\r\nBcc: x@y.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if pbx.CheckEmail("email", s) != nil {
			return
		}
		for _, r := range s {
			if r <= ' ' || r == 127 || r == '<' || r == '>' || r == ',' || r == ';' || r == '"' {
				t.Errorf("%q is accepted with %q", s, r)
			}
		}
	})
}

func TestCheckEmail(t *testing.T) {
	for s, want := range map[string]bool{
		"ada@acme.example": true, "a.b+c@x.y.example": true, "ådä@ärger.example": true, "root@localhost": true,
		"ada": false, "ada@": false, "@acme.example": false, "ada@acme": false, "a b@acme.example": false, ".a@acme.example": false,
		"a@acme..example": false, "a@b@c.example": false, "<a@acme.example>": false, "a@acme.example ": false,
	} {
		if got := pbx.CheckEmail("email", s) == nil; got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

func TestIsZone(t *testing.T) {
	for s, want := range map[string]bool{
		"Europe/Berlin": true, "America/Argentina/Salta": true, "UTC": true, "Asia/Jakarta": true, "Etc/GMT+5": true,
		"": false, "Europe": false, "Europe/": false, "/Berlin": false, "Europe/Berlin Brussels": false, "europe/berlin": false, "Local": false,
	} {
		if got := pbx.IsZone(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

// large is an office of 10,000 people in 1,000 groups with a phone each.
func large(b *testing.B) *pbx.Snapshot {
	all := []pbx.Noun{&pbx.Group{ID: "grp_0000", Name: "Default", Default: true, Created: day}}
	for i := 1; i < 1000; i++ {
		all = append(all, &pbx.Group{ID: pbx.GroupID(fmt.Sprintf("grp_%04d", i)), Name: fmt.Sprint("Group ", i), Parent: pbx.GroupID(fmt.Sprintf("grp_%04d", i/10)), Created: day})
	}
	for i := range 10000 {
		n := fmt.Sprintf("%05d", i)
		all = append(all,
			&pbx.User{ID: pbx.UserID("usr_" + n), Name: "Person " + n, Email: "p" + n + "@acme.example", Extension: fmt.Sprint(20000 + i), Created: day},
			&pbx.Membership{ID: pbx.MembershipID("mem_" + n), User: pbx.UserID("usr_" + n), Group: pbx.GroupID(fmt.Sprintf("grp_%04d", i%1000)), Role: "user", From: day},
			&pbx.Membership{ID: pbx.MembershipID("mem_d" + n), User: pbx.UserID("usr_" + n), Group: "grp_0000", Role: "user", From: day, Until: day.Add(time.Hour)},
			&pbx.Device{ID: pbx.DeviceID("dev_" + n), User: pbx.UserID("usr_" + n), Name: "Desk", Kind: pbx.DeviceDesk, Username: "d" + n, Created: day})
	}
	for i := range all {
		if m, ok := all[i].(*pbx.Membership); ok && m.Group == "grp_0000" {
			m.Until = day.Add(time.Hour)
			if m.ID[4] != 'd' {
				m.From, m.Until = day.Add(time.Hour), time.Time{}
			}
		}
	}
	s, err := pbx.NewSnapshot(1, all...)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkApply(b *testing.B) {
	s := large(b)
	changes := map[string]pbx.Change{
		"rename": put(with(s.Users["usr_05000"], func(u *pbx.User) { u.Name = "Other" })),
		"create": put(user("new", "50000"), member("new", "0007", "user"),
			&pbx.Device{ID: "dev_new", User: "usr_new", Name: "Desk", Kind: pbx.DeviceDesk, Username: "new", Created: day}),
		"move": put(with(s.Groups["grp_0007"], func(g *pbx.Group) { g.Parent = "grp_0008" })),
	}
	var many pbx.Change
	for i := range 500 {
		n := fmt.Sprintf("new%03d", i)
		many.Put = append(many.Put, user(n, fmt.Sprint(50000+i)), member(n, "0007", "user"))
	}
	changes["import500"] = many
	for name, c := range changes {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Apply(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNewSnapshot(b *testing.B) {
	all := nouns(large(b))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pbx.NewSnapshot(1, all...); err != nil {
			b.Fatal(err)
		}
	}
}
