package officetest

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tandem/audio"
	"tandem/sdp"
	"tandem/sip/stack"
)

// pure is a tone of some seconds as an Ogg Opus file.
func pure(t *testing.T, hz float64) []byte {
	t.Helper()
	dir := t.TempDir()
	samples := make([]int16, 3*16000)
	for i := range samples {
		samples[i] = int16(9000 * math.Sin(2*math.Pi*hz*float64(i)/16000))
	}
	wav, file := filepath.Join(dir, "in.wav"), filepath.Join(dir, "out.opus")
	if err := os.WriteFile(wav, audio.WAV{Rate: 16000, Samples: samples}.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "opusenc", "--quiet", wav, file).CombinedOutput(); err != nil {
		t.Fatalf("opusenc (scripts/test-deps installs it): %v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// told are the bit rates at which a phone says that it sends and receives, the last it said.
func told(b *Baresip) (sends, receives int) {
	log := b.Log()
	if i := strings.LastIndex(log, "audio="); i >= 0 {
		_, _ = fmt.Sscanf(log[i:], "audio=%d/%d", &sends, &receives)
	}
	return sends, receives
}

// Real phones and music that was uploaded as Ogg Opus: whom Alice holds goes on receiving sound while neither phone sends any, and hears her again after; who is
// parked hears the music of the group above, then that of the group, then that of the row of positions. This phone writes down nothing of what it hears
// while it is held, so that its own figures have to do there; the tones of the music are heard on the positions.
func TestBaresipHearsMusic(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	s := start(t)
	s.claim()
	a, b := s.handset(ctx, "Alice", "101", 440), s.handset(ctx, "Bob", "102", 550)
	top := s.call(200, "GET", "/v1/groups", nil).Text("items", 0, "id")
	below := s.call(201, "POST", "/v1/groups", object{"name": "Service", "parent": top}).Text("id")
	all := []float64{440, 800, 1000, 1300}

	do(t, a, "dial", "sip:102@"+s.reach("udp"))
	expect(t, ctx, b, "CALL_INCOMING")
	do(t, b, "accept", "")
	expect(t, ctx, a, "CALL_ESTABLISHED")
	hearsTones(t, "Bob", b, all, 440)
	do(t, a, "hold", "")
	eventually(t, "Bob is held and receives music", func() bool {
		sends, receives := told(b)
		return sends < 10000 && receives > 60000
	})
	do(t, a, "resume", "")
	hearsTones(t, "Bob, held no more", b, all, 440)
	do(t, a, "hangup", "")
	expect(t, ctx, b, "CALL_CLOSED")

	park := s.call(201, "POST", "/v1/parks", object{"name": "Reception", "extension": "700", "slots": 4, "group": below}).Text("id")
	for _, from := range []struct {
		path string
		hz   float64
	}{{"/v1/groups/" + top, 800}, {"/v1/groups/" + below, 1000}, {"/v1/parks/" + park, 1300}} {
		s.call(200, "PUT", from.path+"/music", pure(t, from.hz))
		do(t, a, "dial", "sip:102@"+s.reach("udp"))
		expect(t, ctx, b, "CALL_INCOMING")
		do(t, b, "accept", "")
		expect(t, ctx, a, "CALL_ESTABLISHED")
		do(t, a, "transfer", "sip:700@"+s.reach("udp"))
		expect(t, ctx, a, "CALL_CLOSED")
		hearsTones(t, "Bob, with music of "+from.path, b, all, from.hz)
		do(t, b, "hangup", "")
		expect(t, ctx, b, "CALL_CLOSED")
	}
}

// ear keeps the last 200 ms that a simulated phone hears.
type ear struct {
	mu   sync.Mutex
	last []int16
}

// hear listens to a talk that is up, until it is over.
func (t *Talk) hear() *ear {
	e := &ear{}
	go func() {
		for buf := make([]byte, 1500); ; {
			n, _, err := t.sound.ReadFrom(buf)
			if err != nil {
				return
			}
			e.mu.Lock()
			for _, b := range buf[min(12, n):n] {
				e.last = append(e.last, audio.DecodeMu(b))
			}
			e.last = e.last[max(0, len(e.last)-1600):]
			e.mu.Unlock()
		}
	}()
	return e
}

// only reports whether nothing but one tone has been heard for 200 ms.
func (e *ear) only(hz float64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.last) == 1600 && audio.Purity(e.last, hz, 8000) > 0.98
}

// something reports whether there was 200 ms of any sound.
func (e *ear) something() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.last) == 1600
}

