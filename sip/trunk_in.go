package sip

import (
	"strings"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// onTrunkInvite begins a leg from outside.
func (s *Server) onTrunkInvite(tx *stack.ServerTx, t *uplink) {
	l := s.newIncoming(tx, "", t, t.contact)
	if l == nil {
		return
	}
	req, now := tx.Request, time.Now()
	doubt := t.doubt(req.Flow, now)
	if doubt != NoProblem {
		t.refused(req.Flow, doubt, now)
	}
	s.cfg.Incoming(call.Incoming{
		Leg:      l.id,
		Actor:    pbx.Actor{Kind: pbx.ActorTrunk, Trunk: t.ID, Addr: req.Flow.Remote.Addr().Unmap().String(), Via: "sip", Request: plain(l.key.callID, 64)},
		From:     t.caller(req),
		Diverted: t.diverted(req),
		Dialled:  t.called(req),
		Offer:    l.remoteSDP,
		Secure:   req.Flow.Secure(),
		Source:   req.Flow.Remote,
		Agent:    plain(req.Get(stack.HeaderUserAgent), 128),
		Doubt:    string(doubt),
	})
}

// called is the number of ours that was dialled. Carriers that call a registered account by the name we gave put it into To.
func (l *uplink) called(req *stack.Message) string {
	user := req.URI.UserText()
	if user == l.name || user == "" || l.Register && user == l.Username {
		if to := req.To().URI.UserText(); to != "" && to != l.name {
			return plain(to, 128)
		}
	}
	if user == l.name {
		user = l.Username
	}
	return plain(user, 128)
}

// caller is who calls, as the carrier says: by the identity it asserts, where it is believed, else by From. A number that is to be
// withheld stays with the carrier (RFC 3323, RFC 3325).
func (l *uplink) caller(req *stack.Message) pbx.Party {
	from := req.From()
	if l.Trusted {
		for _, a := range req.Addrs("P-Asserted-Identity") {
			if a.URI.UserText() != "" {
				from = a
				break
			}
		}
	}
	number := from.URI.UserText()
	if isWithheld(req) || strings.EqualFold(number, "anonymous") || strings.HasSuffix(strings.ToLower(from.URI.Host), "anonymous.invalid") {
		return pbx.Party{}
	}
	p := pbx.Party{Number: plain(number, 40), Name: plain(strings.TrimSpace(from.Name()), 64)}
	if p.Name == p.Number {
		p.Name = ""
	}
	return p
}

func isWithheld(req *stack.Message) bool {
	for v := range req.Lines("Privacy") {
		for word := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			switch strings.ToLower(word) {
			case "id", "user", "full":
				return true
			}
		}
	}
	return false
}

// diverted is the number that the call was meant for before it was sent to us (RFC 5806); only carriers that are believed can say so.
func (l *uplink) diverted(req *stack.Message) string {
	if !l.Trusted {
		return ""
	}
	list := req.Addrs("Diversion")
	if len(list) == 0 {
		return ""
	}
	return plain(list[len(list)-1].URI.UserText(), 40)
}
