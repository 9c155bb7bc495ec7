package switchboard

import (
	"crypto/rand"
	"net/netip"
	"slices"
	"strings"

	"tandem/event"
	"tandem/media"
	"tandem/pbx"
	"tandem/sdp"
)

// side is one leg with its sound. Both descriptions of a leg name only our own address, so neither phone learns where the other is.
type side struct {
	leg     pbx.LegID // in the call and its record
	wire    pbx.LegID // on the signalling side; differs after a second try without encryption
	binding pbx.Binding
	trunk   pbx.TrunkID // in place of a binding …
	sends   string      // … the number that is called, and …
	shows   string      // … the caller's, both as the carrier wants them
	onward  string      // … and the number of the office that the call came for, likewise
	actor   pbx.Actor   // of a leg that came to us
	ghost   bool        // there is no phone: it stands for who asked the house to call
	answers bool        // its phone is to answer by itself
	shut    bool        // nobody hears it before it presses a key
	holder  *side       // who holds it, so that it hears music
	secure  bool        // signalling is encrypted, so keys may be exchanged (RT-04)
	source  netip.Addr  // where its signalling comes from
	stream  Stream
	record  event.Leg
	typed   typing // keys pressed while it talks
	meter   *meter // pays for it; nil where nothing has to be paid, or no more
	ticking bool   // … since it was answered
	flight  int64  // its place among the legs that went abroad; 0: it did not, or is over

	id      uint64       // of our descriptions, o= line
	key     *sdp.Crypto  // ours, for the life of the leg
	used    []sdp.Codec  // every number that has a meaning on this leg
	web     bool         // its phone is a browser: its way is found by ICE and its keys are made by DTLS
	encrypt bool         // our last offer asked for SRTP
	retried bool         // … was refused, and asked again without
	local   *sdp.Session // our last description
	offered *offered     // our offer, until it is answered

	empty  bool          // it asked for an offer of ours last
	asked  *asked        // its last offer, and what of it we can carry
	theirs sdp.Stream    // its last description in force
	ours   []sdp.Codec   // codecs in force, with the numbers of our description
	agreed []sdp.Codec   // the same codecs, with the numbers of its description
	facing sdp.Direction // what our description said
	mux    bool          // RTP and RTCP on one port
	open   bool          // theirs is valid
	wish   sdp.Direction // what it wants, whatever the other side wants
	name   string        // codec in use, canonical
}

type offered struct {
	session sdp.Session
	codecs  []sdp.Codec
	facing  sdp.Direction
	secure  bool
}

type asked struct {
	session sdp.Session
	stream  sdp.Stream
	common  []sdp.Codec
}

// policy is what a side's signalling and the office allow for its sound.
func (b *Board) policy(s *side) sdp.Security {
	switch {
	case b.c.Encrypt:
		return sdp.Required
	case s.secure:
		return sdp.Optional
	}
	return sdp.Plain
}

// insecure reports whether a side can have no sound at all: it must be encrypted, and its keys would travel in the clear.
func (b *Board) insecure(s *side) bool { return b.c.Encrypt && !s.secure }

// read takes in an offer of the side, without agreeing to it. The cause says why it cannot be used.
func (b *Board) read(s *side, body []byte) pbx.Cause {
	s.asked = nil
	if b.insecure(s) {
		return pbx.CauseInsecure
	}
	session, err := sdp.Parse(body)
	if err != nil {
		return pbx.CauseNoCodec
	}
	policy := b.policy(s)
	if s.web || !s.open && s.local == nil && s.offers(&session) {
		s.web, policy = true, sdp.Browser
	}
	stream, err := session.Audio(policy)
	if err == sdp.ErrSecurity {
		return pbx.CauseInsecure
	}
	if err != nil {
		return pbx.CauseNoCodec
	}
	common := sdp.Common(stream.Codecs, sdp.Known())
	if !sdp.HasVoice(common) {
		return pbx.CauseNoCodec
	}
	s.asked = &asked{session, stream, common}
	return ""
}

// offers reports whether a first description is a browser's.
func (s *side) offers(session *sdp.Session) bool {
	_, err := session.Audio(sdp.Browser)
	return err == nil
}

// isBrowser reports whether a phone is a browser, by the way it registered: nothing else speaks SIP over WebSocket.
func isBrowser(b pbx.Binding) bool { return b.Transport == "ws" || b.Transport == "wss" }

