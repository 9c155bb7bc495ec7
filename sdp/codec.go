package sdp

import (
	"slices"
	"strconv"
	"strings"
)

// Codec is one format of an RTP media line with the number it has there.
type Codec struct {
	Payload  uint8  // RTP payload type, 0–127
	Name     string // encoding name as written: "PCMU", "opus", "telephone-event"
	Clock    int    // RTP clock in Hz; 8000 for G722 although it samples at 16 kHz (RFC 3551 §4.5.2)
	Channels int    // 0 means 1
	Params   string // value of a=fmtp without the payload number
}

// Event is the encoding name of RFC 4733 telephone events (DTMF).
const Event = "telephone-event"

// static are the audio payload types of RFC 3551 §6 that need no rtpmap.
var static = map[uint8]Codec{
	0:  {0, "PCMU", 8000, 1, ""},
	3:  {3, "GSM", 8000, 1, ""},
	4:  {4, "G723", 8000, 1, ""},
	5:  {5, "DVI4", 8000, 1, ""},
	6:  {6, "DVI4", 16000, 1, ""},
	7:  {7, "LPC", 8000, 1, ""},
	8:  {8, "PCMA", 8000, 1, ""},
	9:  {9, "G722", 8000, 1, ""},
	10: {10, "L16", 44100, 2, ""},
	11: {11, "L16", 44100, 1, ""},
	12: {12, "QCELP", 8000, 1, ""},
	13: {13, "CN", 8000, 1, ""},
	14: {14, "MPA", 90000, 1, ""},
	15: {15, "G728", 8000, 1, ""},
	16: {16, "DVI4", 11025, 1, ""},
	17: {17, "DVI4", 22050, 1, ""},
	18: {18, "G729", 8000, 1, ""},
}

// Known are the codecs that the house speaks, and the keys that go with them; it can translate between any two. They are what we offer when
// nobody else's list is at hand (an INVITE without SDP), best first.
func Known() []Codec {
	return []Codec{
		{111, "opus", 48000, 2, "useinbandfec=1"},
		{9, "G722", 8000, 1, ""},
		{0, "PCMU", 8000, 1, ""},
		{8, "PCMA", 8000, 1, ""},
		{101, Event, 8000, 1, "0-16"},
		{110, Event, 48000, 1, "0-16"},
	}
}

// Same reports whether two codecs are one, whatever their numbers are.
// Names compare without case (RFC 8866 §6.6); parameters are left to the two ends.
func (c Codec) Same(d Codec) bool {
	return strings.EqualFold(c.Name, d.Name) && c.Clock == d.Clock && max(c.Channels, 1) == max(d.Channels, 1)
}

// IsVoice reports whether the codec carries speech by itself; events, comfort noise and redundancy do not.
func (c Codec) IsVoice() bool {
	for _, name := range []string{Event, "CN", "red", "tone"} {
		if strings.EqualFold(c.Name, name) {
			return false
		}
	}
	return true
}

// voiceFirst orders codecs: those that carry speech, then the others.
func voiceFirst(a, b Codec) int {
	switch {
	case a.IsVoice() == b.IsVoice():
		return 0
	case a.IsVoice():
		return -1
	}
	return 1
}

// HasVoice reports whether at least one of the codecs carries speech; without one there is no call.
func HasVoice(list []Codec) bool {
	for _, c := range list {
		if c.IsVoice() {
			return true
		}
	}
	return false
}

// Codecs are the formats of an RTP line in its order of preference. Dynamic numbers without a=rtpmap,
// and numbers that stand twice, are left out, because nobody can tell what they mean.
func (m *Media) Codecs() []Codec {
	var list []Codec
	var seen [128]bool
	for _, f := range m.Formats {
		n, err := strconv.ParseUint(f, 10, 7)
		if err != nil || seen[n] {
			continue
		}
		seen[n] = true
		c, ok := m.rtpmap(uint8(n))
		if !ok {
			if c, ok = static[uint8(n)]; !ok {
				continue
			}
		}
		c.Params, _ = m.numbered("fmtp", uint8(n))
		list = append(list, c)
	}
	return list
}

