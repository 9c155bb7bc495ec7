package route

import (
	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
)

// outside is a number that only a carrier could reach. The office has no line to one, and the caller hears exactly that.
func outside(p Plan, n number.Number) Plan {
	if n.E164 != "" {
		p.To.Number = string(n.E164)
	}
	p.because(i18n.T("route.outside." + n.Class.String()))
	return p.refuse(pbx.CauseUnknown, i18n.T("route.no_trunk", "number", p.Dialled))
}
