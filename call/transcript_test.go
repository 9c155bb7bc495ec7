package call

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/route"
)

var update = flag.Bool("update", false, "rewrite the effects in testdata/*.call")

// TestTranscripts plays ladders: "ring", "then", "house" and "refuse" lines give the plan, "> " lines are inputs, "< " lines the effects that must follow.
// The caller is alice with the leg a. Legs of the plan are written person:leg, or number:leg@trunk, with a question mark
// behind where whoever answers decides.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.call")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".call"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want))
			if got == string(want) {
				return
			}
			if !*update {
				t.Fatalf("%s: got\n%s\nwant\n%s", file, got, want)
			}
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func play(t *testing.T, script string) string {
	var out strings.Builder
	var plan route.Plan
	var ids []pbx.LegID
	var s State
	var summons pbx.Destination
	begun := false
	plan.From, plan.To = pbx.Party{Name: "alice"}, pbx.Party{Name: "bob"}
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "< ") {
			continue
		}
		fmt.Fprintln(&out, line)
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case words[0] == "ring":
			d, err := time.ParseDuration(words[1])
			if err != nil {
				t.Fatal(err)
			}
			a := route.Attempt{Ring: d}
			for _, w := range words[2:] {
				who, leg, _ := strings.Cut(w, ":")
				leg, trunk, _ := strings.Cut(leg, "@")
				trunk, screen := strings.CutSuffix(trunk, "?")
				a.Targets = append(a.Targets, route.Target{Party: pbx.Party{Name: who}, Trunk: pbx.TrunkID(trunk), Screen: screen})
				if strings.Contains(line, "?") {
					a.Targets[len(a.Targets)-1].Party.User = pbx.UserID("usr_" + who)
				}
				ids = append(ids, pbx.LegID(leg))
			}
			plan.Attempts = append(plan.Attempts, a)
		case words[0] == "summon":
			summons = pbx.Destination{Kind: pbx.DestinationKind(words[1]), ID: words[2]}
		case words[0] == "deflect":
			plan.Deflect = words[1]
		case words[0] == "then":
			plan.Then = after(words[1])
		case words[0] == "refuse":
			plan.Refuse, plan.Text, plan.Spoken = pbx.Cause(words[1]), i18n.T("cause."+words[1]), words[2]
		case words[0] == "house":
			plan.House = &route.House{At: pbx.Destination{Kind: pbx.DestinationKind(words[1]), ID: "bob"}, Fetch: len(words) > 2}
			if words[1] == "fetch" && len(words) > 2 { // house fetch 102, or house fetch any
				plan.House.At.ID, plan.House.At.Number = "", strings.Trim(words[2], "any")
			}
		case words[0] == ">":
			if !begun {
				s, begun = New("a", "dev_a", plan, ids), true
				if !summons.IsZero() {
					s.Summon(summons, plan.From)
				}
			}
			var effects []Effect
			before := s.Phase
			s, effects = Step(s, parseInput(t, words[1:]))
			for _, e := range effects {
				fmt.Fprintln(&out, "<", show(e, s))
			}
			if s.Phase != before {
				fmt.Fprintln(&out, "<", "=", s.Phase)
			}
		default:
			t.Fatalf("cannot read %q", line)
		}
	}
	return out.String()
}

