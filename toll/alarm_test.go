package toll

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/number"
	"tandem/pbx"
)

// flight is a leg of alice's to a number abroad.
func flight(call int, to string, at time.Duration) Flight {
	n := number.Read("DE", to)
	return Flight{Call: pbx.CallID(fmt.Sprint("cal_", call)), Payer: "usr_alice", Groups: []pbx.GroupID{"grp_all"}, Number: string(n.E164), Country: n.Country, At: noon.Add(at)}
}

// What is too much stops whoever does it until it is lifted; what is not, does not (TF-06).
func TestVelocity(t *testing.T) {
	limits := pbx.DefaultAlarms()
	known := func() *Velocity {
		v := &Velocity{}
		for _, c := range []string{"PL", "AT", "JM"} {
			v.Known(c)
		}
		return v
	}
	for _, tt := range []struct {
		name string
		do   func(v *Velocity) pbx.Alarm // the last leg's
		want pbx.AlarmKind
		on   string
		n    int
	}{
		{"three at once", func(v *Velocity) (a pbx.Alarm) {
			for i := range 3 {
				_, a, _ = v.Begin(limits, flight(i, "+48221234567", 0))
			}
			return a
		}, "", "", 0},
		{"four at once", func(v *Velocity) (a pbx.Alarm) {
			for i := range 4 {
				_, a, _ = v.Begin(limits, flight(i, "+48221234567", 0))
			}
			return a
		}, pbx.AlarmAtOnce, "user:usr_alice", 4},
		{"one call that tries line after line is one", func(v *Velocity) (a pbx.Alarm) {
			for range 9 {
				_, a, _ = v.Begin(limits, flight(1, "+48221234567", 0))
			}
			return a
		}, "", "", 0},
		{"one call that rings many numbers is many", func(v *Velocity) (a pbx.Alarm) {
			for i := range 4 {
				_, a, _ = v.Begin(limits, flight(1, fmt.Sprint("+4822123456", i), 0))
			}
			return a
		}, pbx.AlarmAtOnce, "user:usr_alice", 4},
		{"four after one another", func(v *Velocity) (a pbx.Alarm) {
			for i := range 4 {
				ticket, alarm, _ := v.Begin(limits, flight(i, "+48221234567", time.Duration(i)*time.Minute))
				v.End(limits, ticket, true, time.Minute, noon)
				a = alarm
			}
			return a
		}, "", "", 0},
		{"eleven of a group", func(v *Velocity) (a pbx.Alarm) {
			for i := range 11 {
				f := flight(i, "+48221234567", 0)
				f.Payer = pbx.UserID(fmt.Sprint("usr_", i))
				_, a, _ = v.Begin(limits, f)
			}
			return a
		}, pbx.AlarmGroup, "group:grp_all", 11},
		{"twenty-one destinations", func(v *Velocity) (a pbx.Alarm) {
			for i := range 21 {
				ticket, alarm, _ := v.Begin(limits, flight(i, fmt.Sprintf("+48221234%03d", i), time.Duration(i)*time.Minute))
				v.End(limits, ticket, false, 0, noon)
				a = alarm
			}
			return a
		}, pbx.AlarmDestinations, "user:usr_alice", 21},
		{"twenty-one destinations in more than an hour", func(v *Velocity) (a pbx.Alarm) {
			for i := range 21 {
				ticket, alarm, _ := v.Begin(limits, flight(i, fmt.Sprintf("+48221234%03d", i), time.Duration(i)*4*time.Minute))
				v.End(limits, ticket, false, 0, noon)
				a = alarm
			}
			return a
		}, "", "", 0},
		{"a new country at night", func(v *Velocity) pbx.Alarm {
			f := flight(1, "+81312345678", 0)
			f.Closed = true
			_, a, _ := v.Begin(limits, f)
			return a
		}, pbx.AlarmCountry, "user:usr_alice", 1},
		{"a new country by day, then at night", func(v *Velocity) pbx.Alarm {
			ticket, _, fresh := v.Begin(limits, flight(1, "+81312345678", 0))
			v.End(limits, ticket, true, time.Minute, noon)
			f := flight(2, "+81312345678", time.Hour)
			f.Closed = true
			if _, _, again := v.Begin(limits, f); !fresh || again {
				panic("new once")
			}
			return pbx.Alarm{}
		}, "", "", 0},
		{"ten short calls to one range", func(v *Velocity) (a pbx.Alarm) {
			for i := range 10 {
				ticket, _, _ := v.Begin(limits, flight(i, fmt.Sprintf("+48221234%03d", i), time.Duration(i)*time.Minute))
				a, _ = v.End(limits, ticket, true, 9*time.Second, noon.Add(time.Duration(i)*time.Minute))
			}
			return a
		}, pbx.AlarmShort, "user:usr_alice", 10},
		{"ten calls of ten seconds", func(v *Velocity) (a pbx.Alarm) {
			for i := range 10 {
				ticket, _, _ := v.Begin(limits, flight(i, fmt.Sprintf("+48221234%03d", i), time.Duration(i)*time.Minute))
				a, _ = v.End(limits, ticket, true, 10*time.Second, noon.Add(time.Duration(i)*time.Minute))
			}
			return a
		}, "", "", 0},
		{"ten short calls to ten ranges", func(v *Velocity) (a pbx.Alarm) {
			for i := range 10 {
				ticket, _, _ := v.Begin(limits, flight(i, fmt.Sprintf("+4822%03d1234", i), time.Duration(i)*time.Minute))
				a, _ = v.End(limits, ticket, true, time.Second, noon.Add(time.Duration(i)*time.Minute))
			}
			return a
		}, "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := known()
			a := tt.do(v)
			if a.Kind != tt.want || tt.want != "" && (a.On.String() != tt.on || a.Count != tt.n) {
				t.Fatalf("%+v", a)
			}
			if tt.want == "" {
				return
			}
			next := flight(99, "+43123456789", 59*time.Minute)
			if ticket, again, _ := v.Begin(limits, next); ticket != 0 || again.Kind != "" {
				t.Errorf("goes on: %d %+v", ticket, again)
			}
			a.Lifted = next.At
			v.Lift(&a)
			v.open = nil
			if next.At = next.At.Add(time.Second); a.Kind == pbx.AlarmCountry {
				next = flight(99, "+81312345679", 59*time.Minute)
				next.Closed = true
			}
			if ticket, again, _ := v.Begin(limits, next); ticket == 0 {
				t.Errorf("still stopped after it was lifted: %+v", again)
			}
		})
	}
	t.Run("what is 0 is not looked at", func(t *testing.T) {
		v := &Velocity{}
		for i := range 50 {
			f := flight(i, fmt.Sprintf("+48221234%03d", i), 0)
			f.Closed = true
			if ticket, _, _ := v.Begin(pbx.AlarmLimits{}, f); ticket == 0 {
				t.Fatal(i)
			}
		}
	})
}

