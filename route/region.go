package route

import (
	"slices"

	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
)

// region is where the call comes from: where the caller is with his phone, or he whose rule sends it; nil is the office, and everybody outside.
func (q *question) region() *pbx.Region {
	user, device := q.from()
	return q.s.RegionOf(user, device, q.r.At)
}

// place is where the number was dialled, or written down by him whose rule it stands in.
func (q *question) place() number.Place {
	user, device := q.from()
	return q.s.PlaceOf(user, device, q.r.At)
}

func (q *question) from() (pbx.UserID, pbx.DeviceID) {
	user := q.payer()
	if user == q.r.Caller.User {
		return user, q.r.Caller.Device
	}
	return user, ""
}

// completed tells that what was dialled is completed by the place of the caller.
func (q *question) completed(p *Plan, n number.Number) {
	if n.Class != number.Local || n.E164 == "" {
		return
	}
	if r := q.region(); r != nil {
		p.because(i18n.T("route.completed", "number", string(n.E164), "region", r.Name))
	}
}

// mayUse reports whether a line carries calls of the region to a number: it is everybody's, the region's own, or that of the number, which
// lends it (local break-out, B-114).
func (q *question) mayUse(t pbx.TrunkID, n number.Number) bool {
	owner := q.s.RegionOfTrunk(t)
	return owner == nil || owner == q.region() || q.lends(owner, n)
}

// lends reports whether a region lends its lines for a number of its own.
func (q *question) lends(owner *pbx.Region, n number.Number) bool {
	from := pbx.OfficeRegion
	if r := q.region(); r != nil {
		from = r.ID
	}
	return slices.Contains(owner.Lends, from) && q.s.Covers(owner, n)
}

// byRegion puts the lines of the region where a number is first, as far as they may be used, whether a way out names them or not; where no
// way out says which lines are taken, those of the caller's own region come next, and others' are the last (CR-10: an emergency call tries them all).
func (q *question) byRegion(ways []pbx.Way, n number.Number, free bool) []pbx.Way {
	if len(q.s.Regions) == 0 {
		return ways
	}
	own := q.region()
	out := slices.Clone(ways)
	for _, r := range q.s.RegionsInOrder() {
		for _, t := range r.Trunks {
			if r != own && q.lends(r, n) && !slices.ContainsFunc(out, func(w pbx.Way) bool { return w.Trunk == t }) {
				out = append(out, pbx.Way{Trunk: t})
			}
		}
	}
	rank := func(w pbx.Way) int {
		owner := q.s.RegionOfTrunk(w.Trunk)
		switch {
		case owner != nil && owner != own && q.lends(owner, n):
			return 0
		case free && owner != nil && owner == own:
			return 1
		case owner == nil || owner == own:
			return 2
		}
		return 3
	}
	slices.SortStableFunc(out, func(a, b pbx.Way) int { return rank(a) - rank(b) })
	return out
}

// cross asks how people of one region call those of another (B-114). It is asked when somebody calls a person, or sends a call to him; what the
// rules of others lead to is theirs, and services of the house are everybody's.
func (q *question) cross(p *Plan, u *pbx.User) (pbx.Destination, bool) {
	passed := len(p.Passed)
	sent := passed > 1 && p.Passed[passed-2].Cause == pbx.CauseTransferred
	if len(q.s.Regions) == 0 || !sent && (passed != 1 || q.outside || q.owner != "") {
		return pbx.Destination{}, false
	}
	from, to := q.region(), q.s.RegionOf(u.ID, "", q.r.At)
	names := func(key string) i18n.Text {
		return i18n.T(key, "from", q.regionName(from), "to", q.regionName(to), "name", u.Name)
	}
	switch q.s.CrossingOf(from, to) {
	case pbx.CrossNever:
		p.Spoken = "say.refused.right"
		p.end(pbx.CauseDenied, names("route.region_never"))
		return pbx.Destination{}, true
	case pbx.CrossOutside:
		for _, d := range q.s.DIDsInOrder() {
			if d.To.Kind == pbx.ToUser && pbx.UserID(d.To.ID) == u.ID {
				p.because(names("route.region_outside"))
				return pbx.Destination{Kind: pbx.ToOutside, Number: d.Number}, true
			}
		}
		p.end(pbx.CauseUnknown, names("route.region_no_number"))
		return pbx.Destination{}, true
	}
	return pbx.Destination{}, false
}

func (q *question) regionName(r *pbx.Region) string {
	if r == nil {
		return q.s.Tenant.Name
	}
	return r.Name
}
