package sip

import (
	"slices"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// Guest is a visitor without an account, whom a Talk link let in: he makes one call over his own connection, and nothing else (X-032, TF-10).
type Guest struct {
	Link  pbx.TalkLinkID
	From  pbx.Party   // as people are shown him
	Begin func() bool // takes his one call; false when it has been made, or he may not any more
	End   func()      // the call is over; may be told more than once
}

// ofGuests are the methods that a visitor may use inside his call. What is not among them – to send the call on, to watch, to write – is not for him.
var ofGuests = []string{stack.MethodBye, stack.MethodInvite, stack.MethodUpdate, stack.MethodInfo, stack.MethodPrack, stack.MethodOptions}

// guestOn is the visitor whose connection a request came over.
func (s *Server) guestOn(f stack.Flow) (Credential, bool) {
	whose, ok := s.passes.Load(f)
	if !ok {
		return Credential{}, false
	}
	c, _ := whose.(func() (Credential, bool))() // a visitor whose link is closed is one all the same, until he is cut off
	return c, c.Guest != nil
}

// onGuest handles what comes over the connection of a visitor. Wherever his INVITE is addressed to, it goes to what his link leads to.
func (s *Server) onGuest(tx *stack.ServerTx, c Credential) {
	req := tx.Request
	if req.To().Tag() != "" {
		if l := s.legOf(dialogKey{req.CallID(), req.To().Tag()}); l != nil && l.guest != nil {
			s.onInDialog(tx)
			return
		}
		_ = tx.ReplyStateless(stack.NewResponse(req, 481, ""))
		return
	}
	_, replaces := req.Lookup(stack.HeaderReplaces)
	switch {
	case req.Method == stack.MethodOptions:
		s.onOptions(tx)
	case req.Method == stack.MethodInvite && c.isNamed(req.From().URI) && !replaces:
		s.beginGuest(tx, c)
	default:
		_ = tx.ReplyStateless(stack.NewResponse(req, 403, ""))
	}
}

// beginGuest makes the leg of a visitor's one call.
func (s *Server) beginGuest(tx *stack.ServerTx, c Credential) {
	req := tx.Request
	if !c.Guest.Begin() {
		_ = tx.ReplyStateless(stack.NewResponse(req, 403, "One Call"))
		return
	}
	l := s.newIncoming(tx, "", nil, func(f stack.Flow) string { return s.contact(f, req.URI.Scheme) })
	if l == nil {
		c.Guest.End()
		return
	}
	l.guest = c.Guest
	s.cfg.Incoming(call.Incoming{
		Leg: l.id,
		Actor: pbx.Actor{Kind: pbx.ActorGuest, Link: string(c.Guest.Link), Addr: req.Flow.Remote.Addr().Unmap().String(), Via: "talk",
			Request: plain(l.key.callID, 64)},
		From:    c.Guest.From,
		Dialled: dialled(req.URI),
		Offer:   l.remoteSDP,
		Secure:  req.Flow.Secure(),
		Source:  req.Flow.Remote,
		Agent:   plain(req.Get(stack.HeaderUserAgent), 128),
	})
}

// mayAsk reports whether a request of a dialog may come over this connection: a visitor's only over his own, and only what is his.
func (l *leg) mayAsk(req *stack.Message) bool {
	return l.guest == nil || req.Flow == l.flow && slices.Contains(ofGuests, req.Method)
}
