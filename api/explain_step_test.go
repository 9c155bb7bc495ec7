package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
	"tandem/switchboard"
	"tandem/toll"
)

// sickness is one thing that keeps a call from being made or sent on, and what cures it. Both are done as people do them, by the API, where that can be.
type sickness struct {
	kind  string           // of the question that must decide
	code  string           // of the answer about a call; empty: no matter
	rule  string           // which rule is asked about; empty: no_answer
	makes func(w *patient) // what goes wrong
	cures func(w *patient) // what the answer proposes
	where string           // the page the answer leads to
	says  string           // part of the proposal
}

const abroad = "+48221234567"

// patient is an office in which nina of sales may call abroad over a line, her phone and uwe's are registered, and whoever answers nobody at nina's is
// sent on to a number abroad.
type patient struct {
	*office
	made map[string]string // what came to be, by name
}

func newPatient(t *testing.T) *patient {
	w := &patient{newOffice(t), map[string]string{}}
	w.wants(200, "olga", "PATCH", "/v1/trunks/<office trunk>", `{"off":false}`)
	for _, name := range []string{"nina", "uwe", "kai"} {
		w.rings(name)
	}
	w.leads(`{"kind":"outside","number":"` + abroad + `"}`)
	return w
}

func (w *patient) rings(name string) {
	phone := pbx.DeviceID(w.ids["phone of "+name])
	w.dir.SetBindings(phone, []pbx.Binding{{ID: pbx.BindingID("bnd_" + name), Device: phone, Contact: "sip:" + name + "@192.0.2.9", Expires: w.now().Add(time.Hour)}})
}

func (w *patient) leads(to string) { w.rules("olga", "nina", to) }

func (w *patient) rules(by, whose, to string) {
	w.t.Helper()
	w.wants(200, by, "PUT", "/v1/users/<"+whose+">/forwarding", `{"profiles":[`+profile("available", `no_answer={"inside":`+to+`,"outside":`+to+`}`)+`]}`)
}

// makesIt posts something and keeps its id.
func (w *patient) makesIt(name, path, body string) {
	w.t.Helper()
	var made struct{ ID string }
	w.wants(201, "olga", "POST", path, body).json(w.t, &made)
	w.made[name] = made.ID
}

func (w *patient) drops(name, path string) {
	w.t.Helper()
	r := w.ask("olga", "DELETE", path+w.made[name], "")
	if r.StatusCode != 204 && r.StatusCode != 200 {
		w.t.Fatalf("DELETE %s: %d %s", path, r.StatusCode, r.body)
	}
}

func (w *patient) denies(right string) {
	w.t.Helper()
	w.makesIt(right, "/v1/users/<nina>/grants", `{"right":"`+right+`","deny":true,"scope":{"kind":"self"}}`)
}

func (w *patient) profiles(rules, except string) {
	w.t.Helper()
	w.makesIt("profile", "/v1/restrictions", `{"name":"Test","on":[{"kind":"user","id":"<nina>"}],"rules":[`+rules+`],"except":[`+except+`]}`)
}

// excepts does what "an exception in the profile would allow it" says, to the profile that it names.
func (w *patient) excepts(id string) {
	w.t.Helper()
	w.wants(200, "olga", "PATCH", "/v1/restrictions/"+id, `{"except":[{"user":"<nina>","prefixes":["`+abroad+`"],"until":"2099-01-01T00:00:00Z","reason":"she has to"}]}`)
}

// spends takes all that is left in a budget of nina's.
func (w *patient) spends() {
	w.t.Helper()
	w.makesIt("budget", "/v1/budgets", `{"name":"Each day","on":{"kind":"user","id":"<nina>"},"measure":"money","period":"day","limit":100}`)
	s, nina := w.view(), pbx.UserID(w.ids["nina"])
	b := s.Budgets[pbx.BudgetID(w.made["budget"])]
	draw := toll.Draw{Budget: b, Account: toll.AccountOf(s, b, nina, w.now()), Limit: toll.Limit(b, nina, w.now())}
	if lacks, err := w.till.Reserve(context.Background(), "cal_x", "leg_x", nina, []toll.Draw{draw}, pbx.Price{Minute: 1_000_000}, 0, time.Minute); err != nil || lacks != nil {
		w.t.Fatal(lacks, err)
	}
}

