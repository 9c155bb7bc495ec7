package officetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tandem/audio"
	"tandem/call"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/prompt"
	"tandem/sdp"
	"tandem/sip"
	"tandem/switchboard"
)

// houseLine is a line that the house itself answers: signalling and sound without a switchboard between them.
type houseLine struct {
	t      *testing.T
	sip    *sip.Server
	media  *media.Engine
	events chan media.Event

	mu      sync.Mutex
	session *media.Session
	leg     pbx.LegID
}

func answerAll(t *testing.T) *houseLine {
	t.Helper()
	local := netip.MustParseAddr("127.0.0.1")
	e, err := media.New(media.Config{Bind: local, Low: 40000, High: 41999})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	a := &houseLine{t: t, media: e, events: make(chan media.Event, 100)}
	ids := 0
	server, err := sip.New(sip.Config{
		UDP: []string{"127.0.0.1:0"},
		NewID: func(prefix string) string {
			a.mu.Lock()
			defer a.mu.Unlock()
			ids++
			return prefix + "_" + time.Now().Format("150405") + string(rune('a'+ids%26)) + string(rune('a'+ids/26%26))
		},
		Lookup: func(name string) (sip.Credential, bool) {
			c := sip.Credential{Device: "dev_1", User: "usr_1", Username: "caller", Extension: "101"}
			c.MD5, c.SHA256 = pbx.HA1("caller", "secret")
			return c, name == "caller"
		},
		Incoming: func(in call.Incoming) { go a.incoming(in) },
		Signal:   func(s call.Signal) { go a.signal(s) },
		Bindings: func(pbx.DeviceID, []pbx.Binding) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(context.Background()) })
	a.sip = server
	return a
}

// incoming answers every call with the house's own codecs.
func (a *houseLine) incoming(in call.Incoming) {
	offer, err := sdp.Parse(in.Offer)
	if err != nil {
		a.t.Error(err)
		return
	}
	theirs, err := offer.Audio(sdp.Plain)
	if err != nil {
		a.t.Error(err)
		return
	}
	codecs := sdp.Common(theirs.Codecs, sdp.Known())
	s, err := a.media.Open()
	if err != nil {
		a.t.Error(err)
		return
	}
	reply, err := sdp.Answer(offer, theirs, sdp.Local{ID: 1, Version: 1, Addr: a.media.Public(), Port: s.Port(), Codecs: codecs, Direction: sdp.SendRecv})
	if err != nil {
		a.t.Error(err)
		return
	}
	var formats []media.Format
	for _, c := range codecs {
		formats = append(formats, media.Format{Payload: c.Payload, Name: c.Name, Clock: c.Clock, Channels: c.Channels})
	}
	s.Watch(func(e media.Event) { a.events <- e })
	if err := s.Set(media.Flow{Remote: theirs.Addr, RemoteRTCP: theirs.RTCP, Formats: formats, Send: true, Receive: true}); err != nil {
		a.t.Error(err)
		return
	}
	a.mu.Lock()
	a.session, a.leg = s, in.Leg
	a.mu.Unlock()
	a.sip.Accept(in.Leg, reply.Encode())
}

// signal tells of the answer as of any other news.
func (a *houseLine) signal(s call.Signal) {
	if s.Kind == call.SignalAnswered {
		a.events <- media.Event{Kind: answered}
	}
}

// answered is no event of a session.
const answered media.EventKind = 200

func (a *houseLine) next(kind media.EventKind) media.Event {
	a.t.Helper()
	late := time.After(patience)
	for {
		select {
		case e := <-a.events:
			if e.Kind == kind {
				return e
			}
		case <-late:
			a.t.Fatalf("event %d never came", kind)
		}
	}
}

// written is what a recording goes to.
type written struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(b)
}

func (w *written) samples() []int16 {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]int16, w.b.Len()/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(w.b.Bytes()[2*i:]))
	}
	return out
}