func parseInput(t *testing.T, w []string) Input {
	arg := func(i int) string {
		if i < len(w) {
			return w[i]
		}
		return ""
	}
	has := func(flag string) bool {
		for _, x := range w {
			if x == flag {
				return true
			}
		}
		return false
	}
	value := func(name string) pbx.Cause {
		for _, x := range w {
			if v, ok := strings.CutPrefix(x, name+"="); ok {
				return pbx.Cause(v)
			}
		}
		return ""
	}
	leg := pbx.LegID(arg(1))
	status, _ := strconv.Atoi(arg(len(w) - 1))
	switch w[0] {
	case "start":
		return Start{}
	case "rang":
		return Rang{leg}
	case "progressed":
		return Progressed{leg, value("fault")}
	case "answered":
		return Answered{Leg: leg, Codec: string(value("codec")), Secure: has("secure"), Hold: has("hold"), Fault: value("fault")}
	case "failed":
		return Failed{leg, pbx.Cause(arg(2)), status}
	case "ended":
		return Ended{leg, pbx.Cause(arg(2))}
	case "offered":
		return Offered{leg, has("hold"), has("same"), has("empty"), value("fault")}
	case "replied":
		status, _ := strconv.Atoi(arg(2))
		return Replied{leg, status, value("fault")}
	case "digit":
		return Digit{leg, arg(2)[0]}
	case "position":
		in := Position{Wait: time.Minute}
		if arg(1) != "" {
			in.Number = arg(1)
		}
		if then := value("then"); then != "" {
			in.Then = pbx.Destination{Kind: pbx.DestinationKind(then), ID: "bob"}
		}
		return in
	case "watching":
		return Watching{OK: has("ok"), Mode: pbx.Watch(value("mode")), Into: pbx.LegID(value("into")), Clips: map[bool][]Clip{false: {Words("say.feature.refused")}}[has("ok")]}
	case "turnwatch":
		return TurnWatch{pbx.Watch(arg(1))}
	case "unwatched":
		return Unwatched{Cause: pbx.Cause(arg(1)), Text: i18n.T("cause." + arg(1))}
	case "door":
		others, _ := strconv.Atoi(string(value("others")))
		return Door{Asks: has("asks"), Wrong: has("wrong"), Full: has("full"), Locked: has("locked"), In: has("in"), Host: has("host"), Names: has("names"), Waits: has("waits"), Others: others}
	case "opened":
		return Opened{}
	case "muted":
		return Muted{!has("not")}
	case "says":
		return RoomSays{[]Clip{Words(arg(1))}}
	case "tells":
		return RoomTells{Clips: []Clip{Words(arg(1))}, Tells: !has("over"), Asks: has("asks")}
	case "around":
		a := Around{Speaks: has("speaks"), Locked: has("locked")}
		if has("kept") {
			a.Taping = TapeKept
		}
		return a
	case "closed":
		return Closed{}
	case "adopt": // adopt d1 by=dora place=b1 up back=park
		in := Adopt{Leg: leg, Party: pbx.Party{Name: string(value("by"))}, Place: pbx.LegID(value("place")), By: pbx.Party{Name: string(value("by"))}, Up: has("up"), Held: has("held")}
		if back := value("back"); back != "" {
			in.Back = pbx.Destination{Kind: pbx.DestinationKind(back), ID: "70"}
		}
		return in
	case "merge":
		return Merge{Leg: leg, By: pbx.Party{Name: string(value("by"))}, Asked: has("asked")}
	case "handed":
		in := Handed{OK: has("ok"), Cause: value("cause")}
		if to := value("to"); to != "" {
			in.To = pbx.Destination{Kind: pbx.ToUser, ID: string(to)}
		}
		return in
	case "differs":
		return Differs{leg}
	case "send":
		return parseSend(w[1:])
	case "consult":
		in := parseSend(w[1:])
		return Consult{Leg: in.Leg, To: in.To, By: in.By}
	case "rejoin":
		return Rejoin{leg}
	case "silent":
		return Silent{leg}
	case "timeout":
		for i, n := range timerNames {
			if n == arg(1) {
				return Timeout{Timer(i)}
			}
		}
	case "routed":
		return parseRouted(t, w[1:])
	case "allowed": // allowed t1, or allowed t1 not
		return Allowed{Leg: leg, OK: !has("not"), Text: i18n.T("toll.refused.budget"), Spoken: "say.refused.budget"}
	case "played":
		return Played{uint64(status)}
	case "recorded":
		d, err := time.ParseDuration(arg(1))
		if err != nil {
			t.Fatal(err)
		}
		return Recorded{Length: d, Silent: has("silent"), Failed: has("failed")}
	case "box":
		b := Box{Max: time.Minute, Full: has("full")}
		if !has("bare") {
			b.Greeting, b.Refusal = []Clip{{Sound: "greeting"}}, []Clip{Words("say.full")}
		}
		if has("operator") {
			b.Operator, b.Owner = pbx.Destination{Kind: pbx.ToUser, ID: "carol"}, "usr_bob"
		}
		return b
	case "choices":
		c := Choices{Greeting: []Clip{{Sound: "greeting"}}, Wait: 5 * time.Second, Rounds: 2}
		for _, word := range w[1:] {
			name, to, _ := strings.Cut(word, "=")
			switch d := (pbx.Destination{Kind: pbx.ToUser, ID: to}); name {
			case "dial":
				c.Digits = 3
			case "silent":
				c.Silent = d
			case "wrong":
				c.Wrong = d
			default:
				c.Keys = append(c.Keys, pbx.MenuKey{Key: name, To: d})
			}
		}
		return c
	case "waits":
		in := Waits{Callback: has("callback")}
		if arg(1) != "" && arg(1) != "callback" {
			in.Music = []Clip{{Sound: arg(1)}}
		}
		return in
	case "back":
		return Back{OK: !has("not"), Clips: []Clip{{Sound: "number"}}}
	case "kept":
		return Kept{!has("not")}
	case "seek":
		in := parseRouted(t, append([]string{"ring"}, w[1:]...))
		return Seek(in)
	case "recall":
		return Recall{[]pbx.LegID{leg}, pbx.Cause(arg(2))}
	case "tell":
		return Tell{[]Clip{Words(arg(1))}}
	case "release":
		in := Release{Cause: pbx.Cause(arg(1)), Text: i18n.T("call.queue_full"), Clip: Words("say.queue.full")}
		if arg(2) != "" {
			in.To = pbx.Destination{Kind: pbx.ToUser, ID: arg(2)}
		}
		return in
	case "carried": // carried to=bert ask, or carried echo
		return Carried{Clips: []Clip{{Sound: "done"}}, To: pbx.Destination{ID: string(value("to")), Kind: map[bool]pbx.DestinationKind{true: pbx.ToUser}[value("to") != ""]},
			Ask: has("ask"), Echo: has("echo")}
	case "pin_checked": // pin_checked, wrong or blocked
		return PINChecked{OK: !has("wrong") && !has("blocked"), Blocked: has("blocked")}
	case "unlocked": // unlocked ask, blocked, or new=2 old=1 edit settings back
		in := Unlocked{OK: !has("ask") && !has("blocked") && !has("wrong"), Ask: has("ask"), Blocked: has("blocked"), Edit: has("edit"), Settings: has("settings")}
		if in.OK {
			in.Counts, in.Old = []Clip{{Sound: "counts"}}, []Clip{{Sound: "old"}}
		}
		for _, part := range []string{"new", "old"} {
			n, _ := strconv.Atoi(string(value(part)))
			for i := range n {
				name := part + strconv.Itoa(i+1)
				note := Note{ID: pbx.MessageID(name), Intro: []Clip{{Sound: "intro-" + name}}, New: part == "new"}
				if has("back") {
					note.Back = pbx.Destination{Kind: pbx.ToUser, ID: "carol"}
				}
				in.Notes = append(in.Notes, note)
			}
		}
		return in
	case "named": // named 2, or named many
		if has("many") {
			return Named{Many: true}
		}
		var in Named
		for i := range status {
			who := "p" + strconv.Itoa(i+1)
			in.Found = append(in.Found, Somebody{Said: []Clip{{Sound: who}}, To: pbx.Destination{Kind: pbx.ToUser, ID: who}})
		}
		return in
	case "done":
		return Done{!has("not")}
	case "meant":
		if arg(1) == "" {
			return Meant{}
		}
		return Meant{pbx.Destination{Kind: pbx.ToUser, ID: arg(1)}}
	case "considered": // considered a b1 always ask
		return Considered{[2]pbx.LegID{leg, pbx.LegID(arg(2))}, pbx.RecordMode(arg(3)), pbx.RecordNotice(arg(4)), 10 * time.Minute}
	case "informed":
		return Informed{uint64(status)}
	case "settled":
		return Settled{}
	case "pause_over":
		return PauseOver{uint64(status)}
	case "tape": // tape start by=bob, or tape pause 60
		return TapeOrder{map[string]TapeDo{"start": TapeStart, "stop": TapeStop, "pause": TapePause, "resume": TapeResume}[arg(1)], pbx.Party{Name: string(value("by"))}, time.Duration(status) * time.Second}
	case "stop":
		return Stop{Cause: pbx.Cause(arg(1)), By: pbx.Party{Name: string(value("by"))}}
	}
	t.Fatalf("cannot read input %q", w)
	return nil
}

