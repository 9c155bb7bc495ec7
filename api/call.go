package api

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
)

// Call is the record of a call as the visitor may see it.
type Call struct {
	ID        pbx.CallID        `json:"id"`
	From      Party             `json:"from"`
	To        Party             `json:"to"`
	Visitor   *Visitor          `json:"visitor,omitempty" doc:"what a visitor by a Talk link wrote; for who may see numbers outside, while it is kept"`
	Dialled   string            `json:"dialled,omitempty"`
	Direction string            `json:"direction" enum:"in,out,internal" doc:"as the visitor took part in it; internal between others inside"`
	Started   time.Time         `json:"started"`
	Answered  time.Time         `json:"answered,omitzero"`
	Ended     time.Time         `json:"ended"`
	Seconds   int               `json:"seconds" doc:"talked"`
	Cause     pbx.Cause         `json:"cause"`
	Reason    string            `json:"reason" doc:"why it ended, as a sentence"`
	By        *Party            `json:"by,omitempty" doc:"who ended it"`
	Codec     string            `json:"codec,omitempty"`
	Secure    bool              `json:"secure"`
	Legs      []Leg             `json:"legs" nullable:"false"`
	Linked    []pbx.CallID      `json:"linked" nullable:"false" doc:"calls whose people were connected with those of this one; only for who sees everybody in it"`
	Cost      *Cost             `json:"cost,omitempty" doc:"what it cost; for who may see what the calls of everybody cost who paid for it"`
	Reference string            `json:"reference,omitempty" doc:"of a refused call: the number that its caller heard"`
	Ruling    *CallRuling       `json:"ruling,omitempty" doc:"the decision that stood before its way outside; only for who may ask why about whoever paid"`
	Consents  []RecordingAnswer `json:"consents" nullable:"false" doc:"who was told that he is recorded, in which words, and what he answered; also where nothing was kept"`
	Trace     []string          `json:"trace" nullable:"false" doc:"why it rang where it rang; only for who sees everybody in it"`
	Untraced  bool              `json:"untraced,omitempty" doc:"the trace is kept no longer"`
}

// Cost is what a call cost. Amounts are millionths of the currency.
type Cost struct {
	Known    bool       `json:"known" doc:"false: there was no price for a part of it"`
	Amount   int64      `json:"amount"`
	Currency string     `json:"currency,omitempty"`
	Lines    []CostLine `json:"lines" nullable:"false" doc:"one for each line outside that was answered"`
}

// CostLine is what one line outside cost.
type CostLine struct {
	Payer   Party  `json:"payer"`
	Trunk   string `json:"trunk,omitempty" doc:"name, while there is such a trunk"`
	Place   string `json:"place,omitempty" doc:"what the carrier calls the destination"`
	Known   bool   `json:"known"`
	Minute  int64  `json:"minute,omitempty" doc:"price of a minute"`
	Setup   int64  `json:"setup,omitempty"`
	Seconds int    `json:"seconds"`
	Amount  int64  `json:"amount"`
}

// seesCost reports whether somebody paid for a call and the visitor may see the costs of everybody who did.
func (v *visit) seesCost(c *report.CDR) bool {
	payers := c.Payers()
	for _, u := range payers {
		if !v.can(policy.CostSee, policy.User(u)) {
			return false
		}
	}
	return len(payers) > 0
}

// cost is what a call cost, for who may see the costs of everybody who paid; nil where nobody had to pay.
func (s *Server) cost(v *visit, c *report.CDR) *Cost {
	if !v.seesCost(c) {
		return nil
	}
	amount, currency, known := c.Cost()
	out := &Cost{Known: known, Amount: amount, Currency: currency, Lines: []CostLine{}}
	for i := range c.Legs {
		l := &c.Legs[i]
		if l.Charge == nil || l.Talk() <= 0 {
			continue
		}
		n, ok := l.Cost()
		row := CostLine{Payer: Party{User: l.Charge.Payer, Name: v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(l.Charge.Payer)})}, Place: l.Charge.Name, Known: ok, Minute: l.Charge.Price.Minute, Setup: l.Charge.Price.Setup,
			Seconds: int(l.Talk().Round(time.Second) / time.Second), Amount: n}
		if v.s.Trunks[l.Trunk] != nil {
			row.Trunk = v.s.Trunks[l.Trunk].Name
		}
		out.Lines = append(out.Lines, row)
	}
	return out
}

