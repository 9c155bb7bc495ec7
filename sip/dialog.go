package sip

import (
	"strings"

	"tandem/sip/stack"
)

// dialog is our half of a SIP dialog (RFC 3261 §12). It belongs to the worker of its Call-ID. Its texts are copies, so that the
// packet that began it can go.
type dialog struct {
	callID    string
	local     stack.NameAddr // with our tag
	remote    stack.NameAddr // with the far tag, once there is one
	target    stack.URI      // where requests are addressed to: the far side's latest Contact
	routes    []stack.NameAddr
	localSeq  uint32
	remoteSeq uint32
	contact   string // our Contact in this dialog
}

// dialogKey finds the leg a request inside a dialog belongs to.
type dialogKey struct{ callID, localTag string }

// ownAddr and ownURI copy what points into a packet.
func ownAddr(a stack.NameAddr) stack.NameAddr {
	own, err := stack.ParseNameAddr(a.String())
	if err != nil { // a zero address
		return stack.NameAddr{}
	}
	return own
}

func ownURI(u stack.URI) stack.URI {
	own, _ := stack.ParseURI(u.String()) // it was read from a message, so it can be read again
	return own
}

func ownAddrs(list []stack.NameAddr) []stack.NameAddr {
	own := make([]stack.NameAddr, 0, len(list))
	for _, a := range list {
		own = append(own, ownAddr(a))
	}
	return own
}

// answeringDialog is the dialog that an INVITE asks for, seen from the side that answers (RFC 3261 §12.1.1).
func answeringDialog(req *stack.Message) dialog {
	n, _ := req.CSeq()
	return dialog{callID: strings.Clone(req.CallID()), local: ownAddr(req.To().WithTag(stack.LocalTag(req))), remote: ownAddr(req.From()),
		target: ownURI(req.Contact().URI), routes: ownAddrs(req.Addrs(stack.HeaderRecordRoute)), remoteSeq: n}
}

// answered is the dialog after a response to our INVITE named the far side (RFC 3261 §12.1.2). Forked answers begin dialogs of
// their own, so it is a copy.
func (d *dialog) answered(resp *stack.Message) dialog {
	next := *d
	next.remote = ownAddr(resp.To())
	next.refreshTarget(resp)
	routes := ownAddrs(resp.Addrs(stack.HeaderRecordRoute))
	for i, j := 0, len(routes)-1; i < j; i, j = i+1, j-1 {
		routes[i], routes[j] = routes[j], routes[i]
	}
	next.routes = routes
	return next
}

// refreshTarget takes over a new Contact (RFC 3261 §12.2).
func (d *dialog) refreshTarget(m *stack.Message) {
	if c := m.Contact(); c.URI.IsSIP() && !c.URI.Equal(d.target) {
		d.target = ownURI(c.URI)
		d.target.Headers = "" // escaped headers in a Contact would be somebody else's words in our requests (RFC 4475 §3.3.14)
	}
}

// request makes the next request of the dialog.
func (d *dialog) request(method string) *stack.Message {
	d.localSeq++
	m := d.message(method, d.localSeq)
	if method == stack.MethodInvite || method == stack.MethodUpdate {
		m.Set(stack.HeaderContact, d.contact)
		m.Set(stack.HeaderAllow, allow)
		m.Set(stack.HeaderSupported, supportedInDialog)
	}
	m.Set(stack.HeaderUserAgent, agentName)
	return m
}

// ack acknowledges a 2xx to our INVITE with that number (RFC 3261 §13.2.2.4).
func (d *dialog) ack(seq uint32) *stack.Message { return d.message(stack.MethodAck, seq) }

// message addresses a request along the route set (RFC 3261 §12.2.1.1).
func (d *dialog) message(method string, seq uint32) *stack.Message {
	target := d.target
	target.Headers = ""
	if len(d.routes) == 0 {
		return stack.NewRequest(method, target, d.local, d.remote, d.callID, seq)
	}
	routes := d.routes
	last := stack.NameAddr{}
	if !routes[0].URI.Params.Has("lr") { // a strict router of RFC 2543 wants to be the Request-URI itself
		last.URI, target = target, routes[0].URI
		routes = routes[1:]
	}
	m := stack.NewRequest(method, target, d.local, d.remote, d.callID, seq)
	for _, r := range routes {
		m.Add(stack.HeaderRoute, r.String())
	}
	if !last.URI.IsZero() {
		m.Add(stack.HeaderRoute, last.String())
	}
	return m
}

// isNext accepts the sequence number of a request from the far side (RFC 3261 §12.2.2).
func (d *dialog) isNext(seq uint32) bool {
	if d.remoteSeq != 0 && seq <= d.remoteSeq {
		return false
	}
	d.remoteSeq = seq
	return true
}
