package call

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
)

// TestAnySequence throws random inputs at random calls. Whatever happens: no panic, the given state stays as it was,
// waiting phases own a timer, every dialled leg is ended once, and there is one call.started and one call.ended.
func TestAnySequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, legs := randomCall(t)
		w := &watch{ended: map[pbx.LegID]bool{}, hung: map[pbx.LegID]int{}, dialled: map[pbx.LegID]bool{"a": true}, late: map[pbx.LegID]int{}}
		step := func(in Input) {
			if a, ok := in.(Adopt); ok && s.find(a.Leg) < 0 && s.CanAdopt(a.Place, a.Up) {
				w.dialled[a.Leg] = true
			}
			if h, ok := in.(Handed); ok && h.OK && s.Phase == Parting {
				w.ended[s.Legs[s.peer(s.leaving)].ID] = true
			}
			before := State{}
			before, before.Legs = s, slices.Clone(s.Legs)
			var effects []Effect
			old := s
			w.input(t, &s, in)
			s, effects = Step(s, in)
			if !reflect.DeepEqual(old, before) {
				t.Fatalf("Step changed the state it was given by %#v", in)
			}
			w.effects(t, &s, effects)
		}
		if rapid.IntRange(0, 20).Draw(t, "refused at once") > 0 {
			step(Start{})
		}
		for range rapid.IntRange(0, 40).Draw(t, "inputs") {
			step(randomInput(t, &legs))
		}
		step(Stop{Cause: pbx.CauseHangup})
		step(Handed{}) // a leg that was on its way to another call
		for _, l := range legs {
			step(Ended{Leg: l})
		}
		step(Timeout{HouseTimer}) // a recording that nobody finishes
		step(Timeout{SettleTimer})
		if s.Phase != Over || w.startedFacts != 1 || w.endedFacts != 1 {
			t.Fatalf("phase %v, %d call.started, %d call.ended", s.Phase, w.startedFacts, w.endedFacts)
		}
		for l := range w.dialled {
			if !w.ended[l] && w.hung[l] == 0 {
				t.Fatalf("leg %s was dialled and never ended", l)
			}
		}
	})
}

type watch struct {
	ended, dialled           map[pbx.LegID]bool
	hung, late               map[pbx.LegID]int
	startedFacts, endedFacts int
	timer                    Timer
	tape                     struct {
		open, telling bool
		told          [2]pbx.LegID // the last two that were informed
		agreed        bool
		mode          pbx.RecordMode
		notice        pbx.RecordNotice
	}
}

func (w *watch) input(t *rapid.T, s *State, in Input) {
	switch in := in.(type) {
	case Failed:
		w.ended[in.Leg] = w.ended[in.Leg] || w.dialled[in.Leg]
	case Ended:
		w.ended[in.Leg] = w.ended[in.Leg] || w.dialled[in.Leg]
	case Answered:
		if i := s.find(in.Leg); i > 0 && s.Legs[i].State == LegStopping {
			w.late[in.Leg]++ // it has to be hung up again
		}
	case Considered:
		if in.Legs == s.tape.pair {
			w.tape.mode, w.tape.notice = in.Mode, in.Notice
		}
	case Digit:
		w.tape.agreed = w.tape.agreed || in.Digit == KeyAgree
	case Timeout:
		if in.Timer == w.timer {
			w.timer = NoTimer
		}
	}
}

