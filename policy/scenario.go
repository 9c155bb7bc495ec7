package policy

import (
	"fmt"
	"strings"
	"time"
)

// Scenario is one question about a World with the answer that is wanted (N-16).
type Scenario struct {
	ID     string
	Actor  string // as World.Actor reads it
	Right  string
	Target string // as World.Target reads it
	At     time.Time
	OK     bool
	Code   Code   // empty takes any
	Reason string // why the answer is wanted, for people
}

// scenarioColumns must stand in the head of a file of scenarios; others may.
var scenarioColumns = []string{"id", "actor", "right", "target", "at", "expect"}

// ReadScenarios reads a table with tabs between columns, whose first line is the head.
func ReadScenarios(text []byte) ([]Scenario, error) {
	head, lines, _ := strings.Cut(strings.TrimPrefix(string(text), "\ufeff"), "\n")
	at := map[string]int{}
	for i, name := range strings.Split(strings.TrimRight(head, "\r"), "\t") {
		at[name] = i + 1
	}
	for _, name := range scenarioColumns {
		if at[name] == 0 {
			return nil, fmt.Errorf("scenarios: there is no column %q in the first line", name)
		}
	}
	var all []Scenario
	for n, line := range strings.Split(lines, "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		cell := func(name string) string {
			if i := at[name]; i > 0 && i <= len(cells) {
				return cells[i-1]
			}
			return ""
		}
		s := Scenario{ID: cell("id"), Actor: cell("actor"), Right: cell("right"), Target: cell("target"), Code: Code(cell("code")), Reason: cell("reason")}
		var err error
		if s.At, err = time.Parse(time.RFC3339, cell("at")); err != nil {
			return nil, fmt.Errorf("scenarios, line %d: %w", n+2, err)
		}
		switch cell("expect") {
		case "allow":
			s.OK = true
		case "deny":
		default:
			return nil, fmt.Errorf("scenarios, line %d: %q is neither allow nor deny", n+2, cell("expect"))
		}
		all = append(all, s)
	}
	return all, nil
}

// Request is the question of a scenario, to be asked of the world's snapshot. A right that does not exist is asked as such:
// it is refused like any other.
func (w *World) Request(s Scenario) (Request, error) {
	right, _ := ParseRight(s.Right)
	t, err := w.Target(s.Target)
	if err != nil {
		return Request{}, fmt.Errorf("scenario %s: %w", s.ID, err)
	}
	return Request{Actor: w.Actor(s.Actor), Right: right, Target: t, At: s.At}, nil
}

// Met reports whether a decision is the wanted one.
func (s Scenario) Met(d Decision) bool { return d.OK == s.OK && (s.Code == "" || s.Code == d.Code) }
