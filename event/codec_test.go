package event_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	noon = time.Date(2026, 3, 2, 11, 0, 0, 250e6, time.UTC)
	ada  = pbx.Party{User: "usr_ada", Name: "Ada", Number: "100"}
	bob  = pbx.Party{User: "usr_bob", Name: "Bob", Number: "102"}
	desk = pbx.Actor{Kind: pbx.ActorDevice, User: "usr_ada", Device: "dev_ada", Addr: "192.0.2.1:5060", Via: "sip"}
	cal  = pbx.Ref{Kind: pbx.KindCall, ID: "cal_1"}
)

func facts() []event.Fact {
	caller := event.Leg{ID: "leg_a", Device: "dev_ada", Party: ada, Started: noon}
	called := event.Leg{ID: "leg_b", Device: "dev_bob", Party: bob, Out: true, Started: noon, Rang: noon.Add(time.Second)}
	answered := called
	answered.Answered, answered.Codec, answered.Secure = noon.Add(4*time.Second), "G722", true
	over := answered
	over.Ended, over.Cause, over.Lost, over.Jitter = noon.Add(time.Minute), pbx.CauseHangup, 3, 7
	user := &pbx.User{ID: "usr_bob", Name: "Bob", Email: "bob@acme.example", Created: noon}
	renamed := &pbx.User{ID: "usr_bob", Name: "Bob <b>", Email: "bob@acme.example", Created: noon}
	device := &pbx.Device{ID: "dev_bob", User: "usr_bob", Name: "Desk", Kind: pbx.DeviceDesk, Username: "x1", MD5: "secret", SHA256: "secret", Created: noon}
	admin := pbx.Actor{Kind: pbx.ActorUser, User: "usr_ada", Addr: "192.0.2.9", Via: "web", Request: "req_1"}
	all := []event.Fact{
		event.Changed(event.UserCreated, noon, admin, pbx.Difference{Ref: user.Ref(), After: user}),
		event.Changed(event.UserChanged, noon, admin, pbx.Difference{Ref: user.Ref(), Before: user, After: renamed}),
		event.Changed(event.DeviceCreated, noon, admin, pbx.Difference{Ref: device.Ref(), After: device}),
		event.New(event.CallStarted, noon, desk, cal, event.Started{From: ada, To: bob, Dialled: "102", Users: []pbx.UserID{"usr_ada", "usr_bob"}, Leg: caller, Trace: []i18n.Text{i18n.T("route.person", "name", "Bob")}}),
		event.New(event.CallRang, noon.Add(time.Second), desk, cal, event.Rang{Leg: called}),
		event.New(event.CallAnswered, noon.Add(4*time.Second), desk, cal, event.Answered{Leg: answered, To: bob, Codec: "G722", Secure: true}),
		event.New(event.CallHeld, noon.Add(9*time.Second), desk, cal, event.Held{Leg: "leg_a", Party: ada}),
		event.New(event.CallResumed, noon.Add(12*time.Second), desk, cal, event.Held{Leg: "leg_a", Party: ada}),
		event.New(event.CallEnded, noon.Add(time.Minute), desk, cal, event.Ended{Cause: pbx.CauseHangup, By: bob, Reason: i18n.T("cause.hangup", "name", "Bob"), Codec: "G722", Legs: []event.Leg{over}}),
		event.New(event.DeviceRegistered, noon, desk, pbx.Ref{Kind: pbx.KindDevice, ID: "dev_ada"}, event.Registration{Device: "dev_ada", User: "usr_ada"}),
	}
	for i := range all {
		if !all[i].Kind.IsLive() {
			all[i].Seq, all[i].Revision = int64(i+1), 7
		}
	}
	return all
}

func TestFactsKeepTheirForm(t *testing.T) {
	var got bytes.Buffer
	for _, f := range facts() {
		b, err := event.Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		got.Write(b)
		got.WriteByte('\n')
		back, err := event.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(f, back); d != "" {
			t.Errorf("%s does not survive (-written +read):\n%s", f.Kind, d)
		}
	}
	if strings.Contains(got.String(), "secret\"") {
		t.Error("a fact holds a secret")
	}
	const golden = "testdata/facts.jsonl"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("stored facts would no longer be read; add fields, do not change them (-golden +now):\n%s", d)
	}
}

func TestPayload(t *testing.T) {
	for _, f := range facts() {
		if f.Kind != event.CallAnswered {
			continue
		}
		a, err := event.Payload[event.Answered](f)
		if err != nil || a.To != bob || a.Leg.Codec != "G722" || !a.Leg.Answered.Equal(noon.Add(4*time.Second)) {
			t.Errorf("%+v, %v", a, err)
		}
	}
	if _, err := event.Payload[event.Ended](event.Fact{Kind: event.CallEnded, Data: json.RawMessage(`[]`)}); err == nil {
		t.Error("a list is no payload")
	}
}

func TestKinds(t *testing.T) {
	seen := map[event.Kind]bool{}
	for _, k := range event.Kinds() {
		if seen[k] || !k.IsKnown() || k.Noun() == string(k) {
			t.Errorf("%s: twice, unknown or without a dot", k)
		}
		seen[k] = true
		if k.IsCall() && k.IsConfiguration() || k.IsLive() && k.IsConfiguration() {
			t.Errorf("%s: a call or a live fact is no configuration", k)
		}
	}
	if event.Kind("user.exploded").IsKnown() {
		t.Error("unknown kinds are unknown")
	}
}

func TestNameAndSummary(t *testing.T) {
	f := facts()[1]
	if f.Name() != "Bob <b>" || facts()[3].Name() != "cal_1" {
		t.Errorf("names %q, %q", f.Name(), facts()[3].Name())
	}
	if s := f.Summary("Ada", f.Name()); s.Key != "fact.user.changed" || s.Args["actor"] != "Ada" {
		t.Errorf("summary %v", s)
	}
}

func FuzzDecode(f *testing.F) {
	for _, fact := range facts() {
		b, err := event.Encode(fact)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"kind":"x","data":null,"at":"2026-03-02T12:00:00+14:00"}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		fact, err := event.Decode(b)
		if err != nil {
			return
		}
		again, err := event.Encode(fact)
		if err != nil {
			t.Fatalf("%q was read but cannot be written: %v", b, err)
		}
		back, err := event.Decode(again)
		if err != nil {
			t.Fatalf("%q was written but cannot be read: %v", again, err)
		}
		final, err := event.Encode(back)
		if err != nil || !bytes.Equal(again, final) {
			t.Fatalf("not stable: %q then %q (%v)", again, final, err)
		}
		_, _ = fact.Name(), fact.Kind.IsConfiguration()
	})
}

func BenchmarkEncode(b *testing.B) {
	f := facts()[8]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := event.Encode(f); err != nil {
			b.Fatal(err)
		}
	}
}
