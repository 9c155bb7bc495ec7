package route

import (
	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
	"tandem/toll"
)

// outwards is a number that only a carrier could reach: dialled, or where a rule leads. Which lines carry it, and
// what it shows there, is decided in exit.go.
func (q *question) outwards(p *Plan, to pbx.Destination) {
	dialled := to.Number
	if to.Kind == pbx.ToMobile {
		u := q.s.Users[q.owner]
		if u == nil || u.Mobile == "" {
			p.end(pbx.CauseUnknown, i18n.T("route.no_mobile", "name", q.name(pbx.Destination{ID: string(q.owner)})))
			return
		}
		dialled = u.Mobile
	}
	n := q.place().Read(dialled)
	if q.outside && q.owner == "" {
		p.end(pbx.CauseDenied, i18n.T("route.outside_to_outside"))
		return
	}
	p.To, p.Class = pbx.Party{Number: dialled}, n.Class
	if n.E164 != "" {
		p.To.Number = string(n.E164)
	}
	if c := q.s.ContactFor(q.payer(), p.To.Number, q.r.At); c != nil {
		p.To.Name = c.Name
	}
	p.because(i18n.T("route.outside." + n.Class.String()))
	if text := q.mayCost(p, n); text.Key != "" {
		p.end(pbx.CauseDenied, text)
		return
	}
	if p.Ruled.Asks.Profile != nil {
		q.askPIN(p, dialled)
		return
	}
	q.leaveHouse(p, n, to)
	if p.Refuse == "" {
		q.onTheWay(p, n, to)
	}
}

// onTheWay completes what a rule of somebody's sends outside: he is asked first where he wants that, and whom he does not take reaches his
// mailbox; where his rule leaves it to the carrier and that one can, the caller's own carrier sends the call on.
func (q *question) onTheWay(p *Plan, n number.Number, to pbx.Destination) {
	u := q.s.Users[q.owner]
	if u == nil {
		return
	}
	if to.Screen {
		p.because(about(u, "route.screened"))
		if box := (pbx.Destination{Kind: pbx.ToMailbox, ID: string(u.ID)}); q.s.HasMailbox(pbx.BoxID(u.ID)) {
			p.Then = Then{Owner: u.ID, NoAnswer: box, Busy: box}
		}
		return
	}
	from := q.s.Trunks[q.r.Caller.Trunk]
	if to.Divert && from != nil && from.Deflects && !q.live.IsDown(from.ID) {
		p.Deflect = from.Prefix + sent(q.s.PlaceOfTrunk(from.ID).Country, n, from.Sends)
		p.because(i18n.T("route.deflected", "trunk", from.Name, "number", p.To.Number))
	}
}

// askPIN lets the house ask whoever dialled for his PIN first; who pays without sitting at the keys cannot type it.
func (q *question) askPIN(p *Plan, dialled string) {
	switch {
	case q.payer() != q.r.Caller.User || q.r.Caller.Kind != pbx.ActorDevice && !q.r.Keys:
		p.end(pbx.CauseDenied, i18n.T("toll.refused.pin", "number", p.To.Number))
	case !toll.HasPIN(q.s, q.r.Caller.User):
		p.end(pbx.CauseDenied, i18n.T("toll.refused.pin_missing", "number", p.To.Number))
		p.Spoken = "say.refused.right"
	default:
		p.because(i18n.T("toll.pin_asked"))
		p.House = &House{At: pbx.Destination{Kind: pbx.ToPIN, Number: dialled}, Language: q.spoken(p)}
	}
}

// mayCost asks whether whoever pays may call the number, before any line is looked for: every way out of the house comes by here, and
// whoever came round about is asked like one who dialled (N-12, TF-08). The refusal names the kind of reason and no rule of others (N-18).
func (q *question) mayCost(p *Plan, n number.Number) i18n.Text {
	ask := toll.Question{Payer: q.payer(), Token: q.r.Caller.Token, To: n, At: q.r.At}
	if ask.Payer == q.r.Caller.User {
		ask.Device, ask.PIN, ask.Typed = q.r.Caller.Device, q.r.PIN, q.r.Typed
	}
	v := toll.Decide(q.s, ask)
	p.Payer, p.Token, p.Most, p.Warn, p.Number, p.Paid = ask.Payer, ask.Token, v.Most, v.Warn, n, v.Paid
	p.Ruled = &v
	if v.Limit.Profile != nil {
		p.Limit = v.Limit.Profile.Name
	}
	if v.OK {
		p.because(i18n.T("toll." + string(v.Code)))
		if until := v.HeldUntil(ask.Typed); !until.IsZero() {
			wall := q.s.Clock(ask.Payer, q.r.At)
			p.because(i18n.T("toll.pin_held", "at", ask.Typed.In(wall).Format("15:04"), "until", until.In(wall).Format("15:04")))
		}
		return i18n.Text{}
	}
	if ask.Payer == q.r.Caller.User && ask.Payer != "" { // whoever is refused by the rule of somebody else hears nothing of it
		p.Spoken = v.Spoken()
	}
	return v.Refusal(n)
}
