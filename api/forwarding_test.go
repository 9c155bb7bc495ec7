package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/pbx"
)

// profile is the body of one status with rules of the given words.
func profile(status string, rules ...string) string {
	set := map[string]string{"no_answer": `{"inside":{"kind":""}}`, "busy": `{"inside":{"kind":""}}`, "offline": `{"inside":{"kind":""}}`, "always": `{"inside":{"kind":""}}`}
	more := `"mobile":false,"single":false`
	for _, r := range rules {
		name, value, _ := strings.Cut(r, "=")
		if name == "more" {
			more = value
			continue
		}
		set[name] = value
	}
	return fmt.Sprintf(`{"status":%q,"rings":true,"ring":0,"no_answer":%s,"busy":%s,"offline":%s,"always":%s,%s,"no_push":false,"no_groups":false}`,
		status, set["no_answer"], set["busy"], set["offline"], set["always"], more)
}

func TestAStatusIsChosenAndEnds(t *testing.T) {
	o := live(t)
	until := o.now().Add(time.Hour).Format(time.RFC3339)
	before := o.head()
	var st UserStatus
	o.ask("uwe", "PUT", "/v1/users/<uwe>/status", `{"status":"away","until":"`+until+`"}`).json(t, &st)
	if st.Kind != pbx.StatusAway || !st.Manual || st.Rings || st.Until.IsZero() {
		t.Fatalf("%+v", st)
	}
	if got := o.kinds(before); !slices.Equal(got, []event.Kind{event.StatusChosen}) {
		t.Errorf("facts %v", got)
	}
	var nina User
	o.ask("nina", "GET", "/v1/users/<uwe>", "").json(t, &nina)
	if nina.Presence != "away" || nina.Status == nil || nina.Status.Kind != pbx.StatusAway {
		t.Errorf("a colleague sees %q %+v", nina.Presence, nina.Status)
	}
	o.ask("uwe", "PUT", "/v1/users/<uwe>/status?dry=1", `{"status":"dnd"}`).json(t, &st)
	if st.Kind != pbx.StatusDND {
		t.Errorf("tried %+v", st)
	}
	o.now = func() time.Time { return start.Add(2 * time.Hour) }
	o.ask("nina", "GET", "/v1/users/<uwe>", "").json(t, &nina)
	if nina.Status.Kind != pbx.StatusAvailable || nina.Status.Manual {
		t.Errorf("after its end %+v", nina.Status)
	}
	o.ask("uwe", "PUT", "/v1/users/<uwe>/status", `{"status":"dnd"}`)
	before = o.head()
	o.ask("uwe", "PUT", "/v1/users/<uwe>/status", `{"status":"auto"}`).json(t, &st)
	if got := o.kinds(before); st.Manual || !slices.Equal(got, []event.Kind{event.StatusCleared}) {
		t.Errorf("%+v, facts %v", st, got)
	}
	for _, bad := range []string{`{"status":"dnd","until":"2001-01-01T00:00:00Z"}`, `{"status":"dnd","until":"2999-01-01T00:00:00Z"}`, `{"status":"lunch"}`} {
		if r := o.ask("uwe", "PUT", "/v1/users/<uwe>/status", bad); r.StatusCode != 422 {
			t.Errorf("%s: %d", bad, r.StatusCode)
		}
	}
}

