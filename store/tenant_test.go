package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tandem/event"
	"tandem/hours"
	"tandem/pbx"
	"tandem/store"
)

var (
	day   = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	admin = pbx.Actor{Kind: pbx.ActorUser, User: "usr_ada", Addr: "192.0.2.1", Via: "web", Request: "req_1"}
)

// nouns is one of everything, with every field set.
func nouns() []pbx.Noun {
	scope := pbx.Scope{Kind: pbx.ScopeTree, Group: "grp_sales", Refs: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_bob"}}}
	return []pbx.Noun{
		&pbx.Tenant{Name: "Łódź & Söhne", Country: "DE", Zone: "Europe/Berlin", Language: "de", Public: "pbx.example", Digits: 3, Claimed: day, Replay: pbx.ReplayOwn, Spread: true, Reasons: true, Council: true, Talk: true, Keep: pbx.Keep{Calls: 90, Audit: pbx.KeepForever, Groups: map[pbx.GroupID]int{"grp_sales": 30}},
			Providers: []pbx.Provider{{ID: "company", Kind: pbx.ProviderOther, Name: "Company", Issuer: "https://id.example.com", Client: "tandem", Secret: "kept"}},
			Currency:  "PLN", Prices: map[string]int64{"crm.use": 1250},
			Mail: pbx.Mail{Host: "mail.example", Port: 587, From: "pbx@acme.example", User: "u", Password: "p", TLS: "starttls"}},
		&pbx.Group{ID: "grp_default", Name: "Default", Default: true, Created: day},
		&pbx.Group{ID: "grp_sales", Name: "Продажи", Parent: "grp_default", Language: "ru", Zone: "Europe/Moscow", Published: true, Ceiling: "user", Replay: pbx.ReplayWhole, Created: day},
		&pbx.Role{ID: "rol_night", Name: "Nacht", Class: pbx.RoleGroup, Base: "receptionist", Cells: map[string]pbx.ScopeKind{"call.see": pbx.ScopeGroup}},
		&pbx.User{ID: "usr_ada", Name: "Ada 👩‍💻", Email: "ada@acme.example", Mobile: "+491701234567", Extension: "100", Language: "en", Zone: "UTC",
			Photo: "abc", Suspensions: []pbx.Interval{{From: day, Until: day.Add(time.Hour)}}, Created: day},
		&pbx.User{ID: "usr_bob", Name: "Bob", Email: "bob@acme.example", Extension: "102", Networks: []netip.Prefix{netip.MustParsePrefix("192.168.0.0/16")}, Created: day},
		&pbx.Membership{ID: "mem_1", User: "usr_ada", Group: "grp_sales", Role: "manager", From: day, Main: true,
			Overrides: map[string]pbx.Override{"call.see": pbx.OverrideDeny}, Presence: pbx.ShareEveryone, Calls: pbx.ShareNobody},
		&pbx.Membership{ID: "mem_2", User: "usr_ada", Group: "grp_default", Role: "rol_night", From: day, Until: day.Add(time.Hour)},
		&pbx.Membership{ID: "mem_3", User: "usr_bob", Group: "grp_default", Role: "user", From: day},
		&pbx.Assignment{ID: "asg_1", User: "usr_ada", Role: "owner", Scope: pbx.Scope{Kind: pbx.ScopeAll}, Except: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_bob"}}, Since: day, From: day, Until: day.Add(time.Hour)},
		&pbx.Grant{ID: "gnt_1", User: "usr_bob", Right: "call.see", Deny: true, Scope: scope, Except: []pbx.Ref{{Kind: pbx.KindGroup, ID: "grp_sales"}}, Since: day, From: day, Until: day.Add(time.Hour), Reason: "because"},
		&pbx.Device{ID: "dev_1", User: "usr_bob", Name: "Desk", Kind: pbx.DeviceDesk, Username: "x1", MD5: "m", SHA256: "s", Created: day},
		&pbx.Token{ID: "tok_1", User: "usr_bob", Name: "script", Hash: "h", Prefix: "tdm_a", Rights: []string{"user.see"}, Narrow: map[string]pbx.Scope{"user.see": scope}, Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Created: day, From: day, Until: day.Add(time.Hour)},
		&pbx.Choice{User: "usr_bob", Status: pbx.StatusAway2, At: day, Until: day.Add(time.Hour)},
		&pbx.Calendar{User: "usr_bob", Link: "https://calendar.example/secret.ics", As: pbx.StatusAway2, Busy: []hours.Spell{{From: day, Until: day.Add(time.Hour)}}, Read: day, Left: 2, Fault: "reach", Changed: day},
		&pbx.Forwarding{User: "usr_bob", Fixed: true, Locked: true,
			Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAway2: {Name: "Обед", Message: "back at 2", Ring: 20, Mobile: true, Single: true, NoPush: true, NoGroups: true,
				Always: pbx.Case{Inside: pbx.Destination{Kind: pbx.ToUser, ID: "usr_ada"}, Outside: &pbx.Destination{Kind: pbx.ToMobile, Screen: true, Divert: true}}}},
			Exceptions: []pbx.Exception{{Number: "+4930*", Side: pbx.SideOutside, When: pbx.WhenBusy, Hours: pbx.HoursSpecific,
				Spans: []pbx.Span{{Days: []time.Weekday{1, 2}, From: 60, Until: 120}}, To: pbx.Destination{Kind: pbx.ToBusy}, Off: true}}},
		&pbx.RingGroup{ID: "rng_1", Name: "Support", Group: "grp_sales", Extension: "180", Strategy: pbx.RingHunt, Ring: 12, Escalate: true,
			Members: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_bob"}, {Kind: pbx.KindGroup, ID: "grp_sales"}}, NoAnswer: pbx.Destination{Kind: pbx.ToBusy}, Created: day},
		&pbx.Queue{ID: "que_1", Name: "Kolejka", Group: "grp_sales", Extension: "181", Strategy: pbx.ServeIdle, Agents: []pbx.QueueAgent{{User: "usr_bob", Skill: 2}},
			Ring: 20, WrapUp: 10, MaxWait: 300, MaxCalls: 9, Late: 60, Misses: 3, Every: 45, Tell: true, Callback: true, Tries: 2, Pause: 600, Keep: 3600, Payer: "usr_anna", Greeting: "hello", Music: pbx.Sound{Blob: "prm_piano", Rate: 16000, Samples: 16000},
			Full: pbx.Destination{Kind: pbx.ToMailbox, ID: "grp_sales"}, Nobody: pbx.Destination{Kind: pbx.ToBusy}, Escalate: 90, Important: []string{"+4930*"}, Notify: []pbx.UserID{"usr_ada"}, Created: day},
		&pbx.Duty{User: "usr_bob", Out: []pbx.QueueID{"que_1"}, Pause: "lunch", Since: day},
		&pbx.Menu{ID: "mnu_1", Name: "Меню", Group: "grp_sales", Extension: "182", Language: "de", Says: []pbx.Saying{{Language: "de", Text: "Drücken Sie die Eins.", Sound: pbx.Sound{Blob: "prm_1", Rate: 8000, Samples: 9}}}, Dial: true, Wait: 7, Rounds: 3,
			Keys:   []pbx.MenuKey{{Key: "1", To: pbx.Destination{Kind: pbx.ToQueue, ID: "que_1"}}, {Key: "#", To: pbx.Destination{Kind: pbx.ToGroup, ID: "grp_sales"}}},
			Silent: pbx.Destination{Kind: pbx.ToBusy}, Wrong: pbx.Destination{Kind: pbx.ToMailbox, ID: "grp_sales"}, Created: day},
		&pbx.Entrance{Group: "grp_sales", Extension: "183", Open: pbx.Destination{Kind: pbx.ToMenu, ID: "mnu_1"}, Break: pbx.Destination{Kind: pbx.ToBusy},
			Closed: pbx.Destination{Kind: pbx.ToMailbox, ID: "grp_sales"}, Holiday: pbx.Destination{Kind: pbx.ToQueue, ID: "que_1"}},
		&pbx.Access{ID: "acc_1", User: "usr_bob", Grants: []pbx.Wanted{{Right: "call.listen", Scope: scope}}, Reason: "training", Asked: day, Until: day.Add(time.Hour),
			To: []pbx.UserID{"usr_ada"}, Answer: pbx.AnswerRefused, By: "usr_ada", Decided: day.Add(time.Minute), Words: "no", Given: []pbx.GrantID{"gnt_1"}},
		&pbx.Review{ID: "rev_1", Name: "Весна", Group: "grp_sales", By: "usr_ada", Reason: "every year", Begun: day, Until: day.Add(time.Hour), Reminded: day.Add(time.Hour), Ended: day.Add(2 * time.Hour)},
		&pbx.Verdict{ID: "ver_1", Review: "rev_1", User: "usr_bob", Row: pbx.Ref{Kind: pbx.KindMembership, ID: "mem_1"}, Right: "call.listen", Role: "manager", Keep: true, Reason: "trains", By: "usr_ada", At: day},
		&pbx.Mailbox{ID: "grp_sales", Off: true, Greetings: []pbx.Greeting{{For: pbx.OccasionBusy, Text: "Besetzt", Sound: pbx.Sound{Blob: "prm_2", Rate: 16000, Samples: 7}}},
			Longest: 60, Most: 20, Days: 30, Mail: pbx.BoxMailSound, Clear: true, Language: "pl", PIN: "$argon2id$", PINSince: day},
		&pbx.RecordRule{ID: "grp_sales", Mode: pbx.RecordAlways, Outside: true, Notice: pbx.RecordAsk, Days: 30, Shown: pbx.RecordClosed, Why: pbx.WhyAsked, Pause: 5},
		&pbx.Timetable{ID: "grp_sales", Zone: "Asia/Tehran", Schedule: hours.Schedule{
			Open: hours.Week{1: {{From: 540, Until: 1020}}, 5: {{From: 1320, Until: 1800}}}, Breaks: hours.Week{1: {{From: 720, Until: 750}}},
			Holidays: []hours.Holiday{{Name: "Новый год", On: hours.MustRule("01-01..01-08")}, {Name: "Wigilia", On: hours.MustRule("12-24"), Hours: hours.Spans{{From: 540, Until: 720}}},
				{Name: "Inventory", On: hours.MustRule("2027-02-03"), Closed: hours.Spans{{From: 660, Until: 1440}}}}}},
		&pbx.HoursOverride{ID: pbx.OfficeHours, State: pbx.StateClosed, Holiday: true, From: day, Until: day.Add(time.Hour), By: "usr_ada", Reason: "Überschwemmung"},
		&pbx.Park{ID: "prk_1", Name: "Парковка", Group: "grp_sales", Extension: "700", Slots: 5, Wait: 90, Then: pbx.Destination{Kind: pbx.ToQueue, ID: "que_1"}, Created: day},
		&pbx.Room{ID: "rom_1", Name: "Besprechung", Group: "grp_sales", Extension: "790", PIN: "1234", HostPIN: "98765", Wait: true, Quiet: true, Ends: true, Most: 9, Created: day},
		&pbx.Trunk{ID: "trk_1", Name: "Carrier", Group: "grp_sales", Deflects: true, Onward: pbx.OnwardHistory, Host: "sip.carrier.example:5061", Transport: "tls", Domain: "carrier.example", Register: true, Username: "office",
			AuthName: "office-1", Secret: "kept", Expires: 300, Ping: 60, Sources: []string{"192.0.2.0/24"}, Trusted: true, Account: true, Encrypt: true, Calls: 30, Sends: "national",
			Prefix: "9", Shows: "+4930100", Limits: &pbx.QualityLimits{Loss: 2.5, Jitter: 30, Score: 3.7, Answers: 40, Duration: 20, Wait: 6, Window: 30, Calls: 5}, Off: true, Created: day,
			Authorities: "-----BEGIN CERTIFICATE-----", Pins: []string{strings.Repeat("0f", 32)}},
		&pbx.DID{ID: "did_1", Number: "+49301001", Name: "Zentrale", Trunk: "trk_1", Group: "grp_sales", Region: "reg_1", To: pbx.Destination{Kind: pbx.ToMenu, ID: "mnu_1"}, Shown: true, Created: day},
		&pbx.OutRoute{ID: "out_1", Name: "Ausland", Place: 2, Classes: []string{"international"}, Prefixes: []string{"+48"}, Groups: []pbx.GroupID{"grp_sales"},
			Trunks: []pbx.Way{{Trunk: "trk_1", Weight: 2, Prefix: "010", Shows: "+4930100"}}, Spread: true, Off: true, Created: day},
		&pbx.Restriction{ID: "rst_1", Name: "Ausland", Group: "grp_sales", On: []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}, {Kind: pbx.KindGroup, ID: "grp_sales"}},
			Rules: []pbx.TollRule{{Effect: pbx.TollAllow, Classes: []string{"international"}, Countries: []string{"PL"}, Prefixes: []string{"+48"}, When: pbx.TollOpen, From: 480, Until: 1080},
				{Effect: pbx.TollLimit, Minutes: 30}},
			Except: []pbx.TollExcept{{User: "usr_bob", Classes: []string{"premium"}, Until: day.Add(time.Hour), Reason: "świąteczna infolinia"}}, Off: true, Created: day},
		&pbx.Deck{ID: "dck_1", Name: "Taryfa", Trunk: "trk_1", Currency: "PLN", Exchange: 230_000, From: day, Until: day.Add(time.Hour), Over: true, Lines: 2, Sum: "00ff",
			Rates: pbx.NewRates([]pbx.Rate{{Prefix: "48", Name: "Польша", Minute: 12_345, Setup: 100, Increment: 60, Minimum: 30}, {Prefix: "1876", Name: "Jamaica, \"mobile\"", Minute: 400_000}}), Created: day},
		&pbx.Budget{ID: "bud_1", Name: "Miesiąc", On: pbx.Ref{Kind: pbx.KindGroup, ID: "grp_sales"}, Each: true, Measure: pbx.MeasureTime, Period: pbx.PeriodMonth, Limit: 600, Classes: []string{"international"},
			Marks: []int{80, 100}, Report: true, Raises: []pbx.BudgetRaise{{User: "usr_bob", More: 60, Until: day.Add(time.Hour), Reason: "ярмарка", By: "usr_ada"}}, Off: true, Created: day},
		&pbx.Region{ID: pbx.OfficeRegion, Name: "Berlin", Area: "30", Standard: &pbx.Standard{Crossing: pbx.CrossNever, Number: true, Callback: true, Trunks: 1, Profiles: []pbx.RestrictionID{"rst_1"}}, Created: day},
		&pbx.Region{ID: "reg_1", Name: "Kraków", Group: "grp_sales", Country: "PL", Area: "12", Members: []pbx.Ref{{Kind: pbx.KindGroup, ID: "grp_sales"}}, Emergency: []string{"5555"}, Shows: "+48122000112",
			Trunks: []pbx.TrunkID{"trk_1"}, Lends: []pbx.RegionID{pbx.OfficeRegion}, Calls: []pbx.RegionCall{{To: pbx.OfficeRegion, Crossing: pbx.CrossOutside}}, Created: day},
		&pbx.Reminder{ID: "rem_1", User: "usr_bob", By: "usr_ada", Clock: 7*60 + 30, Days: []time.Weekday{1, 5}, Note: "Поезд", Created: day, After: day, For: day.Add(time.Hour), Tries: 2, Again: day.Add(2 * time.Hour),
			Last: pbx.ReminderSnoozed, Ended: day.Add(time.Minute)},
		&pbx.Reminder{ID: "rem_2", User: "usr_bob", Clock: 0, Date: hours.DateOf(2026, 3, 29), Created: day},
		&pbx.GuestRoom{User: "usr_bob", Care: pbx.RoomInspected, Cared: day, Since: day, Created: day, Stay: &pbx.Stay{Guest: "Анна Łęcka", Language: "pl", From: day, Until: day.Add(time.Hour), By: "usr_ada", Note: "late", Before: pbx.Unlet{
			Name: "Zimmer 7", Speed: pbx.SpeedDials{{Short: "1", Number: "102"}}, Mailbox: &pbx.Mailbox{ID: "usr_bob", Days: 3}}}},
		&pbx.TalkLink{ID: "tlk_1", Name: "Жанна Łęcka", Hash: "c0ffee", Group: "grp_sales", To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}, Off: true, From: day, Until: day.Add(time.Hour), Always: true, Named: true,
			Back: true, Outside: true, Origins: []string{"https://www.example.com"}, PerAddr: 1, Most: 2, Minutes: 3, Longest: 4, Created: day},
		&pbx.TalkLink{ID: "tlk_2", Name: "Bob", Slug: "bob.b", User: "usr_bob", To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}, Created: day},
	}
}