func (w *watch) effects(t *rapid.T, s *State, effects []Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case Dial:
			if w.dialled[e.Leg] || w.endedFacts > 0 {
				t.Fatalf("dialled %s twice, or after the end", e.Leg)
			}
			w.dialled[e.Leg] = true
		case Hangup:
			w.hang(t, e.Leg)
		case Refuse:
			w.hang(t, e.Leg)
		case SetTimer:
			w.timer = e.Timer
		case Consider:
			w.tape.agreed = false
		case Inform:
			w.tape.told, w.tape.agreed = e.Legs, false
		case Tape: // nothing is kept unless the rules say so and the two have heard it, and agreed where they are asked (PR-01)
			if w.tape.mode != pbx.RecordAlways && w.tape.mode != pbx.RecordDemand || e.Legs != s.tape.pair {
				t.Fatalf("kept %v, of %v in mode %s", e.Legs, s.tape.pair, w.tape.mode)
			}
			if w.tape.notice != pbx.RecordSilent && w.tape.told != e.Legs || w.tape.notice == pbx.RecordAsk && !w.tape.agreed {
				t.Fatalf("kept %v without %s", e.Legs, w.tape.notice)
			}
			w.tape.open = true
		case EndTape:
			w.tape.open = false
		case Emit:
			if w.endedFacts > 0 {
				t.Fatalf("%s after call.ended", e.Kind)
			}
			switch e.Kind {
			case event.CallStarted:
				w.startedFacts++
			case event.CallEnded:
				w.endedFacts++
			}
		}
	}
	waits := s.Phase == Routing || s.Phase == Refusing || s.Phase == Ringing || s.Phase == Answering || s.Phase == Housed || s.Phase == Turning || s.Phase == Parting || s.Phase == Closing || s.change.on
	if waits != (w.timer != NoTimer) || w.timer != s.timer {
		t.Fatalf("phase %v, change %v: timer %v, state says %v", s.Phase, s.change, w.timer, s.timer)
	}
	if s.Aside > 0 && s.Phase < Closing {
		waits := s.Phase == Turning || s.Phase == Routing || s.Phase == Ringing || s.Phase == Talking
		if !waits || s.Sender > 0 || s.Aside == s.Callee || s.Legs[s.Aside].State != LegUp || s.Legs[0].State != LegUp {
			t.Fatalf("phase %v, %d waits beside %d and %d: %v", s.Phase, s.Aside, s.Callee, s.Sender, s.Legs)
		}
	}
	if w.tape.open != s.tape.open || s.Phase >= Closing && w.tape.open {
		t.Fatalf("phase %v: a recording is open", s.Phase)
	}
	if (s.Phase >= Closing) != (w.endedFacts == 1) {
		t.Fatalf("phase %v with %d call.ended", s.Phase, w.endedFacts)
	}
}

func (w *watch) hang(t *rapid.T, l pbx.LegID) {
	w.hung[l]++
	if !w.dialled[l] || w.ended[l] || w.hung[l] > 1+w.late[l] {
		t.Fatalf("hangup of %s: dialled %v, ended %v, %d times", l, w.dialled[l], w.ended[l], w.hung[l])
	}
}

func randomCall(t *rapid.T) (State, []pbx.LegID) {
	legs := []pbx.LegID{"a"}
	p := randomPlan(t, &legs)
	if p.Refuse = ""; rapid.IntRange(0, 9).Draw(t, "refused aloud") == 0 {
		p.Attempts, p.House, p.Refuse, p.Spoken = nil, nil, pbx.CauseDenied, "say.refused.class"
	}
	s := New("a", "dev_a", p, legs[1:])
	if len(p.Attempts) > 0 && rapid.IntRange(0, 3).Draw(t, "summons") == 0 {
		s.Summon(pbx.Destination{Kind: pbx.ToRoom, ID: "rom_1"}, pbx.Party{User: "usr_a", Name: "alice"})
	}
	return s, legs
}

// randomPlan rings somebody, lets the house answer or refuses; the ids of its phones are added to those of the call.
func randomPlan(t *rapid.T, legs *[]pbx.LegID) route.Plan {
	p := route.Plan{From: pbx.Party{User: "usr_a", Name: "alice"}, To: pbx.Party{User: "usr_b", Name: "bob"}}
	if rapid.Bool().Draw(t, "then") {
		p.Then = after("mailbox")
	}
	switch rapid.IntRange(0, 4).Draw(t, "plan") {
	case 0:
		kind := rapid.SampledFrom([]pbx.DestinationKind{pbx.ToMailbox, pbx.ToMenu, pbx.ToMenu, pbx.ToPark, pbx.ToPark, pbx.ToQueue, pbx.ToQueue, pbx.ToCode, pbx.ToFetch, pbx.ToFetch, pbx.ToNames, pbx.ToRoom, pbx.ToRoom, pbx.ToWatch, pbx.ToWatch, pbx.ToNowhere}).Draw(t, "house")
		p.House = &route.House{At: pbx.Destination{Kind: kind}, Fetch: rapid.IntRange(0, 3).Draw(t, "fetch") == 0}
		return p
	case 1:
		p.Refuse = pbx.CauseBusy
		return p
	}
	for range rapid.IntRange(0, 3).Draw(t, "attempts") {
		a := route.Attempt{Ring: time.Duration(rapid.IntRange(1, 60).Draw(t, "ring")) * time.Second}
		if rapid.IntRange(0, 3).Draw(t, "outside") == 0 {
			*legs = append(*legs, pbx.LegID(fmt.Sprintf("b%d", len(*legs))))
			a.Targets = []route.Target{{Party: pbx.Party{Number: "+48"}, Trunk: "trk_a"}}
			p.Attempts = append(p.Attempts, a)
			continue
		}
		for range rapid.IntRange(0, 3).Draw(t, "targets") {
			*legs = append(*legs, pbx.LegID(fmt.Sprintf("b%d", len(*legs))))
			who := rapid.SampledFrom([]string{"bob", "carol"}).Draw(t, "who")
			a.Targets = append(a.Targets, route.Target{Party: pbx.Party{Name: who}})
		}
		p.Attempts = append(p.Attempts, a)
	}
	return p
}