// isSame reports whether an offer that was just read changes nothing for the other side: codecs, direction and encryption stay.
func (s *side) isSame() bool {
	if s.asked == nil || !s.open || s.asked.stream.Direction != s.theirs.Direction || s.asked.stream.Secure() != s.theirs.Secure() {
		return false
	}
	for _, c := range s.agreed {
		if len(sdp.Common([]sdp.Codec{c}, s.asked.common)) == 0 && c.IsVoice() {
			return false
		}
	}
	return first(s.asked.common) == first(s.agreed)
}

// offer makes our offer to a side: the other side's codecs in its order, and how it faces.
func (b *Board) offer(s *side, codecs []sdp.Codec, facing sdp.Direction, encrypt bool) []byte {
	codecs = sdp.Renumber(codecs, s.used)
	l := b.local(s, codecs, facing)
	if s.web {
		encrypt, l.Web = false, s.place(false)
	}
	if encrypt {
		l.Crypto = []sdp.Crypto{*s.secret()}
	}
	var session sdp.Session
	if s.local != nil {
		session = sdp.Reoffer(*s.local, l)
	} else {
		session = sdp.Offer(l)
	}
	s.encrypt = encrypt
	s.offered = &offered{session, codecs, facing, encrypt}
	return session.Encode()
}

// take reads the answer to our offer and makes it the session in force. The cause says why it cannot be.
func (b *Board) take(s *side, body []byte) pbx.Cause {
	o := s.offered
	if o == nil {
		return pbx.CauseNoCodec
	}
	session, err := sdp.Parse(body)
	if err != nil {
		return pbx.CauseNoCodec
	}
	policy := sdp.Plain
	switch {
	case s.web:
		policy = sdp.Browser
	case o.secure:
		policy = sdp.Required
	}
	stream, err := session.Audio(policy)
	if err == sdp.ErrSecurity {
		return pbx.CauseInsecure
	}
	if err != nil {
		return pbx.CauseNoCodec
	}
	agreed := sdp.Common(stream.Codecs, o.codecs)
	if !sdp.HasVoice(agreed) {
		return pbx.CauseNoCodec
	}
	s.local = &o.session
	if o.facing == sdp.SendRecv {
		s.wish = stream.Direction // an answer to a hold says nothing about what it wants
	}
	s.adopt(stream, agreed, heard(o.codecs, agreed), o.facing, s.web)
	return ""
}

// heard is what may come in from who answered our offer: what was agreed on, and whatever else of our offer the house understands. Browsers go on to
// send what we prefer when their own page allows them to receive something else only.
func heard(offer, agreed []sdp.Codec) []sdp.Codec {
	out := sdp.Common(offer, agreed)
	for _, c := range sdp.Common(offer, sdp.Known()) {
		if one := []sdp.Codec{c}; sdp.HasVoice(one) && len(sdp.Common(one, agreed)) == 0 {
			out = append(out, c)
		}
	}
	return out
}

// understood is what a side may send of its offer: what the other side agreed to, in that one's order. Where that is nothing, it is all that the
// house translates, first what is as wide as the other side hears.
func understood(offer, agreed []sdp.Codec) []sdp.Codec {
	if both := sdp.Common(agreed, offer); sdp.HasVoice(both) {
		return both
	}
	wide := slices.ContainsFunc(agreed, sdp.Codec.IsWide)
	out := sdp.Common(offer, sdp.Known())
	slices.SortStableFunc(out, func(a, b sdp.Codec) int {
		switch {
		case a.IsVoice() && b.IsVoice() && a.IsWide() != b.IsWide():
			if a.IsWide() == wide {
				return -1
			}
			return 1
		}
		return 0
	})
	return out
}

// answer makes our answer to the side's last offer: what the other side agreed to, and how that one faces.
// It becomes the session in force. The same answer to the same offer keeps its version.
func (b *Board) answer(s, other *side) ([]byte, pbx.Cause) {
	if s.asked == nil {
		return nil, pbx.CauseNoCodec
	}
	codecs := sdp.Renumber(understood(s.asked.common, other.agreed), s.asked.common)
	l := b.local(s, codecs, other.theirs.Direction)
	l.Mux = true
	switch {
	case s.web:
		l.Web = s.place(s.open && s.theirs.Web != nil && s.asked.stream.Web.Ufrag != s.theirs.Web.Ufrag)
	case s.asked.stream.Secure():
		l.Crypto = []sdp.Crypto{*s.secret()}
	}
	session, err := sdp.Answer(s.asked.session, s.asked.stream, l)
	if err != nil {
		return nil, pbx.CauseNoCodec
	}
	if s.local != nil {
		session = session.Following(*s.local)
	}
	s.local, s.offered = &session, nil
	s.wish = s.asked.stream.Direction
	s.adopt(s.asked.stream, codecs, codecs, s.asked.stream.Direction.Reply(other.theirs.Direction), s.asked.stream.Mux)
	return session.Encode(), ""
}

