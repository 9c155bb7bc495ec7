package media

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"net/netip"
	"time"
)

// Web is what a browser told of the way its sound takes (RFC 8839, RFC 8122). Its keys are made by DTLS, not by signalling.
type Web struct {
	Ufrag       string   // changes when it looks for a way anew
	Fingerprint [32]byte // SHA-256 of its certificate; nobody else's keys are taken
	Active      bool     // we begin the handshake
}

// Place is what a browser has to know of a session: how to prove that it may look for a way to it, and under which certificate we make keys.
type Place struct {
	Ufrag, Pwd  string
	Fingerprint [32]byte
}

// String hides the password, so that no log shows it.
func (p Place) String() string { return p.Ufrag + " (password hidden)" }

// GoString hides the password as well.
func (p Place) GoString() string { return p.String() }

// consent is how long a browser may be silent about wanting our packets (RFC 7675 §5.1). It says so every few seconds.
const consent = 30 * time.Second

// patience is how long the house waits for keys before it speaks to nobody.
const patience = 10 * time.Second

// web is the part of a session that talks to a browser. We only answer checks (RFC 8445 §2.5), because a server is where it says it is:
// the way is found, chosen, changed and kept open by the browser, and every packet that counts comes from where a check with our
// password came from. The session's lock guards it.
type web struct {
	place   Place
	before  Place         // of the search before the last, whose checks may still be under way
	ufrag   string        // of the far side, as it was told last
	checked time.Duration // when the way in use was last confirmed
	until   time.Duration // what the house says waits so long for keys
	dtls    *handshake    // nil before the far side's certificate is known
	pipe    *pipe
}

// Web makes a session one with a browser and tells what that has to know. It is called before the first description is written;
// later with again, for a description that answers a search anew (ICE restart): then a new password is made, and the old one
// is good until the new way is found.
func (s *Session) Web(again bool) Place {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.web == nil:
		s.web = &web{place: newPlace(s.engine.identity.print), pipe: newPipe(s)}
		s.rtp.unjoin()
	case again:
		s.web.before, s.web.place = s.web.place, newPlace(s.engine.identity.print)
	}
	return s.web.place
}

func newPlace(print [32]byte) Place {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	text := base64.RawStdEncoding.EncodeToString(b[:])
	return Place{Ufrag: text[:8], Pwd: text[8:], Fingerprint: print}
}

// isSTUN and isDTLS tell what shares a browser's port by the first byte (RFC 7983 §7).
func isSTUN(b []byte) bool { return len(b) > 0 && b[0] < 4 }
func isDTLS(b []byte) bool { return len(b) > 0 && b[0] >= 20 && b[0] < 64 }

// hearWeb takes what is neither sound nor a report. The lock is held.
func (s *Session) hearWeb(l *loop, b []byte, now time.Duration) {
	from := l.from.source()
	if isDTLS(b) {
		if !s.rtp.locked || from != s.rtp.remote {
			s.stranger(l, now)
			return
		}
		if !s.rtp.rate.take(now) {
			s.over(l, &s.rtp, now)
			return
		}
		s.web.pipe.put(b)
		return
	}
	if !s.rtp.junk.take(now) { // also of those who prove themselves, because proving costs
		s.over(l, &s.rtp, now)
		return
	}
	c, ok := parseCheck(b)
	if !ok {
		s.stats.Invalid++
		return
	}
	w := s.web
	pwd := ""
	for _, p := range []*Place{&w.place, &w.before} {
		if mine, _, _ := bytes.Cut(c.user, []byte{':'}); p.Ufrag != "" && string(mine) == p.Ufrag && c.provenBy(p.Pwd) {
			pwd = p.Pwd
			break
		}
	}
	if pwd == "" {
		s.stats.Foreign++
		return
	}
	home := s.rtp.dest
	var room [128]byte
	s.rtp.dest = rawAddr(from, s.engine.six)
	s.rtp.send(c.answer(room[:0], from, pwd))
	s.rtp.dest = home
	if c.strange {
		return
	}
	s.confirm(l, from, c.use, now)
}

// confirm takes a proven check in: the first way that works is used until the browser chooses one, and one that it chooses later
// takes its place, which is how a call survives a change of network.
func (s *Session) confirm(l *loop, from netip.AddrPort, use bool, now time.Duration) {
	switch {
	case s.rtp.locked && from == s.rtp.remote:
	case !s.rtp.locked || use || now-s.web.checked > consent:
		s.rtp.lock(from)
		l.events = append(l.events, Event{Kind: EventLocked, Addr: from})
	default:
		return
	}
	s.web.checked = now
}

// stranger counts a packet from an address that has proven nothing.
func (s *Session) stranger(l *loop, now time.Duration) {
	s.stats.Foreign++
	if !s.rtp.junk.take(now) {
		s.over(l, &s.rtp, now)
	}
}

// mute reports whether nothing may be sent: to a browser, before keys are made, and when it has not said for long that it wants it.
func (s *Session) mute(now time.Duration) bool {
	return s.web != nil && (s.seal == nil || now-s.web.checked > consent)
}

// meet takes over what a browser's description said. The lock is held.
func (s *Session) meet(far Web) {
	w := s.web
	if w == nil {
		return // nobody was told where we are
	}
	w.ufrag = far.Ufrag
	if w.dtls != nil && w.dtls.far == far.Fingerprint {
		return
	}
	if w.dtls != nil { // another browser speaks now, with keys of its own
		w.dtls.stop()
		s.open, s.seal = nil, nil
		w.pipe = newPipe(s)
	}
	w.until = s.engine.now() + patience
	w.dtls = &handshake{session: s, far: far.Fingerprint, active: far.Active, pipe: w.pipe}
	s.engine.done.Go(w.dtls.run)
}

// keyed takes the keys that a handshake made, unless it is not the session's any more.
func (s *Session) keyed(by *handshake, open, seal *crypt) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.web == nil || s.web.dtls != by {
		return false
	}
	s.open, s.seal = open, seal
	return true
}

// betrayed tells that somebody else than signalling named wanted to make keys (RT-06).
func (s *Session) betrayed(by *handshake) {
	s.mu.Lock()
	tell := s.watch
	if s.closed || s.web == nil || s.web.dtls != by {
		tell = nil
	}
	s.mu.Unlock()
	if tell != nil {
		tell(Event{Kind: EventForeignKeys})
	}
}

// shutWeb ends what goes on beside the packets. The lock is held.
func (s *Session) shutWeb() {
	if s.web == nil {
		return
	}
	s.web.pipe.shut()
	if s.web.dtls != nil {
		s.web.dtls.stop()
	}
}
