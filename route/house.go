package route

import (
	"tandem/i18n"
	"tandem/pbx"
)

// house lets the system answer: a mailbox, a queue, a menu, a park position, a room or a sentence.
func (q *question) house(p *Plan, to pbx.Destination) {
	h := &House{At: to, User: pbx.UserID(to.ID), Group: pbx.GroupID(to.ID)}
	if q.s.Users[h.User] == nil {
		h.User = ""
	}
	if q.s.Groups[h.Group] == nil {
		h.Group = ""
	}
	h.Language = q.language(h)
	p.House = h
	p.To = pbx.Party{User: h.User, Name: q.name(to)}
	p.because(i18n.T("route.house."+string(to.Kind), "name", q.name(to)))
}

// language is the one in which a caller is spoken to: a colleague's own, else the language of what answers.
func (q *question) language(h *House) string {
	switch {
	case !q.outside && q.s.Users[q.r.Caller.User] != nil:
		return q.s.LanguageOf(q.r.Caller.User, q.r.At)
	case h.User != "":
		return q.s.LanguageOf(h.User, q.r.At)
	}
	for g := q.s.Groups[h.Group]; g != nil; g = q.s.Groups[g.Parent] {
		if g.Language != "" {
			return g.Language
		}
	}
	return q.s.LanguageOf("", q.r.At)
}

// name is what people call a place.
func (q *question) name(to pbx.Destination) string {
	if to.Number != "" {
		return to.Number
	}
	for _, kind := range [...]pbx.Kind{pbx.KindUser, pbx.KindGroup, pbx.KindRing} {
		if name := q.s.NameOf(pbx.Ref{Kind: kind, ID: to.ID}); name != to.ID {
			return name
		}
	}
	return ""
}
