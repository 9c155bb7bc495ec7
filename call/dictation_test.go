package call

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

// told is what a dictation does, in words.
func told(effects []Effect) string {
	var all []string
	clips := func(list []Clip) string {
		var names []string
		for _, c := range list {
			if c.Tone != NoTone {
				names = append(names, c.Tone.String())
				continue
			}
			names = append(names, strings.TrimPrefix(c.Text.Key, "say."))
		}
		return strings.Join(names, "+")
	}
	for _, e := range effects {
		switch e := e.(type) {
		case Dial:
			all = append(all, "dial")
		case Play:
			all = append(all, "play "+clips(e.Clips))
		case PlayBack:
			all = append(all, "playback "+clips(e.Clips))
		case Record:
			all = append(all, "record")
		case Store:
			all = append(all, "store")
		case Hush:
			all = append(all, "hush")
		case EndRecord:
			all = append(all, "end")
		case Hangup:
			all = append(all, "hangup")
		case SetTimer:
			if e.Timer == NoTimer {
				all = append(all, "rest")
			}
		default:
			all = append(all, fmt.Sprintf("%T", e))
		}
	}
	return strings.Join(all, ", ")
}

func TestDictation(t *testing.T) {
	const menu = "for.keep+press.1+for.again+press.2+for.record+press.3"
	said, nothing := Recorded{Length: 3 * time.Second}, Recorded{Silent: true}
	var tag uint64
	over := func() Input { tag++; return Played{tag} }
	tests := []struct {
		name  string
		steps func() []any // input, what is done, …
		kept  bool
		cause pbx.Cause
	}{
		{"he speaks, hears himself, and keeps it", func() []any {
			return []any{Start{}, "dial", Answered{}, "play record.tone+beep", over(), "record", said, "playback " + menu, Digit{Digit: '1'}, "hush, store",
				Stored{}, "play feature.done+goodbye", Played{3}, "hangup, rest"}
		}, true, ""},
		{"he speaks again, and hears it twice", func() []any {
			return []any{Start{}, "dial", Answered{}, "play record.tone+beep", over(), "record", said, "playback " + menu, Digit{Digit: '3'}, "play record.tone+beep", Played{3}, "record",
				said, "playback " + menu, Digit{Digit: '2'}, "playback " + menu, Played{5}, "", Digit{Digit: '1'}, "hush, store", Stored{}, "play feature.done+goodbye", Ended{Cause: pbx.CauseHangup}, "rest"}
		}, true, ""},
		{"he says nothing, three times", func() []any {
			return []any{Start{}, "dial", Answered{}, "play record.tone+beep", over(), "record", nothing, "play record.short+record.tone+beep", Played{2}, "record",
				nothing, "play record.short+record.tone+beep", Played{3}, "record", nothing, "play goodbye", Timeout{HouseTimer}, "hangup, rest"}
		}, false, pbx.CauseNoAnswer},
		{"a key that means nothing, then none at all", func() []any {
			return []any{Start{}, "dial", Answered{}, "play record.tone+beep", over(), "record", said, "playback " + menu, Digit{Digit: '9'}, "play menu.invalid+" + menu, Played{3}, "",
				Timeout{HouseTimer}, "play " + menu, Played{4}, "", Timeout{HouseTimer}, "play " + menu, Played{5}, "", Timeout{HouseTimer}, "play goodbye", Played{6}, "hangup, rest"}
		}, false, pbx.CauseNoAnswer},
		{"he ends by signalling, and hangs up", func() []any {
			return []any{Start{}, "dial", Answered{}, "play record.tone+beep", over(), "record", Digit{Digit: '5'}, "", Digit{Digit: '#'}, "end", said, "playback " + menu, Ended{Cause: pbx.CauseHangup}, "rest"}
		}, false, pbx.CauseHangup},
		{"it cannot be stored", func() []any {
			return []any{Start{}, "dial", Answered{}, "play record.tone+beep", over(), "record", said, "playback " + menu, Digit{Digit: '1'}, "hush, store",
				Stored{Failed: true}, "play record.failed+goodbye", Played{3}, "hangup, rest"}
		}, false, pbx.CauseFailed},
		{"nobody answers", func() []any { return []any{Start{}, "dial", Timeout{HouseTimer}, "hangup, rest"} }, false, pbx.CauseNoAnswer},
		{"the phone declines", func() []any { return []any{Start{}, "dial", Failed{Cause: pbx.CauseDeclined}, "rest"} }, false, pbx.CauseDeclined},
		{"he hangs up while he hears himself", func() []any {
			return []any{Start{}, "dial", Answered{}, "play record.tone+beep", over(), "record", said, "playback " + menu, Ended{Cause: pbx.CauseHangup}, "rest", Digit{Digit: '1'}, ""}
		}, false, pbx.CauseHangup},
		{"no codec in common", func() []any { return []any{Start{}, "dial", Answered{Fault: pbx.CauseNoCodec}, "hangup, rest"} }, false, pbx.CauseNoCodec},
	}
	for _, tt := range tests {
		tag = 0
		d := NewDictation("leg_1", time.Minute)
		steps := tt.steps()
		for i := 0; i < len(steps); i += 2 {
			next, effects := d.Step(steps[i].(Input))
			if got := told(effects); got != steps[i+1] {
				t.Errorf("%s, step %d (%T): %q, want %q", tt.name, i/2, steps[i], got, steps[i+1])
			}
			d = next
		}
		if d.Stage != DictateOver || d.Kept != tt.kept || d.Cause != tt.cause {
			t.Errorf("%s: %v, kept %v, cause %q", tt.name, d.Stage, d.Kept, d.Cause)
		}
	}
}

// Whatever comes, a dictation has a timer running until it is over, plays and records one thing at a time, and ends.
func TestDictationEnds(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 43))
		d := NewDictation("leg_1", time.Minute)
		d, _ = d.Step(Start{})
		running, timeouts := true, 0
		for range 400 {
			var in Input
			switch r.IntN(9) {
			case 0:
				in = Answered{}
			case 1:
				in = Played{uint64(r.IntN(8))}
			case 2:
				in = Recorded{Length: time.Duration(r.IntN(4)) * time.Second, Silent: r.IntN(3) == 0, Failed: r.IntN(8) == 0}
			case 3:
				in = Digit{Digit: "0123456789*#"[r.IntN(12)]}
			case 4:
				in = Stored{Failed: r.IntN(3) == 0}
			case 5:
				if r.IntN(30) > 0 {
					continue
				}
				in = Ended{Cause: pbx.CauseHangup}
			default:
				in = Timeout{HouseTimer}
				timeouts++
			}
			next, effects := d.Step(in)
			for _, e := range effects {
				if s, ok := e.(SetTimer); ok {
					running = s.Timer != NoTimer
				}
			}
			if d.Stage == DictateOver && len(effects) > 0 {
				t.Fatalf("seed %d: %s after the end", seed, told(effects))
			}
			d = next
			if d.Stage != DictateOver && !running {
				t.Fatalf("seed %d: %v without a timer", seed, d.Stage)
			}
		}
		if d.Stage != DictateOver && timeouts > 100 {
			t.Fatalf("seed %d: still %v after %d timeouts", seed, d.Stage, timeouts)
		}
	}
}
