package sip

import (
	"tandem/pbx"
	"tandem/sip/stack"
)

// Push notifies every phone of a device that registered without a subscription: messages waiting for phones that do not ask
// (RFC 3842 §3.2 as practised), or that there is news to fetch. It waits for nobody, and nothing is repeated later.
func (s *Server) Push(device pbx.DeviceID, event, kind string, body []byte) {
	for _, r := range s.registrar.all(device) {
		host, _ := s.stack.SentBy(r.flow)
		if public := s.public(); public != "" {
			host = public
		}
		target := r.uri
		target.Headers = ""
		to := stack.NameAddr{URI: stack.URI{Scheme: "sip", User: target.User, Host: host}}
		m := stack.NewRequest(stack.MethodNotify, target, to.WithTag(stack.NewToken()), to, stack.NewToken()+stack.NewToken(), 1)
		m.Set(stack.HeaderContact, s.contact(r.flow, target.Scheme))
		m.Set(stack.HeaderEvent, event)
		m.Set(stack.HeaderSubscriptionState, "terminated;reason=noresource")
		m.Set(stack.HeaderUserAgent, agentName)
		m.SetBody(kind, body)
		s.stack.Request(r.flow, m, func(*stack.Message) {})
	}
}
