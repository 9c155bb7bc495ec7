package toll

import (
	"slices"
	"time"

	"tandem/pbx"
)

// Step is one profile that reaches a payer, with what its rules say about the number.
type Step struct {
	Profile *pbx.Restriction
	Through pbx.Ref // what it is put on that the payer is, is in, holds or uses
	Fits    []int   // its rules that fit
	Lifts   []int   // its exceptions that fit
}

// Explanation is a verdict with everything that was looked at.
type Explanation struct {
	Verdict
	Steps    []Step           // in the order in which they were looked at
	HasPIN   bool             // the payer has one to type
	Stay     pbx.Dialling     // what was chosen for the guest who stays where the payer is (G-019) …
	Narrowed bool             // … and that it leaves the number out
	Basic    bool             // it is open because no profile is put on the office
	Remedy   *pbx.Restriction // the smallest change that would allow a refused call: a profile with one exception more; nil where none would
}

// Explain decides a question and tells the way there (N-1, B-098).
func Explain(s *pbx.Snapshot, q Question) Explanation {
	e := Explanation{Verdict: Decide(s, q)}
	if e.Code == Emergency || e.Code == Inside || e.Code == Nobody {
		return e
	}
	c := collector{s: s, q: q}
	c.visit = func(p *pbx.Restriction) {
		step := Step{Profile: p, Through: c.at}
		for i := range p.Rules {
			if c.fits(&p.Rules[i]) {
				step.Fits = append(step.Fits, i)
			}
		}
		for i := range p.Except {
			if x := &p.Except[i]; x.User == q.Payer && q.At.Before(x.Until) && fits(&q.To, x.Classes, x.Countries, x.Prefixes) {
				step.Lifts = append(step.Lifts, i)
			}
		}
		e.Steps = append(e.Steps, step)
	}
	c.gather()
	e.HasPIN = HasPIN(s, q.Payer)
	e.Basic, e.Stay, e.Narrowed = c.basic, s.Dialling(q.Payer, q.At), c.stay
	if !e.OK && e.Code != Unpriced && e.Code != Alarmed { // no rule would help: nobody could reserve what it costs, or the alarm goes on
		e.Remedy = remedy(e, q)
	}
	return e
}

// HasPIN reports whether somebody has a PIN that he can type: that of his mailbox.
func HasPIN(s *pbx.Snapshot, u pbx.UserID) bool {
	b := s.Mailboxes[pbx.BoxID(u)]
	return b != nil && b.PIN != ""
}

// remedy adds an exception for the number to the profile that is in the way, else to one that reaches the payer, else to a new one for him.
func remedy(e Explanation, q Question) *pbx.Restriction {
	next := &pbx.Restriction{ID: "rst_new", Name: "–", On: []pbx.Ref{{Kind: pbx.KindUser, ID: string(q.Payer)}}}
	switch {
	case e.Spot.Profile != nil:
		next = e.Spot.Profile
	case len(e.Steps) > 0:
		next = e.Steps[len(e.Steps)-1].Profile
	}
	out := *next
	x := pbx.TollExcept{User: q.Payer, Classes: []string{q.To.Class.String()}, Until: q.At.Add(24 * time.Hour), Reason: "–"}
	if q.To.E164 != "" {
		x.Prefixes = []string{string(q.To.E164)}
	}
	out.Except = append(slices.Clone(out.Except), x)
	return &out
}
