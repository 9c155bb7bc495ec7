package sdp

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// sample reads a description as a phone sent it.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".sdp"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func names(list []Codec) string {
	var out []string
	for _, c := range list {
		out = append(out, fmt.Sprintf("%d:%s/%d", c.Payload, c.Name, c.Clock))
	}
	return strings.Join(out, " ")
}

func TestPhones(t *testing.T) {
	for _, tt := range []struct {
		phone     string
		policy    Security
		addr      string
		rtcp      string
		codecs    string
		direction Direction
		keys      int
		ptime     int
	}{
		{"baresip", Plain, "192.168.1.20:10014", "192.168.1.20:10015",
			"96:opus/48000 9:G722/8000 0:PCMU/8000 8:PCMA/8000 101:telephone-event/8000", SendRecv, 0, 20},
		{"baresip-srtp", Required, "192.168.1.20:10020", "192.168.1.20:10021",
			"0:PCMU/8000 8:PCMA/8000 101:telephone-event/8000", SendRecv, 1, 20},
		{"linphone", Plain, "192.168.1.31:7078", "192.168.1.31:7079",
			"96:opus/48000 97:speex/16000 98:speex/8000 0:PCMU/8000 8:PCMA/8000 99:telephone-event/48000 100:telephone-event/16000 101:telephone-event/8000", SendRecv, 0, 0},
		{"yealink", Optional, "10.0.0.44:11784", "10.0.0.44:11785",
			"9:G722/8000 0:PCMU/8000 8:PCMA/8000 18:G729/8000 101:telephone-event/8000", SendRecv, 1, 20},
		{"yealink-hold", Plain, "10.0.0.44:11784", "10.0.0.44:11785",
			"0:PCMU/8000 101:telephone-event/8000", SendOnly, 0, 20},
		{"old-hold", Plain, "0.0.0.0:16440", "0.0.0.0:16441",
			"0:PCMU/8000 101:telephone-event/8000", SendOnly, 0, 0},
		{"no-rtpmap", Plain, "203.0.113.9:49170", "203.0.113.9:49170",
			"0:PCMU/8000 8:PCMA/8000 13:CN/8000", RecvOnly, 0, 0},
		{"six", Plain, "[2001:db8::7]:30000", "[2001:db8::7]:30001",
			"8:PCMA/8000 101:telephone-event/8000", SendRecv, 0, 0},
	} {
		t.Run(tt.phone, func(t *testing.T) {
			s, err := Parse(sample(t, tt.phone))
			if err != nil {
				t.Fatal(err)
			}
			a, err := s.Audio(tt.policy)
			if err != nil {
				t.Fatal(err)
			}
			if a.Addr != netip.MustParseAddrPort(tt.addr) || a.RTCP != netip.MustParseAddrPort(tt.rtcp) {
				t.Errorf("address %v, RTCP %v, want %v, %v", a.Addr, a.RTCP, tt.addr, tt.rtcp)
			}
			if got := names(a.Codecs); got != tt.codecs {
				t.Errorf("codecs\n got %s\nwant %s", got, tt.codecs)
			}
			if a.Direction != tt.direction || len(a.Crypto) != tt.keys || a.Ptime != tt.ptime {
				t.Errorf("direction %v, %d keys, ptime %d", a.Direction, len(a.Crypto), a.Ptime)
			}
		})
	}
}

