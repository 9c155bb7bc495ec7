package toll

import (
	"slices"
	"testing"
	"time"

	"tandem/number"
	"tandem/pbx"
)

// staying lets a guest stay at somebody's extension since a moment.
func staying(t testing.TB, s *pbx.Snapshot, u pbx.UserID, since time.Time, d pbx.Dialling) *pbx.Snapshot {
	t.Helper()
	return turned(t, s, &pbx.GuestRoom{User: u, Care: pbx.RoomClean, Since: since, Stay: &pbx.Stay{Guest: "Ada", From: since, Until: since.Add(48 * time.Hour), Dialling: d}})
}

func turned(t testing.TB, s *pbx.Snapshot, n ...pbx.Noun) *pbx.Snapshot {
	t.Helper()
	next, err := s.Apply(pbx.Change{Put: n})
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// What is chosen at check-in takes away from what the room's group may call, opens nothing, ends with the stay, and stands before nothing inside and no emergency;
// why a number cannot be called names it (G-019).
func TestDiallingOfAStay(t *testing.T) {
	abroad := everybody(allow())
	lifted := everybody(allow())
	lifted.Except = []pbx.TollExcept{{User: "usr_alice", Until: noon.Add(time.Hour), Reason: "fair"}}
	for _, tt := range []struct {
		name    string
		profile *pbx.Restriction
		chosen  pbx.Dialling
		dialled string
		at      time.Duration
		want    Code
	}{
		{"as the group, abroad", abroad, pbx.DialGroup, "+43 1 234567", 0, Allowed},
		{"as the group, what it may not", abroad, pbx.DialGroup, "0900 1234567", 0, Missing},
		{"the country, local", abroad, pbx.DialCountry, "030 901820", 0, Allowed},
		{"the country, a mobile", abroad, pbx.DialCountry, "0170 1234567", 0, Allowed},
		{"the country, free", abroad, pbx.DialCountry, "0800 1234567", 0, Allowed},
		{"the country, not abroad", abroad, pbx.DialCountry, "+43 1 234567", 0, Staying},
		{"the country, not premium", everybody(allow("premium")), pbx.DialCountry, "0900 1234567", 0, Staying},
		{"the country opens nothing", everybody(allow("mobile")), pbx.DialCountry, "030 901820", 0, Missing},
		{"the house, not even free", abroad, pbx.DialHouse, "0800 1234567", 0, Staying},
		{"the house, inside", abroad, pbx.DialHouse, "102", 0, Inside},
		{"the house, an emergency", everybody(deny()), pbx.DialHouse, "112", 0, Emergency},
		{"the house, an exception for the room", lifted, pbx.DialHouse, "+43 1 234567", 0, Excepted},
		{"the house, when that is over", lifted, pbx.DialHouse, "+43 1 234567", 2 * time.Hour, Staying},
		{"before the stay", abroad, pbx.DialHouse, "+43 1 234567", -2 * time.Hour, Allowed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := staying(t, office(t, tt.profile), "usr_alice", noon.Add(-time.Hour), tt.chosen)
			q := Question{Payer: "usr_alice", To: number.Read("DE", tt.dialled), At: noon.Add(tt.at)}
			e := Explain(s, q)
			if e.Code != tt.want || e.Verdict != Decide(s, q) {
				t.Errorf("%+v, want %s", e.Verdict, tt.want)
			}
			asked := slices.ContainsFunc(e.Checks(), func(c Check) bool {
				return c.Kind == CheckStay && !c.OK && e.Answer(c).Key == "toll.check.stay_"+string(tt.chosen)
			})
			if asked != (tt.want == Staying) {
				t.Errorf("the explanation names it: %t", asked)
			}
			if v := Decide(s, Question{Payer: "usr_bob", To: q.To, At: q.At}); v.Code == Staying {
				t.Error("it is about somebody else's calls too")
			}
			out := turned(t, s, &pbx.GuestRoom{User: "usr_alice", Care: pbx.RoomDirty, Since: noon.Add(tt.at)})
			if v := Decide(out, q); v.Code == Staying {
				t.Error("it outlasts the stay")
			}
		})
	}
}

