package route

import (
	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
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
	n := number.Read(q.s.Tenant.Country, dialled)
	if q.outside && q.owner == "" {
		p.end(pbx.CauseDenied, i18n.T("route.outside_to_outside"))
		return
	}
	p.To, p.Class = pbx.Party{Number: dialled}, n.Class
	if n.E164 != "" {
		p.To.Number = string(n.E164)
	}
	p.because(i18n.T("route.outside." + n.Class.String()))
	q.leaveHouse(p, n)
}
