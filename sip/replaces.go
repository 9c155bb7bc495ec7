package sip

import (
	"slices"
	"strings"

	"tandem/pbx"
	"tandem/sip/stack"
)

// replaces names a dialog whose place somebody wants to take (RFC 3891 §6.1). Whoever knows both tags was told them by one of its ends.
type replaces struct {
	callID, to, from string
	early            bool // only while it rings
}

// parseReplaces reads the header's value.
func parseReplaces(value string) (r replaces, ok bool) {
	id, params, _ := strings.Cut(value, ";")
	p := stack.Params(params)
	to, hasTo := p.Get("to-tag")
	from, hasFrom := p.Get("from-tag")
	r = replaces{callID: strings.TrimSpace(id), to: to, from: from, early: p.Has("early-only")}
	return r, hasTo && hasFrom && r.callID != "" && len(value) < 1024
}

// replacesIn reads the header that a URI carries.
func replacesIn(u stack.URI) (r replaces, there, ok bool) {
	for _, h := range strings.Split(u.Headers, "&") {
		if name, value, _ := strings.Cut(h, "="); strings.EqualFold(name, stack.HeaderReplaces) {
			if there {
				return r, true, false
			}
			there = true
			r, ok = parseReplaces(stack.URI{User: value}.UserText())
		}
	}
	return r, there, ok
}

// shownBy finds the phone that rings for what a lamp named: the id of the call and whose phone it is (ADR 58). Which phone of several does not
// matter, because the call is picked up as a whole; nil when nothing rings there any more, or the names are those of a dialog.
func (s *Server) shownBy(r replaces) *leg {
	number := r.to
	if r.to == pickupTag {
		number = r.from
	} else if r.from != pickupTag {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.legs {
		if l.outgoing && l.call == pbx.CallID(r.callID) && l.number == number {
			return l
		}
	}
	return nil
}

// replaced finds the leg of a dialog by both its tags; which of them is ours depends on whose side named it. A dialog belongs to the worker of
// its Call-ID, so it is asked there; what follows runs on the worker of the Call-ID that is given. Without a leg id there is no such dialog.
func (s *Server) replaced(callID string, r replaces, then func(id pbx.LegID, up bool)) {
	if l := s.shownBy(r); l != nil {
		s.stack.Do(l.key.callID, func() {
			id := pbx.LegID("")
			if l.phase == phaseCalling {
				id = l.id
			}
			s.stack.Do(callID, func() { then(id, false) })
		})
		return
	}
	l, tag := s.legOf(dialogKey{r.callID, r.to}), r.from
	if l == nil {
		l, tag = s.legOf(dialogKey{r.callID, r.from}), r.to
	}
	if l == nil {
		then("", false)
		return
	}
	s.stack.Do(l.key.callID, func() {
		id, up := pbx.LegID(""), l.phase == phaseUp
		if l.phase != phaseOver && l.hasTag(tag) {
			id = l.id
		}
		s.stack.Do(callID, func() { then(id, up) })
	})
}

// hasTag reports whether the far side goes by that tag, or one of the phones that ring.
func (l *leg) hasTag(tag string) bool {
	if tag == "" {
		return false
	}
	if confirmed := l.dialog.remote.Tag(); confirmed != "" {
		return confirmed == tag
	}
	return slices.ContainsFunc(l.early, func(e early) bool { return e.tag == tag })
}

// waiting is an INVITE that waits to be told whose place it takes.
type waiting struct{ cancelled bool }

// onInviteReplacing finds what an INVITE with Replaces wants to take the place of (RFC 3891 §3); whether it may is for the switchboard.
func (s *Server) onInviteReplacing(tx *stack.ServerTx, c Credential) {
	req := tx.Request
	r, ok := parseReplaces(req.Get(stack.HeaderReplaces))
	n := 0
	for range req.Lines(stack.HeaderReplaces) {
		n++
	}
	if !ok || n > 1 {
		s.answer(tx, 400, "Replaces")
		return
	}
	w := &waiting{}
	tx.Data = w
	s.replaced(req.CallID(), r, func(id pbx.LegID, up bool) {
		switch {
		case w.cancelled:
		case id == "":
			s.answer(tx, 481, "")
		case r.early && up:
			s.answer(tx, 486, "")
		default:
			s.begin(tx, c, id)
		}
	})
}
