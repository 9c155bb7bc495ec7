package policy

import (
	"time"

	"tandem/pbx"
)

// Talk is a Talk link as something that belongs to a person, a department or the company, and that visitors use while it is open.
func Talk(s *pbx.Snapshot, l *pbx.TalkLink, at time.Time) Target {
	return Link(string(l.ID), l.User, l.Group, s.Validity(l, at))
}

// Guests is whoever comes by a Talk link: link.use of that link is all he has.
func Guests(l *pbx.TalkLink) pbx.Actor {
	return pbx.Actor{Kind: pbx.ActorGuest, Link: string(l.ID), Via: "talk"}
}

// TalkTarget is what a Talk link leads to, as something to which its calls are brought: whoever makes a link there needs link.edit over it as well.
func TalkTarget(s *pbx.Snapshot, to pbx.Destination, at time.Time) Target {
	if to.Kind == pbx.ToUser || to.Kind == pbx.ToMailbox && s.Users[pbx.UserID(to.ID)] != nil {
		return Link("new", pbx.UserID(to.ID), "", pbx.Interval{})
	}
	return Link("new", "", s.TalkGroup(to, at), pbx.Interval{})
}
