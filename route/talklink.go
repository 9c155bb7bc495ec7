package route

import (
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// link is the Talk link by which the caller came; nil for everybody else, and when it is gone.
func (q *question) link() *pbx.TalkLink {
	if q.r.Caller.Kind != pbx.ActorGuest {
		return nil
	}
	return q.s.TalkLinks[pbx.TalkLinkID(q.r.Caller.Link)]
}

// talk is where the call of a visitor goes: to what his link leads to, whatever his browser says (X-032, TF-10). He has no codes, no numbers and no emergency call.
func (q *question) talk(p *Plan) pbx.Destination {
	l := q.link()
	if l == nil || !q.s.Validity(l, q.r.At).Contains(q.r.At) {
		*p = p.refuse(pbx.CauseUnknown, i18n.T("route.talk_gone"))
		return pbx.Destination{}
	}
	p.To = Called(q.s, l.To)
	p.because(i18n.T("route.talk", "link", l.Name))
	return l.To
}

// stays reports whether the call has to stay in the house: a visitor came by a link whose calls no rule may send outside, or by one that is gone.
func (q *question) stays() bool {
	if q.r.Caller.Kind != pbx.ActorGuest {
		return false
	}
	l := q.link()
	return l == nil || !l.Outside
}

// instead is where the call of a visitor goes that a rule would send outside and that has to stay: to the mailbox of whose rule it is. Without one it ends.
func (q *question) instead(p *Plan) pbx.Destination {
	box := pbx.Destination{Kind: pbx.ToMailbox, ID: string(q.owner)}
	if q.owner == "" || !q.s.HasMailbox(pbx.BoxID(q.owner)) {
		p.end(pbx.CauseDenied, i18n.T("route.talk_stays"))
		return pbx.Destination{}
	}
	p.because(i18n.T("route.talk_stays"))
	q.leave(p, pbx.CauseAway, q.owner)
	return box
}

// talkTime bounds a conversation by a Talk link.
func (q *question) talkTime(p *Plan) {
	l := q.link()
	if l == nil || p.Refuse != "" {
		return
	}
	if most := time.Duration(l.Limits().Longest) * time.Minute; p.Most == 0 || most < p.Most {
		p.Most, p.Warn, p.Limit = most, max(most-time.Minute, most/2), ""
	}
}