// tolls are the sicknesses that a call and a forwarding to the same number share.
func tolls() []sickness {
	group := func(w *patient) string { return w.ids["sales restriction"] }
	return []sickness{
		{kind: "alarm", code: "alarm", where: "/alarms", says: "nina", makes: func(w *patient) { w.alarm() }, cures: func(w *patient) {
			w.wants(200, "greta", "POST", "/v1/alarms/<alarm of nina>/lift", `{"reason":"It was she herself"}`)
		}},
		{kind: "rules", code: "missing", says: "rule that allows", makes: func(w *patient) {
			w.wants(200, "olga", "PATCH", "/v1/restrictions/"+group(w), `{"rules":[{"effect":"allow","countries":["DE"]}]}`)
		}, cures: func(w *patient) { w.profiles(`{"effect":"allow","classes":["international"]}`, "") }},
		{kind: "rules", code: "contacts", where: "/contacts", says: "phone book", makes: func(w *patient) {
			w.wants(200, "olga", "PATCH", "/v1/restrictions/"+group(w), `{"rules":[{"effect":"allow","classes":["international"],"contacts":true}]}`)
		}, cures: func(w *patient) {
			w.makesIt("contact", "/v1/contacts", `{"name":"Warsaw","book":"group","group":"<sales>","numbers":[{"number":"`+abroad+`"}]}`)
		}},
		{kind: "deny", code: "forbidden", says: "Test", makes: func(w *patient) { w.profiles(`{"effect":"deny","countries":["PL"]}`, "") },
			cures: func(w *patient) { w.excepts(w.made["profile"]) }},
		{kind: "hours", code: "hours", says: "Test", makes: func(w *patient) {
			hour := w.now().UTC().Truncate(time.Hour).Hour()
			w.wants(200, "olga", "PATCH", "/v1/users/<nina>", `{"zone":"UTC"}`)
			w.profiles(fmt.Sprintf(`{"effect":"deny","countries":["PL"],"from":%d,"until":%d}`, hour*60, (hour+1)*60), "")
		}, cures: func(w *patient) { w.excepts(w.made["profile"]) }},
		{kind: "price", code: "unpriced", says: "price", makes: func(w *patient) {
			w.wants(204, "olga", "DELETE", "/v1/decks/<price list>", "")
			w.makesIt("budget", "/v1/budgets", `{"name":"Each day","on":{"kind":"user","id":"<nina>"},"measure":"money","period":"day","limit":100}`)
		}, cures: func(w *patient) {
			w.wants(200, "olga", "POST", "/v1/decks?name=Prices&currency=EUR", "prefix,price\n48,0.02\n")
		}},
		{kind: "budget", code: "budget", where: "/budgets", says: "budget", makes: (*patient).spends, cures: func(w *patient) {
			w.wants(200, "olga", "POST", "/v1/budgets/"+w.made["budget"]+"/raise", `{"more":500,"reason":"an offer"}`)
		}},
	}
}

