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
	switch to.Kind {
	case pbx.ToQueue:
		h.Group = q.s.Queues[pbx.QueueID(to.ID)].Group
	case pbx.ToMenu:
		h.Group = q.s.Menus[pbx.MenuID(to.ID)].Group
	case pbx.ToPark:
		h.Group = q.s.Parks[pbx.ParkID(to.ID)].Group
		h.Fetch = len(q.r.Passed) == 0 && len(p.Passed) == 1 && q.r.To.IsZero() && !q.outside
	case pbx.ToRoom:
		h.Group = q.s.Rooms[pbx.RoomID(to.ID)].Group
	}
	h.Language = q.language(h)
	if m := q.s.Menus[pbx.MenuID(to.ID)]; to.Kind == pbx.ToMenu && m != nil {
		h.Language = m.Speaks(h.Language, q.s.LanguageIn(m.Group))
	}
	if to.Kind == pbx.ToMailbox {
		if b := q.s.MailboxOf(pbx.BoxID(to.ID)); b.Language != "" {
			h.Language = b.Language
		}
	}
	p.House = h
	p.To = pbx.Party{User: h.User, Name: q.name(to)}
	text := i18n.T("route.house."+string(to.Kind), "name", q.name(to))
	if u := q.s.Users[h.User]; u != nil {
		text = about(u, "route.house."+string(to.Kind))
	}
	p.because(text)
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
func (q *question) name(to pbx.Destination) string { return q.s.PlaceName(to) }

// entrance sends a call for a group on by the hours of the group; a state without a rule follows the open one.
func (q *question) entrance(p *Plan, e *pbx.Entrance) pbx.Destination {
	name := q.name(pbx.Destination{Kind: pbx.ToGroup, ID: string(e.Group)})
	state, holiday := q.s.HoursOf(e.Group, q.r.At)
	to := e.For(state, holiday)
	p.To = pbx.Party{Name: name, Number: e.Extension}
	switch state {
	case pbx.StateNone:
		p.because(i18n.T("route.group_called", "name", name))
	default:
		p.because(i18n.T("route.office."+string(state), "name", name))
	}
	q.leave(p, pbx.CauseAway, "")
	if to.IsZero() {
		*p = p.refuse(pbx.CauseAway, i18n.T("route.group_nowhere", "name", name))
	}
	return to
}