// becomes has this side describe the sound anew, in another direction, and send another tone from then on, as a carrier's switch does that plays its music. It is told
// the direction that the house answers; that one may be about to change something itself and has to be asked again then (491, RFC 3261 §14.1).
func (t *Talk) becomes(ctx context.Context, seq uint32, d sdp.Direction, hz float64) (answered sdp.Direction, again bool, err error) {
	from, to, far, at := stack.NameAddr{}, stack.NameAddr{}, stack.URI{}, netip.AddrPort{}
	t.mu.Lock()
	if t.dialog != nil {
		from, to, far = t.dialog.From(), t.dialog.To(), t.dialog.Contact().URI
	} else {
		req := t.invite.Request
		from, to, far = req.To().WithTag(stack.LocalTag(req)), req.From(), req.Contact().URI
	}
	l := t.local(d)
	t.mu.Unlock()
	l.Version = uint64(seq)
	req := stack.NewRequest(stack.MethodInvite, far, from, to, t.callID, seq)
	req.Add(stack.HeaderContact, "<"+t.phone.contact()+">")
	req.SetBody("application/sdp", sdp.Offer(l).Encode())
	a, err := t.phone.ask(ctx, req)
	if err != nil || a.Status == 491 {
		return 0, err == nil, err
	}
	if flow, ok := t.phone.flow(); ok {
		t.phone.x.stack.Send(flow, stack.NewRequest(stack.MethodAck, far, from, to, t.callID, seq))
	}
	answer, err := sdp.Parse(a.Body)
	if err != nil {
		return 0, false, fmt.Errorf("%d: %w", a.Status, err)
	}
	theirs, err := answer.Audio(sdp.Plain)
	if err != nil {
		return 0, false, err
	}
	at = theirs.Addr
	t.mu.Lock()
	t.sing(at, hz)
	t.mu.Unlock()
	return theirs.Direction, false, nil
}

// A carrier holds a call and plays music of its own, whichever side called: the phone of the office is told that it is held and hears the carrier's music, and not that
// of its group; afterwards it hears the other side again (ADR 131).
func TestMusicOfACarrierPassesThrough(t *testing.T) {
	s := start(t)
	s.claim()
	alice, account := s.person("Alice", "150")
	ctx, desk, carrier, rung := s.deskAndCarrier(account)
	line := s.call(201, "POST", "/v1/trunks", object{"name": "Carrier", "host": carrier.local.String(), "transport": "udp", "shows": "+4930555100"})
	eventually(t, "the carrier answers", func() bool {
		return s.call(200, "GET", "/v1/trunks/"+line.Text("id"), nil).Text("state", "state") == "up"
	})
	s.call(201, "POST", "/v1/numbers", object{"number": "+4930555150", "to": object{"kind": "user", "id": alice}})
	top := s.call(200, "GET", "/v1/groups", nil).Text("items", 0, "id")
	s.call(200, "PUT", "/v1/groups/"+top+"/music", pure(t, 800))
	outside := carrier.Add("+4989111222", "")
	called := make(chan *Talk, 1)
	outside.Ringing = func(c *Talk) { called <- c }

	for _, in := range []bool{true, false} {
		dials, rings, number := outside, rung, "+4930555150"
		if !in {
			dials, rings, number = desk, called, "089111222"
		}
		first, err := dials.Dial(ctx, number)
		if err != nil {
			t.Fatal(err)
		}
		second := receive(t, ctx, rings, first)
		if err := second.Answer(ctx); err != nil {
			t.Fatal(err)
		}
		await(t, ctx, first.Answered(), first)
		far, ours := first, second
		if !in {
			far, ours = second, first
		}
		hears := ours.hear()
		phase := func() string { return s.call(200, "GET", "/v1/calls/live", nil).Text("items", 0, "phase") }
		await(t, ctx, second.Confirmed(), second)
		eventually(t, "sound flows", hears.something)
		seq := uint32(200)
		for _, as := range []struct {
			what     string
			way      sdp.Direction
			hz       float64
			answered sdp.Direction
			phase    string
		}{{"talks", sdp.SendRecv, 600, sdp.SendRecv, "talking"}, {"holds, with music of its own", sdp.SendOnly, 1000, sdp.RecvOnly, "held"}, {"talks again", sdp.SendRecv, 600, sdp.SendRecv, "talking"}} {
			var d sdp.Direction
			eventually(t, "the other side "+as.what, func() bool {
				seq++
				var again bool
				d, again, err = far.becomes(ctx, seq, as.way, as.hz)
				return !again
			})
			if err != nil || d != as.answered {
				t.Fatalf("the other side %s, and is answered %v, %v", as.what, d, err)
			}
			eventually(t, "the other side "+as.what+": that alone is heard at the desk", func() bool { return hears.only(as.hz) && phase() == as.phase })
		}
		ours.Hangup()
		await(t, ctx, far.Ended(), far)
		eventually(t, "the call is over", func() bool { return len(s.call(200, "GET", "/v1/calls/live", nil).Items()) == 0 })
	}
}