// For every question that stands before a call there is a cause by which just that question decides; what the answer proposes is done, and the call is allowed
// by the answer and by the decision that carries calls (B-098).
func TestWhyCannotCallStepByStep(t *testing.T) {
	all := append(tolls(),
		sickness{kind: "right", code: "right", says: "outside numbers", makes: func(w *patient) { w.denies("call.out") }, cures: func(w *patient) { w.drops("call.out", "/v1/grants/") }},
		sickness{kind: "pin", code: "pin", says: "voicemail", makes: func(w *patient) { w.profiles(`{"effect":"pin","countries":["PL"]}`, "") }, cures: func(w *patient) {
			w.wants(200, "nina", "PATCH", "/v1/mailboxes/<nina>", `{"pin":"480213"}`)
		}})
	for _, tt := range all {
		t.Run(tt.kind+" "+tt.code, func(t *testing.T) {
			w := newPatient(t)
			ask := func() (y WhyCall) {
				t.Helper()
				w.wants(200, "olga", "POST", "/v1/explain/call", `{"from":"<nina>","to":"`+abroad+`"}`).json(t, &y)
				return y
			}
			carried := func() bool {
				t.Helper()
				var p Path
				w.wants(200, "olga", "POST", "/v1/explain/route", `{"from":"<nina>","to":"`+abroad+`"}`).json(t, &p)
				if p.Root.End == "pin" && len(p.Root.Next) == 1 && p.Root.Next[0].Branch == "pin" {
					return p.Root.Next[0].End == "rings"
				}
				return p.Root.End == "rings"
			}
			if y := ask(); !y.OK || !carried() {
				t.Fatalf("before: %+v", y)
			}
			tt.makes(w)
			y, decides := ask(), ""
			for _, c := range y.Order {
				if c.State == "decides" {
					decides += c.Kind
				}
			}
			if y.OK || decides != tt.kind || y.Code != tt.code || y.Verdict == "" || y.Change == "" || !strings.Contains(y.Change, tt.says) {
				t.Fatalf("%q decides: %+v", decides, y)
			}
			if carried() && tt.kind != "budget" { // what is left is known only to the till
				t.Error("the decision that carries calls sees nothing of it")
			}
			tt.cures(w)
			if y := ask(); !y.OK || y.Change != "" || !carried() {
				t.Errorf("what was proposed does not help: %+v", y)
			}
		})
	}
}

// What is no number can be called by nobody, and the answer says that before it looks at any rule (B-098).
func TestWhyNoNumberCanBeCalled(t *testing.T) {
	w := newPatient(t)
	for _, dialled := range []string{"+1 23", "abc"} {
		var y WhyCall
		w.wants(200, "olga", "POST", "/v1/explain/call", `{"from":"<nina>","to":"`+dialled+`"}`).json(t, &y)
		if y.OK || y.Number != "" || y.Order[len(y.Order)-1].Kind != "number" || y.Order[len(y.Order)-1].State != "decides" {
			t.Errorf("%s: %+v", dialled, y)
		}
	}
}