// adopt makes a description the one in force.
func (s *side) adopt(theirs sdp.Stream, agreed, ours []sdp.Codec, facing sdp.Direction, mux bool) {
	s.theirs, s.agreed, s.ours, s.facing, s.mux, s.open = theirs, agreed, ours, facing, mux, true
	s.used = remember(s.used, ours)
	s.name = first(agreed)
}

// isEncrypted reports whether nobody on the way can read keys or sound.
func (s *side) isEncrypted() bool { return s.secure && s.open && s.theirs.Secure() }

// flow is what the media side has to know of a session in force.
func (s *side) flow() media.Flow {
	f := media.Flow{
		Remote:     s.theirs.Addr,
		RemoteRTCP: s.theirs.RTCP,
		Mux:        s.mux,
		Formats:    formats(s.agreed),
		Local:      formats(s.ours),
		Send:       s.theirs.Direction.Receives() && s.facing.Sends(),
		Receive:    s.theirs.Direction.Sends() && s.facing.Receives(),
	}
	for _, a := range []netip.Addr{s.theirs.Addr.Addr(), s.source} {
		if a.IsValid() && !a.IsUnspecified() {
			f.Expect = append(f.Expect, a)
		}
	}
	switch {
	case s.theirs.Web != nil:
		f.Web = &media.Web{Ufrag: s.theirs.Web.Ufrag, Fingerprint: s.theirs.Web.Fingerprint, Active: s.theirs.Web.Setup == sdp.Passive}
	case s.theirs.Secure():
		f.SealKey = &media.Key{Key: s.key.Key, Salt: s.key.Salt}
		f.OpenKey = &media.Key{Key: s.theirs.Crypto[0].Key, Salt: s.theirs.Crypto[0].Salt}
	}
	return f
}

func (b *Board) local(s *side, codecs []sdp.Codec, facing sdp.Direction) sdp.Local {
	return sdp.Local{ID: s.id, Version: 1, Addr: b.c.Sound.Addr(), Port: s.stream.Port(), Codecs: codecs, Direction: facing, Ptime: 0}
}

// place is what a browser is told of how it reaches us; again says that it searches anew.
func (s *side) place(again bool) *sdp.Web {
	p := s.stream.Web(again)
	w := &sdp.Web{Ufrag: p.Ufrag, Pwd: p.Pwd, Fingerprint: p.Fingerprint, Mid: "0", Bundle: true}
	if s.theirs.Web != nil {
		w.Mid, w.Bundle = s.theirs.Web.Mid, s.theirs.Web.Bundle
	}
	return w
}

// secret is our key on a leg; it is made when first needed.
func (s *side) secret() *sdp.Crypto {
	if s.key == nil {
		s.key = &sdp.Crypto{Tag: 1}
		_, _ = rand.Read(s.key.Key[:]) // never fails since Go 1.24
		_, _ = rand.Read(s.key.Salt[:])
	}
	return s.key
}

func formats(codecs []sdp.Codec) []media.Format {
	out := make([]media.Format, len(codecs))
	for i, c := range codecs {
		out[i] = media.Format{Payload: c.Payload, Name: c.Name, Clock: c.Clock, Channels: c.Channels}
	}
	return out
}

// first is the canonical name of the voice codec that is preferred.
func first(codecs []sdp.Codec) string {
	for _, c := range codecs {
		if !c.IsVoice() {
			continue
		}
		for _, name := range []string{"PCMU", "PCMA", "G722", "opus"} {
			if strings.EqualFold(name, c.Name) {
				return name
			}
		}
		return c.Name
	}
	return ""
}

// remember adds codecs to those that have a number on a leg, so that no number changes its meaning (RFC 3264 §8.3.2).
func remember(used, codecs []sdp.Codec) []sdp.Codec {
	for _, c := range codecs {
		known := false
		for _, u := range used {
			known = known || u.Payload == c.Payload && u.Same(c)
		}
		if !known {
			used = append(used, c)
		}
	}
	return used
}