func TestForwardingIsWrittenAndRead(t *testing.T) {
	o := live(t)
	before := o.head()
	body := `{"profiles":[` + profile("available", `no_answer={"inside":{"kind":"user","id":"<nina>"},"outside":{"kind":"ring","id":"<sales ring>"}}`, `more="mobile":false,"single":true`) + `,` +
		profile("away2", `always={"inside":{"kind":"busy"}}`) + `],"exceptions":[{"caller":"<nina>","to":{"kind":"user","id":"<uwe>"}},{"number":"030 12*","side":"outside","when":"busy","to":{"kind":"busy"}}]}`
	var dry, f Forwarding
	o.ask("uwe", "PUT", "/v1/users/<uwe>/forwarding?dry=1", body).json(t, &dry)
	if o.head() != before || dry.Profiles[0].NoAnswer.Inside.Name != "nina" || dry.Profiles[0].NoAnswer.Outside.Name != "sales ring" {
		t.Fatalf("dry %+v", dry.Profiles[0])
	}
	o.ask("uwe", "PUT", "/v1/users/<uwe>/forwarding", body).json(t, &f)
	if got := o.kinds(before); !slices.Equal(got, []event.Kind{event.ForwardingChanged}) {
		t.Errorf("facts %v", got)
	}
	if len(f.Profiles) != 5 || !f.Profiles[0].Single || f.Exceptions[0].CallerName != "nina" || f.Exceptions[1].Number != "03012*" {
		t.Errorf("%+v", f)
	}
	if r := o.ask("uwe", "PUT", "/v1/users/<uwe>/forwarding", body, "If-Match", `"old"`); r.StatusCode != 409 {
		t.Errorf("an old revision: %d", r.StatusCode)
	}
	for body, want := range map[string]string{
		`{"exceptions":[{"to":{"kind":"user","id":"<tom>"}}]}`:                                            "destination.gone", // whom he does not see does not exist
		`{"exceptions":[{"to":{"kind":"user","id":"usr_none"}}]}`:                                         "destination.gone",
		`{"exceptions":[{"to":{"kind":"outside","number":"112"}}]}`:                                       "destination.emergency",
		`{"exceptions":[{"to":{"kind":"outside","number":"17"}}]}`:                                        "destination.number_bad",
		`{"exceptions":[{"to":{"kind":""}}]}`:                                                             "destination.missing",
		`{"exceptions":[{"to":{"kind":"queue","id":"x"}}]}`:                                               "destination.gone",
		`{"profiles":[` + profile("dnd", `always={"inside":{"kind":"user","id":"<uwe>"}}`) + `]}`:         "destination.self",
		`{"exceptions":[` + strings.TrimSuffix(strings.Repeat(`{"to":{"kind":"busy"}},`, 16), ",") + `]}`: "forwarding.exceptions_many",
	} {
		if r := o.ask("uwe", "PUT", "/v1/users/<uwe>/forwarding", body); r.StatusCode != 422 || refusedAs(t, r).Key != want {
			t.Errorf("%.80s: %d %v, want %s", body, r.StatusCode, r.error(), want)
		}
	}
}

// who may not change his own rules is told so, still sees them, and whoever manages him changes them.
func TestAnAdministratorKeepsTheRules(t *testing.T) {
	o := live(t)
	o.ask("mark", "PUT", "/v1/users/<uwe>/forwarding", `{"locked":true}`)
	rules := `{"exceptions":[{"to":{"kind":"busy"}}]}`
	if r := o.ask("uwe", "PUT", "/v1/users/<uwe>/forwarding", rules); r.StatusCode != 403 || refusedAs(t, r).Key != "forwarding.locked" {
		t.Errorf("the person: %d %v", r.StatusCode, r.error())
	}
	if r := o.ask("mark", "PUT", "/v1/users/<uwe>/forwarding", rules); r.StatusCode != 200 {
		t.Errorf("the manager: %d %v", r.StatusCode, r.error())
	}
	var f Forwarding
	o.ask("uwe", "GET", "/v1/users/<uwe>/forwarding", "").json(t, &f)
	if f.Can.Edit || f.Can.Why == "" || len(f.Exceptions) != 1 {
		t.Errorf("%+v", f.Can)
	}
}