// claim fills an empty database.
func claim(t testing.TB, db *store.DB) *store.Tenant {
	t.Helper()
	x := db.Tenant("main")
	if _, err := x.Apply(t.Context(), 0, pbx.Change{Put: nouns()}, []event.Fact{fact(event.SetupClaimed, pbx.KindSystem, "main")}); err != nil {
		t.Fatal(err)
	}
	return x
}

func fact(k event.Kind, object pbx.Kind, id string) event.Fact {
	return event.New(k, day, admin, pbx.Ref{Kind: object, ID: id}, nil)
}

func rowsOf(t testing.TB, x *store.Tenant) (int64, []pbx.Noun) {
	t.Helper()
	s, err := x.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []pbx.Noun
	for n := range s.All() {
		all = append(all, n)
	}
	return s.Version, all
}

func isCode(err error, c pbx.Code, key string) bool {
	var e *pbx.Error
	return errors.As(err, &e) && e.Code == c && e.Text.Key == key
}

func TestEveryFieldComesBack(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := claim(t, open(t, address))
		version, got := rowsOf(t, x)
		if version != 1 {
			t.Errorf("version %d, want 1", version)
		}
		if d := cmp.Diff(nouns(), got, cmpopts.EquateComparable(netip.Prefix{})); d != "" {
			t.Errorf("-written +read:\n%s", d)
		}
	})
}