func randomInput(t *rapid.T, all *[]pbx.LegID) Input {
	legs := *all
	leg := rapid.SampledFrom(append(slices.Clone(legs), "stranger")).Draw(t, "leg")
	causes := []pbx.Cause{"", pbx.CauseHangup, pbx.CauseBusy, pbx.CauseDeclined, pbx.CauseTimeout, pbx.CauseNoCodec, "odd"}
	cause := rapid.SampledFrom(causes).Draw(t, "cause")
	fault := rapid.SampledFrom([]pbx.Cause{"", "", "", pbx.CauseNoCodec}).Draw(t, "fault")
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	switch rapid.IntRange(0, 51).Draw(t, "input") {
	case 0:
		return Rang{leg}
	case 1:
		return Progressed{leg, fault}
	case 2, 3:
		return Answered{Leg: leg, Codec: "PCMU", Hold: flag("hold"), Fault: fault}
	case 4:
		return Failed{leg, cause, 486}
	case 5:
		return Ended{leg, cause}
	case 6, 7:
		return Offered{leg, flag("hold"), flag("same"), flag("empty"), fault}
	case 8:
		return Replied{leg, rapid.SampledFrom([]int{100, 200, 488, 491}).Draw(t, "status"), fault}
	case 9:
		return Digit{leg, rapid.SampledFrom([]byte("512378#01*")).Draw(t, "key")}
	case 10:
		return Silent{leg}
	case 11:
		return Timeout{Timer(rapid.IntRange(0, int(HouseTimer)).Draw(t, "timer"))}
	case 12, 13:
		p := randomPlan(t, all)
		return Routed{p, (*all)[len(legs):]}
	case 17, 18:
		if flag("above") {
			leg = ""
		}
		return Send{Leg: leg, To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_c"}, By: pbx.Party{User: "usr_a", Name: "alice"}, Asked: flag("asked")}
	case 19:
		return Differs{leg}
	case 49, 50:
		return Consult{Leg: leg, To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_c"}, By: pbx.Party{User: "usr_a", Name: "alice"}}
	case 51:
		return Rejoin{leg}
	case 20, 21:
		in := Adopt{Leg: pbx.LegID(fmt.Sprintf("b%d", len(legs))), Party: pbx.Party{Name: "dora"}, Place: leg, Up: flag("up"), By: pbx.Party{Name: "dora"}}
		if flag("any") {
			in.Place = ""
		}
		*all = append(legs, in.Leg)
		return in
	case 25:
		in := Position{Number: rapid.SampledFrom([]string{"", "71"}).Draw(t, "position"), Wait: time.Minute}
		if flag("onwards") {
			in.Then.Kind = pbx.ToUser
		}
		return in
	case 22, 23:
		return Merge{Leg: leg, By: pbx.Party{Name: "alice"}, Asked: flag("asked")}
	case 24:
		in := Handed{OK: flag("ok"), Cause: pbx.CauseGone}
		if flag("elsewhere") {
			in.To = pbx.Destination{Kind: pbx.ToUser, ID: "usr_c"}
		}
		return in
	case 26:
		return Waits{Callback: flag("callback")}
	case 47:
		return Back{OK: flag("ok"), Clips: make([]Clip, rapid.IntRange(0, 1).Draw(t, "clips"))}
	case 48:
		return Kept{flag("ok")}
	case 27, 28:
		p := randomPlan(t, all)
		return Seek{p, (*all)[len(legs):]}
	case 29:
		return Recall{[]pbx.LegID{leg}, pbx.CauseNoAnswer}
	case 30:
		return Tell{}
	case 31:
		in := Release{Cause: pbx.CauseNoAnswer}
		if flag("somewhere") {
			in.To.Kind = pbx.ToUser
		}
		return in
	case 32, 33:
		other := rapid.SampledFrom(legs).Draw(t, "other")
		return Considered{[2]pbx.LegID{leg, other}, rapid.SampledFrom(pbx.RecordModes()).Draw(t, "mode"), rapid.SampledFrom(pbx.RecordNotices()).Draw(t, "notice"), 10 * time.Minute}
	case 34, 35:
		return Informed{uint64(rapid.IntRange(1, 3).Draw(t, "told"))}
	case 36:
		if flag("pause") {
			return PauseOver{uint64(rapid.IntRange(1, 4).Draw(t, "pause over"))}
		}
		return Settled{}
	case 37:
		return TapeOrder{Do: TapeDo(rapid.IntRange(1, 4).Draw(t, "order"))}
	case 44, 45:
		mode := rapid.SampledFrom(pbx.Watches()).Draw(t, "mode")
		if flag("turn") {
			return TurnWatch{mode}
		}
		return Watching{OK: flag("ok"), Mode: mode, Into: "x", Clips: make([]Clip, rapid.IntRange(0, 1).Draw(t, "clips"))}
	case 46:
		return Unwatched{Cause: pbx.CauseDenied}
	case 38, 39:
		return Door{Asks: flag("asks"), Wrong: flag("wrong"), Full: flag("full"), In: flag("in"), Host: flag("host"), Names: flag("names"), Waits: flag("waits"), Others: 2}
	case 40:
		return rapid.SampledFrom([]Input{Opened{}, Closed{}, Around{Speaks: true}, Around{Taping: TapeKept}, RoomTells{Clips: []Clip{Words("say.recording.on")}, Tells: true, Asks: true}, Around{}}).Draw(t, "room")
	case 41:
		if flag("says") {
			return RoomSays{Clips: make([]Clip, rapid.IntRange(0, 1).Draw(t, "clips"))}
		}
		return Muted{flag("muted")}
	case 42, 43:
		return Allowed{Leg: leg, OK: flag("paid"), Text: i18n.T("toll.refused.budget")}
	case 14:
		return Played{uint64(rapid.IntRange(1, 4).Draw(t, "tag"))}
	case 15:
		return Recorded{time.Duration(rapid.IntRange(0, 9).Draw(t, "length")) * time.Second, flag("silent"), flag("failed")}
	case 16:
		operator := pbx.Destination{}
		if flag("operator") {
			operator.Kind = pbx.ToUser
		}
		if flag("code") {
			return Carried{To: operator, Ask: flag("ask"), Echo: flag("echo"), Clips: make([]Clip, rapid.IntRange(0, 1).Draw(t, "clips"))}
		}
		if flag("fetch") {
			if flag("named") {
				return Named{Many: flag("many"), Found: make([]Somebody, rapid.IntRange(0, 9).Draw(t, "found"))}
			}
			if flag("done") {
				return Done{OK: flag("ok")}
			}
			note := Note{ID: "msg_1", New: flag("new"), Back: operator}
			if rapid.Bool().Draw(t, "checked") {
				return PINChecked{OK: flag("ok"), Blocked: flag("blocked")}
			}
			return Unlocked{OK: flag("ok"), Ask: flag("ask"), Blocked: flag("blocked"), Edit: true, Settings: true, Notes: slices.Repeat([]Note{note}, rapid.IntRange(0, 2).Draw(t, "notes"))}
		}
		if flag("menu") {
			if flag("meant") {
				return Meant{operator}
			}
			return Choices{Keys: []pbx.MenuKey{{Key: "5", To: pbx.Destination{Kind: pbx.ToUser}}}, Digits: rapid.IntRange(0, 3).Draw(t, "digits"),
				Wait: time.Second, Rounds: rapid.IntRange(1, 3).Draw(t, "rounds"), Silent: operator, Greeting: make([]Clip, rapid.IntRange(0, 1).Draw(t, "greeting"))}
		}
		return Box{Operator: operator, Greeting: make([]Clip, rapid.IntRange(0, 1).Draw(t, "greeting")), Max: time.Minute, Full: flag("full")}
	}
	return Start{}
}

// BenchmarkStep is one call from start to hang-up: five inputs.
func BenchmarkStep(b *testing.B) {
	p := route.Plan{From: pbx.Party{Name: "alice"}, To: pbx.Party{Name: "bob"}}
	p.Attempts = []route.Attempt{{Targets: make([]route.Target, 1), Ring: time.Second}}
	inputs := []Input{Start{}, Rang{"b"}, Answered{Leg: "b", Codec: "PCMU"}, Answered{Leg: "a"}, Ended{"a", pbx.CauseHangup}}
	ids := []pbx.LegID{"b"}
	b.ReportAllocs()
	for b.Loop() {
		s := New("a", "dev_a", p, ids)
		for _, in := range inputs {
			s, _ = Step(s, in)
		}
		if s.Phase != Over {
			b.Fatal(s.Phase)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(inputs)), "ns/step")
}
