package toll

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/number"
	"tandem/pbx"
)

// naive decides the same in the plainest way: it makes lists of everything and looks at them afterwards.
func naive(s *pbx.Snapshot, q Question) (ok bool, code Code, most int, pin string) {
	class := q.To.Class.String()
	if class == "emergency" {
		return true, Emergency, 0, ""
	}
	if slices.Contains([]string{"internal", "feature"}, class) {
		return true, Inside, 0, ""
	}
	if s.Users[q.Payer] == nil {
		return false, Nobody, 0, ""
	}
	reaches := map[pbx.Ref]bool{{Kind: pbx.KindSettings, ID: "office"}: true, {Kind: pbx.KindUser, ID: string(q.Payer)}: true, {Kind: pbx.KindDevice, ID: string(q.Device)}: q.Device != ""}
	for _, m := range s.Memberships {
		if m.User == q.Payer && m.IsActive(q.At) {
			reaches[pbx.Ref{Kind: pbx.KindRole, ID: string(m.Role)}] = true
			for id := range s.Groups {
				if s.IsBelow(m.Group, id) {
					reaches[pbx.Ref{Kind: pbx.KindGroup, ID: string(id)}] = true
				}
			}
		}
	}
	for _, a := range s.Assignments {
		if a.User == q.Payer && !q.At.Before(a.From) && (a.Until.IsZero() || q.At.Before(a.Until)) {
			reaches[pbx.Ref{Kind: pbx.KindRole, ID: string(a.Role)}] = true
		}
	}
	meant := func(classes, countries, prefixes []string) bool {
		prefix := len(prefixes) == 0
		for _, p := range prefixes {
			prefix = prefix || strings.HasPrefix(string(q.To.E164), p)
		}
		return prefix && (len(classes) == 0 || slices.Contains(classes, class)) && (len(countries) == 0 || slices.Contains(countries, q.To.Country) && q.To.Country != "")
	}
	effects, timeless, lifted, onOffice := map[pbx.TollEffect]int{}, 0, false, false
	for _, p := range s.Restrictions {
		if p.Off {
			continue
		}
		hit := false
		for _, r := range p.On {
			hit = hit || reaches[r]
			onOffice = onOffice || r.Kind == pbx.KindSettings
		}
		if !hit {
			continue
		}
		for _, e := range p.Except {
			lifted = lifted || e.User == q.Payer && e.Until.After(q.At) && meant(e.Classes, e.Countries, e.Prefixes)
		}
		for _, r := range p.Rules {
			if !meant(r.Classes, r.Countries, r.Prefixes) || !naiveHolds(s, q, r) {
				continue
			}
			if r.Effect == pbx.TollAllow && len(r.Classes)+len(r.Prefixes) == 0 && slices.Contains([]string{"premium", "shared_cost", "satellite", "unassigned"}, class) {
				continue
			}
			effects[r.Effect]++
			if until := q.Typed.Add(time.Duration(r.Minutes) * time.Minute); r.Effect == pbx.TollPIN && !q.PIN {
				switch {
				case q.Device == "" || q.Token != "" || q.Typed.After(q.At) || !until.After(q.At):
					pin = "asks"
				case pin != "asks":
					pin = "held"
				}
			}
			if r.Effect == pbx.TollDeny && r.When == pbx.TollAlways && r.From == r.Until {
				timeless++
			}
			if r.Effect == pbx.TollLimit && (most == 0 || r.Minutes < most) {
				most = r.Minutes
			}
		}
	}
	stays := pbx.DialGroup
	if r := s.GuestRooms[q.Payer]; r != nil && r.Stay != nil && r.Stay.From.Before(q.At) {
		stays = r.Stay.Dialling
	}
	switch {
	case lifted:
		return true, Excepted, most, pin
	case stays == "house", stays == "country" && !slices.Contains(pbx.Basic().Classes, class):
		return false, Staying, 0, ""
	case timeless > 0:
		return false, Forbidden, 0, ""
	case effects[pbx.TollDeny] > 0:
		return false, Hours, 0, ""
	case effects[pbx.TollAllow] > 0:
		return true, Allowed, most, pin
	case !onOffice && slices.Contains(pbx.Basic().Classes, class):
		return true, Basic, most, pin
	}
	return false, Missing, 0, ""
}