// numbered finds the attribute whose value begins with the payload number.
func (m *Media) numbered(name string, payload uint8) (string, bool) {
	for _, a := range m.Attributes {
		if a.Name != name {
			continue
		}
		number, rest, _ := strings.Cut(strings.TrimSpace(a.Value), " ")
		if n, err := strconv.ParseUint(number, 10, 7); err == nil && uint8(n) == payload {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

func (m *Media) rtpmap(payload uint8) (Codec, bool) {
	value, ok := m.numbered("rtpmap", payload)
	if !ok {
		return Codec{}, false
	}
	part := strings.Split(value, "/")
	if len(part) < 2 || len(part) > 3 || !token(part[0]) {
		return Codec{}, false
	}
	clock, err := strconv.ParseUint(part[1], 10, 31)
	if err != nil || clock == 0 {
		return Codec{}, false
	}
	c := Codec{Payload: payload, Name: part[0], Clock: int(clock), Channels: 1}
	if len(part) == 3 {
		channels, err := strconv.ParseUint(part[2], 10, 8)
		if err != nil || channels == 0 {
			return Codec{}, false
		}
		c.Channels = int(channels)
	}
	return c, true
}

// Common keeps what both sides have, in the offerer's order and with the offerer's numbers (RFC 3264 §6.1).
// Telephone events stay only at a clock that a remaining voice codec has (RFC 4733 §2.1), unless there are no others: phones that speak
// nothing but Opus often name events at 8000 alone, and send them so.
func Common(offered, ours []Codec) []Codec {
	var both []Codec
	for _, c := range offered {
		for _, d := range ours {
			if c.Same(d) {
				both = append(both, c)
				break
			}
		}
	}
	return clocked(both)
}

// clocked drops telephone events and comfort noise at a clock that no voice codec uses, but not the last events.
func clocked(list []Codec) []Codec {
	clocks := map[int]bool{}
	for _, c := range list {
		if c.IsVoice() {
			clocks[c.Clock] = true
		}
	}
	events := slices.ContainsFunc(list, func(c Codec) bool { return c.isEvent() && clocks[c.Clock] })
	var kept []Codec
	for _, c := range list {
		if c.IsVoice() || clocks[c.Clock] || c.isEvent() && !events && len(clocks) > 0 {
			kept = append(kept, c)
		}
	}
	return kept
}

func (c Codec) isEvent() bool { return strings.EqualFold(c.Name, Event) }

// WithEvents adds telephone events at every voice clock that lacks them.
func WithEvents(list []Codec) []Codec {
	out := append([]Codec(nil), list...)
	for _, v := range list {
		e := Codec{101, Event, v.Clock, 1, "0-16"}
		if v.IsVoice() && !contains(out, e) {
			out = append(out, e)
		}
	}
	return Renumber(out, nil)
}

func contains(list []Codec, c Codec) bool {
	for _, d := range list {
		if d.Same(c) {
			return true
		}
	}
	return false
}

// Renumber gives every codec the number it already has on the other leg or in our earlier description (keep),
// then its own if free, then a free dynamic one; so relayed packets need no rewriting where that is possible,
// and no number ever changes its meaning within a session (RFC 3264 §8.3.2). Codecs beyond the last free number are dropped.
func Renumber(list, keep []Codec) []Codec {
	owner := map[uint8]Codec{}
	for _, k := range keep {
		owner[k.Payload] = k
	}
	used := map[uint8]bool{}
	var out []Codec
	for _, c := range list {
		if n, ok := number(c, keep, owner, used); ok {
			used[n] = true
			c.Payload = n
			out = append(out, c)
		}
	}
	return out
}

func number(c Codec, keep []Codec, owner map[uint8]Codec, used map[uint8]bool) (uint8, bool) {
	free := func(n uint8) bool {
		k, taken := owner[n]
		return !used[n] && (!taken || k.Same(c))
	}
	for _, k := range keep {
		if k.Same(c) && free(k.Payload) {
			return k.Payload, true
		}
	}
	if free(c.Payload) {
		return c.Payload, true
	}
	for n := uint8(96); n <= 127; n++ {
		if free(n) {
			return n, true
		}
	}
	return 0, false
}

// Also adds the codecs of another list that are missing in this one, behind its own: what the house translates where the first do not fit.
func Also(list, more []Codec) []Codec {
	out := append([]Codec(nil), list...)
	for _, c := range more {
		if !contains(out, c) {
			out = append(out, c)
		}
	}
	return Renumber(out, nil)
}

// IsWide reports whether the codec carries more than the 3.4 kHz of a telephone line.
func (c Codec) IsWide() bool { return strings.EqualFold(c.Name, "G722") || c.Clock > 8000 }
