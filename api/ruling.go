package api

import (
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/toll"
)

// CallRuling is the decision about a call outside, as it was when the call was made.
type CallRuling struct {
	Code    string            `json:"code" doc:"how it came about, in one word"`
	Text    string            `json:"text"`
	PIN     bool              `json:"pin,omitempty" doc:"the payer typed his PIN before"`
	Payer   Named             `json:"payer"`
	Profile pbx.RestrictionID `json:"profile,omitempty" doc:"for who may see it and while it is there"`
	Name    string            `json:"name,omitempty" doc:"of the profile, as it was called then"`
	Rule    string            `json:"rule,omitempty" doc:"the rule or the exception that decided, as a sentence"`
}

// ruling shows the decision to its payer and to those who may ask why about him.
func (s *Server) ruling(v *visit, r *event.Ruling) *CallRuling {
	if r == nil || r.Payer != v.who.User && !v.mayAskAbout(r.Payer) {
		return nil
	}
	say, country := func(t i18n.Text) string { return s.say(v, t) }, s.country(v)
	out := &CallRuling{PIN: r.PIN, Code: r.Code, Text: say(i18n.T("toll." + r.Code)), Name: r.Name,
		Payer: Named{Kind: pbx.KindUser, ID: string(r.Payer), Name: v.s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(r.Payer)})}}
	switch {
	case r.Rule != nil:
		out.Rule = toll.Sentence(r.Rule, say, country)
	case r.Except != nil:
		out.Rule = say(i18n.T("toll.rule.except", "what", toll.ExceptSentence(r.Except, say, country), "reason", r.Except.Reason))
	}
	if sees, _ := v.seesRestriction(v.s.Restrictions[r.Profile]); sees {
		out.Profile = r.Profile
	}
	return out
}

// mayAskAbout reports whether a visitor may ask why about the calls of somebody else; of a guest room may also who chooses at check-in what is called from there.
func (v *visit) mayAskAbout(u pbx.UserID) bool {
	return v.can(policy.RightExplain, policy.User(u)) || v.can(policy.RestrictionEdit, policy.User(u)) || v.s.GuestRooms[u] != nil && v.can(policy.RoomAssign, policy.User(u))
}