// parseSend reads "a to user carol by=alice asked"; "nobody" in place of the leg sends from above.
func parseSend(w []string) Send {
	in := Send{To: pbx.Destination{Kind: pbx.DestinationKind(w[2]), ID: w[3]}}
	if w[0] != "nobody" {
		in.Leg = pbx.LegID(w[0])
	}
	for _, word := range w[4:] {
		if by, ok := strings.CutPrefix(word, "by="); ok {
			in.By = pbx.Party{User: pbx.UserID("usr_" + by), Name: by}
		}
		in.Asked = in.Asked || word == "asked"
	}
	return in
}

// parseRouted reads where a call goes on: "house mailbox", "refuse busy", or "ring 20s carol:c1", each with "then=mailbox".
func parseRouted(t *testing.T, w []string) Routed {
	in := Routed{Plan: route.Plan{To: pbx.Party{Name: "carol"}}}
	for i := 0; i < len(w); i++ {
		switch word := w[i]; {
		case word == "house":
			i++
			in.Plan.House = &route.House{At: pbx.Destination{Kind: pbx.DestinationKind(w[i]), ID: "carol"}}
		case word == "refuse":
			i++
			in.Plan.Refuse, in.Plan.Text = pbx.Cause(w[i]), i18n.T("cause."+w[i])
		case strings.HasPrefix(word, "spoken="):
			in.Plan.Spoken = strings.TrimPrefix(word, "spoken=")
		case word == "ring":
			i++
			d, err := time.ParseDuration(w[i])
			if err != nil {
				t.Fatal(err)
			}
			in.Plan.Attempts = append(in.Plan.Attempts, route.Attempt{Ring: d})
		case strings.HasPrefix(word, "deflect="):
			in.Plan.Deflect = strings.TrimPrefix(word, "deflect=")
		case strings.HasPrefix(word, "then="):
			in.Plan.Then = after(strings.TrimPrefix(word, "then="))
		default:
			who, leg, _ := strings.Cut(word, ":")
			a := &in.Plan.Attempts[len(in.Plan.Attempts)-1]
			a.Targets = append(a.Targets, route.Target{Party: pbx.Party{Name: who}})
			in.Legs = append(in.Legs, pbx.LegID(leg))
		}
	}
	return in
}

