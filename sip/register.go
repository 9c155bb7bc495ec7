package sip

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/sip/stack"
)

// maxWishes bounds the contacts of one REGISTER (SIP-12).
const maxWishes = 32

// onRegister handles a REGISTER of a device that has proven who it is (RFC 3261 §10.3).
func (s *Server) onRegister(tx *stack.ServerTx, c Credential) {
	// gather
	req, now := tx.Request, time.Now()
	contacts, star, err := req.Contacts()
	header, hasHeader := req.Expires()

	// decide
	if err != nil || len(contacts) > maxWishes || star && (!hasHeader || header != 0) {
		s.answer(tx, 400, "Bad Contact")
		return
	}
	wishes := make([]wish, 0, len(contacts))
	for i := range contacts {
		w := wish{contact: contacts[i], instance: instanceOf(contacts[i])}
		if problem := s.badContact(w.contact.URI, req.Flow); problem != "" {
			s.answer(tx, 403, problem)
			return
		}
		wanted, has := header, hasHeader
		if text, ok := w.contact.Params.Get("expires"); ok {
			n, err := strconv.ParseUint(text, 10, 32)
			wanted, has = uint32(n), err == nil
		}
		w.life = s.life(wanted, has, w.contact.URI, req.Flow)
		if w.life > 0 && w.life < s.registration.Min {
			m := stack.NewResponse(req, 423, "")
			m.Set(stack.HeaderMinExpires, seconds(s.registration.Min))
			s.respond(tx, m)
			return
		}
		wishes = append(wishes, w)
	}

	// perform
	done := s.registrar.register(now, c.Device, req, wishes, star, s.registration.MaxContacts, func() pbx.BindingID { return pbx.BindingID(s.cfg.NewID("bnd")) })
	if done.status != 200 {
		s.answer(tx, done.status, done.reason)
		return
	}
	for _, way := range done.moved {
		s.moveCalls(c.Device, way.from, way.to)
		s.moveSubscriptions(c.Device, way.from, way.to)
	}
	m := stack.NewResponse(req, 200, "")
	for _, line := range done.list {
		m.Add(stack.HeaderContact, line.String())
	}
	s.respond(tx, m)
}

// String writes a binding as a Contact: what belonged to the URI inside the brackets, what belonged to the header behind
// them (RFC 4475 §3.3.12–14).
func (l contactLine) String() string {
	buf := append(l.uri.Append(append(make([]byte, 0, 160), '<')), '>')
	if l.params != "" {
		buf = append(append(buf, ';'), l.params...)
	}
	buf = append(buf, ";expires="...)
	return string(strconv.AppendInt(buf, int64((l.left+time.Second-1)/time.Second), 10))
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

// instanceOf is what makes a phone the same phone after its address changed; empty without an instance id.
func instanceOf(c stack.NameAddr) string {
	instance, ok := c.Params.Raw("+sip.instance")
	if !ok || instance == "" {
		return ""
	}
	reg, _ := c.Params.Raw("reg-id")
	return instance + ";" + reg
}

// life is how long a binding will last. Over UDP through an address translator it is short, because the way back closes when
// nobody uses it; the phone's refresh keeps it open.
func (s *Server) life(wanted uint32, has bool, contact stack.URI, f stack.Flow) time.Duration {
	r := &s.registration
	d := r.Default
	if has {
		d = time.Duration(wanted) * time.Second
	}
	longest := r.Max
	if !f.Reliable() && isTranslated(contact, f) {
		longest = min(longest, r.MaxNAT)
	}
	return min(d, longest)
}

// isTranslated reports whether a contact names another address than the packet came from.
func isTranslated(contact stack.URI, f stack.Flow) bool {
	addr, ok := contact.Addr()
	return !ok || addr != f.Remote.Addr().Unmap()
}

// badContact refuses contacts that would make us call ourselves or something that is no phone (SA-12). The word is the reason
// phrase; empty means that the contact is fine. Calls go back to where the REGISTER came from in any case, so a contact can
// never point at a third party.
func (s *Server) badContact(u stack.URI, f stack.Flow) string {
	if !u.IsSIP() {
		return "Contact Is Not SIP"
	}
	local := f.Remote.Addr().Unmap().IsLoopback()
	addr, isAddr := u.Addr()
	if !isAddr {
		name := strings.ToLower(strings.TrimSuffix(u.Host, "."))
		if name == "localhost" && !local || name == strings.ToLower(s.public()) {
			return "Contact Is This Server"
		}
		return ""
	}
	switch {
	case addr.IsMulticast(), addr.IsUnspecified(), addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "Contact Is No Phone"
	case addr.IsLoopback() && !local:
		return "Contact Is Loopback"
	}
	port := u.Port
	if port == 0 {
		port = 5060
		if u.Scheme == "sips" || f.Transport == stack.TLS {
			port = 5061
		}
	}
	if s.isOurs(u.Host, f) && (port == f.Local.Port() || s.isListening(port)) {
		return "Contact Is This Server"
	}
	return ""
}

// wayTo is where requests to a contact go: back over its flow. Over UDP a phone that is not behind a translator may receive at
// another port of the same address, as its contact says.
func wayTo(contact stack.URI, f stack.Flow) stack.Flow {
	if f.Reliable() || isTranslated(contact, f) {
		return f
	}
	port := contact.Port
	if port == 0 {
		port = 5060
	}
	f.Remote = netip.AddrPortFrom(f.Remote.Addr(), port)
	return f
}