func naiveHolds(s *pbx.Snapshot, q Question, r pbx.TollRule) bool {
	zone, err := time.LoadLocation(s.ZoneOf(q.Payer, q.At))
	if err != nil {
		panic(err)
	}
	local := q.At.In(zone)
	state := s.KeptBy(pbx.HoursID(q.Payer), q.At).Plan.At(q.At)
	if r.From != r.Until {
		inside := false
		for m := r.From; m%1440 != r.Until%1440 || m == r.From; m++ {
			inside = inside || m%1440 == local.Hour()*60+local.Minute()
		}
		if !inside {
			return false
		}
	}
	return map[pbx.TollWhen]bool{pbx.TollAlways: true, pbx.TollOpen: state.State != pbx.StateClosed, pbx.TollClosed: state.State == pbx.StateClosed,
		pbx.TollWeekend: local.Weekday() == 0 || local.Weekday() == 6, pbx.TollHoliday: state.Holiday}[r.When]
}

var dialled = []string{"112", "110", "102", "*97", "030 901820", "901820123", "0170 1234567", "0800 1234567", "0900 1234567", "0180 1 123456", "+48 22 123 45 67",
	"+43 1 234567", "+1 876 926 1234", "+8816 123 45678", "+999 1234567"}

func draw(t *rapid.T) ([]*pbx.Restriction, Question) {
	some := func(label string, of []string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 2, rapid.ID[string]).Draw(t, label)
	}
	refs := []pbx.Ref{settings(), {Kind: pbx.KindUser, ID: "usr_alice"}, {Kind: pbx.KindUser, ID: "usr_bob"}, {Kind: pbx.KindGroup, ID: "grp_all"}, {Kind: pbx.KindGroup, ID: "grp_sales"},
		{Kind: pbx.KindGroup, ID: "grp_export"}, {Kind: pbx.KindRole, ID: "manager"}, {Kind: pbx.KindRole, ID: "user"}, {Kind: pbx.KindDevice, ID: "dev_1"}, {Kind: pbx.KindUser, ID: "usr_gone"}}
	lists := func() (a, b, c []string) {
		return some("classes", number.OutsideClasses()), some("countries", []string{"DE", "PL", "AT", "JM"}), some("prefixes", []string{"+48", "+49", "+4930", "+1876"})
	}
	var all []*pbx.Restriction
	for range rapid.IntRange(0, 4).Draw(t, "profiles") {
		p := &pbx.Restriction{Off: rapid.IntRange(0, 9).Draw(t, "off") == 0, On: rapid.SliceOfNDistinct(rapid.SampledFrom(refs), 0, 3, rapid.ID[pbx.Ref]).Draw(t, "on")}
		for range rapid.IntRange(0, 3).Draw(t, "rules") {
			r := pbx.TollRule{Effect: rapid.SampledFrom([]pbx.TollEffect{pbx.TollAllow, pbx.TollAllow, pbx.TollDeny, pbx.TollLimit, pbx.TollPIN}).Draw(t, "effect"),
				When: rapid.SampledFrom([]pbx.TollWhen{"", "", "open", "closed", "weekend", "holiday"}).Draw(t, "when")}
			r.Classes, r.Countries, r.Prefixes = lists()
			if r.Effect == pbx.TollLimit {
				r.Minutes = rapid.IntRange(1, 60).Draw(t, "minutes")
			}
			if r.Effect == pbx.TollPIN {
				r.Minutes = rapid.IntRange(0, 30).Draw(t, "holds")
			}
			if rapid.Bool().Draw(t, "span") {
				r.From, r.Until = rapid.IntRange(0, 700).Draw(t, "from"), rapid.IntRange(701, 1440).Draw(t, "until")
				if rapid.Bool().Draw(t, "night") {
					r.From, r.Until = r.Until%1440, r.From
				}
				if r.From == r.Until {
					r.Until++
				}
			}
			p.Rules = append(p.Rules, r)
		}
		if rapid.Bool().Draw(t, "except") {
			e := pbx.TollExcept{User: rapid.SampledFrom([]pbx.UserID{"usr_alice", "usr_bob"}).Draw(t, "for"), Reason: "r", Until: noon.Add(time.Duration(rapid.IntRange(-1, 40).Draw(t, "until")) * time.Hour)}
			e.Classes, e.Countries, e.Prefixes = lists()
			p.Except = append(p.Except, e)
		}
		all = append(all, p)
	}
	q := Question{Payer: rapid.SampledFrom([]pbx.UserID{"usr_alice", "usr_bob", "usr_bob", "usr_nobody"}).Draw(t, "payer"), Device: rapid.SampledFrom([]pbx.DeviceID{"", "dev_1"}).Draw(t, "device"),
		To: number.Read("DE", rapid.SampledFrom(dialled).Draw(t, "dialled")), At: noon.Add(time.Duration(rapid.IntRange(0, 40*24*60).Draw(t, "minute")) * time.Minute)}
	q.PIN = rapid.IntRange(0, 4).Draw(t, "pin") == 0
	q.Token = rapid.SampledFrom([]pbx.TokenID{"", "", "", "tok_1"}).Draw(t, "token")
	if rapid.IntRange(0, 3).Draw(t, "typed") > 0 {
		q.Typed = q.At.Add(-time.Duration(rapid.IntRange(-1, 30).Draw(t, "ago")) * time.Minute)
	}
	return all, q
}

