package officetest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/audio"
)

// Two real phones register with what the API returned, call each other, hear each other's tone, hold and hang up; the record, the live
// events and the audit log tell of it.
func TestBaresip(t *testing.T) {
	for _, tt := range []struct {
		name      string
		transport string
		srtp      bool
		codec     string
		rate      int // of the tone: the phone does not resample its source
		channels  int
		deaf      bool // the phone's own decoder is broken: two of them hear nothing without any server between them either
	}{
		{"UDP, PCMU", "udp", false, "PCMU", 8000, 1, false},
		{"TCP, PCMA", "tcp", false, "PCMA", 8000, 1, false},
		{"UDP, G.722", "udp", false, "G722", 16000, 1, true},
		{"TLS, SRTP, PCMA", "tls", true, "PCMA", 8000, 1, false},
		{"TLS, SRTP, Opus", "tls", true, "opus", 48000, 2, false},
	} {
		t.Run(tt.name, func(t *testing.T) { realCall(t, tt.transport, tt.srtp, tt.codec, tt.rate, tt.channels, tt.deaf) })
	}
}

func realCall(t *testing.T, transport string, srtp bool, codec string, rate, channels int, deaf bool) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	s := start(t)
	s.claim()
	_, alice := s.person("Alice", "101")
	_, bob := s.person("Bob", "102")
	events := s.listen(ctx)
	phone := func(name string, a Account, hz float64) *Baresip {
		a.Server, a.Transport, a.SRTP = s.reach(transport), transport, srtp
		b, err := StartBaresip(ctx, filepath.Join(t.TempDir(), name), toneFile(t, hz, rate, channels), a, fmt.Sprintf("%s/%d/%d", codec, rate, channels))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		// It may register before it reads its control connection; then the event is told to nobody, but the log has it.
		eventually(t, name+"'s phone registers", func() bool { return strings.Contains(b.Log(), "[1 binding]") })
		return b
	}
	a, b := phone("alice", alice, 440), phone("bob", bob, 700)
	eventually(t, "both phones shown as registered", func() bool { return s.call(200, "GET", "/v1/overview", nil).At("registered") == 2.0 })

	do(t, a, "dial", "sip:102@"+s.reach(transport))
	if in := expect(t, ctx, b, "CALL_INCOMING"); !strings.Contains(in.Peer, "101") {
		t.Errorf("Bob sees a call from %q, want Alice's extension", in.Peer)
	}
	expect(t, ctx, a, "CALL_RINGING", "CALL_PROGRESS")
	if got := events.until(t, "call", "phase", "ringing"); got.Text("from", "name") != "Alice" || got.Text("to", "name") != "Bob" {
		t.Errorf("live event %v", got)
	}
	do(t, b, "accept", "")
	expect(t, ctx, a, "CALL_ESTABLISHED")
	expect(t, ctx, b, "CALL_ESTABLISHED")
	talking := events.until(t, "call", "phase", "talking")
	if live := s.call(200, "GET", "/v1/calls/live", nil); live.At("items", 0, "id") != talking.At("id") {
		t.Errorf("live list %v, want %v", live, talking)
	}
	for _, p := range []struct {
		phone *Baresip
		hz    float64
	}{{a, 700}, {b, 440}} {
		if deaf {
			eventually(t, "sound arrives", func() bool { return strings.Contains(p.phone.Log(), "incoming rtp for 'audio' established") })
		} else {
			heard(t, p.phone, p.hz)
		}
	}

	do(t, a, "hold", "")
	events.until(t, "call", "phase", "held")
	do(t, a, "resume", "")
	events.until(t, "call", "phase", "talking")
	do(t, a, "hangup", "")
	expect(t, ctx, b, "CALL_CLOSED")
	events.until(t, "call.ended", "id", talking.Text("id"))

	record := s.call(200, "GET", "/v1/calls/"+talking.Text("id"), nil)
	for path, want := range map[string]any{"cause": "hangup", "dialled": "102", "secure": srtp} {
		if got := record.At(path); got != want && !(want == false && got == nil) {
			t.Errorf("record: %s = %v, want %v\n%v", path, got, want, record)
		}
	}
	if record.Text("reason") == "" || record.Text("by", "name") != "Alice" || record.At("trace", 0) == nil {
		t.Errorf("record does not say how it ended and why it rang: %v", record)
	}
	if !strings.EqualFold(record.Text("codec"), codec) {
		t.Errorf("codec %v, want %s", record.At("codec"), codec)
	}
	audit := s.call(200, "GET", "/v1/audit?limit=100", nil)
	kinds := map[string]int{}
	for i := range audit["items"].([]any) {
		kinds[audit.Text("items", i, "kind")]++
	}
	if kinds["setup.claimed"] != 1 || kinds["user.created"] < 2 || kinds["device.created"] != 2 {
		t.Errorf("audit log: %v", kinds)
	}
	if v := s.call(200, "GET", "/v1/audit/verify", nil); v.At("ok") != true {
		t.Errorf("audit log does not verify: %v", v)
	}
}

