package sdp

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var here = netip.MustParseAddr("192.0.2.1")

func parse(t testing.TB, text []byte) Session {
	t.Helper()
	s, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func audio(t testing.TB, s Session, policy Security) Stream {
	t.Helper()
	a, err := s.Audio(policy)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A whole call between two phones: A's offer, our offer to B, B's answer, our answer to A.
func TestTwoLegs(t *testing.T) {
	a := parse(t, sample(t, "linphone"))
	from := audio(t, a, Plain)
	out := Offer(Local{ID: 7, Version: 1, Addr: here, Port: 30000, Codecs: from.Codecs, Direction: from.Direction, Ptime: 20})
	if got, want := names(audio(t, parse(t, out.Encode()), Plain).Codecs), names(from.Codecs); got != want {
		t.Errorf("B is offered\n%s, want A's numbers\n%s", got, want)
	}
	b := parse(t, []byte("v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\nm=video 0 RTP/AVP 96\r\n"))
	to := audio(t, b, Plain)
	back, err := Answer(a, from, Local{ID: 8, Version: 1, Addr: here, Port: 30002, Codecs: Common(from.Codecs, to.Codecs), Direction: SendRecv})
	if err != nil {
		t.Fatal(err)
	}
	want := "v=0\r\no=tandem 8 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" +
		"m=audio 30002 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n" +
		"m=video 0 RTP/AVP 96\r\n"
	if got := string(back.Encode()); got != want {
		t.Errorf("answer\n%s\nwant\n%s", got, want)
	}
}

// A phone that answered with telephone events before its codec is heard by phones that take the first format for what is spoken.
func TestVoiceStandsFirst(t *testing.T) {
	event := Codec{126, Event, 8000, 1, "0-15"}
	s := Offer(Local{Addr: netip.MustParseAddr("192.0.2.1"), Port: 4000, Codecs: []Codec{event, {8, "PCMA", 8000, 1, ""}, {0, "PCMU", 8000, 1, ""}}})
	if got := s.Media[0].Formats; !slices.Equal(got, []string{"8", "0", "126"}) {
		t.Errorf("offered %v", got)
	}
}

func TestAnswerKeepsTheOrderOfLines(t *testing.T) {
	s := parse(t, []byte("v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"+
		"m=video 5000 RTP/AVP 96 97\r\na=rtpmap:96 VP8/90000\r\nm=audio 0 RTP/AVP 0\r\nm=audio 5002 RTP/AVP 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"))
	a := audio(t, s, Plain)
	r, err := Answer(s, a, Local{Addr: here, Port: 30000, Codecs: a.Codecs})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range r.Media {
		got = append(got, m.Type+" "+m.Proto+" "+strings.Join(m.Formats, ","))
		if (m.Port != 0) != (m.Port == 30000) || len(m.Formats) == 0 {
			t.Errorf("%+v", m)
		}
	}
	if want := "video RTP/AVP 96|audio RTP/AVP 0|audio RTP/AVP 0|application UDP/DTLS/SCTP webrtc-datachannel"; strings.Join(got, "|") != want {
		t.Errorf("lines %s", strings.Join(got, "|"))
	}
	if r.Media[2].Port != 30000 {
		t.Errorf("the wrong line was taken: %+v", r.Media)
	}
}

func TestAnswerWithKeys(t *testing.T) {
	offer := parse(t, sample(t, "baresip-srtp"))
	a := audio(t, offer, Required)
	ours := Crypto{Tag: 1, Key: [16]byte{1}, Salt: [14]byte{2}}
	r, err := Answer(offer, a, Local{Addr: here, Port: 30000, Codecs: a.Codecs, Crypto: []Crypto{ours}})
	if err != nil {
		t.Fatal(err)
	}
	back := audio(t, parse(t, r.Encode()), Required)
	if back.Proto != "RTP/SAVP" || len(back.Crypto) != 1 || back.Crypto[0].Tag != 2 || back.Crypto[0].Key != ours.Key || back.Crypto[0].Salt != ours.Salt {
		t.Errorf("%+v", back)
	}
	for name, l := range map[string]Local{
		"RT-04: no key for an SRTP line": {Addr: here, Port: 1, Codecs: a.Codecs},
	} {
		if _, err := Answer(offer, a, l); !errors.Is(err, ErrSecurity) {
			t.Errorf("%s: %v", name, err)
		}
	}
	plain := parse(t, sample(t, "baresip"))
	if _, err := Answer(plain, audio(t, plain, Optional), Local{Codecs: Known(), Crypto: []Crypto{ours}}); !errors.Is(err, ErrSecurity) {
		t.Errorf("key for a plain line: %v", err)
	}
	if _, err := Answer(plain, audio(t, plain, Plain), Local{Codecs: []Codec{{101, Event, 8000, 1, ""}}}); !errors.Is(err, ErrNoAudio) {
		t.Errorf("no voice left: %v", err)
	}
	if s := ours.String(); strings.Contains(s, "inline") || !strings.Contains(s, "hidden") {
		t.Errorf("printed %q", s)
	}
}

func TestParseCrypto(t *testing.T) {
	const key = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
	for _, tt := range []struct {
		name, value string
		ok          bool
	}{
		{"plain", "1 AES_CM_128_HMAC_SHA1_80 " + key, true},
		{"small letters", "1 aes_cm_128_hmac_sha1_80 " + key, true},
		{"lifetime as power", "1 AES_CM_128_HMAC_SHA1_80 " + key + "|2^31", true},
		{"lifetime as number", "1 AES_CM_128_HMAC_SHA1_80 " + key + "|1048576", true},
		{"window hint", "1 AES_CM_128_HMAC_SHA1_80 " + key + " WSH=128", true},
		{"optional extension", "1 AES_CM_128_HMAC_SHA1_80 " + key + " -X=1", true},
		{"RT-04: 32-bit tags", "1 AES_CM_128_HMAC_SHA1_32 " + key, false},
		{"RT-04: F8", "1 F8_128_HMAC_SHA1_80 " + key, false},
		{"RT-04: NULL", "1 NULL_HMAC_SHA1_80 " + key, false},
		{"RT-04: not encrypted", "1 AES_CM_128_HMAC_SHA1_80 " + key + " UNENCRYPTED_SRTP", false},
		{"RT-04: RTCP not encrypted", "1 AES_CM_128_HMAC_SHA1_80 " + key + " UNENCRYPTED_SRTCP", false},
		{"RT-04: not authenticated", "1 AES_CM_128_HMAC_SHA1_80 " + key + " WSH=64 UNAUTHENTICATED_SRTP", false},
		{"key derivation rate", "1 AES_CM_128_HMAC_SHA1_80 " + key + " KDR=1", false},
		{"unknown parameter", "1 AES_CM_128_HMAC_SHA1_80 " + key + " X=1", false},
		{"key index", "1 AES_CM_128_HMAC_SHA1_80 " + key + "|2^20|1:4", false},
		{"key index without lifetime", "1 AES_CM_128_HMAC_SHA1_80 " + key + "|1:4", false},
		{"two keys", "1 AES_CM_128_HMAC_SHA1_80 " + key + ";" + key, false},
		{"a lifetime of one packet", "1 AES_CM_128_HMAC_SHA1_80 " + key + "|1", false},
		{"short key", "1 AES_CM_128_HMAC_SHA1_80 inline:AAAA", false},
		{"no base64", "1 AES_CM_128_HMAC_SHA1_80 inline:!!!!", false},
		{"key elsewhere", "1 AES_CM_128_HMAC_SHA1_80 uri:https://example.org/key", false},
		{"tag is a word", "x AES_CM_128_HMAC_SHA1_80 " + key, false},
		{"tag of ten digits", "1234567890 AES_CM_128_HMAC_SHA1_80 " + key, false},
		{"no key", "1 AES_CM_128_HMAC_SHA1_80", false},
	} {
		c, err := ParseCrypto(tt.value)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil {
			if d, err := ParseCrypto(c.Value()); err != nil || d != c {
				t.Errorf("%s: written as %q", tt.name, c.Value())
			}
		}
	}
}

func TestDirections(t *testing.T) {
	for _, tt := range []struct{ offer, want, reply Direction }{
		{SendRecv, SendRecv, SendRecv},
		{SendOnly, SendRecv, RecvOnly},
		{RecvOnly, SendRecv, SendOnly},
		{Inactive, SendRecv, Inactive},
		{SendOnly, SendOnly, Inactive},
		{SendRecv, RecvOnly, RecvOnly},
		{RecvOnly, Inactive, Inactive},
	} {
		if got := tt.offer.Reply(tt.want); got != tt.reply {
			t.Errorf("%v to %v gives %v, want %v", tt.want, tt.offer, got, tt.reply)
		}
		if tt.offer.Reverse().Reverse() != tt.offer || Direct(tt.offer.Sends(), tt.offer.Receives()) != tt.offer {
			t.Errorf("%v does not come back", tt.offer)
		}
	}
	base := "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
	for _, tt := range []struct {
		name, text string
		want       Direction
	}{
		{"nothing said", base + "m=audio 1 RTP/AVP 0\r\n", SendRecv},
		{"session level holds for all lines", base + "a=sendonly\r\nm=audio 1 RTP/AVP 0\r\n", SendOnly},
		{"media level wins", base + "a=sendonly\r\nm=audio 1 RTP/AVP 0\r\na=sendrecv\r\n", SendRecv},
		{"hold by address", base + "m=audio 1 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", SendOnly},
		{"hold by address and attribute", base + "m=audio 1 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\na=recvonly\r\n", Inactive},
		{"hold by IPv6 address", base + "m=audio 1 RTP/AVP 0\r\nc=IN IP6 ::\r\n", SendOnly},
	} {
		if got := audio(t, parse(t, []byte(tt.text)), Plain).Direction; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestCommon(t *testing.T) {
	opus, g722, mu, a := Codec{111, "opus", 48000, 2, ""}, Codec{9, "G722", 8000, 1, ""}, Codec{0, "PCMU", 8000, 1, ""}, Codec{8, "PCMA", 8000, 1, ""}
	ev8, ev48, cn := Codec{101, Event, 8000, 1, ""}, Codec{110, Event, 48000, 1, ""}, Codec{13, "CN", 8000, 1, ""}
	other := func(c Codec, n uint8) Codec { c.Payload, c.Name = n, strings.ToUpper(c.Name); return c }
	for _, tt := range []struct {
		name        string
		offer, ours []Codec
		want        string
	}{
		{"the offerer's order and numbers", []Codec{opus, mu, a, ev8}, []Codec{ev8, a, mu, other(opus, 96)}, "111:opus/48000 0:PCMU/8000 8:PCMA/8000 101:telephone-event/8000"},
		{"nothing in common", []Codec{g722, ev8}, []Codec{mu, ev8}, ""},
		{"events follow the clock of the voice", []Codec{opus, mu, ev8, ev48}, []Codec{mu, ev8, ev48}, "0:PCMU/8000 101:telephone-event/8000"},
		{"events at 48 kHz with opus only", []Codec{opus, ev8, ev48}, []Codec{opus, ev8, ev48}, "111:opus/48000 110:telephone-event/48000"},
		{"comfort noise follows too", []Codec{opus, mu, cn}, []Codec{opus, cn}, "111:opus/48000"},
		{"stereo is another codec", []Codec{{96, "L16", 8000, 2, ""}}, []Codec{{96, "L16", 8000, 1, ""}}, ""},
	} {
		if got := names(Common(tt.offer, tt.ours)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := names(WithEvents([]Codec{opus, mu})); got != "111:opus/48000 0:PCMU/8000 101:telephone-event/48000 96:telephone-event/8000" {
		t.Errorf("with events: %s", got)
	}
}

func TestRenumber(t *testing.T) {
	opus := Codec{111, "opus", 48000, 2, ""}
	speex := Codec{96, "speex", 8000, 1, ""}
	for _, tt := range []struct {
		name       string
		list, keep []Codec
		want       string
	}{
		{"the other leg's number", []Codec{opus}, []Codec{{107, "OPUS", 48000, 2, ""}}, "107:opus/48000"},
		{"own number when nobody has one", []Codec{opus}, nil, "111:opus/48000"},
		{"a number that means something else is avoided", []Codec{opus}, []Codec{{111, "speex", 16000, 1, ""}}, "96:opus/48000"},
		{"two codecs with one number", []Codec{opus, {111, "speex", 8000, 1, ""}}, nil, "111:opus/48000 96:speex/8000"},
		{"static numbers stay", []Codec{{0, "PCMU", 8000, 1, ""}, speex}, []Codec{speex}, "0:PCMU/8000 96:speex/8000"},
	} {
		if got := names(Renumber(tt.list, tt.keep)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// No number is given out twice, and none that meant something else before.
func TestPropRenumber(t *testing.T) {
	codec := rapid.Custom(func(t *rapid.T) Codec {
		return Codec{uint8(rapid.IntRange(90, 127).Draw(t, "number")), rapid.SampledFrom([]string{"opus", "speex", "iLBC", "G726-32"}).Draw(t, "name"), rapid.SampledFrom([]int{8000, 16000, 48000}).Draw(t, "clock"), 1, ""}
	})
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(codec, 0, 50).Draw(t, "list")
		keep := rapid.SliceOfNDistinct(codec, 0, 20, func(c Codec) uint8 { return c.Payload }).Draw(t, "keep")
		used := map[uint8]bool{}
		for _, c := range Renumber(list, keep) {
			if used[c.Payload] {
				t.Fatalf("%d twice", c.Payload)
			}
			used[c.Payload] = true
			for _, k := range keep {
				if k.Payload == c.Payload && !k.Same(c) {
					t.Fatalf("%d was %s and is now %s", c.Payload, k.Name, c.Name)
				}
			}
		}
	})
}

func TestLaterOffers(t *testing.T) {
	l := Local{ID: 5, Version: 9, Addr: here, Port: 30000, Codecs: Known()}
	first := Offer(l)
	same := Reoffer(first, l)
	if same.Origin.Version != "9" || string(same.Encode()) != string(first.Encode()) {
		t.Errorf("an unchanged offer has version %s", same.Origin.Version)
	}
	l.Direction = SendOnly
	held := Reoffer(same, l)
	if held.Origin.Version != "10" || held.Origin.ID != "5" || audio(t, held, Plain).Direction != SendOnly {
		t.Errorf("%+v", held.Origin)
	}
	// What we answered once keeps its lines when we offer later.
	answer := parse(t, sample(t, "linphone"))
	a := audio(t, answer, Plain)
	ours, err := Answer(answer, a, Local{ID: 6, Addr: here, Port: 30000, Codecs: a.Codecs})
	if err != nil {
		t.Fatal(err)
	}
	later := Reoffer(ours, Local{ID: 6, Addr: here, Port: 30000, Codecs: a.Codecs, Direction: Inactive})
	if len(later.Media) != 2 || later.Media[1].Type != "video" || later.Media[1].Port != 0 || later.Origin.Version != "1" {
		t.Errorf("%s", later.Encode())
	}
}

func TestAnswerOverIPv6WithMux(t *testing.T) {
	offer := parse(t, append(sample(t, "six"), "a=rtcp-mux\r\n"...))
	a := audio(t, offer, Plain)
	r, err := Answer(offer, a, Local{Addr: netip.MustParseAddr("2001:db8::1"), Port: 30000, Codecs: a.Codecs, Mux: true})
	if err != nil {
		t.Fatal(err)
	}
	back := audio(t, parse(t, r.Encode()), Plain)
	if !back.Mux || back.Addr.String() != "[2001:db8::1]:30000" {
		t.Errorf("%+v", back)
	}
	r, err = Answer(parse(t, sample(t, "six")), audio(t, parse(t, sample(t, "six")), Plain), Local{Addr: here, Port: 30000, Codecs: a.Codecs, Mux: true})
	if err != nil || audio(t, r, Plain).Mux {
		t.Errorf("mux was not offered and is answered: %v", err)
	}
}

func FuzzCrypto(f *testing.F) {
	f.Add("1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^31 WSH=64")
	f.Fuzz(func(t *testing.T, value string) {
		c, err := ParseCrypto(value)
		if err != nil {
			return
		}
		if d, err := ParseCrypto(c.Value()); err != nil || d != c {
			t.Fatalf("%q became %q", value, c.Value())
		}
	})
}

// What is added comes behind, with numbers that nobody has yet.
func TestAlso(t *testing.T) {
	got := Also([]Codec{{111, "iLBC", 8000, 1, ""}, {0, "PCMU", 8000, 1, ""}, {96, Event, 8000, 1, "0-16"}}, Known())
	var names []string
	seen := map[uint8]bool{}
	for _, c := range got {
		names = append(names, c.Name)
		if seen[c.Payload] {
			t.Errorf("%d stands twice", c.Payload)
		}
		seen[c.Payload] = true
	}
	if got := strings.Join(names, " "); got != "iLBC PCMU telephone-event opus G722 PCMA telephone-event" {
		t.Error(got)
	}
	if !(Codec{Name: "G722", Clock: 8000}).IsWide() || !(Codec{Name: "opus", Clock: 48000}).IsWide() || (Codec{Name: "PCMA", Clock: 8000}).IsWide() {
		t.Error("which codecs are wide")
	}
}