func TestADeletedPersonLeavesProblemsBehind(t *testing.T) {
	o := live(t)
	o.ask("uwe", "PUT", "/v1/users/<uwe>/forwarding", `{"exceptions":[{"to":{"kind":"user","id":"<nina>"}}]}`)
	o.ask("olga", "PATCH", "/v1/rings/<sales ring>", `{"members":[{"kind":"user","id":"<nina>"},{"kind":"user","id":"<uwe>"}]}`)
	var preview Preview
	o.ask("olga", "DELETE", "/v1/users/<nina>?dry=1", "").json(t, &preview)
	if len(preview.Problems) != 1 || preview.Problems[0].Name != "uwe" {
		t.Fatalf("warned of %+v", preview)
	}
	var gone deletion
	o.ask("olga", "DELETE", "/v1/users/<nina>", "").json(t, &gone)
	if len(gone.Problems) != 1 {
		t.Errorf("%+v", gone)
	}
	var over Overview
	o.ask("uwe", "GET", "/v1/overview", "").json(t, &over)
	if len(over.Problems) != 1 || over.Problems[0].Field != "exceptions.0.to" {
		t.Errorf("uwe is told %+v", over.Problems)
	}
	o.ask("tom", "GET", "/v1/overview", "").json(t, &over)
	if len(over.Problems) != 0 {
		t.Errorf("tom is told %+v", over.Problems)
	}
	var ring Ring
	o.ask("olga", "GET", "/v1/rings/<sales ring>", "").json(t, &ring)
	if len(ring.Members) != 1 {
		t.Errorf("members %+v", ring.Members)
	}
}

func TestRingGroups(t *testing.T) {
	o := live(t)
	var ring Ring
	o.ask("olga", "POST", "/v1/rings", `{"name":"Service","group":"<support>","strategy":"hunt","ring":15,"escalate":true,"members":[{"kind":"group","id":"<sales>"}],"no_answer":{"kind":"user","id":"<mia>"}}`).json(t, &ring)
	if ring.People != 5 || ring.Extension == "" || ring.NoAnswer.Name != "mia" || ring.Ring != 15 {
		t.Fatalf("%+v", ring)
	}
	if r := o.ask("olga", "PATCH", "/v1/rings/"+string(ring.ID), `{"extension":"100"}`); r.StatusCode != 409 {
		t.Errorf("somebody's number: %d", r.StatusCode)
	}
	if r := o.ask("olga", "PATCH", "/v1/users/<uwe>", `{"extension":"`+ring.Extension+`"}`); r.StatusCode != 409 || !strings.Contains(refusedAs(t, r).Message, "Service") {
		t.Errorf("the ring group's number: %d %v", r.StatusCode, r.error())
	}
	var path Path
	o.ask("olga", "POST", "/v1/explain/route", `{"to":"`+ring.Extension+`"}`).json(t, &path)
	if path.Root.End != "mailbox" && path.Root.End != "rings" || len(path.Root.Lines) < 3 {
		t.Errorf("%+v", path.Root)
	}
	var gone deletion
	o.ask("olga", "DELETE", "/v1/rings/"+string(ring.ID), "").json(t, &gone)
	if len(gone.Problems) != 0 {
		t.Errorf("%+v", gone)
	}
	o.ask("greta", "DELETE", "/v1/groups/<north>", "")
	var page Page[Ring]
	o.ask("uwe", "GET", "/v1/rings?sort=extension", "").json(t, &page)
	if page.Total != 2 || page.Items[0].Strategy != "" || page.Items[0].Name == "" {
		t.Errorf("the phone book: %+v", page)
	}
}

