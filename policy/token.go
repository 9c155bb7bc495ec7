package policy

import "tandem/pbx"

// carried refuses what an API token does not carry; what it carries its owner must hold as well (AZ-11).
func (q *asker) carried(t *pbx.Token, r Right) Code {
	switch {
	case !(pbx.Interval{From: t.From, Until: t.Until}).Contains(q.when):
		return Expired
	case q.me.User.IsSuspended(q.when):
		return Suspended
	case neverByToken.has(r):
		return ByTokenOnly
	case len(t.Rights) == 0:
		return ""
	}
	for _, name := range t.Rights {
		x, ok := ParseRight(name)
		if !ok || x != r && !impliers[r].has(x) {
			continue
		}
		narrow, ok := t.Narrow[name]
		if !ok {
			return ""
		}
		f := q.fieldOf(&narrow)
		f.self = catalogue[x].scopes.has(selfScope)
		if q.hits(&f) {
			return ""
		}
	}
	return ByTokenOnly
}
