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
	ID        pbx.CallID   `json:"id"`
	From      Party        `json:"from"`
	To        Party        `json:"to"`
	Dialled   string       `json:"dialled,omitempty"`
	Direction string       `json:"direction" enum:"in,out,internal" doc:"as the visitor took part in it; internal between others inside"`
	Started   time.Time    `json:"started"`
	Answered  time.Time    `json:"answered,omitzero"`
	Ended     time.Time    `json:"ended"`
	Seconds   int          `json:"seconds" doc:"talked"`
	Cause     pbx.Cause    `json:"cause"`
	Reason    string       `json:"reason" doc:"why it ended, as a sentence"`
	By        *Party       `json:"by,omitempty" doc:"who ended it"`
	Codec     string       `json:"codec,omitempty"`
	Secure    bool         `json:"secure"`
	Legs      []Leg        `json:"legs" nullable:"false"`
	Linked    []pbx.CallID `json:"linked" nullable:"false" doc:"calls whose people were connected with those of this one; only for who sees everybody in it"`
	Trace     []string     `json:"trace" nullable:"false" doc:"why it rang where it rang; only for who sees everybody in it"`
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
}

func recordTarget(c *report.CDR) policy.Target {
	return policy.Record(c.ID, c.Users, c.Groups, c.Started)
}

// showCall is a record as the visitor may see it.
func (s *Server) showCall(v *visit, c *report.CDR) Call {
	veil, somebody := v.veil(recordTarget(c)), s.say(v, i18n.T("call.somebody"))
	out := Call{ID: c.ID, From: veil.party(c.From, somebody), To: veil.party(c.To, somebody), Direction: v.direction(c.From, c.To, c.Users),
		Started: c.Started, Answered: c.Answered, Ended: c.Ended, Seconds: int(c.Talk().Round(time.Second) / time.Second),
		Cause: c.Cause, Codec: c.Codec, Secure: c.Secure, Legs: []Leg{}, Linked: []pbx.CallID{}, Trace: []string{}}
	if c.By != (pbx.Party{}) {
		by := veil.party(c.By, somebody)
		out.By = &by
	}
	for _, l := range c.Legs {
		out.Legs = append(out.Legs, Leg{Party: veil.party(l.Party, somebody), Out: l.Out, Started: l.Started, Rang: l.Rang, Answered: l.Answered,
			Ended: l.Ended, Cause: l.Cause, Status: l.Status, Codec: l.Codec, Lost: l.Lost, Jitter: l.Jitter})
	}
	if !out.To.Hidden || c.From.User == v.who.User {
		out.Dialled = c.Dialled // who dialled it knows it
		if !veil.numbers && pbx.IsOutside(c.Dialled) && c.From.User != v.who.User {
			out.Dialled = pbx.Mask(c.Dialled)
		}
	}
	out.Reason = s.say(v, veil.text(c.Reason))
	if c.Reason.Key == "" || v.coversStatus(c.Reason) {
		out.Reason = s.say(v, i18n.T("cause."+string(c.Cause)))
	}
	if !veil.somehow {
		out.Linked = append(out.Linked, c.Linked...)
		for _, t := range c.Trace {
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
