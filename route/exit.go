package route

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
	"tandem/toll"
)

// OutRing is how long a number outside rings on each trunk. Carriers give up before, with a reason.
const OutRing = 3 * time.Minute

// leaveHouse calls a number outside over the trunks that may carry it, one after the other: the first way out whose conditions hold
// says which (B-102); where there is none at all, every trunk may. An emergency call asks for no conditions and tries them all (CR-10).
func (q *question) leaveHouse(p *Plan, n number.Number, to pbx.Destination) {
	payer := q.payer()
	ways, text := q.ways(p, n, payer)
	if text.Key != "" {
		p.end(pbx.CauseUnknown, text)
		return
	}
	var skipped []i18n.Text
	for _, w := range ways {
		t := q.s.Trunks[w.Trunk]
		if why := q.hindrance(t, n, payer); why.Key != "" {
			skipped = append(skipped, why)
			continue
		}
		quote := toll.PriceOn(q.s, t.ID, &n, q.r.At)
		if p.Paid && !quote.OK && n.Class != number.Emergency {
			skipped = append(skipped, i18n.T("route.trunk_unpriced", "trunk", t.Name))
			continue
		}
		shows := cmp.Or(w.Shows, q.shown(payer, t))
		if n.Class == number.Emergency && q.region() != nil {
			shows = cmp.Or(q.region().Shows, shows)
		}
		came := q.cameFor(t, p)
		if came != "" {
			shows = p.From.Number
		}
		country := q.s.PlaceOfTrunk(t.ID).Country
		p.Attempts = append(p.Attempts, Attempt{Ring: OutRing, Targets: []Target{{
			Party: q.reached(p, to), Trunk: t.ID,
			Sends:  t.Prefix + w.Prefix + sent(country, n, t.Sends),
			Shows:  shown(country, shows, t.Sends),
			Onward: shown(country, came, t.Sends),
			Screen: to.Screen && q.owner != "",
			Quote:  quote,
		}}})
		p.because(i18n.T("route.over", "trunk", t.Name, "number", cmp.Or(shows, "–")))
	}
	p.Trace = append(p.Trace, skipped...)
	if len(p.Attempts) == 0 {
		text := i18n.T("route.no_trunk", "number", p.To.Number)
		if len(skipped) > 0 {
			text = i18n.T("route.all_lines", "number", p.To.Number)
		}
		p.end(pbx.CauseUnknown, text)
	}
}

// cameFor is the number of the office for which a call from outside came that a rule of somebody's sends on, where the carrier is told of it;
// such a call shows who calls. It is empty for every other call: nobody inside shows a number that is not the office's (TF-17).
func (q *question) cameFor(t *pbx.Trunk, p *Plan) string {
	if t.Onward == pbx.OnwardSilent || q.r.Caller.Kind != pbx.ActorTrunk || q.owner == "" || !strings.HasPrefix(p.From.Number, "+") {
		return ""
	}
	if d := q.s.ByNumber(q.r.Came); d != nil {
		return d.Number
	}
	return ""
}

// reached is who answers outside: whom a phone book names, and of a person's own mobile it is him.
func (q *question) reached(p *Plan, to pbx.Destination) pbx.Party {
	out := p.To
	if u := q.s.Users[q.owner]; u != nil && (to.Kind == pbx.ToMobile || to.Screen) {
		out.User, out.Name = u.ID, u.Name
	}
	return out
}

// sent writes a number as a carrier wants it. A local or an emergency number has no international form.
func sent(country string, n number.Number, f number.Form) string {
	if n.E164 == "" || n.Class == number.Emergency {
		return n.Digits
	}
	return number.Send(country, n.E164, f)
}

func shown(country, e164 string, f number.Form) string {
	if e164 == "" {
		return ""
	}
	return number.Send(country, number.E164(e164), f)
}

// payer is whose call it is: he whose rule sends it out, else the caller (N-12).
func (q *question) payer() pbx.UserID {
	if q.owner != "" {
		return q.owner
	}
	return q.r.Caller.User
}

// ways lists the trunks that a number is called over, best first, or says why there are none.
func (q *question) ways(p *Plan, n number.Number, payer pbx.UserID) ([]pbx.Way, i18n.Text) {
	if q.tests() {
		return []pbx.Way{q.wayOver(q.r.Only, n, payer)}, i18n.Text{}
	}
	trunks := q.s.TrunksInOrder()
	if len(trunks) == 0 {
		return nil, i18n.T("route.no_trunk", "number", p.To.Number)
	}
	if n.Class != number.Emergency {
		routes := q.s.OutRoutesInOrder()
		for _, o := range routes {
			if !q.fits(o, n, payer) {
				continue
			}
			p.because(i18n.T("route.way_out", "name", o.Name))
			if o.Spread {
				return q.byRegion(q.spread(o.Trunks), n, false), i18n.Text{}
			}
			return q.byRegion(o.Trunks, n, false), i18n.Text{}
		}
		if len(routes) > 0 {
			return nil, i18n.T("route.no_way_out", "number", p.To.Number)
		}
	}
	var all []pbx.Way
	for _, t := range trunks {
		all = append(all, pbx.Way{Trunk: t.ID})
	}
	return q.byRegion(all, n, true), i18n.Text{}
}

// tests reports whether the call tries a line: only whoever dials it, not where the rule of somebody else sends it.
func (q *question) tests() bool {
	return q.r.Only != "" && q.owner == "" && q.s.Trunks[q.r.Only] != nil
}

