package policy

import (
	"tandem/i18n"
	"tandem/pbx"
)

// Reason is the sentence that tells the actor why he may or may not.
func (d Decision) Reason() i18n.Text { return i18n.T("denied." + string(d.Code)) }

// Explanation is a decision with the chain that leads to it.
type Explanation struct {
	Decision
	Why []i18n.Text
}

// Explain decides a request and tells the chain: grant, membership or assignment, role, right and scope; or what is
// missing and who could give it (AZ-30).
func Explain(s *pbx.Snapshot, r Request) Explanation {
	d := Decide(s, r)
	return Explanation{Decision: d, Why: []i18n.Text{d.Reason()}}
}
