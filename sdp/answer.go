package sdp

import (
	"net/netip"
	"slices"
	"strconv"
)

// Local is our side of one leg: what goes into our offer or answer.
type Local struct {
	ID        uint64 // session id, the same for the whole life of the leg
	Version   uint64
	Addr      netip.Addr // where we listen, as the far side can reach it
	Port      uint16
	Codecs    []Codec
	Direction Direction
	Crypto    []Crypto // our keys; RTP/SAVP when present
	Ptime     int      // milliseconds; 0: not said
	Mux       bool     // in an answer: RTCP comes on the same port; only when the offer had it
	Web       *Web     // our side of a browser's line, in place of Crypto; its role and name are filled in by Answer
}

// Offer builds a description with one audio line (RFC 3264 §5).
func Offer(l Local) Session {
	proto := "RTP/AVP"
	if len(l.Crypto) > 0 {
		proto = "RTP/SAVP"
	}
	if l.Web != nil {
		proto = "UDP/TLS/RTP/SAVPF"
		l.Mux = true
	}
	s := l.session()
	s.Media = []Media{l.media(proto)}
	return s
}

// Reoffer builds a later offer of the same leg after previous, our own last description there:
// the lines it had stay where they are, refused ones refused, and the version grows if anything changed (RFC 3264 §8).
func Reoffer(previous Session, l Local) Session {
	s := Offer(l)
	lines := make([]Media, 0, len(previous.Media))
	placed := false
	for i := range previous.Media {
		m := &previous.Media[i]
		if m.Type == "audio" && m.Port != 0 && !placed {
			lines, placed = append(lines, s.Media[0]), true
			continue
		}
		lines = append(lines, refused(m))
	}
	if !placed {
		lines = append(lines, s.Media[0])
	}
	s.Media = lines
	return s.Following(previous)
}

// Answer builds the answer to an offer of which to was chosen by Audio: the same lines in the same order,
// all others refused with port 0 (RFC 3264 §6). The codecs carry the offer's numbers (see Common), the direction is
// narrowed to what the offer allows, and the crypto tag is that of the offer's first usable line (RFC 4568 §5.1.2).
// It is ErrNoAudio when no voice codec is left and ErrSecurity when the line is SRTP and we bring no key, or the reverse.
func Answer(offer Session, to Stream, l Local) (Session, error) {
	if !HasVoice(l.Codecs) || to.Index >= len(offer.Media) {
		return Session{}, ErrNoAudio
	}
	if (len(to.Crypto) > 0) != (len(l.Crypto) > 0) || (to.Web != nil) != (l.Web != nil) {
		return Session{}, ErrSecurity
	}
	if to.Web != nil {
		ours := *l.Web
		ours.Setup, ours.Mid, ours.Bundle = to.Web.Setup.Answer(), to.Web.Mid, to.Web.Bundle
		l.Web, l.Mux = &ours, true
	}
	if len(to.Crypto) > 0 {
		ours := l.Crypto[0]
		ours.Tag = to.Crypto[0].Tag
		l.Crypto = []Crypto{ours}
	}
	l.Direction = to.Direction.Reply(l.Direction)
	l.Mux = l.Mux && to.Mux
	s := l.session()
	for i := range offer.Media {
		if i == to.Index {
			s.Media = append(s.Media, l.media(to.Proto))
			continue
		}
		s.Media = append(s.Media, refused(&offer.Media[i]))
	}
	return s, nil
}

func refused(m *Media) Media {
	no := Media{Type: m.Type, Proto: m.Proto, Formats: m.Formats[:min(1, len(m.Formats))]}
	if mid, ok := m.Attribute("mid"); ok { // lines keep their names (RFC 9143 §7.3.3)
		no.Attributes = []Attribute{{"mid", mid}}
	}
	return no
}

func (l *Local) session() Session {
	a := AddressOf(l.Addr)
	s := Session{
		Origin: Origin{
			User:    "tandem",
			ID:      strconv.FormatUint(l.ID, 10),
			Version: strconv.FormatUint(l.Version, 10),
			Addr:    a,
		},
		Name: "-",
		Conn: a,
	}
	if l.Web != nil {
		s.Attributes = l.Web.head()
	}
	return s
}

func (l *Local) media(proto string) Media {
	m := Media{Type: "audio", Port: l.Port, Proto: proto}
	add := func(name, value string) { m.Attributes = append(m.Attributes, Attribute{name, value}) }
	codecs := slices.Clone(l.Codecs)
	slices.SortStableFunc(codecs, voiceFirst) // a phone may take the first for what is spoken, whatever it is
	for _, c := range codecs {
		n := strconv.Itoa(int(c.Payload))
		m.Formats = append(m.Formats, n)
		rtpmap := n + " " + c.Name + "/" + strconv.Itoa(c.Clock)
		if c.Channels > 1 {
			rtpmap += "/" + strconv.Itoa(c.Channels)
		}
		add("rtpmap", rtpmap)
		if c.Params != "" {
			add("fmtp", n+" "+c.Params)
		}
	}
	for _, c := range l.Crypto {
		add("crypto", c.Value())
	}
	if l.Web != nil {
		m.Attributes = append(m.Attributes, l.Web.attributes(l)...)
	}
	if l.Ptime > 0 {
		add("ptime", strconv.Itoa(l.Ptime))
	}
	if l.Mux {
		add("rtcp-mux", "")
	}
	add(l.Direction.String(), "")
	return m
}
