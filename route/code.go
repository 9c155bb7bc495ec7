package route

import (
	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
)

// code is what a feature code leads to: the house, which does what the code says. Codes are for people of the office; whoever calls from outside
// dials none (FC-01).
func (q *question) code(n number.Number) pbx.Destination {
	if n.Class != number.Feature || q.outside {
		return pbx.Destination{}
	}
	action, argument, ok := q.s.Tenant.Codes.Read(n.Digits)
	if !ok || action == pbx.CodeSpeed {
		return pbx.Destination{}
	}
	switch action {
	case pbx.CodeMailbox:
		return pbx.Destination{Kind: pbx.ToFetch, ID: string(q.r.Caller.User)}
	case pbx.CodeNames:
		return pbx.Destination{Kind: pbx.ToNames}
	case pbx.CodePark, pbx.CodeUnpark:
		return parkAt(q.s, q.r.Caller.User, argument, q.r.At)
	case pbx.CodePickup, pbx.CodePickupAt, pbx.CodeIntercom: // package switchboard has asked for these before
		return pbx.Destination{}
	case pbx.CodeListen, pbx.CodeWhisper, pbx.CodeBarge, pbx.CodeSteal: // named as the ways to take part
		return pbx.Destination{Kind: pbx.ToWatch, ID: string(action), Number: argument}
	case pbx.CodeMailboxOther:
		return pbx.Destination{Kind: pbx.ToFetch, Number: argument}
	}
	return pbx.Destination{Kind: pbx.ToCode, ID: string(action), Number: argument}
}

// long is the number that a short one stands for: the person's own, else the office's. From here on it is as if it had been dialled, so the
// same decisions stand before it (N-12).
func (q *question) long(p *Plan, n number.Number) number.Number {
	if n.Class != number.Feature || q.outside {
		return n
	}
	action, short, ok := q.s.Tenant.Codes.Read(n.Digits)
	if !ok || action != pbx.CodeSpeed {
		return n
	}
	to := ""
	if u := q.s.Users[q.r.Caller.User]; u != nil {
		to = u.Speed.Number(short)
	}
	if to == "" {
		to = q.s.Tenant.Speed.Number(short)
	}
	if to == "" {
		return n
	}
	p.because(i18n.T("route.speed", "short", n.Digits, "number", to))
	return q.place().Read(to)
}

// fetch lets somebody hear the messages of a mailbox: his own, or one that he names and opens with its PIN.
func (q *question) fetch(p *Plan, to pbx.Destination) {
	p.House = &House{At: to, Fetch: true, Language: q.spoken(p)}
	if u := q.s.Users[pbx.UserID(to.ID)]; u != nil {
		p.because(about(u, "route.fetch_own"))
		return
	}
	p.because(i18n.T("route.fetch"))
}

// watch lets somebody take part in a call of others. Whether he may is asked there, of the call as it is then. The plan names nobody: who is
// listened to is no party of this call.
func (q *question) watch(p *Plan, to pbx.Destination) {
	p.House = &House{At: to, Language: q.language(&House{})}
	p.To = pbx.Party{Number: p.Dialled}
	p.because(i18n.T("route.watch." + to.ID))
}

// spoken is the language of a service that a code or a menu leads to: that in which the menu spoke, else the caller's.
func (q *question) spoken(p *Plan) string {
	for i := len(p.Passed) - 1; i >= 0; i-- {
		if m := q.s.Menus[pbx.MenuID(p.Passed[i].At.ID)]; p.Passed[i].At.Kind == pbx.ToMenu && m != nil {
			return m.Speaks(q.language(&House{Group: m.Group}), q.s.LanguageIn(m.Group))
		}
	}
	return q.language(&House{})
}

// perform lets the house carry a code out.
func (q *question) perform(p *Plan, to pbx.Destination) {
	p.House = &House{At: to, Language: q.language(&House{})}
	p.because(i18n.T("route.code", "code", p.Dialled))
}

// IsCode reports whether a feature code was dialled, other than a short number.
func (p *Plan) IsCode() bool { return p.Class == number.Feature }
