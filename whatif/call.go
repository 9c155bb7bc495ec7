package whatif

import (
	"time"

	"tandem/pbx"
	"tandem/report"
)

// Call is one way that a call took, as far as the decisions need it: what somebody dialled, or a number outside that a rule of somebody's led to.
type Call struct {
	ID      pbx.CallID
	From    pbx.UserID   // who called; empty: it came from outside
	Device  pbx.DeviceID // with From: from which phone
	Came    pbx.TrunkID  // with an empty From: over which line
	Payer   pbx.UserID   // whose call it is where it leads outside; empty where nobody of us could pay
	Token   pbx.TokenID  // with which a program began it
	Sent    bool         // a rule or a hand of the payer's led outside, nobody dialled it
	Dialled string       // with Sent the number outside
	At      time.Time
	Talk    time.Duration
	Trunk   pbx.TrunkID // over which it left the house; empty: not at all
}

// From lists what a record holds: the call as it was dialled, and every number outside that it was sent on to.
func From(r *report.CDR) []Call {
	all := make([]Call, 0, 1)
	first := Call{ID: r.ID, From: r.From.User, Payer: r.From.User, Dialled: r.Dialled, At: r.Started, Talk: r.Talk()}
	for i := range r.Legs {
		l := &r.Legs[i]
		switch {
		case l.Trunk == "" && !l.Out && l.Party.User == r.From.User:
			first.Device = l.Device
		case l.Trunk == "":
		case !l.Out:
			first.Came = l.Trunk
		case l.Charge == nil || l.Charge.Payer == r.From.User && (l.Party.Number == r.To.Number || l.Party.Number == r.Dialled):
			first.Trunk = l.Trunk // of several that were tried, the one that it went over
			if l.Charge != nil {
				first.Token = l.Charge.Token
			}
		default:
			all = append(all, Call{ID: r.ID, From: r.From.User, Payer: l.Charge.Payer, Token: l.Charge.Token, Sent: true, Dialled: l.Party.Number, At: l.Started, Talk: l.Talk(), Trunk: l.Trunk})
		}
	}
	if first.From == "" && first.Came == "" {
		return all
	}
	for i := range all {
		all[i].Came = first.Came
	}
	return append([]Call{first}, all...)
}