// after sends a call on to a place of a kind, whatever became of it.
func after(kind string) route.Then {
	to := pbx.Destination{Kind: pbx.DestinationKind(kind), ID: "bob"}
	return route.Then{Owner: "usr_bob", NoAnswer: to, Busy: to, Offline: to}
}

func (c Clip) String() string {
	switch {
	case c.Tone != NoTone:
		return "<" + c.Tone.String() + ">"
	case c.Sound != "":
		return c.Sound
	case c.Number > 0:
		return strconv.Itoa(c.Number)
	case c.Reference:
		return "<reference>"
	}
	return c.Text.String()
}

func show(e Effect, s State) string {
	switch e := e.(type) {
	case Dial:
		return fmt.Sprintf("dial %s", e.Leg)
	case AskAllowance:
		return fmt.Sprintf("ask allowance for %s", e.Leg)
	case Ringback:
		return fmt.Sprintf("ringback %s", e.Leg)
	case Early:
		return fmt.Sprintf("early %s hears %s", e.Caller, e.Callee)
	case Accept:
		return fmt.Sprintf("accept %s with %s", e.Caller, e.Callee)
	case Refuse:
		return fmt.Sprintf("refuse %s %s (%s)", e.Leg, e.Cause, e.Text)
	case Screen:
		return fmt.Sprintf("screen %s", e.Leg)
	case Deflect:
		return fmt.Sprintf("deflect %s to %s", e.Leg, e.To)
	case Hangup:
		return fmt.Sprintf("hangup %s %s", e.Leg, e.Cause)
	case Offer:
		return fmt.Sprintf("offer %s from %s", e.Leg, e.From)
	case Comfort:
		if !e.On {
			return fmt.Sprintf("no music for %s by %s", e.Leg, e.By)
		}
		return fmt.Sprintf("music for %s by %s", e.Leg, e.By)
	case Reply:
		return fmt.Sprintf("reply %s %d", e.Leg, e.Status)
	case Press:
		return fmt.Sprintf("press %s %c", e.Leg, e.Digit)
	case Route:
		return fmt.Sprintf("route %s %s of %s after %s", e.To.Kind, e.To.ID, e.Owner, e.Cause)
	case Admit:
		return fmt.Sprintf("admit %s with %s", e.Leg, e.With)
	case Hand:
		return fmt.Sprintf("hand %s", e.Leg)
	case Withdraw:
		return "withdraw"
	case Turn:
		return fmt.Sprintf("turn to %s", e.Caller)
	case Take:
		return fmt.Sprintf("take %s", e.Leg)
	case Report:
		if e.Cause != "" {
			return fmt.Sprintf("report %s %s (%s)", e.Leg, e.Cause, e.Text)
		}
		return fmt.Sprintf("report %s %d", e.Leg, e.Status)
	case Join:
		return fmt.Sprintf("join %s with %s", e.Caller, e.Callee)
	case Announce:
		return fmt.Sprintf("announce %s", e.Caller)
	case Welcome:
		return fmt.Sprintf("welcome %s", e.Caller)
	case Play:
		return fmt.Sprintf("play %s %v #%d", e.Leg, e.Clips, e.Tag)
	case Hush:
		return fmt.Sprintf("hush %s", e.Leg)
	case Record:
		return fmt.Sprintf("record %s max=%s quiet=%s stop=%s", e.Leg, e.Max, e.Quiet, e.StopOn)
	case EndRecord:
		return fmt.Sprintf("end record %s", e.Leg)
	case Keep:
		return fmt.Sprintf("keep as %s", e.As)
	case Carry:
		return fmt.Sprintf("carry %s %q", e.Action, e.Argument)
	case Echo:
		return fmt.Sprintf("echo %s", e.Leg)
	case CheckPIN:
		return fmt.Sprintf("check_pin %q", e.PIN)
	case Unlock:
		return fmt.Sprintf("unlock own=%t %q %q", e.Own, e.Number, e.PIN)
	case Treat:
		return fmt.Sprintf("treat %s as %s", e.ID, e.As)
	case Address:
		return fmt.Sprintf("address %s", e.Number)
	case SendOn:
		return fmt.Sprintf("send %s on to %s intro=%t", e.ID, e.Number, e.Intro)
	case Greet:
		return fmt.Sprintf("greet %q usual=%t", e.For, e.Usual)
	case SetPIN:
		return fmt.Sprintf("set pin %s", e.PIN)
	case FindName:
		return fmt.Sprintf("find name %s", e.Keys)
	case PlayBack:
		return fmt.Sprintf("play back and %v #%d", e.Clips, e.Tag)
	case Pause:
		return fmt.Sprintf("pause %s %t", e.Leg, e.On)
	case Wind:
		return fmt.Sprintf("wind %s %s", e.Leg, e.By)
	case OpenPark:
		return fmt.Sprintf("open park %s", e.At.ID)
	case OpenWatch:
		return fmt.Sprintf("watch %q %s", e.Number, e.Mode)
	case OpenRoom:
		if e.Typed {
			return fmt.Sprintf("open room %s with %q", e.At.ID, e.PIN)
		}
		return fmt.Sprintf("open room %s", e.At.ID)
	case EnterRoom:
		if e.Host {
			return "enter room as host"
		}
		return "enter room"
	case AwaitRoom:
		return "await host"
	case MuteRoom:
		return fmt.Sprintf("mute in room %t", e.Muted)
	case TapeTold:
		return "told"
	case TapeAnswer:
		return fmt.Sprintf("answers %c", e.Digit)
	case SteerRoom:
		return fmt.Sprintf("steer room %s", e.Do)
	case OpenMenu:
		return fmt.Sprintf("open menu %s", e.At.ID)
	case LookUp:
		return fmt.Sprintf("look up %s", e.Number)
	case Enter:
		return fmt.Sprintf("enter %s", e.At.ID)
	case AskBack:
		return "ask how to call back"
	case KeepPlace:
		return "keep the place"
	case Drop:
		return fmt.Sprintf("drop %d", len(e.Legs))
	case OpenBox:
		return fmt.Sprintf("open box %s", e.At.ID)
	case Consider:
		return fmt.Sprintf("consider %s %s", e.Legs[0], e.Legs[1])
	case Inform:
		return fmt.Sprintf("inform %s %s: %s #%d", e.Legs[0], e.Legs[1], e.Notice, e.Tag)
	case Tape:
		return strings.TrimSpace(fmt.Sprintf("tape %s %s %s", e.Legs[0], e.Legs[1], map[bool]string{true: "objectable"}[e.Object]))
	case Untape:
		return "untape"
	case PauseTape:
		if e.On {
			return fmt.Sprintf("pause tape for %s #%d", e.After, e.Tag)
		}
		return "go on with tape"
	case EndTape:
		return strings.TrimSpace(fmt.Sprintf("end tape %s %s", map[bool]string{true: "forget"}[e.Forget], e.Leg))
	case SetTimer:
		if e.Timer == NoTimer {
			return "timer off"
		}
		return fmt.Sprintf("timer %s %s", e.Timer, e.After)
	case Emit:
		line := fmt.Sprintf("emit %s", e.Kind)
		if e.Leg != "" {
			line += " " + string(e.Leg)
		}
		if e.Kind == "call.ended" {
			line += fmt.Sprintf(" %s (%s)", s.Cause, s.Text)
		}
		if e.By.Name != "" {
			line += " by " + e.By.Name
		}
		return line
	case Show:
		if p := s.LivePhase(); p != "" {
			return "show " + string(p)
		}
		return "show"
	}
	return fmt.Sprintf("%T", e)
}