func TestAudioIsRefused(t *testing.T) {
	head := "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
	key := "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
	for _, tt := range []struct {
		name, media string
		policy      Security
		want        error
	}{
		{"no media at all", "", Plain, ErrNoAudio},
		{"only video", "m=video 5000 RTP/AVP 97\r\n", Plain, ErrNoAudio},
		{"audio withdrawn", "m=audio 0 RTP/AVP 0\r\n", Plain, ErrNoAudio},
		{"events without voice", "m=audio 5000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n", Plain, ErrNoAudio},
		{"dynamic numbers nobody explains", "m=audio 5000 RTP/AVP 97 98\r\n", Plain, ErrNoAudio},
		{"multicast", "m=audio 5000 RTP/AVP 0\r\nc=IN IP4 224.2.17.12/127\r\n", Plain, ErrNoAudio},
		{"browser keys", "m=audio 5000 UDP/TLS/RTP/SAVPF 0\r\n", Optional, ErrNoAudio},
		{"RT-04: plain where encryption is required", "m=audio 5000 RTP/AVP 0\r\n", Required, ErrSecurity},
		{"RT-04: keys in a plain line are no promise", "m=audio 5000 RTP/AVP 0\r\n" + key, Required, ErrSecurity},
		{"RT-04: keys over clear signalling", "m=audio 5000 RTP/SAVP 0\r\n" + key, Plain, ErrSecurity},
		{"RT-04: only weak suites", "m=audio 5000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n", Optional, ErrSecurity},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Parse([]byte(head + tt.media))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Audio(tt.policy); err != tt.want {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
}

func TestBrowserKeepsItsAttributes(t *testing.T) {
	s, err := Parse(sample(t, "chrome"))
	if err != nil {
		t.Fatal(err)
	}
	m := &s.Media[0]
	for name, want := range map[string]string{
		"ice-ufrag":   "x9Ml",
		"setup":       "actpass",
		"rtcp-mux":    "",
		"fingerprint": "sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08",
	} {
		if got, ok := m.Attribute(name); !ok || got != want {
			t.Errorf("%s = %q, %v", name, got, ok)
		}
	}
	if got, want := names(m.Codecs()), "111:opus/48000 63:red/48000 9:G722/8000 0:PCMU/8000 8:PCMA/8000 13:CN/8000 110:telephone-event/48000 126:telephone-event/8000"; got != want {
		t.Errorf("codecs %s", got)
	}
	if _, ok := s.Attribute("group"); !ok {
		t.Error("session attribute lost")
	}
}

func TestNonsense(t *testing.T) {
	good := "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\n"
	for _, tt := range []struct {
		name, text string
		line       int
	}{
		{"empty", "", 0},
		{"only line ends", "\r\n\r\n", 0},
		{"not SDP", "<html></html>", 1},
		{"other version", "v=1\r\n", 1},
		{"no origin", "v=0\r\ns=-\r\n", 0},
		{"two origins", good + "o=- 1 1 IN IP4 10.0.0.1\r\n", 4},
		{"two names", good + "s=-\r\n", 4},
		{"two session addresses", good + "c=IN IP4 1.1.1.1\r\nc=IN IP4 1.1.1.1\r\n", 5},
		{"origin too short", "v=0\r\no=- 1 IN IP4\r\n", 2},
		{"origin id is a word", "v=0\r\no=- a 1 IN IP4 10.0.0.1\r\n", 2},
		{"address type and number disagree", good + "c=IN IP4 ::1\r\n", 4},
		{"address with zone", good + "c=IN IP6 fe80::1%eth0\r\n", 4},
		{"address of another net", good + "c=ATM NSAP 47\r\n", 4},
		{"address with a bracket", good + "c=IN IP4 <x>\r\n", 4},
		{"blank line inside", good + "\r\nt=0 0\r\n", 4},
		{"line without equals sign", good + "t 0 0\r\n", 4},
		{"zero byte", good + "a=x:\x00\r\n", 4},
		{"lone carriage return", good + "a=x:a\rb\r\n", 4},
		{"unknown letter", good + "x=1\r\n", 4},
		{"origin after media", good + "m=audio 1 RTP/AVP 0\r\no=- 1 1 IN IP4 10.0.0.1\r\n", 5},
		{"media without format", good + "m=audio 1 RTP/AVP\r\n", 4},
		{"media with large port", good + "m=audio 65536 RTP/AVP 0\r\n", 4},
		{"media with negative port", good + "m=audio -1 RTP/AVP 0\r\n", 4},
		{"media with zero count", good + "m=audio 10/0 RTP/AVP 0\r\n", 4},
		{"media with strange protocol", good + "m=audio 10 RTP/A(V)P 0\r\n", 4},
		{"attribute without name", good + "a=:1\r\n", 4},
		{"SIP-12: 65 media lines", good + strings.Repeat("m=audio 0 RTP/AVP 0\r\n", 65), 68},
		{"SIP-12: too long", good + "a=x:" + strings.Repeat("y", MaxBytes) + "\r\n", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.Line != tt.line {
				t.Errorf("%v, want line %d", e, tt.line)
			}
		})
	}
}

func TestTolerated(t *testing.T) {
	for _, tt := range []struct{ name, text string }{
		{"LF only", "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\nt=0 0\nm=audio 4000 RTP/AVP 0\nc=IN IP4 10.0.0.1\n"},
		{"no last line end", "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.1"},
		{"blank lines at the end", "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.1\r\n\r\n"},
		{"no name, no time", "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.1\r\n"},
		{"user name with a space", "v=0\r\no=John Doe 1 1 IN IP4 10.0.0.1\r\ns=\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.1\r\n"},
		{"no user name", "v=0\r\no= 1 1 IN IP4 10.0.0.1\r\ns=\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.1\r\n"},
		{"very long session id", "v=0\r\no=- 184467440737095516160001 1 IN IP4 10.0.0.1\r\ns=-\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.1\r\n"},
		{"space after a flag", "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.1\r\na=sendrecv \r\n"},
		{"connection after attributes", "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\na=x\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Parse([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			a, err := s.Audio(Plain)
			if err != nil || a.Addr.String() != "10.0.0.1:4000" || a.Direction != SendRecv {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

func TestHostByName(t *testing.T) {
	s, err := Parse([]byte("v=0\r\no=- 1 1 IN IP4 pbx.example.com\r\ns=-\r\nc=IN IP4 pbx.example.com\r\nm=audio 4000 RTP/AVP 0\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Audio(Plain)
	if err != nil || a.Addr.Addr().IsValid() || a.Addr.Port() != 4000 {
		t.Errorf("%v, %v", a.Addr, err)
	}
}

// A value that was smuggled in cannot make a line of its own.
func TestEncodeCannotBeInjected(t *testing.T) {
	s := Offer(Local{Addr: netip.MustParseAddr("10.0.0.1"), Port: 4000, Codecs: []Codec{{0, "PCMU", 8000, 1, "x\r\na=inactive"}}})
	back, err := Parse(s.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if a, err := back.Audio(Plain); err != nil || a.Direction != SendRecv {
		t.Errorf("%+v, %v", a, err)
	}
}

// fixed checks that writing what was read and reading it again changes nothing.
func fixed(t interface {
	Helper()
	Fatalf(string, ...any)
}, text []byte) {
	t.Helper()
	s, err := Parse(text)
	if err != nil {
		return
	}
	once := s.Encode()
	again, err := Parse(once)
	if err != nil {
		if len(once) > MaxBytes {
			return // regular line ends can make a description at the cap longer than it
		}
		t.Fatalf("written but not readable: %v\n%q", err, once)
	}
	if twice := again.Encode(); string(twice) != string(once) {
		t.Fatalf("not a fixed point\n%q\n%q", once, twice)
	}
}

func TestSamplesAreFixedPoints(t *testing.T) {
	files, err := filepath.Glob("testdata/*.sdp")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		fixed(t, b)
	}
}

func TestPropFixedPoint(t *testing.T) {
	line := rapid.OneOf(
		rapid.SampledFrom([]string{"s=x", "c=IN IP4 10.1.2.3", "c=IN IP6 ::1", "c=IN IP4 name.example", "b=AS:64", "t=0 0", "k=prompt",
			"a=sendonly", "a=rtpmap:0 PCMU/8000", "a=rtcp:5 IN IP4 1.2.3.4", "m=audio 4000 RTP/AVP 0 8 101", "m=video 0/3 RTP/SAVP 96", "i=about", "a=foo:"}),
		rapid.StringMatching(`[a-z]=[ -~]{0,30}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(line, 0, 20).Draw(t, "lines")
		end := rapid.SampledFrom([]string{"\r\n", "\n"}).Draw(t, "end")
		fixed(t, []byte(strings.Join(append([]string{"v=0", "o=- 1 1 IN IP4 10.0.0.1"}, lines...), end)))
	})
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.sdp")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fixed(t, b)
		s, err := Parse(b)
		if err != nil {
			return
		}
		for _, policy := range []Security{Plain, Optional, Required} {
			a, err := s.Audio(policy)
			if err != nil {
				continue
			}
			l := Local{Addr: netip.MustParseAddr("192.0.2.1"), Port: 30000, Codecs: a.Codecs}
			if a.Secure() {
				l.Crypto = []Crypto{{Tag: 1}}
			}
			reply, err := Answer(s, a, l)
			if err != nil {
				t.Fatalf("own codecs refused: %v", err)
			}
			if len(reply.Media) != len(s.Media) {
				t.Fatal("answer has another number of lines")
			}
			if _, err := Parse(reply.Encode()); err != nil && len(reply.Encode()) <= MaxBytes {
				t.Fatalf("answer cannot be read: %v", err)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := sample(b, "baresip")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	s, err := Parse(sample(b, "baresip"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Encode()
	}
}