// The quick answer is the plain one; emergency calls go out whatever is written; the explanation says the same, and the change that it
// proposes allows the call.
func TestTwoOpinions(t *testing.T) {
	codes := map[Code]int{}
	rapid.Check(t, func(r *rapid.T) {
		profiles, q := draw(r)
		s := office(t, profiles...)
		if guest := rapid.SampledFrom([]pbx.UserID{"", "usr_alice", "usr_bob"}).Draw(r, "guest"); guest != "" {
			s = staying(t, s, guest, noon.Add(time.Duration(rapid.IntRange(-1, 40).Draw(r, "checked in"))*time.Hour-time.Second), rapid.SampledFrom(pbx.Diallings()).Draw(r, "dialling"))
		}
		v := Decide(s, q)
		codes[v.Code]++
		ok, code, most, pin := naive(s, q)
		said := map[bool]string{v.Asks.Profile != nil: "asks", v.Held.Profile != nil: "held"}[true]
		if v.OK != ok || v.Code != code || v.OK && v.Most != time.Duration(most)*time.Minute || said != pin {
			r.Fatalf("%+v\nnaive: %v %s %d %q\n%s", v, ok, code, most, pin, shown(profiles))
		}
		if q.To.Class == number.Emergency && !v.OK {
			r.Fatal("an emergency call is refused")
		}
		e := Explain(s, q)
		if e.Verdict != v {
			r.Fatalf("explained %+v, decided %+v", e.Verdict, v)
		}
		if v.OK || v.Code == Nobody {
			return
		}
		if e.Remedy == nil {
			r.Fatal("nothing would help")
		}
		next, err := s.Apply(pbx.Change{Put: []pbx.Noun{e.Remedy}})
		if err != nil {
			r.Fatal(err)
		}
		if after := Decide(next, q); !after.OK {
			r.Fatalf("the remedy does not help: %+v\n%s", after, shown([]*pbx.Restriction{e.Remedy}))
		}
	})
	t.Log(codes)
}

// Where every call outside is open, and rules ask for the PIN, both opinions agree on whether it has to be typed.
func TestTwoOpinionsOnPINs(t *testing.T) {
	pins := map[string]int{}
	minutes := rapid.IntRange(0, 30)
	rapid.Check(t, func(r *rapid.T) {
		_, q := draw(r)
		q.Payer, q.To = "usr_bob", number.Read("DE", rapid.SampledFrom([]string{"030 901820", "0170 1234567", "+48 22 123 45 67"}).Draw(r, "outside"))
		rules := []pbx.TollRule{allow()}
		for range rapid.IntRange(0, 3).Draw(r, "asking") {
			rules = append(rules, pbx.TollRule{Effect: pbx.TollPIN, Minutes: minutes.Draw(r, "holds"), Classes: rapid.SampledFrom([][]string{nil, {"mobile"}, {"international", "national"}}).Draw(r, "about")})
		}
		profiles := []*pbx.Restriction{everybody(rules...), {On: on(pbx.KindUser, "usr_bob"), Rules: []pbx.TollRule{{Effect: pbx.TollPIN, Minutes: minutes.Draw(r, "his")}}, Off: rapid.Bool().Draw(r, "off")}}
		s := office(t, profiles...)
		v := Decide(s, q)
		_, _, _, pin := naive(s, q)
		said := map[bool]string{v.Asks.Profile != nil: "asks", v.Held.Profile != nil: "held"}[true]
		if pins[said]++; said != pin || v.Asks.Profile != nil && v.Held.Profile != nil {
			r.Fatalf("%q, naive: %q\n%+v\n%s", said, pin, q, shown(profiles))
		}
	})
	if pins["asks"] == 0 || pins["held"] == 0 || pins[""] == 0 {
		t.Errorf("not every answer was met: %v", pins)
	}
}

func shown(all []*pbx.Restriction) string {
	var b strings.Builder
	for _, p := range all {
		fmt.Fprintf(&b, "%+v\n", *p)
	}
	return b.String()
}