// A real phone hears the house's prompt as it is kept, its keys are understood, and the recording holds what it said, without a gap.
func TestHouseAnswersAPhone(t *testing.T) {
	for _, tt := range []struct {
		codec string
		rate  int // in which the house hears it
		hz    float64
		deaf  bool // the phone's own decoder is broken
	}{{"PCMU", 8000, 440, false}, {"PCMA", 8000, 700, false}, {"G722", 16000, 4400, true}, {"opus", 16000, 4400, false}} {
		t.Run(tt.codec, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
			defer cancel()
			a := answerAll(t)
			library, err := prompt.Load()
			if err != nil {
				t.Fatal(err)
			}
			server := a.sip.Addrs()[0].Addr.String()
			dir := t.TempDir()
			b := phoneOf(t, ctx, filepath.Join(dir, "caller"), Account{Username: "caller", Secret: "secret", Server: server, Transport: "udp"}, tt.hz, spoken(tt.codec))
			do(t, b, "dial", "sip:900@"+server)
			expect(t, ctx, b, "CALL_ESTABLISHED")
			a.next(answered)

			voice := switchboard.Voice{Library: library}
			keys := append([]string{"say.mailbox.have"}, i18n.Say("de").Count(21, i18n.New)...)
			list := voice.Say("de", keys...)
			list.Tag = 1
			if err := a.session.Play(list); err != nil {
				t.Fatal(err)
			}
			a.next(media.EventPlayed)

			var sink written
			rate, err := a.session.Record(media.Record{Sink: &sink, StopOn: "#", Tag: 2})
			if err != nil || rate != tt.rate {
				t.Fatalf("rate %d, %v", rate, err)
			}
			eventually(t, "two seconds are recorded", func() bool { return len(sink.samples()) > 2*rate })
			var digits string
			for _, key := range []string{"4", "2", "#"} {
				do(t, b, "sndcode", key)
				digits += string(a.next(media.EventDigit).Digit)
			}
			if r := a.next(media.EventRecorded); digits != "42#" || r.Recorded.End != media.EndDigit || r.Tag != 2 || r.Recorded.Length < 2*time.Second {
				t.Errorf("keys %q, %+v", digits, r.Recorded)
			}
			said := sink.samples()
			for from := rate / 2; from+rate/5 <= 2*rate; from += rate / 5 {
				if p, l := audio.Purity(said[from:from+rate/5], tt.hz, rate), audio.Level(said[from:from+rate/5]); p < 0.95 || l < -30 {
					t.Errorf("at sample %d the recording is %.3f of the tone, %.1f dB", from, p, l)
				}
			}
			a.sip.Hangup(a.leg, pbx.CauseHangup)
			expect(t, ctx, b, "CALL_CLOSED")
			if st := a.session.Stats(); st.Received.Lost > 0 || st.Sent.Packets < 50 {
				t.Errorf("%+v", st)
			}
			if !tt.deaf {
				least := 0.97
				if tt.codec == "opus" { // which leaves out what lies below the voice
					least = 0.85
				}
				hears(t, b, list, least)
			}
		})
	}
}

// hears compares what the phone recorded with what was played, sample by sample at the best place.
func hears(t *testing.T, b *Baresip, list media.Playlist, least float64) {
	t.Helper()
	var played []int16
	var h audio.Halver
	for _, s := range list.Sounds {
		played = h.Halve(played, s.Samples)
	}
	played = played[:min(len(played), 12000)]
	best := 0.0
	eventually(t, "the prompt in the phone's recording", func() bool {
		for _, name := range b.Heard() {
			raw, err := os.ReadFile(name)
			if err != nil || len(raw) < 1000 {
				continue
			}
			w := leftChannel(raw)
			best = max(best, resemblance(audio.Resample(w.Samples, w.Rate, 8000), played))
		}
		return best > least
	})
	t.Logf("the prompt is heard with a likeness of %.3f", best)
}

// resemblance is the largest normalised correlation of a sound with any part of another.
func resemblance(heard, played []int16) (best float64) {
	var power float64
	for _, v := range played {
		power += float64(v) * float64(v)
	}
	var own float64
	for i, v := range heard {
		own += float64(v) * float64(v)
		at := i - len(played) + 1
		if at < 0 {
			continue
		}
		if own > power/4 {
			var sum float64
			for j, p := range played {
				sum += float64(p) * float64(heard[at+j])
			}
			best = max(best, sum/math.Sqrt(power*own))
		}
		own -= float64(heard[at]) * float64(heard[at])
	}
	return best
}