// For every question behind a rule that sends calls on there is a cause by which just that question decides; what the answer proposes is done, and the rule works
// by the answer and by the decision that carries calls (B-100).
func TestWhyForwardingFailsStepByStep(t *testing.T) {
	none := func(w *patient) { w.leads(`{"kind":""}`) }
	sets := func(w *patient) { w.rules("nina", "nina", `{"kind":"outside","number":"`+abroad+`"}`) }
	all := append(tolls(),
		sickness{kind: "right", where: "/explain?", says: "right", makes: func(w *patient) { none(w); w.denies("forwarding.edit") },
			cures: func(w *patient) { w.drops("forwarding.edit", "/v1/grants/"); sets(w) }},
		sickness{kind: "locked", where: "/forwarding", says: "Unlock", makes: func(w *patient) {
			none(w)
			w.wants(200, "olga", "PUT", "/v1/users/<nina>/forwarding", `{"locked":true}`)
		}, cures: func(w *patient) {
			w.wants(200, "olga", "PUT", "/v1/users/<nina>/forwarding", `{"locked":false}`)
			sets(w)
		}},
		sickness{kind: "outside", where: "/explain?", says: "outside", makes: func(w *patient) { none(w); w.denies("forwarding.outside") },
			cures: func(w *patient) { w.drops("forwarding.outside", "/v1/grants/"); sets(w) }},
		sickness{kind: "set", where: "/forwarding", says: "Set a rule", makes: none, cures: sets},
		sickness{kind: "person", where: "/people/", says: "suspension", makes: func(w *patient) { w.wants(200, "olga", "POST", "/v1/users/<nina>/suspend", `{}`) },
			cures: func(w *patient) { w.wants(200, "olga", "POST", "/v1/users/<nina>/restore", `{}`) }},
		sickness{kind: "active", where: "/forwarding", says: "status", rule: "profiles.available.no_answer", makes: func(w *patient) { w.wants(200, "nina", "PUT", "/v1/users/<nina>/status", `{"status":"dnd"}`) },
			cures: func(w *patient) { w.wants(200, "nina", "PUT", "/v1/users/<nina>/status", `{"status":"auto"}`) }},
		sickness{kind: "leads", where: "/forwarding", says: "another destination", makes: func(w *patient) {
			w.leads(`{"kind":"user","id":"<kai>"}`)
			w.wants(200, "olga", "DELETE", "/v1/users/<kai>", "")
		}, cures: sets},
		sickness{kind: "circle", where: "/forwarding", says: "somewhere else", makes: func(w *patient) {
			w.leads(`{"kind":"user","id":"<uwe>"}`)
			w.wants(200, "olga", "PUT", "/v1/users/<uwe>/forwarding", `{"profiles":[`+profile("available", `offline={"inside":{"kind":"user","id":"<nina>"}}`)+`]}`)
			w.dir.SetBindings(pbx.DeviceID(w.ids["phone of uwe"]), nil)
		}, cures: func(w *patient) {
			w.wants(200, "olga", "PUT", "/v1/users/<uwe>/forwarding", `{"profiles":[`+profile("available", `offline={"inside":{"kind":"user","id":"<kai>"}}`)+`]}`)
		}},
		sickness{kind: "pays", where: "/explain?", says: "nina", makes: func(w *patient) { w.denies("call.out") }, cures: func(w *patient) { w.drops("call.out", "/v1/grants/") }},
		sickness{kind: "pin", where: "/restrictions", says: "without a PIN", makes: func(w *patient) { w.profiles(`{"effect":"pin","countries":["PL"]}`, "") }, cures: func(w *patient) {
			w.wants(200, "olga", "PATCH", "/v1/restrictions/"+w.made["profile"], `{"rules":[{"effect":"pin","countries":["FR"]}]}`)
		}},
		sickness{kind: "reach", where: "/trunks", says: "lines", makes: func(w *patient) { w.wants(200, "olga", "PATCH", "/v1/trunks/<office trunk>", `{"off":true}`) },
			cures: func(w *patient) { w.wants(200, "olga", "PATCH", "/v1/trunks/<office trunk>", `{"off":false}`) }},
		sickness{kind: "reach", where: "/people/", says: "Register a phone", makes: func(w *patient) {
			w.leads(`{"kind":"user","id":"<uwe>"}`)
			w.dir.SetBindings(pbx.DeviceID(w.ids["phone of uwe"]), nil)
		}, cures: func(w *patient) { w.rings("uwe") }},
		sickness{kind: "carrier", where: "/calls?call=cal_403", says: "302", makes: func(w *patient) { w.wasCarried("cal_403", 403, time.Hour) }, cures: func(w *patient) {
			w.wants(200, "olga", "PATCH", "/v1/trunks/<office trunk>", `{"onward":"history"}`)
			w.wasCarried("cal_200", 200, time.Minute)
		}},
	)
	for _, tt := range all {
		t.Run(tt.kind+" "+tt.says, func(t *testing.T) {
			w := newPatient(t)
			rule := tt.rule
			if rule == "" {
				rule = "no_answer"
			}
			ask := func() ForwardWhy {
				t.Helper()
				y := w.whyForward(t, "olga", `{"user":"<nina>","rule":"`+rule+`"}`)
				if len(y.Rules) != 1 || y.OK != y.Rules[0].OK {
					t.Fatalf("%+v", y)
				}
				return y.Rules[0]
			}
			if y := ask(); !y.OK {
				t.Fatalf("before: %+v", y)
			}
			tt.makes(w)
			y := ask()
			if y.OK || decidesOf(y) != tt.kind {
				t.Fatalf("%q decides: %+v", decidesOf(y), y)
			}
			for _, c := range y.Order {
				if c.State == "decides" && (y.Verdict != c.Text || !strings.Contains(c.Change, tt.says) || !strings.Contains(c.Where, tt.where)) {
					t.Errorf("%+v", c)
				}
			}
			if sent := w.goesOn(); sent && tt.kind != "budget" && tt.kind != "carrier" { // which are known only when the call is made
				t.Error("the decision that carries calls sends it on all the same")
			}
			tt.cures(w)
			if y := ask(); !y.OK || !w.goesOn() {
				t.Errorf("what was proposed does not help: %+v", y)
			}
		})
	}
}

