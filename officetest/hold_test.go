package officetest

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tandem/audio"
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