// wayOver is how calls to a number go over a line: as the way out says that would take it, else with nothing before the number.
func (q *question) wayOver(t pbx.TrunkID, n number.Number, payer pbx.UserID) pbx.Way {
	for _, o := range q.s.OutRoutesInOrder() {
		if i := slices.IndexFunc(o.Trunks, func(w pbx.Way) bool { return w.Trunk == t }); i >= 0 && q.fits(o, n, payer) {
			return o.Trunks[i]
		}
	}
	return pbx.Way{Trunk: t}
}

// fits reports whether the conditions of a way out hold.
func (q *question) fits(o *pbx.OutRoute, n number.Number, payer pbx.UserID) bool {
	if o.Off || len(o.Classes) > 0 && !slices.Contains(o.Classes, n.Class.String()) {
		return false
	}
	if len(o.Prefixes) > 0 && !slices.ContainsFunc(o.Prefixes, func(p string) bool { return strings.HasPrefix(string(n.E164), p) }) {
		return false
	}
	return len(o.Groups) == 0 || slices.ContainsFunc(o.Groups, func(g pbx.GroupID) bool { return q.isBelow(payer, g) })
}

// isBelow reports whether a person is in a group or in one below it.
func (q *question) isBelow(u pbx.UserID, g pbx.GroupID) bool {
	for _, m := range q.s.MembershipsOf(u) {
		if m.IsActive(q.r.At) && q.s.IsBelow(m.Group, g) {
			return true
		}
	}
	return false
}

// spread puts the trunk first that carries the fewest calls for its weight; of equals the first in the list.
func (q *question) spread(ways []pbx.Way) []pbx.Way {
	out := slices.Clone(ways)
	slices.SortStableFunc(out, func(a, b pbx.Way) int {
		return cmp.Compare(q.live.OnTrunk(a.Trunk)*max(b.Weight, 1), q.live.OnTrunk(b.Trunk)*max(a.Weight, 1))
	})
	return out
}

// hindrance says why a trunk cannot carry a call; nothing where it can. An emergency call is only kept from what is switched off.
func (q *question) hindrance(t *pbx.Trunk, n number.Number, payer pbx.UserID) i18n.Text {
	emergency := n.Class == number.Emergency
	switch {
	case t.Off:
		return i18n.T("route.trunk_off", "trunk", t.Name)
	case emergency, q.tests(): // a line that seems to be down is what one tries
		return i18n.Text{}
	case t.Group != "" && !q.isBelow(payer, t.Group):
		return i18n.T("route.trunk_of_others", "trunk", t.Name)
	case !q.mayUse(t.ID, n):
		return i18n.T("route.trunk_of_region", "trunk", t.Name, "region", q.s.RegionOfTrunk(t.ID).Name)
	case q.live.IsDown(t.ID):
		return i18n.T("route.trunk_down", "trunk", t.Name)
	case t.Calls > 0 && q.live.OnTrunk(t.ID) >= t.Calls:
		return i18n.T("route.trunk_full", "trunk", t.Name)
	}
	return i18n.Text{}
}

// shown is the number that calls of a person show: his own, else that of the nearest of his main group and those above it, else that of
// his region, else the office's, else the trunk's. Nobody shows a number that is not the office's (TF-17).
func (q *question) shown(u pbx.UserID, t *pbx.Trunk) string {
	var own, local, office string
	region := q.region()
	groups := map[pbx.GroupID]string{}
	for _, d := range q.s.DIDsInOrder() {
		switch {
		case !d.Shown:
		case d.To.Kind == pbx.ToUser && pbx.UserID(d.To.ID) == u && u != "":
			own = cmp.Or(own, d.Number)
		case d.Group != "":
			groups[d.Group] = cmp.Or(groups[d.Group], d.Number)
		case d.Region == "" && d.To.Kind != pbx.ToUser:
			office = cmp.Or(office, d.Number)
		}
		if d.Shown && region != nil && d.Region == region.ID && d.To.Kind != pbx.ToUser {
			local = cmp.Or(local, d.Number)
		}
	}
	if own != "" {
		return own
	}
	if m := q.s.MainMembership(u, q.r.At); m != nil {
		for g := q.s.Groups[m.Group]; g != nil; g = q.s.Groups[g.Parent] {
			if n := groups[g.ID]; n != "" {
				return n
			}
		}
	}
	return cmp.Or(local, office, t.Shows)
}

// incoming is where a call from outside goes: it dialled one of the office's numbers (B-115).
func (q *question) incoming(p *Plan) pbx.Destination {
	trunk := q.s.Trunks[q.r.Caller.Trunk]
	if q.r.Doubt != "" && trunk != nil {
		*p = p.refuse(pbx.CauseDenied, i18n.T("trunk.refused."+q.r.Doubt, "trunk", trunk.Name))
		return pbx.Destination{}
	}
	if trunk != nil && trunk.IsCertified() {
		p.because(i18n.T("route.certified", "trunk", trunk.Name))
	}
	e164 := number.Received(q.s.PlaceOfTrunk(q.r.Caller.Trunk).Country, q.r.Dialled)
	d := q.s.ByNumber(string(e164))
	if d == nil || d.Trunk != "" && (trunk == nil || d.Trunk != trunk.ID) {
		*p = p.refuse(pbx.CauseUnknown, i18n.T("route.did_unknown", "number", cmp.Or(string(e164), p.Dialled)))
		return pbx.Destination{}
	}
	p.To.Number, p.Dialled = d.Number, d.Number
	switch {
	case d.To.IsZero():
		*p = p.refuse(pbx.CauseUnknown, i18n.T("route.did_nowhere", "number", d.Number))
	case d.Name != "":
		p.because(i18n.T("route.did_named", "number", d.Number, "name", d.Name))
	default:
		p.because(i18n.T("route.did", "number", d.Number))
	}
	return d.To
}
