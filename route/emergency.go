package route

import (
	"tandem/i18n"
	"tandem/pbx"
)

// emergency is asked before anything else and refused by no right, no suspension and no missing extension (TF-03).
// Without an outside line the caller must hear at once that no help is coming this way and to use another phone.
func emergency(p Plan) Plan {
	p.because(i18n.T("route.emergency", "number", p.Dialled))
	return p.refuse(pbx.CauseUnknown, i18n.T("route.emergency_no_trunk", "number", p.Dialled))
}