func TestAnEmptyOfficeLoads(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		version, got := rowsOf(t, db.Tenant("main"))
		if version != 0 || len(got) != 1 {
			t.Errorf("version %d, %d rows", version, len(got))
		}
		if _, err := db.Tenant("other").Load(t.Context()); !isCode(err, pbx.NotFound, "tenant.unknown") {
			t.Errorf("another tenant: %v", err)
		}
	})
}

func TestApply(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := claim(t, open(t, address))
		bob := &pbx.User{ID: "usr_bob", Name: "Robert", Email: "bob@acme.example", Extension: "102", Created: day}

		if _, err := x.Apply(t.Context(), 0, pbx.Change{Put: []pbx.Noun{bob}}, []event.Fact{fact(event.UserChanged, pbx.KindUser, "usr_bob")}); !isCode(err, pbx.Conflict, "change.outdated") {
			t.Errorf("an old base: %v", err)
		}
		if _, err := x.Apply(t.Context(), 1, pbx.Change{Put: []pbx.Noun{bob}}, nil); err == nil {
			t.Error("a change without a fact was stored")
		}
		facts, err := x.Apply(t.Context(), 1, pbx.Change{Put: []pbx.Noun{bob}}, []event.Fact{
			event.Changed(event.UserChanged, day, admin, pbx.Difference{Ref: bob.Ref(), Before: nouns()[5], After: bob}),
			event.New(event.DeviceRegistered, day, admin, bob.Ref(), nil),
			fact(event.SettingsChanged, pbx.KindSettings, "office")})
		if err != nil || facts[0].Seq != 2 || facts[1].Seq != 0 || facts[2].Seq != 3 || facts[0].Revision != 1 {
			t.Fatalf("facts %+v, %v", facts, err)
		}
		if _, got := rowsOf(t, x); got[5].(*pbx.User).Name != "Robert" {
			t.Errorf("row is %+v", got[5])
		}

		s, err := x.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c := pbx.Change{Delete: append(s.Cascade(bob.Ref()), bob.Ref())}
		login := store.Login{User: "usr_bob", Password: "secret", Changed: day}
		if _, err := x.SetPassword(t.Context(), login, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Apply(t.Context(), 2, c, []event.Fact{fact(event.UserDeleted, pbx.KindUser, "usr_bob")}); err != nil {
			t.Fatal(err)
		}
		if s, err = x.Load(t.Context()); err != nil || s.Users["usr_bob"] != nil || len(s.Devices)+len(s.Tokens)+len(s.Grants) != 0 {
			t.Errorf("bob is still there: %v", err)
		}
		if _, err := x.Login(t.Context(), "usr_bob"); !isCode(err, pbx.NotFound, "login.unknown") {
			t.Errorf("his password is still there: %v", err)
		}
	})
}

