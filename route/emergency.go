package route

import (
	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
)

// emergency is asked before anything else and refused by no right, no suspension and no missing extension (TF-03): every line is tried.
// Without an outside line the caller must hear at once that no help is coming this way and to use another phone.
func (q *question) emergency(p Plan, n number.Number) Plan {
	p.because(i18n.T("route.emergency", "number", p.Dialled))
	q.leaveHouse(&p, n, pbx.Destination{})
	if p.Refuse != "" {
		p.Trace = p.Trace[:len(p.Trace)-1]
		return p.refuse(pbx.CauseUnknown, i18n.T("route.emergency_no_trunk", "number", p.Dialled))
	}
	return p
}
