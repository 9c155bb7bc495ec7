package route

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/number"
	"tandem/pbx"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// world is an office in the making.
type world struct {
	nouns []pbx.Noun
	live  *pbx.Presence
}

func newWorld() *world {
	return &world{
		nouns: []pbx.Noun{
			&pbx.Tenant{Name: "Lindenhof", Country: "DE", Zone: "Europe/Berlin", Language: "de", Digits: 3},
			&pbx.Group{ID: "grp_all", Name: "Default", Default: true},
		},
		live: &pbx.Presence{},
	}
}

// person adds a user; the id and the e-mail address follow from the name.
func (w *world) person(name, extension string, suspended bool) pbx.UserID {
	u := &pbx.User{ID: pbx.UserID("usr_" + name), Name: name, Email: name + "@example.org", Extension: extension}
	if suspended {
		u.Suspensions = []pbx.Interval{{From: noon.Add(-time.Hour)}}
	}
	w.nouns = append(w.nouns, u, &pbx.Membership{ID: pbx.MembershipID("mem_" + name), User: u.ID, Group: "grp_all", Role: "user", From: noon.Add(-time.Hour)})
	return u.ID
}

// phone adds a device with the given number of bindings that count.
func (w *world) phone(u pbx.UserID, name string, bindings int) pbx.DeviceID {
	d := pbx.DeviceID("dev_" + name)
	w.nouns = append(w.nouns, &pbx.Device{ID: d, User: u, Name: name, Kind: pbx.DeviceDesk, Username: "u" + name})
	var list []pbx.Binding
	for i := range bindings {
		list = append(list, pbx.Binding{ID: pbx.BindingID(fmt.Sprintf("bnd_%s%d", name, i)), Device: d, Expires: noon.Add(time.Minute)})
	}
	w.live = w.live.WithBindings(d, list)
	return d
}

