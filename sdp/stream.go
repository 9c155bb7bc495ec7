package sdp

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// Security says what a leg's policy and its signalling allow for media.
type Security uint8

// The policies. A key in a description is a secret only when the signalling is encrypted, so legs on UDP and TCP are Plain (RT-04).
const (
	Plain    Security = iota // RTP only; crypto lines are not used
	Optional                 // SRTP where it is offered, else RTP
	Required                 // SRTP or no call
	Browser                  // keys by DTLS over a way found by ICE, or no call
)

// Why a description has no audio for us; both are answered 488 Not Acceptable Here.
var (
	ErrNoAudio  = errors.New("sdp: no audio line we can use")
	ErrSecurity = errors.New("sdp: the audio lines do not fit the encryption policy")
)

// Stream is the audio line chosen from a description, with everything a media relay needs to know.
type Stream struct {
	Index     int            // of the m= line
	Addr      netip.AddrPort // where the describing side listens; the address is invalid when it gave a name, and unspecified on an old-style hold
	RTCP      netip.AddrPort // where it wants RTCP (RFC 3605), by default one port higher
	Mux       bool           // it can do RTP and RTCP on one port (RFC 5761)
	Proto     string
	Codecs    []Codec
	Direction Direction
	Crypto    []Crypto // usable lines, in order; empty on plain RTP
	Ptime     int      // milliseconds of sound per packet it asks for; 0: not said
	Web       *Web     // of a browser's line, whose keys are made by DTLS; nil otherwise
}

// Secure reports whether the line is SRTP with a key we can use, or one that DTLS will make.
func (s Stream) Secure() bool { return len(s.Crypto) > 0 || s.Web != nil }

// Audio chooses the audio line to talk on: the first that is not refused, speaks RTP/AVP or, where the policy
// allows or demands it, RTP/SAVP with a usable key, and has a voice codec. With Optional, SRTP lines win over plain ones.
// Lines with DTLS keys are chosen by the policy Browser alone, which wants ICE and RTCP on the same port with them, as all browsers do.
func (s *Session) Audio(policy Security) (Stream, error) {
	var plain, secure, web []Stream
	unfit := false
	for i := range s.Media {
		m := &s.Media[i]
		if m.Type != "audio" || m.Port == 0 {
			continue
		}
		st := s.stream(i)
		if ip := st.Addr.Addr(); ip.IsMulticast() || !HasVoice(st.Codecs) {
			continue
		}
		switch m.Proto {
		case "RTP/AVP", "RTP/AVPF":
			st.Crypto = nil // keys in a line that promises plain RTP are not a promise to encrypt
			plain = append(plain, st)
		case "RTP/SAVP", "RTP/SAVPF":
			if !st.Secure() {
				unfit = true
				continue
			}
			secure = append(secure, st)
		case "UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP":
			if st.Web = s.web(m); st.Web == nil || !st.Mux || st.Web.Lite {
				unfit = unfit || policy == Browser
				continue
			}
			st.Crypto = nil
			web = append(web, st)
		}
	}
	if policy == Browser {
		switch {
		case len(web) > 0:
			return web[0], nil
		case unfit:
			return Stream{}, ErrSecurity
		}
		return Stream{}, ErrNoAudio
	}
	switch {
	case policy != Plain && len(secure) > 0:
		return secure[0], nil
	case policy != Required && len(plain) > 0:
		return plain[0], nil
	case unfit || len(secure)+len(plain) > 0:
		return Stream{}, ErrSecurity
	}
	return Stream{}, ErrNoAudio
}

func (s *Session) stream(i int) Stream {
	m := &s.Media[i]
	st := Stream{
		Index:     i,
		Addr:      netip.AddrPortFrom(s.Host(i).IP(), m.Port),
		Proto:     m.Proto,
		Codecs:    m.Codecs(),
		Direction: s.direction(i),
	}
	st.RTCP = netip.AddrPortFrom(st.Addr.Addr(), m.Port+1)
	if m.Port == 65535 {
		st.RTCP = netip.AddrPort{}
	}
	if v, ok := m.Attribute("rtcp"); ok {
		st.RTCP = parseRTCP(v, st.RTCP)
	}
	_, st.Mux = m.Attribute("rtcp-mux")
	if v, ok := m.Attribute("ptime"); ok {
		if n, err := strconv.ParseUint(strings.TrimSpace(v), 10, 16); err == nil && n <= 200 {
			st.Ptime = int(n)
		}
	}
	for _, a := range m.Attributes {
		if a.Name != "crypto" {
			continue
		}
		if c, err := ParseCrypto(a.Value); err == nil {
			st.Crypto = append(st.Crypto, c)
		}
	}
	return st
}

// parseRTCP reads "53020" or "53020 IN IP4 126.16.64.4" (RFC 3605 §2.1).
func parseRTCP(value string, fallback netip.AddrPort) netip.AddrPort {
	f := strings.Fields(value)
	if len(f) != 1 && len(f) != 4 {
		return fallback
	}
	port, err := strconv.ParseUint(f[0], 10, 16)
	if err != nil || port == 0 {
		return fallback
	}
	ip := fallback.Addr()
	if len(f) == 4 {
		if ip, err = netip.ParseAddr(f[3]); err != nil {
			return fallback
		}
	}
	return netip.AddrPortFrom(ip.Unmap().WithZone(""), uint16(port))
}
