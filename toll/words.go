package toll

import (
	"strconv"
	"strings"

	"tandem/i18n"
	"tandem/pbx"
)

// Sentence says one rule so that people can read it (B-029, B-035…B-041); say knows the reader's language, and country the names of countries.
func Sentence(r *pbx.TollRule, say func(i18n.Text) string, country func(iso string) string) string {
	what := numbers(r.Classes, r.Countries, r.Prefixes, r.Effect == pbx.TollAllow, say, country)
	key := "toll.rule." + string(r.Effect)
	if r.Effect == pbx.TollPIN && r.Minutes > 0 {
		key = "toll.rule.pin_holds"
	}
	text := say(i18n.T(key, "what", what, "minutes", strconv.Itoa(r.Minutes)))
	if r.Contacts {
		text += " · " + say(i18n.T("toll.only_contacts"))
	}
	if r.When != pbx.TollAlways {
		text += " · " + say(i18n.T("toll.when."+string(r.When)))
	}
	if r.From != r.Until {
		text += " · " + clock(r.From) + "–" + clock(r.Until)
	}
	return text
}

// ExceptSentence says which numbers an exception opens.
func ExceptSentence(e *pbx.TollExcept, say func(i18n.Text) string, country func(iso string) string) string {
	return numbers(e.Classes, e.Countries, e.Prefixes, false, say, country)
}

func numbers(classes, countries, prefixes []string, allows bool, say func(i18n.Text) string, country func(iso string) string) string {
	var words []string
	for _, c := range classes {
		words = append(words, say(i18n.T("class."+c)))
	}
	what := strings.Join(words, ", ")
	if what == "" {
		key := "toll.what.all"
		if allows && len(prefixes) == 0 {
			key = "toll.what.cheap"
		}
		what = say(i18n.T(key))
	}
	if len(countries) > 0 {
		words = words[:0]
		for _, c := range countries {
			words = append(words, country(c))
		}
		what += " (" + strings.Join(words, ", ") + ")"
	}
	if len(prefixes) > 0 {
		what += " (" + strings.Join(prefixes, "…, ") + "…)"
	}
	return what
}

func clock(minute int) string {
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	return two(minute/60) + ":" + two(minute%60)
}

// CheckKind is one of the questions that a decision asks.
type CheckKind string

// The questions, in the order in which somebody who cannot call should look (B-098). Whether he has the right to call at all stands before them
// and is for package policy.
const (
	CheckNumber CheckKind = "number" // it can be called at all, and somebody pays
	CheckRules  CheckKind = "rules"  // a rule of a profile, or what holds without one, opens it
	CheckDeny   CheckKind = "deny"   // no rule forbids it
	CheckHours  CheckKind = "hours"  // no rule forbids it at this time
	CheckStay   CheckKind = "stay"   // at check-in it was not taken away (G-019)
	CheckAlarm  CheckKind = "alarm"  // no alarm stops calls abroad (TF-06)
	CheckPIN    CheckKind = "pin"    // the payer has a PIN where one is asked for
	CheckPrice  CheckKind = "price"  // where a budget of money would have to pay: it is known what it costs (TF-05)
)

// Check is one question with its answer.
type Check struct {
	Kind CheckKind
	OK   bool
}

// Answer is the answer to a question in words.
func (e *Explanation) Answer(c Check) i18n.Text {
	key := "toll.check." + string(c.Kind)
	switch {
	case c.OK:
		return i18n.T(key)
	case c.Kind == CheckStay:
		return i18n.T(key + "_" + string(e.Stay))
	}
	return i18n.T(key + "_no")
}

// Checks lists the questions with their answers. An exception answers all of them.
func (e *Explanation) Checks() []Check {
	all := []Check{{CheckNumber, e.Code != Nobody && (e.Code != Inside || e.OK)}}
	if e.Code == Emergency || e.Code == Inside || e.Code == Nobody {
		return all
	}
	allow, deny, timed := e.Code == Basic || e.Code == Excepted, false, false
	for _, s := range e.Steps {
		for _, i := range s.Fits {
			switch r := &s.Profile.Rules[i]; r.Effect {
			case pbx.TollAllow:
				allow = true
			case pbx.TollDeny:
				deny, timed = deny || !isTimed(r), timed || isTimed(r)
			}
		}
	}
	if e.Code == Excepted {
		deny, timed = false, false
	}
	if e.Basic {
		allow = true
	}
	if e.Alarm != nil {
		all = append(all, Check{CheckAlarm, false})
	}
	if e.Stay != pbx.DialGroup {
		all = append(all, Check{CheckStay, e.Code == Excepted || !e.Narrowed})
	}
	all = append(all, Check{CheckRules, allow}, Check{CheckDeny, !deny}, Check{CheckHours, !timed})
	if e.Asks.Profile != nil {
		all = append(all, Check{CheckPIN, e.HasPIN})
	}
	if e.Paid {
		all = append(all, Check{CheckPrice, e.Code != Unpriced})
	}
	return all
}