// The preview draws what the decision says, and nothing of rules that the asker may not see.
func TestThePathIsDrawn(t *testing.T) {
	o := live(t)
	phone := pbx.DeviceID(o.ids["phone of uwe"])
	o.ask("olga", "PATCH", "/v1/mailboxes/<mark>", `{"on":false}`)
	o.dir.SetBindings(phone, []pbx.Binding{{ID: "bnd_1", Device: phone, Contact: "sip:x@192.0.2.9", Expires: start.Add(time.Hour)}})
	o.ask("uwe", "PUT", "/v1/users/<uwe>/forwarding", `{"profiles":[`+profile("available", `no_answer={"inside":{"kind":"mailbox","id":"<uwe>"}}`)+`,`+profile("dnd", `always={"inside":{"kind":"user","id":"<mark>"}}`)+`]}`)
	number := o.view().Users[pbx.UserID(o.ids["uwe"])].Extension
	var path Path
	o.ask("uwe", "POST", "/v1/explain/route", `{"from":"+49 30 1234567","to":"`+number+`"}`, "Accept-Language", "en").json(t, &path)
	root := path.Root
	if root.End != "rings" || !slices.Equal(root.Rings, []string{"uwe"}) || root.For != 30 || len(root.Next) == 0 {
		t.Fatalf("%+v", root)
	}
	if n := root.Next[0]; n.Branch != "no_answer" || n.End != "mailbox" || !n.Taken || n.Seconds != 30 {
		t.Errorf("then %+v", n)
	}
	i := slices.IndexFunc(root.Next, func(n PathNode) bool { return n.Status == pbx.StatusDND })
	if i < 0 || root.Next[i].Taken || root.Next[i].Name != "mark" {
		t.Errorf("with do not disturb %+v", root.Next)
	}
	o.ask("nina", "POST", "/v1/explain/route", `{"to":"`+number+`"}`, "Accept-Language", "en").json(t, &path)
	if len(path.Root.Next) != 0 || path.Root.End != "rings" {
		t.Errorf("nina sees %+v", path.Root)
	}
	o.ask("uwe", "PUT", "/v1/users/<uwe>/status", `{"status":"dnd"}`)
	path = Path{}
	o.ask("nina", "POST", "/v1/explain/route", `{"to":"`+number+`"}`, "Accept-Language", "en").json(t, &path)
	if path.Root.End != "hidden" || len(path.Root.Lines) != 1 {
		t.Errorf("nina sees %+v", path.Root)
	}
	path = Path{}
	o.ask("tom", "POST", "/v1/explain/route", `{"to":"`+number+`"}`, "Accept-Language", "en").json(t, &path)
	if path.Root.End != "hidden" || path.Root.Name != "" || len(path.Root.Rings) != 0 || strings.Contains(fmt.Sprint(path.Root), "uwe") {
		t.Errorf("tom, who does not see uwe, is told %+v", path.Root)
	}
	// Who may not call at all is told so before the call, as he would be during it; why is told to him, and not to everybody.
	o.wants(201, "olga", "POST", "/v1/users/<uwe>/grants", `{"right":"call.place","scope":{"kind":"self"},"deny":true}`)
	for _, tt := range []struct{ who, want string }{{"uwe", "cause.denied"}, {"nina", "cause.denied"}} {
		path = Path{}
		o.ask(tt.who, "POST", "/v1/explain/route", `{"from":"<uwe>","to":"`+number+`"}`, "Accept-Language", "en").json(t, &path)
		plain := "Calling is not allowed."
		if last := path.Root.Lines[len(path.Root.Lines)-1]; path.Root.Cause != pbx.CauseDenied || (last == plain) != (tt.who == "nina") {
			t.Errorf("%s is told %+v", tt.who, path.Root)
		}
	}
	for _, bad := range []string{`{"to":""}`, `{"to":"100","from":"banana"}`} {
		if r := o.ask("uwe", "POST", "/v1/explain/route", bad); r.StatusCode != 422 {
			t.Errorf("%s: %d", bad, r.StatusCode)
		}
	}
}

func refusedAs(t *testing.T, r reply) (e Error) {
	t.Helper()
	r.json(t, &e)
	return e
}

// A status is told when it is chosen, and again when it ends by itself.
func TestEventsOfStatus(t *testing.T) {
	o := newOffice(t)
	o.now = func() time.Time { return time.Now().UTC() }
	nina, tom := o.listen(t, "nina", ""), o.listen(t, "tom", "")
	uwe := pbx.UserID(o.ids["uwe"])
	o.do(command.SetStatus{User: uwe, Status: pbx.StatusDND, Until: o.now().Add(300 * time.Millisecond)})
	nina.want("presence", `"presence":"dnd"`, `"manual":true`, string(uwe))
	nina.want("changed", `"kind":"status"`)
	nina.want("presence", `"presence":"offline"`, `"kind":"available"`, string(uwe))
	o.do(command.SetStatus{User: pbx.UserID(o.ids["tom"]), Status: pbx.StatusAway})
	tom.want("presence", o.ids["tom"]) // and nothing about uwe before it
}