// However calls come and go, no more are up at once than the limit, and nobody who is stopped begins one.
func TestVelocityNeverExceeds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v Velocity
		limits := pbx.AlarmLimits{AtOnce: rapid.IntRange(1, 4).Draw(t, "limit"), Short: 3, ShortSeconds: 10}
		up, stopped := map[int64]bool{}, false
		for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
			at := time.Duration(i) * time.Second
			if rapid.Bool().Draw(t, "begin") {
				ticket, a, _ := v.Begin(limits, flight(i, "+48221234567", at))
				if stopped && ticket != 0 {
					t.Fatal("begins though stopped")
				}
				if stopped = stopped || a.Kind != ""; ticket != 0 {
					up[ticket] = true
				}
			} else {
				for ticket := range up {
					delete(up, ticket)
					_, bad := v.End(limits, ticket, true, time.Duration(rapid.IntRange(1, 20).Draw(t, "talk"))*time.Second, noon.Add(at))
					stopped = stopped || bad
					break
				}
			}
			if len(up) > limits.AtOnce {
				t.Fatalf("%d at once", len(up))
			}
		}
	})
}

// An alarm beats an exception, reaches those below a group, stops what costs as much, and no emergency call and nothing at home.
func TestDecideAlarm(t *testing.T) {
	open := everybody(allow("local", "national", "mobile", "international", "premium"))
	open.Except = []pbx.TollExcept{{User: "usr_bob", Until: noon.AddDate(1, 0, 0), Reason: "fair"}}
	s := office(t, open)
	for _, tt := range []struct {
		on      pbx.Ref
		lifted  bool
		dialled string
		want    Code
	}{
		{pbx.Ref{Kind: pbx.KindUser, ID: "usr_bob"}, false, "+48221234567", Alarmed},
		{pbx.Ref{Kind: pbx.KindUser, ID: "usr_bob"}, false, "0900 1234567", Alarmed},
		{pbx.Ref{Kind: pbx.KindUser, ID: "usr_bob"}, false, "030 901820", Excepted},
		{pbx.Ref{Kind: pbx.KindUser, ID: "usr_bob"}, false, "112", Emergency},
		{pbx.Ref{Kind: pbx.KindUser, ID: "usr_bob"}, true, "+48221234567", Excepted},
		{pbx.Ref{Kind: pbx.KindUser, ID: "usr_alice"}, false, "+48221234567", Excepted},
		{pbx.Ref{Kind: pbx.KindGroup, ID: "grp_sales"}, false, "+48221234567", Alarmed},
	} {
		a := &pbx.Alarm{ID: "alm_1", On: tt.on, Kind: pbx.AlarmAtOnce, Raised: noon}
		if tt.lifted {
			a.Lifted = noon
		}
		stopped, err := s.Apply(pbx.Change{Put: []pbx.Noun{a}})
		if err != nil {
			t.Fatal(err)
		}
		q := Question{Payer: "usr_bob", To: number.Read("DE", tt.dialled), At: noon}
		v := Decide(stopped, q)
		if v.Code != tt.want || v.OK != (tt.want != Alarmed) || (v.Alarm == a) != (tt.want == Alarmed) {
			t.Errorf("%s, %v: %+v", tt.dialled, tt.on, v)
		}
		if e := Explain(stopped, q); tt.want == Alarmed && (e.Remedy != nil || !hasCheck(e, CheckAlarm)) {
			t.Errorf("%s: %+v", tt.dialled, e)
		}
	}
}

func hasCheck(e Explanation, k CheckKind) bool {
	for _, c := range e.Checks() {
		if c.Kind == k && !c.OK {
			return true
		}
	}
	return false
}