// goesOn asks the decision that carries calls whether a call of a colleague that nina does not answer rings somewhere.
func (w *patient) goesOn() bool {
	w.t.Helper()
	var p Path
	w.wants(200, "olga", "POST", "/v1/explain/route", `{"from":"<mia>","to":"`+w.view().Users[pbx.UserID(w.ids["nina"])].Extension+`"}`).json(w.t, &p)
	for _, next := range p.Root.Next {
		if next.Branch == "no_answer" {
			return next.End == "rings"
		}
	}
	return false
}

// wasCarried writes down a call of mia's that nina's rule sent on, with what the carrier said.
func (w *patient) wasCarried(id string, status int, ago time.Duration) {
	w.t.Helper()
	mia, nina, at := pbx.UserID(w.ids["mia"]), pbx.UserID(w.ids["nina"]), w.now().Add(-ago)
	c := report.CDR{ID: pbx.CallID(id), From: pbx.Party{User: mia, Name: "mia"}, To: pbx.Party{User: nina}, Users: []pbx.UserID{mia, nina}, Started: at, Ended: at.Add(time.Second), Cause: pbx.CauseFailed,
		Legs: []report.Leg{{Out: true, Trunk: "trk_1", Status: status, Party: pbx.Party{Number: abroad}, Charge: &pbx.Charge{Payer: nina}}}}
	if _, err := w.tenant.Append(w.t.Context(), []report.CDR{c}, nil); err != nil {
		w.t.Fatal(err)
	}
}

// Where a rule asks for the PIN and lets a typed one hold, it is told at which phone it holds and until when, and of no other PIN (B-002).
func TestWhyTellsWhereThePINHolds(t *testing.T) {
	w := newPatient(t)
	w.profiles(`{"effect":"pin","countries":["PL"],"minutes":15}`, "")
	w.wants(200, "nina", "PATCH", "/v1/mailboxes/<nina>", `{"pin":"480213"}`)
	w.wants(200, "olga", "PATCH", "/v1/users/<olga>", `{"zone":"UTC"}`)
	nina := pbx.UserID(w.ids["nina"])
	d := w.view().DevicesOf(nina)[0]
	for _, tt := range []struct {
		name string
		ago  time.Duration
		told bool
	}{{"now", 0, true}, {"a while ago", 14 * time.Minute, true}, {"too long ago", 15 * time.Minute, false}} {
		at := w.now().Add(-tt.ago)
		w.held = map[pbx.UserID][]switchboard.PINHeld{nina: {{Device: d.ID, At: at}}}
		var y WhyCall
		w.wants(200, "olga", "POST", "/v1/explain/call", `{"from":"<nina>","to":"`+abroad+`"}`).json(t, &y)
		want := "At " + d.Name + " nobody is asked for it until " + at.Add(15*time.Minute).UTC().Format("15:04")
		told := slices.ContainsFunc(y.Order, func(c CallCheck) bool {
			return c.Kind == "pin" && c.State == "passed" && strings.HasPrefix(c.Text, want)
		})
		if told != tt.told || !y.OK {
			t.Errorf("%s: want %q in %+v", tt.name, want, y.Order)
		}
	}
}
