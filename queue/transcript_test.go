package queue

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

var update = flag.Bool("update", false, "rewrite the effects in testdata/*.queue")

// nine is when every transcript begins.
var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// TestTranscripts plays scripts: "queue" and "agents" lines give the configuration, "> 5s join c1" is an input five seconds
// after the beginning, and the "< " lines are the effects that must follow.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.queue")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".queue"), func(t *testing.T) {
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
	q := pbx.Queue{Strategy: pbx.ServeNext, Ring: 15}
	var s State
	var helpers []pbx.UserID
	begun := false
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "< ") {
			continue
		}
		fmt.Fprintln(&out, line)
		w := strings.Fields(line)
		switch {
		case len(w) == 0 || w[0] == "#":
		case w[0] == "queue":
			for _, setting := range w[1:] {
				set(t, &q, setting)
			}
		case w[0] == "agents":
			q.Agents = nil
			for _, a := range w[1:] {
				name, skill, _ := strings.Cut(a, ":")
				n, _ := strconv.Atoi(skill)
				q.Agents = append(q.Agents, pbx.QueueAgent{User: pbx.UserID(name), Skill: n})
			}
		case w[0] == "helpers":
			helpers = nil
			for _, name := range w[1:] {
				helpers = append(helpers, pbx.UserID(name))
			}
		case w[0] == ">":
			if !begun {
				s, begun = New(q, nine, 1), true
				if helpers != nil {
					s, _ = Step(s, nine, Change{Queue: q, Helpers: helpers})
				}
			}
			after, err := time.ParseDuration(w[1])
			if err != nil {
				t.Fatal(err)
			}
			var effects []Effect
			s, effects = Step(s, nine.Add(after), read(t, q, w[2:]))
			for _, e := range effects {
				fmt.Fprintln(&out, "<", show(e))
			}
		default:
			t.Fatalf("cannot read %q", line)
		}
	}
	return out.String()
}

func set(t *testing.T, q *pbx.Queue, setting string) {
	name, value, _ := strings.Cut(setting, "=")
	n, _ := strconv.Atoi(value)
	switch name {
	case "strategy":
		q.Strategy = pbx.Strategy(value)
	case "ring":
		q.Ring = n
	case "wrap":
		q.WrapUp = n
	case "wait":
		q.MaxWait = n
	case "calls":
		q.MaxCalls = n
	case "late":
		q.Late = n
	case "escalate":
		q.Escalate = n
	case "misses":
		q.Misses = n
	case "every":
		q.Every = n
	case "tell":
		q.Tell = true
	case "callback":
		q.Callback, q.Tries, q.Pause, q.Keep = true, 2, 60, 3600
	case "keep":
		q.Keep = n
	case "full":
		q.Full = pbx.Destination{Kind: pbx.ToMailbox, ID: value}
	case "nobody":
		q.Nobody = pbx.Destination{Kind: pbx.ToMailbox, ID: value}
	default:
		t.Fatalf("no setting %q", setting)
	}
}

func read(t *testing.T, q pbx.Queue, w []string) Input {
	arg := func(i int) string {
		if i < len(w) {
			return w[i]
		}
		return ""
	}
	c, u := pbx.CallID(arg(1)), pbx.UserID(arg(1))
	switch w[0] {
	case "join":
		n, _ := strconv.Atoi(arg(2))
		return Join{Call: c, Priority: n, From: pbx.Party{Number: arg(3)}}
	case "leave":
		return Leave{c}
	case "hold":
		return Hold{c}
	case "return":
		return Return{c}
	case "reached":
		return Reached{c}
	case "unreached":
		return Unreached{c, arg(2) == "forgood"}
	case "drop":
		return Drop{c}
	case "open", "shut":
		return Opening{w[0] == "open"}
	case "places":
		return Restore{Places: []Caller{{Call: c, Since: nine.Add(-time.Hour), Asked: nine.Add(-time.Hour), Until: nine.Add(time.Hour)}}}
	case "declined":
		return Declined{c, pbx.UserID(arg(2))}
	case "engaged":
		return Engaged{c, pbx.UserID(arg(2))}
	case "restore":
		n, _ := strconv.Atoi(arg(2))
		return Restore{Day: Figures{Answered: n}, Agents: []Served{{Agent: u, Answered: n, Talked: time.Minute, Last: nine.Add(-time.Minute)}}}
	case "took":
		return Took{c, pbx.UserID(arg(2))}
	case "over":
		return Over{c}
	case "in":
		return Set{u, Free}
	case "away":
		return Set{u, Away}
	case "out":
		return Set{u, Out}
	case "ready":
		return Ready{u}
	case "tick":
		return Tick{}
	case "midnight":
		return Midnight{}
	case "change":
		return Change{Queue: q}
	}
	t.Fatalf("no input %q", w)
	return nil
}

func show(e Effect) string {
	names := func(list []pbx.UserID) string {
		var all []string
		for _, u := range list {
			all = append(all, string(u))
		}
		return strings.Join(all, " ")
	}
	switch e := e.(type) {
	case Ring:
		if e.Back {
			return fmt.Sprintf("ring for %s, who is called back, at %s", e.Call, names(e.Agents))
		}
		return fmt.Sprintf("ring %s at %s", e.Call, names(e.Agents))
	case Stop:
		return fmt.Sprintf("stop %s at %s (%s)", e.Call, names(e.Agents), e.Cause)
	case Announce:
		if e.Callback {
			return fmt.Sprintf("announce %s position %d, and the call back", e.Call, e.Position)
		}
		if e.Wait > 0 {
			return fmt.Sprintf("announce %s position %d, about %v", e.Call, e.Position, e.Wait)
		}
		return fmt.Sprintf("announce %s position %d", e.Call, e.Position)
	case Send:
		if e.To.IsZero() {
			return fmt.Sprintf("end %s (%s)", e.Call, e.Why)
		}
		return fmt.Sprintf("send %s to %s:%s (%s)", e.Call, e.To.Kind, e.To.ID, e.Why)
	case Dismiss:
		return fmt.Sprintf("dismiss %s after %d", e.Agent, e.Missed)
	case Note:
		s := fmt.Sprintf("note %s %s", e.Kind, e.Call)
		if e.Agent != "" {
			s += " " + string(e.Agent)
		}
		if e.Waited > 0 {
			s += " " + e.Waited.String()
		}
		return s
	case SetTimer:
		if e.At.IsZero() {
			return "timer off"
		}
		return "timer " + e.At.Sub(nine).String()
	}
	return fmt.Sprintf("%#v", e)
}