// If any part of a change cannot be written, nothing of it is: here the audit fact is made to fail (BAR AU-04).
func TestAChangeWithoutItsFactFails(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := claim(t, open(t, address))
		before, rows := rowsOf(t, x)
		if _, err := rawDB(t, address).Exec(`ALTER TABLE facts RENAME TO hidden`); err != nil {
			t.Fatal(err)
		}
		bob := &pbx.User{ID: "usr_bob", Name: "Robert", Email: "bob@acme.example", Created: day}
		if _, err := x.Apply(t.Context(), 1, pbx.Change{Put: []pbx.Noun{bob}}, []event.Fact{fact(event.UserChanged, pbx.KindUser, "usr_bob")}); err == nil {
			t.Fatal("stored without its fact")
		}
		after, now := rowsOf(t, x)
		if d := cmp.Diff(rows, now, cmpopts.EquateComparable(netip.Prefix{})); d != "" || before != after {
			t.Errorf("half a change was stored: version %d then %d\n%s", before, after, d)
		}
	})
}

// Many write at once: each version is given out once, nobody's change is lost, and the log has no gap.
func TestWritersTakeTurns(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		claim(t, open(t, address))
		const writers, changes = 6, 10
		var wg sync.WaitGroup
		for w := range writers {
			x := open(t, address).Tenant("main") // as another process would
			wg.Go(func() {
				for i := 0; i < changes; {
					s, err := x.Load(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					u := &pbx.User{ID: pbx.UserID(fmt.Sprintf("usr_%d_%d", w, i)), Name: "N", Email: fmt.Sprintf("u%d.%d@acme.example", w, i), Created: day}
					m := &pbx.Membership{ID: pbx.MembershipID(fmt.Sprintf("mem_%d_%d", w, i)), User: u.ID, Group: "grp_default", Role: "user", From: day}
					_, err = x.Apply(t.Context(), s.Version, pbx.Change{Put: []pbx.Noun{u, m}}, []event.Fact{fact(event.UserCreated, pbx.KindUser, string(u.ID))})
					if isCode(err, pbx.Conflict, "change.outdated") {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					i++
				}
			})
		}
		wg.Wait()
		x := open(t, address).Tenant("main")
		version, rows := rowsOf(t, x)
		if want := int64(1 + writers*changes); version != want || len(rows) != len(nouns())+2*writers*changes {
			t.Errorf("version %d, want %d; %d rows", version, want, len(rows))
		}
		if v, err := x.Verify(t.Context()); err != nil || !v.OK || v.Entries != version {
			t.Errorf("log: %+v, %v", v, err)
		}
	})
}

func TestStrangeTextIsKept(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := claim(t, open(t, address))
		f := fact(event.LoginFailed, pbx.KindUser, "usr_\x00\xff'); DROP TABLE facts; --")
		f.Reason, f.Data = "nul \x00, half \xc3, quote ' and \"", json.RawMessage(`{"a":"\u0000"}`)
		if _, err := x.Append(t.Context(), nil, []event.Fact{f}); err != nil {
			t.Fatal(err)
		}
		got, err := x.After(t.Context(), 1, 10)
		if err != nil || len(got) != 1 || !strings.Contains(got[0].Reason, "half \uFFFD") || string(got[0].Data) != string(f.Data) {
			t.Errorf("%+v, %v", got, err)
		}
		if v, err := x.Verify(t.Context()); err != nil || !v.OK {
			t.Errorf("%+v, %v", v, err)
		}
	})
}
