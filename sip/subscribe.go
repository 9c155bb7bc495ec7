package sip

import (
	"mime"
	"strings"
	"time"

	"tandem/sip/stack"
)

// eventList is the option tag of RFC 4662: a subscription to many things at once.
const eventList = "eventlist"

// onSubscribe begins a subscription for a device that has proven who it is (RFC 6665 §4.2.1). A body would be a filter; it is not read,
// because a phone that gets more than it asked for is served as well.
func (s *Server) onSubscribe(tx *stack.ServerTx, c Credential) {
	// gather
	req := tx.Request
	event, id := eventOf(req)
	p, known := s.events.packages[event]
	from := req.Contact().URI
	host := req.URI.Host
	if !s.isOurs(host, req.Flow) {
		host, _ = s.advertise(req.Flow)
		if host == "" {
			host, _ = s.stack.SentBy(req.Flow)
		}
	}
	n := &subscription{s: s, p: p, event: event, id: id, resource: strings.Clone(req.URI.UserText()), since: time.Now(),
		watcher: Watcher{Device: c.Device, User: c.User, Host: strings.Clone(host)}, lists: listable(req)}

	// decide
	if !known {
		m := stack.NewResponse(req, 489, "")
		s.allowEvents(m)
		s.respond(tx, m)
		return
	}
	if !from.IsSIP() {
		s.answer(tx, 400, "Contact Missing")
		return
	}
	if problem := s.badContact(from, req.Flow); problem != "" {
		s.answer(tx, 403, problem)
		return
	}
	life, ok := s.subscriptionLife(tx)
	if !ok {
		return
	}
	view, ok := p.Look(n.watcher, n.resource)
	if !ok {
		s.answer(tx, 404, "")
		return
	}
	if !s.isAcceptable(tx, n, &view) {
		return
	}

	// perform
	n.dialog = answeringDialog(req)
	n.dialog.target.Headers = ""
	n.from = n.dialog.target
	n.key = dialogKey{n.dialog.callID, n.dialog.local.Tag()}
	n.flow = wayTo(n.dialog.target, req.Flow)
	n.dialog.contact = s.contact(n.flow, req.URI.Scheme)
	if status, reason := s.events.add(n); status != 0 {
		m := stack.NewResponse(req, status, reason)
		if status == 503 {
			m.Set(stack.HeaderRetryAfter, "60")
		}
		s.respond(tx, m)
		return
	}
	n.confirm(tx, life)
}

// subscriptionLife is how long a subscription will last, zero to end it; false when the wish was refused here.
func (s *Server) subscriptionLife(tx *stack.ServerTx) (time.Duration, bool) {
	l := &s.events.limits
	wanted, has := tx.Request.Expires()
	life := time.Duration(wanted) * time.Second
	if !has {
		life = l.Default
	}
	if life > 0 && life < l.Min {
		m := stack.NewResponse(tx.Request, 423, "")
		m.Set(stack.HeaderMinExpires, seconds(l.Min))
		s.respond(tx, m)
		return 0, false
	}
	return min(life, l.Max), true
}

// isAcceptable refuses what the phone could not read: a document of another type, or a list when it does not know lists.
func (s *Server) isAcceptable(tx *stack.ServerTx, n *subscription, v *View) bool {
	if v.List != nil && !n.lists {
		m := stack.NewResponse(tx.Request, 421, "Extension Required")
		m.Set(stack.HeaderRequire, eventList)
		s.respond(tx, m)
		return false
	}
	if !accepts(tx.Request, n.p.Type) && v.List == nil {
		m := stack.NewResponse(tx.Request, 406, "")
		m.Set(stack.HeaderAccept, n.p.Type)
		s.respond(tx, m)
		return false
	}
	return true
}

// accepts reports whether the phone reads a media type; a phone that names none reads what the package says (RFC 6665 §3.1.3).
func accepts(m *stack.Message, wanted string) bool {
	named := false
	for v := range m.Values(stack.HeaderAccept) {
		named = true
		kind, _, err := mime.ParseMediaType(v)
		main, _, _ := strings.Cut(wanted, "/")
		if err == nil && (kind == wanted || kind == "*/*" || kind == main+"/*") {
			return true
		}
	}
	return !named
}

func listable(m *stack.Message) bool {
	return m.Has(stack.HeaderSupported, eventList) || m.Has(stack.HeaderRequire, eventList)
}

// eventOf is the package and the id that tells subscriptions of one dialog apart (RFC 6665 §8.2.1).
func eventOf(m *stack.Message) (event, id string) {
	name, params, _ := strings.Cut(m.Get(stack.HeaderEvent), ";")
	id, _ = stack.Params(params).Raw("id")
	return strings.ToLower(strings.TrimSpace(name)), strings.Clone(id)
}

// onRefresh handles a SUBSCRIBE inside the dialog: a longer life, or the end (RFC 6665 §4.2.1.3). The tags of the dialog prove who sends it.
func (n *subscription) onRefresh(tx *stack.ServerTx) {
	req, s := tx.Request, n.s
	if seq, _ := req.CSeq(); !n.dialog.isNext(seq) {
		s.answer(tx, 500, "CSeq Out Of Order")
		return
	}
	if event, id := eventOf(req); event != n.event || id != n.id {
		m := stack.NewResponse(req, 489, "")
		s.allowEvents(m)
		s.respond(tx, m)
		return
	}
	life, ok := s.subscriptionLife(tx)
	if !ok {
		return
	}
	if c := req.Contact().URI; c.IsSIP() && s.badContact(c, req.Flow) == "" {
		n.dialog.refreshTarget(req)
	}
	n.moveTo(wayTo(n.dialog.target, req.Flow))
	n.confirm(tx, life)
}

// confirm answers a SUBSCRIBE and notifies at once, whether something changed or not (RFC 6665 §4.2.1.2).
func (n *subscription) confirm(tx *stack.ServerTx, life time.Duration) {
	m := stack.NewResponse(tx.Request, 200, "")
	m.Set(stack.HeaderContact, n.dialog.contact)
	m.Set(stack.HeaderExpires, seconds(life))
	for r := range tx.Request.Lines(stack.HeaderRecordRoute) {
		m.Add(stack.HeaderRecordRoute, r)
	}
	n.s.allowEvents(m)
	n.s.respond(tx, m)
	if life == 0 {
		n.end("timeout")
		return
	}
	n.live(life)
	n.notify(true)
}
