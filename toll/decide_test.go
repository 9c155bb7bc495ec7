package toll

import (
	"slices"
	"testing"
	"time"

	"tandem/hours"
	"tandem/number"
	"tandem/pbx"
)

// noon is a Monday in Berlin, one hour later there.
var noon = time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)

// office has alice in the default group and bob in sales below it, from nine to six.
func office(t testing.TB, profiles ...*pbx.Restriction) *pbx.Snapshot {
	t.Helper()
	nouns := []pbx.Noun{
		&pbx.Tenant{Name: "Lindenhof", Country: "DE", Zone: "Europe/Berlin", Language: "de", Digits: 3},
		&pbx.Group{ID: "grp_all", Name: "Default", Default: true}, &pbx.Group{ID: "grp_sales", Name: "Sales", Parent: "grp_all"},
		&pbx.Group{ID: "grp_export", Name: "Export", Parent: "grp_sales", Zone: "Asia/Jakarta"},
		&pbx.User{ID: "usr_alice", Name: "Alice", Email: "a@x.example", Extension: "101"}, &pbx.User{ID: "usr_bob", Name: "Bob", Email: "b@x.example", Extension: "102"},
		&pbx.Membership{ID: "mem_alice", User: "usr_alice", Group: "grp_all", Role: "user", From: noon.AddDate(-1, 0, 0)},
		&pbx.Membership{ID: "mem_bob", User: "usr_bob", Group: "grp_export", Role: "manager", From: noon.AddDate(-1, 0, 0)},
		&pbx.Timetable{ID: pbx.OfficeHours, Schedule: hours.Schedule{Open: hours.Week{1: {{From: 540, Until: 1080}}, 2: {{From: 540, Until: 1080}}},
			Holidays: []hours.Holiday{{Name: "Feast", On: hours.MustRule("12-24")}}}},
	}
	for i, p := range profiles {
		p.ID, p.Name = pbx.RestrictionID("rst_"+string(rune('a'+i))), "P"
		nouns = append(nouns, p)
	}
	s, err := pbx.NewSnapshot(1, nouns...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func settings() pbx.Ref                  { return pbx.Ref{Kind: pbx.KindSettings, ID: "office"} }
func on(k pbx.Kind, id string) []pbx.Ref { return []pbx.Ref{{Kind: k, ID: id}} }
func everybody(rules ...pbx.TollRule) *pbx.Restriction {
	return &pbx.Restriction{On: []pbx.Ref{settings()}, Rules: rules}
}
func allow(classes ...string) pbx.TollRule {
	return pbx.TollRule{Effect: pbx.TollAllow, Classes: classes}
}
func deny(classes ...string) pbx.TollRule {
	return pbx.TollRule{Effect: pbx.TollDeny, Classes: classes}
}

func TestDecide(t *testing.T) {
	export := &pbx.Restriction{On: on(pbx.KindGroup, "grp_sales"), Rules: []pbx.TollRule{allow("international")}}
	for _, tt := range []struct {
		name     string
		profiles []*pbx.Restriction
		payer    pbx.UserID
		dialled  string
		at       time.Duration
		want     Code
		most     time.Duration
	}{
		{"a new system calls inside its country", nil, "usr_alice", "089 901820", 0, Basic, 0},
		{"mobiles too", nil, "usr_alice", "0170 1234567", 0, Basic, 0},
		{"and free numbers", nil, "usr_alice", "0800 1234567", 0, Basic, 0},
		{"not abroad", nil, "usr_alice", "+48 22 123 45 67", 0, Missing, 0},
		{"not the Caribbean", nil, "usr_alice", "+1 876 926 1234", 0, Missing, 0},
		{"not premium", nil, "usr_alice", "0900 1234567", 0, Missing, 0},
		{"not shared cost", nil, "usr_alice", "0180 1 123456", 0, Missing, 0},
		{"not satellites", nil, "usr_alice", "+8816 123 45678", 0, Missing, 0},
		{"not what nobody knows", nil, "usr_alice", "+999 1234567", 0, Missing, 0},
		{"extensions cost nothing", []*pbx.Restriction{everybody(deny())}, "usr_alice", "102", 0, Inside, 0},
		{"emergency before every rule", []*pbx.Restriction{everybody(deny())}, "usr_alice", "112", 0, Emergency, 0},
		{"and for nobody", nil, "usr_nobody", "110", 0, Emergency, 0},
		{"nobody pays", nil, "", "089 901820", 0, Nobody, 0},
		{"inbound only (B-004)", []*pbx.Restriction{{On: on(pbx.KindUser, "usr_alice"), Rules: []pbx.TollRule{deny()}}}, "usr_alice", "089 901820", 0, Forbidden, 0},
		{"for her alone", []*pbx.Restriction{{On: on(pbx.KindUser, "usr_alice"), Rules: []pbx.TollRule{deny()}}}, "usr_bob", "089 901820", 0, Basic, 0},
		{"a group calls abroad, those below too (B-037)", []*pbx.Restriction{export}, "usr_bob", "+48 22 123 45 67", 0, Allowed, 0},
		{"others do not", []*pbx.Restriction{export}, "usr_alice", "+48 22 123 45 67", 0, Missing, 0},
		{"deny beats allow, wherever it stands", []*pbx.Restriction{{On: on(pbx.KindUser, "usr_bob"), Rules: []pbx.TollRule{allow("international")}},
			everybody(allow("national"), pbx.TollRule{Effect: pbx.TollDeny, Countries: []string{"PL"}})}, "usr_bob", "+48 22 123 45 67", 0, Forbidden, 0},
		{"other countries stay", []*pbx.Restriction{{On: on(pbx.KindUser, "usr_bob"), Rules: []pbx.TollRule{allow("international")}},
			everybody(allow("national"), pbx.TollRule{Effect: pbx.TollDeny, Countries: []string{"PL"}})}, "usr_bob", "+43 1 234567", 0, Allowed, 0},
		{"everything leaves premium out", []*pbx.Restriction{everybody(allow())}, "usr_bob", "0900 1234567", 0, Missing, 0},
		{"unless it is named", []*pbx.Restriction{everybody(allow("premium"))}, "usr_bob", "0900 1234567", 0, Allowed, 0},
		{"or its number is", []*pbx.Restriction{everybody(pbx.TollRule{Effect: pbx.TollAllow, Prefixes: []string{"+499001234567"}})}, "usr_bob", "0900 1234567", 0, Allowed, 0},
		{"a role", []*pbx.Restriction{{On: on(pbx.KindRole, "manager"), Rules: []pbx.TollRule{allow("international")}}}, "usr_bob", "+43 1 234567", 0, Allowed, 0},
		{"not in closed hours (X-079, B-040)", []*pbx.Restriction{everybody(allow(), pbx.TollRule{Effect: pbx.TollDeny, When: pbx.TollClosed})}, "usr_alice", "089 901820", 8 * time.Hour, Hours, 0},
		{"but in open ones", []*pbx.Restriction{everybody(allow(), pbx.TollRule{Effect: pbx.TollDeny, When: pbx.TollClosed})}, "usr_alice", "089 901820", 0, Allowed, 0},
		{"open hours only", []*pbx.Restriction{everybody(pbx.TollRule{Effect: pbx.TollAllow, When: pbx.TollOpen})}, "usr_alice", "089 901820", 8 * time.Hour, Missing, 0},
		{"weekends (B-041)", []*pbx.Restriction{everybody(allow(), pbx.TollRule{Effect: pbx.TollDeny, When: pbx.TollWeekend})}, "usr_alice", "089 901820", 5 * 24 * time.Hour, Hours, 0},
		{"weekdays", []*pbx.Restriction{everybody(allow(), pbx.TollRule{Effect: pbx.TollDeny, When: pbx.TollWeekend})}, "usr_alice", "089 901820", 4 * 24 * time.Hour, Allowed, 0},
		{"holidays (B-041)", []*pbx.Restriction{everybody(allow(), pbx.TollRule{Effect: pbx.TollDeny, When: pbx.TollHoliday})}, "usr_alice", "089 901820", 31 * 24 * time.Hour, Hours, 0},
		{"by the clock of the payer", []*pbx.Restriction{everybody(allow(), pbx.TollRule{Effect: pbx.TollDeny, From: 18 * 60, Until: 6 * 60})}, "usr_bob", "089 901820", 0, Hours, 0},
		{"of each", []*pbx.Restriction{everybody(allow(), pbx.TollRule{Effect: pbx.TollDeny, From: 18 * 60, Until: 6 * 60})}, "usr_alice", "089 901820", 0, Allowed, 0},
		{"an exception beats a deny (B-114)", []*pbx.Restriction{{On: []pbx.Ref{settings()}, Rules: []pbx.TollRule{deny()},
			Except: []pbx.TollExcept{{User: "usr_bob", Prefixes: []string{"+48"}, Until: noon.Add(time.Hour), Reason: "fair"}}}}, "usr_bob", "+48 22 123 45 67", 0, Excepted, 0},
		{"until it ends", []*pbx.Restriction{{On: []pbx.Ref{settings()}, Rules: []pbx.TollRule{deny()},
			Except: []pbx.TollExcept{{User: "usr_bob", Prefixes: []string{"+48"}, Until: noon.Add(time.Hour), Reason: "fair"}}}}, "usr_bob", "+48 22 123 45 67", time.Hour, Forbidden, 0},
		{"the shortest limit counts (B-038)", []*pbx.Restriction{everybody(allow(), pbx.TollRule{Effect: pbx.TollLimit, Minutes: 60}, pbx.TollRule{Effect: pbx.TollLimit, Classes: []string{"international"}, Minutes: 10})},
			"usr_bob", "+43 1 234567", 0, Allowed, 10 * time.Minute},
		{"a profile that is off", []*pbx.Restriction{{Off: true, On: []pbx.Ref{settings()}, Rules: []pbx.TollRule{deny()}}}, "usr_bob", "089 901820", 0, Basic, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := office(t, tt.profiles...)
			q := Question{Payer: tt.payer, To: number.Read("DE", tt.dialled), At: noon.Add(tt.at)}
			v := Decide(s, q)
			if v.Code != tt.want || v.Most != tt.most || v.OK != slices.Contains([]Code{Emergency, Inside, Allowed, Basic, Excepted}, tt.want) {
				t.Errorf("%+v of %v, want %s %v", v, q.To.Class, tt.want, tt.most)
			}
			if v.Most > 0 && (v.Warn <= 0 || v.Warn >= v.Most) {
				t.Errorf("warned after %v of %v", v.Warn, v.Most)
			}
		})
	}
}

func TestBasicIsBasic(t *testing.T) {
	var words []string
	for _, c := range basic {
		words = append(words, c.String())
	}
	if !slices.Equal(words, pbx.Basic().Classes) {
		t.Errorf("%v, want %v", words, pbx.Basic().Classes)
	}
}

// An answer takes under a microsecond and nothing of the heap: it stands before every call.
func BenchmarkDecide(b *testing.B) {
	var profiles []*pbx.Restriction
	for range 4 {
		profiles = append(profiles, everybody(allow("local", "national", "mobile"), deny("premium", "satellite"),
			pbx.TollRule{Effect: pbx.TollDeny, Countries: []string{"JM", "DO", "CU", "SO"}}, pbx.TollRule{Effect: pbx.TollLimit, Minutes: 60}))
	}
	profiles = append(profiles, &pbx.Restriction{On: on(pbx.KindGroup, "grp_sales"), Rules: []pbx.TollRule{{Effect: pbx.TollAllow, Classes: []string{"international"}, When: pbx.TollOpen}}},
		everybody(pbx.TollRule{Effect: pbx.TollDeny, From: 22 * 60, Until: 6 * 60}))
	s := office(b, profiles...)
	q := Question{Payer: "usr_bob", To: number.Read("DE", "+43 1 234567"), At: noon.Add(-2 * time.Hour)}
	if v := Decide(s, q); v.Code != Allowed {
		b.Fatalf("%+v", v)
	}
	b.ReportAllocs()
	for b.Loop() {
		Decide(s, q)
	}
}

func TestDecideTakesNothingOfTheHeap(t *testing.T) {
	s := office(t, everybody(allow(), pbx.TollRule{Effect: pbx.TollDeny, From: 22 * 60, Until: 6 * 60}, pbx.TollRule{Effect: pbx.TollDeny, When: pbx.TollHoliday}))
	q := Question{Payer: "usr_alice", To: number.Read("DE", "089 901820"), At: noon}
	if n := testing.AllocsPerRun(100, func() { Decide(s, q) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