func do(t *testing.T, b *Baresip, command, params string) {
	t.Helper()
	if err := b.Do(command, params); err != nil {
		t.Fatal(err)
	}
}

// types presses keys during a call, one after the other.
func types(t *testing.T, b *Baresip, keys string) {
	t.Helper()
	for _, key := range keys {
		do(t, b, "sndcode", string(key))
		do(t, b, "sndcode", "\x04") // let go
	}
}

func expect(t *testing.T, ctx context.Context, b *Baresip, types ...string) BaresipEvent {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	e, err := b.Wait(ctx, types...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// heard waits until a phone has recorded, in its latest call, a second in which almost nothing but the tone is left.
func heard(t *testing.T, b *Baresip, hz float64) {
	t.Helper()
	eventually(t, "a clean tone in the recording of the call", func() bool {
		raw, err := os.ReadFile(b.Hears())
		if err != nil || len(raw) < 1000 {
			return false
		}
		best, w := 0.0, leftChannel(raw)
		for from := 0; w.Rate > 0 && from+w.Rate <= len(w.Samples); from += w.Rate / 4 {
			best = max(best, audio.Purity(w.Samples[from:from+w.Rate], hz, w.Rate))
		}
		return best > 0.95
	})
}

// leftChannel reads the sound of a 16-bit WAV file that may still be being written, so that its sizes are not right yet.
func leftChannel(b []byte) audio.WAV {
	le := binary.LittleEndian
	format, data := bytes.Index(b, []byte("fmt ")), bytes.Index(b, []byte("data"))
	if format < 0 || data < format+24 {
		return audio.WAV{}
	}
	channels := int(le.Uint16(b[format+10:]))
	w := audio.WAV{Rate: int(le.Uint32(b[format+12:]))}
	for i := data + 8; i+2*channels <= len(b); i += 2 * channels {
		w.Samples = append(w.Samples, int16(le.Uint16(b[i:])))
	}
	return w
}

// stream is the live event stream as a browser reads it.
type stream struct{ events chan object }

func (s *server) listen(ctx context.Context) *stream {
	s.t.Helper()
	req, err := http.NewRequestWithContext(ctx, "GET", s.Base+"/v1/events", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	client := &http.Client{Jar: s.HTTP.Jar}
	answer, err := client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	if answer.StatusCode != 200 {
		s.t.Fatalf("events: %d", answer.StatusCode)
	}
	out := &stream{events: make(chan object, 4096)}
	go func() {
		defer answer.Body.Close()
		defer close(out.events)
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 1<<20)
		name := ""
		for lines.Scan() {
			if v, ok := strings.CutPrefix(lines.Text(), "event:"); ok {
				name = strings.TrimSpace(v)
			}
			if v, ok := strings.CutPrefix(lines.Text(), "data:"); ok {
				e := object{}
				if json.Unmarshal([]byte(v), &e) == nil {
					e["event"] = name
					out.events <- e
				}
			}
		}
	}()
	return out
}

// until reads the stream until an event whose field has the value.
func (s *stream) until(t *testing.T, event, field, value string) object {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		select {
		case e, ok := <-s.events:
			if !ok {
				t.Fatalf("the event stream ended before %s with %s=%s", event, field, value)
			}
			if e["event"] == event && e.Text(field) == value {
				return e
			}
		case <-ctx.Done():
			t.Fatalf("no event %s with %s=%s", event, field, value)
		}
	}
}
