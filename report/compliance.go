package report

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// Met says how a call met the limits and restrictions of the office (B-065).
type Met string

// What can become of a call outside. One that met nothing was allowed by the rules.
const (
	MetNothing  Met = ""
	MetRefusal  Met = "refused"   // a rule, a missing right, a PIN, an alarm or a budget refused it
	MetCut      Met = "cut"       // it reached the end that a limit, a budget or an alarm set
	MetExcept   Met = "excepted"  // only an exception of its payer allowed it
	MetHelp     Met = "emergency" // an emergency call
	MetHelpLost Met = "blocked"   // an emergency call that was refused; there must be none (TF-03)
)

// Rules in one word, where no ruling of package toll says it.
const (
	byBudget = "budget"
	byTime   = "time"
	byLimit  = "limit"
	byAlarm  = "alarm"
	byPIN    = "pin"
)

// judged are the verdicts of package toll that refuse.
var judged = []string{"nobody", "forbidden", "hours", "missing", "contacts", "alarm", "unpriced", "right"}

// violations are the kinds of rules that somebody breaks by calling.
var violations = []string{"forbidden", "hours", "missing", "contacts", "right", byPIN}

// Meets says how a call met the rules, and by which kind of rule, in one word; false for a call that asked no rule.
func Meets(c *CDR) (met Met, code string, asked bool) {
	verdict := ""
	if c.Ruling != nil {
		verdict = c.Ruling.Code
	}
	if verdict == "emergency" {
		if c.Cause == pbx.CauseDenied {
			return MetHelpLost, verdict, true
		}
		return MetHelp, verdict, true
	}
	switch c.Reason.Key {
	case "toll.spent":
		return MetCut, byBudget, true
	case "toll.over":
		return MetCut, byLimit, true
	case "toll.cut.alarm":
		return MetCut, byAlarm, true
	}
	if c.Cause == pbx.CauseDenied {
		switch what, ours := strings.CutPrefix(c.Reason.Key, "toll.refused."); {
		case slices.Contains(judged, verdict):
			return MetRefusal, verdict, true
		case strings.HasPrefix(what, "pin"):
			return MetRefusal, byPIN, true
		case ours && (what == byBudget || what == byTime || what == byAlarm):
			return MetRefusal, what, true
		}
	}
	if verdict == "excepted" {
		return MetExcept, verdict, true
	}
	return MetNothing, verdict, c.Ruling != nil
}

// AnswersFor is who answers for how a call met the rules: whoever had to pay for it, and else who called.
func (c *CDR) AnswersFor() pbx.UserID {
	if c.Ruling != nil && c.Ruling.Payer != "" {
		return c.Ruling.Payer
	}
	if p := c.Payers(); len(p) > 0 {
		return p[0]
	}
	return c.From.User
}

// IsViolation reports whether a rule about what may be called refused it, or a PIN that was missing or wrong (B-067). That a budget or a time is used up,
// an alarm holds, or a price is not known is nobody's trying.
func (c *CDR) IsViolation() bool {
	met, code, _ := Meets(c)
	return met == MetRefusal && slices.Contains(violations, code)
}

// Row is how often calls of one person met one rule in one way.
type Row struct {
	User   pbx.UserID
	Met    Met
	Code   string
	Ruling *event.Ruling // of the last of them; nil where none stood before it
	Calls  int
	Last   time.Time
	Call   pbx.CallID // the last of them
}

// Compliance is how limits and restrictions were kept in some time. The zero value is of no time at all.
type Compliance struct {
	Outside map[pbx.UserID]int // calls that asked a rule, by who answers for them
	rows    map[rowKey]*Row
}

type rowKey struct {
	user    pbx.UserID
	met     Met
	code    string
	profile pbx.RestrictionID
	rule    string
}

// Add takes a call in.
func (f *Compliance) Add(c *CDR) {
	met, code, asked := Meets(c)
	if !asked {
		return
	}
	if f.rows == nil {
		f.rows, f.Outside = map[rowKey]*Row{}, map[pbx.UserID]int{}
	}
	who := c.AnswersFor()
	f.Outside[who]++
	if met == MetNothing {
		return
	}
	k := rowKey{user: who, met: met, code: code}
	if r := c.Ruling; r != nil && (met == MetRefusal || met == MetExcept) && r.Code == code {
		rule, _ := json.Marshal([]any{r.Rule, r.Except}) // plain values, which cannot fail
		k.profile, k.rule = r.Profile, string(rule)
	}
	row := f.rows[k]
	if row == nil {
		row = &Row{User: who, Met: met, Code: code}
		f.rows[k] = row
	}
	row.Calls++
	if row.Call == "" || c.Started.After(row.Last) {
		row.Last, row.Call = c.Started, c.ID
		if k.rule != "" {
			row.Ruling = c.Ruling
		}
	}
}

// Rows are the rows, the most frequent first.
func (f *Compliance) Rows() []Row {
	all := make([]Row, 0, len(f.rows))
	for _, r := range f.rows {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b Row) int {
		return cmp.Or(b.Calls-a.Calls, b.Last.Compare(a.Last), cmp.Compare(a.Call, b.Call), cmp.Compare(a.User, b.User))
	})
	return all
}