// What is a room's alone of a budget begins anew with each guest; what several share, and what is for everybody else, goes on (G-019, TF-14).
func TestNobodySpendsWhatAGuestLeft(t *testing.T) {
	each := &pbx.Budget{ID: "bud_each", Name: "Each", On: settings(), Each: true, Measure: pbx.MeasureTime, Period: pbx.PeriodMonth, Limit: 10}
	own := &pbx.Budget{ID: "bud_own", Name: "Own", On: pbx.Ref{Kind: pbx.KindUser, ID: "usr_alice"}, Measure: pbx.MeasureTime, Period: pbx.PeriodDay, Limit: 10}
	all := &pbx.Budget{ID: "bud_all", Name: "All", On: settings(), Measure: pbx.MeasureTime, Period: pbx.PeriodMonth, Limit: 100}
	s := turned(t, office(t), each, own, all)
	q := func(u pbx.UserID, at time.Time) *Question {
		return &Question{Payer: u, To: number.Read("DE", "030 901820"), At: at}
	}
	var l Ledger
	spend := func(s *pbx.Snapshot, u pbx.UserID, at time.Time) (short *Draw) {
		t.Helper()
		draws := Draws(s, q(u, at))
		if short = Short(draws, pbx.Price{}, l.Spent); short != nil {
			return short
		}
		leg := pbx.LegID("leg_" + at.String() + string(u))
		line, lacks := l.Reserve("cal_1", leg, Slice(draws, pbx.Price{}, 0, 10*time.Minute))
		if lacks != nil {
			t.Fatalf("%+v", lacks)
		}
		l.Apply(line)
		if line, ok := l.Settle(leg, Took(draws, pbx.Price{}, 10*time.Minute)); ok {
			l.Apply(line)
		}
		return nil
	}
	s = staying(t, s, "usr_alice", noon, pbx.DialGroup)
	if short := spend(s, "usr_alice", noon.Add(time.Minute)); short != nil {
		t.Fatalf("the first guest: %+v", short.Budget)
	}
	if short := spend(s, "usr_alice", noon.Add(time.Hour)); short == nil {
		t.Fatal("the first guest spends more than there is")
	}
	if short := spend(s, "usr_bob", noon.Add(time.Minute)); short != nil {
		t.Fatalf("somebody else: %+v", short.Budget)
	}
	s = turned(t, s, &pbx.GuestRoom{User: "usr_alice", Care: pbx.RoomDirty, Since: noon.Add(2 * time.Hour)})
	s = staying(t, s, "usr_alice", noon.Add(3*time.Hour), pbx.DialGroup)
	if short := spend(s, "usr_alice", noon.Add(4*time.Hour)); short != nil {
		t.Errorf("the next guest has nothing left of %s", short.Budget.ID)
	}
	if short := spend(s, "usr_bob", noon.Add(4*time.Hour)); short == nil || short.Budget.ID != "bud_each" {
		t.Errorf("somebody else begins anew: %+v", short)
	}
	if got := l.Spent(AccountOf(s, all, "usr_alice", noon.Add(4*time.Hour))); got != 3*600 {
		t.Errorf("of what all share %d seconds are spent", got)
	}
	if a := AccountOf(s, own, "usr_alice", noon.Add(48*time.Hour)); a.Window != Window(pbx.PeriodDay, noon.Add(48*time.Hour), s.OfficeClock()).Unix() {
		t.Error("the next day does not begin anew")
	}
	if a := AccountOf(s, own, "usr_alice", noon.Add(-time.Hour)); a.Window != Window(pbx.PeriodDay, noon, s.OfficeClock()).Unix() {
		t.Error("a clock that is set back does not lead into the window that was there before")
	}
}