// Leg is one phone that took part.
type Leg struct {
	Party    Party     `json:"party"`
	Out      bool      `json:"out" doc:"Tandem called the phone"`
	Started  time.Time `json:"started"`
	Rang     time.Time `json:"rang,omitzero"`
	Answered time.Time `json:"answered,omitzero"`
	Ended    time.Time `json:"ended"`
	Cause    pbx.Cause `json:"cause"`
	Status   int       `json:"status,omitempty" doc:"SIP status"`
	Codec    string    `json:"codec,omitempty"`
	Lost     int       `json:"lost" doc:"packets"`
	Jitter   int       `json:"jitter" doc:"milliseconds"`
	Score    float64   `json:"score,omitempty" doc:"opinion score (MOS) from 1 to 4.4 of the worse direction, as it was estimated then"`
}

func recordTarget(c *report.CDR) policy.Target {
	return policy.Record(c.ID, c.Users, c.Groups, c.Started)
}

// showCall is a record as the visitor may see it.
func (s *Server) showCall(v *visit, c *report.CDR) Call {
	veil, somebody := v.veil(recordTarget(c)), s.say(v, i18n.T("call.somebody"))
	out := Call{ID: c.ID, From: veil.party(c.From, somebody), To: veil.party(c.To, somebody), Direction: v.direction(c.From, c.To, c.Users),
		Started: c.Started, Answered: c.Answered, Ended: c.Ended, Seconds: int(c.Talk().Round(time.Second) / time.Second),
		Cause: c.Cause, Codec: c.Codec, Secure: c.Secure, Legs: []Leg{}, Linked: []pbx.CallID{}, Trace: []string{}, Consents: s.answers(c.Consents, veil, somebody)}
	if c.By != (pbx.Party{}) {
		by := veil.party(c.By, somebody)
		out.By = &by
	}
	for _, l := range c.Legs {
		out.Legs = append(out.Legs, Leg{Party: veil.party(l.Party, somebody), Out: l.Out, Started: l.Started, Rang: l.Rang, Answered: l.Answered,
			Ended: l.Ended, Cause: l.Cause, Status: l.Status, Codec: l.Codec, Lost: l.Lost, Jitter: l.Jitter, Score: l.Score})
	}
	if !out.To.Hidden || c.From.User == v.who.User {
		out.Dialled = c.Dialled // who dialled it knows it
		if !veil.numbers && pbx.IsOutside(c.Dialled) && c.From.User != v.who.User {
			out.Dialled = pbx.Mask(c.Dialled)
		}
	}
	out.Reference, out.Ruling = c.Reference, s.ruling(v, c.Ruling)
	out.Reason = s.say(v, veil.text(c.Reason))
	if c.Reason.Key == "" || v.coversStatus(c.Reason) {
		out.Reason = s.say(v, i18n.T("cause."+string(c.Cause)))
	}
	out.Cost = s.cost(v, c)
	if out.Untraced = c.Untraced && !veil.somehow; !veil.somehow {
		out.Linked = append(out.Linked, c.Linked...)
		for _, t := range c.Trace {
			if is, reads := v.watchLine(t, c.Users); is {
				if reads {
					out.Trace = append(out.Trace, s.say(v, t))
				}
				continue
			}
			if line, ok := v.line(t); ok {
				out.Trace = append(out.Trace, s.say(v, veil.text(line)))
			}
		}
	}
	return out
}

// direction is how the visitor took part in a call.
func (v *visit) direction(from, to pbx.Party, users []pbx.UserID) string {
	if from.User != "" && from.User == v.who.User {
		return "out"
	}
	for _, u := range users {
		if u == v.who.User {
			return "in"
		}
	}
	switch {
	case from.User == "" && from.Number != "":
		return "in"
	case to.User == "" && pbx.IsOutside(to.Number):
		return "out"
	}
	return "internal"
}

func (s *Server) say(v *visit, t i18n.Text) string { return s.c.Catalog.Say(v.lang, t) }
