package officetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/audio"
)

// Two real phones talk while the office records: both hear that first, then each side's tone, and nothing else, is in its own channel; who
// listened stands in a list (PR-01, N-15).
func TestBaresipRecording(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	s := start(t)
	s.claim()
	s.call(200, "PATCH", "/v1/recording-rules/office", map[string]any{"mode": "always"})
	alice, bob := s.handset(ctx, "Alice", "101", 440), s.handset(ctx, "Bob", "102", 1000)
	events := s.listen(ctx)
	eventually(t, "all phones shown as registered", func() bool { return s.call(200, "GET", "/v1/overview", nil).At("registered") == 2.0 })
	do(t, alice, "dial", "sip:102@"+s.reach("udp"))
	expect(t, ctx, bob, "CALL_INCOMING")
	do(t, bob, "accept", "")
	expect(t, ctx, alice, "CALL_ESTABLISHED")
	expect(t, ctx, bob, "CALL_ESTABLISHED")
	eventually(t, "the recording to begin", func() bool {
		return fmt.Sprint(s.call(200, "GET", "/v1/calls/live", nil).At("items", 0, "recording")) == "on"
	})
	heard(t, alice, 1000)
	heard(t, bob, 440)
	id := s.call(200, "GET", "/v1/calls/live", nil).Text("items", 0, "id")
	do(t, alice, "hangup", "")
	expect(t, ctx, bob, "CALL_CLOSED")
	events.until(t, "call.ended", "id", id)
	var rec string
	eventually(t, "the recording to be whole", func() bool {
		list := s.call(200, "GET", "/v1/recordings?call="+id, nil)
		if fmt.Sprint(list.At("items", 0, "running")) == "true" || fmt.Sprint(list.At("items", 0, "id")) == "<nil>" {
			return false
		}
		rec = list.Text("items", 0, "id")
		return true
	})
	left, right := s.stereo(ctx, "/v1/recordings/"+rec+"/sound")
	if purest(left, 440) < 0.95 || purest(right, 1000) < 0.95 || purest(left, 1000) > 0.1 || purest(right, 440) > 0.1 {
		t.Errorf("left 440 %f 1000 %f, right 1000 %f 440 %f, %d samples", purest(left, 440), purest(left, 1000), purest(right, 1000), purest(right, 440), len(left))
	}
	one := s.call(200, "GET", "/v1/recordings/"+rec, nil)
	if one.Text("from", "name") != "Alice" || one.Text("to", "name") != "Bob" || len(one.At("consent").([]any)) != 2 {
		t.Errorf("%v", one)
	}
	if h := s.call(200, "GET", "/v1/recordings/"+rec+"/hearings", nil); len(h.At("items").([]any)) != 1 {
		t.Errorf("who listened: %v", h)
	}
	peaks := s.call(200, "GET", "/v1/recordings/"+rec+"/peaks?steps=20", nil)
	loud := 0
	for _, v := range peaks.At("from").([]any) {
		if v.(float64) > 0.05 {
			loud++
		}
	}
	if loud < 10 {
		t.Errorf("it looks like %v", peaks)
	}
}

// A rule is set in a real browser, and the recording of a call of two phones is heard, listed, held, deleted and taken back there; the scenario
// is web/test/browser/recording.mjs.
func TestRecordingInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	alice, bob := s.handset(ctx, "Alice", "151", 440), s.handset(ctx, "Bob", "152", 1000)
	s.plays(ctx, "recording", func(line []byte) {
		switch {
		case strings.Contains(string(line), `"call"`):
			do(t, alice, "dial", "sip:152@"+s.reach("udp"))
			expect(t, ctx, bob, "CALL_INCOMING")
			do(t, bob, "accept", "")
			expect(t, ctx, alice, "CALL_ESTABLISHED")
			eventually(t, "the recording to begin", func() bool {
				return fmt.Sprint(s.call(200, "GET", "/v1/calls/live", nil).At("items", 0, "recording")) == "on"
			})
			heard(t, bob, 440)
		case strings.Contains(string(line), `"end"`):
			do(t, alice, "hangup", "")
		}
	})
}

// stereo fetches a sound as its two channels at 8 kHz.
func (s *server) stereo(ctx context.Context, path string) (left, right []int16) {
	s.t.Helper()
	r, err := s.Do(ctx, http.MethodGet, path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	raw := r.Body
	if r.Status != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "audio/wav") || len(raw) < audio.WAVHead {
		s.t.Fatalf("%s: %d, %d bytes", path, r.Status, len(raw))
	}
	step := 4 * int(binary.LittleEndian.Uint32(raw[24:])) / 8000 // what has settled is played at 16 kHz
	for b := raw[audio.WAVHead:]; len(b) >= step; b = b[step:] {
		left = append(left, int16(binary.LittleEndian.Uint16(b)))
		right = append(right, int16(binary.LittleEndian.Uint16(b[2:])))
	}
	return left, right
}