func (w *world) snapshot(t interface{ Fatal(...any) }) *pbx.Snapshot {
	s, err := pbx.NewSnapshot(1, w.nouns...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func rung(p Plan) []string {
	var all []string
	for _, a := range p.Attempts {
		for _, t := range a.Targets {
			all = append(all, string(t.Binding.ID))
		}
	}
	return all
}

func keys(p Plan) []string {
	var all []string
	for _, t := range p.Trace {
		all = append(all, t.Key)
	}
	return all
}

func TestDecide(t *testing.T) {
	w := newWorld()
	alice, bob := w.person("alice", "101", false), w.person("bob", "102", false)
	desk := w.phone(alice, "adesk", 1)
	w.phone(alice, "asoft", 1)
	w.phone(bob, "bdesk", 1)
	w.phone(bob, "bsoft", 2)
	w.phone(bob, "boff", 0)
	solo := w.person("solo", "103", false)
	only := w.phone(solo, "solo", 2)
	w.person("nophone", "104", false)
	w.phone(w.person("off", "105", false), "off", 0)
	gone := w.person("gone", "106", true)
	goneDesk := w.phone(gone, "gone", 1)
	portal := w.person("portal", "", false)
	portalDesk := w.phone(portal, "portal", 1)
	stale := w.phone(w.person("stale", "107", false), "stale", 0)
	w.live = w.live.WithBindings(stale, []pbx.Binding{{ID: "bnd_stale", Device: stale, Expires: noon}})
	w.nouns = append(w.nouns, &pbx.Mailbox{ID: "usr_nophone", Off: true}, &pbx.Mailbox{ID: "usr_off", Off: true}, &pbx.Mailbox{ID: "usr_stale", Off: true})
	s := w.snapshot(t)

	from := func(u pbx.UserID, d pbx.DeviceID) pbx.Actor {
		return pbx.Actor{Kind: pbx.ActorDevice, User: u, Device: d}
	}
	a := from(alice, desk)
	tests := []struct {
		name    string
		caller  pbx.Actor
		dialled string
		rings   []string
		refuse  pbx.Cause
		why     string // last line of the trace
	}{
		{"a colleague's phones all ring", a, "102", []string{"bnd_bdesk0", "bnd_bsoft0", "bnd_bsoft1"}, "", "route.rings"},
		{"separators do not matter", a, "1-0 2", []string{"bnd_bdesk0", "bnd_bsoft0", "bnd_bsoft1"}, "", "route.rings"},
		{"calling oneself rings the other phone", a, "101", []string{"bnd_asoft0"}, "", "route.rings"},
		{"calling oneself without another phone", from(solo, only), "103", nil, pbx.CauseOffline, "route.self"},
		{"nobody has the number", a, "199", nil, pbx.CauseUnknown, "route.unknown"},
		{"a word is nobody's number", a, "bob", nil, pbx.CauseUnknown, "route.unknown"},
		{"nothing is nobody's number", a, "", nil, pbx.CauseUnknown, "route.unknown"},
		{"a person without a phone", a, "104", nil, pbx.CauseOffline, "route.no_device"},
		{"a person whose phone is not connected", a, "105", nil, pbx.CauseOffline, "route.offline"},
		{"an expired registration does not count", a, "107", nil, pbx.CauseOffline, "route.offline"},
		{"a suspended person does not ring", a, "106", nil, pbx.CauseSuspended, "route.suspended"},
		{"a suspended person does not call", from(gone, goneDesk), "102", nil, pbx.CauseSuspended, "route.caller_suspended"},
		{"a person without an extension does not call", from(portal, portalDesk), "102", nil, pbx.CauseDenied, "route.caller_without_extension"},
		{"a phone of nobody does not call", from("usr_nobody", "dev_nobody"), "102", nil, pbx.CauseDenied, "route.caller_unknown"},
		{"a number outside needs a trunk", a, "030 1234567", nil, pbx.CauseUnknown, "route.no_trunk"},
		{"a number abroad is not open in a new system (TF-01)", a, "+48 22 123 45 67", nil, pbx.CauseDenied, "toll.refused.destination"},
		{"a feature code is no number", a, "*31#", nil, pbx.CauseUnknown, "route.unknown"},
		{"an emergency call needs a trunk", a, "112", nil, pbx.CauseUnknown, "route.emergency_no_trunk"},
		{"a suspended person is told the same", from(gone, goneDesk), "110", nil, pbx.CauseUnknown, "route.emergency_no_trunk"},
		{"a phone of nobody is told the same", from("usr_nobody", ""), "110", nil, pbx.CauseUnknown, "route.emergency_no_trunk"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Decide(s, w.live, Request{Caller: tt.caller, Dialled: tt.dialled, At: noon})
			if got := rung(p); !slices.Equal(got, tt.rings) || p.Refuse != tt.refuse {
				t.Errorf("rings %v, refused %q; want %v, %q\ntrace: %q", got, p.Refuse, tt.rings, tt.refuse, p.Trace)
			}
			if last := p.Trace[len(p.Trace)-1]; last.Key != tt.why {
				t.Errorf("because %v, want %s\ntrace: %q", last, tt.why, p.Trace)
			}
		})
	}

	p := Decide(s, w.live, Request{Caller: a, Dialled: "102", At: noon})
	if want := []string{"route.dialled", "route.extension_of", "route.registered", "route.rings"}; !slices.Equal(keys(p), want) {
		t.Errorf("trace %v, want %v", keys(p), want)
	}
	if p.From != (pbx.Party{User: alice, Name: "alice", Number: "101"}) || p.To != (pbx.Party{User: bob, Name: "bob", Number: "102"}) {
		t.Errorf("from %+v to %+v", p.From, p.To)
	}
	if p = Decide(s, w.live, Request{Caller: a, Dialled: "0170 1234567", At: noon}); p.To.Number != "+491701234567" || p.Class != number.Mobile {
		t.Errorf("to %+v class %v", p.To, p.Class)
	}
	if p = Decide(s, w.live, Request{Caller: a, Dialled: "\x00\u202eevil", At: noon}); p.To.Number != "??evil" {
		t.Errorf("shown as %q", p.To.Number)
	}
}

func TestEveryPlanIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		suspended, owner := map[pbx.UserID]bool{}, map[pbx.DeviceID]pbx.UserID{}
		var callers []pbx.Actor
		for i := range rapid.IntRange(1, 8).Draw(t, "people") {
			ext := ""
			if rapid.IntRange(0, 5).Draw(t, "reachable") > 0 {
				ext = strconv.Itoa(120 + i)
			}
			gone := rapid.IntRange(0, 4).Draw(t, "gone") == 0
			u := w.person(fmt.Sprintf("p%d", i), ext, gone)
			suspended[u] = gone
			for j := range rapid.IntRange(0, 3).Draw(t, "phones") {
				d := w.phone(u, fmt.Sprintf("p%dd%d", i, j), rapid.IntRange(0, 3).Draw(t, "bindings"))
				owner[d] = u
				callers = append(callers, pbx.Actor{Kind: pbx.ActorDevice, User: u, Device: d})
			}
		}
		callers = append(callers, pbx.Actor{Kind: pbx.ActorDevice, User: "usr_x", Device: "dev_x"})
		s := w.snapshot(t)
		r := Request{
			Caller:  rapid.SampledFrom(callers).Draw(t, "caller"),
			Dialled: rapid.OneOf(rapid.StringMatching(`1[12][0-9]`), rapid.StringMatching(`[+0-9*a-z]{0,14}`)).Draw(t, "dialled"),
			At:      noon,
		}
		p := Decide(s, w.live, r)
		if len(p.Trace) < 2 {
			t.Fatalf("no reasons: %q", p.Trace)
		}
		if (p.Refuse == "") != (len(p.Attempts) > 0 || p.House != nil) || len(p.Attempts) > 0 && p.House != nil || (p.Refuse == "") != (p.Text.Key == "") {
			t.Fatalf("neither or both: %+v", p)
		}
		for _, a := range p.Attempts {
			if len(a.Targets) == 0 || a.Ring <= 0 {
				t.Fatalf("an attempt rings nobody or for no time: %+v", a)
			}
			for _, target := range a.Targets {
				if target.Binding.Device == r.Caller.Device {
					t.Fatalf("the calling phone rings: %+v", p)
				}
				if u := owner[target.Binding.Device]; suspended[u] || u != target.Party.User || suspended[r.Caller.User] {
					t.Fatalf("a suspended person takes part, or a stranger rings: %+v", p)
				}
			}
		}
		if again := Decide(s, w.live, r); !reflect.DeepEqual(p, again) {
			t.Fatalf("asked twice:\n%+v\n%+v", p, again)
		}
	})
}

// BenchmarkDecide is the row "route decision, 10,000 users" of the performance goals.
func BenchmarkDecide(b *testing.B) {
	w := newWorld()
	for i := range 1000 {
		w.nouns = append(w.nouns, &pbx.Group{ID: pbx.GroupID(fmt.Sprintf("grp_%d", i)), Name: fmt.Sprintf("Group %d", i)})
	}
	var caller pbx.Actor
	for i := range 10_000 {
		u := w.person(fmt.Sprintf("p%d", i), strconv.Itoa(10_000+i), false)
		caller = pbx.Actor{Kind: pbx.ActorDevice, User: u, Device: w.phone(u, fmt.Sprintf("d%d", i), 1)}
	}
	s := w.snapshot(b)
	dialled := make([]string, 1024)
	for i := range dialled {
		dialled[i] = strconv.Itoa(10_000 + i*9)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p := Decide(s, w.live, Request{Caller: caller, Dialled: dialled[i%len(dialled)], At: noon})
		if len(p.Attempts) != 1 {
			b.Fatal(p)
		}
		i++
	}
}
