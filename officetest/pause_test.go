package officetest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tandem/audio"
	"tandem/house"
)

// journal is a log that is read while it is written.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// A real phone pauses the recording by key while the other side says and types the number of a card, by telephone events and by INFO; a program does, and the recording goes
// on by itself. What was said meanwhile is not in the file, and what was typed is nowhere: not in the log, which tells all it can, and not in the data
// directory with records, facts and sound (BAR PR-02).
func TestBaresipPausesRecording(t *testing.T) {
	const card = "4929718362540093"
	for _, keys := range []string{"rtpevent", "info"} {
		t.Run(keys, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
			defer cancel()
			log, data := &journal{}, t.TempDir()
			s := start(t, func(c *house.Config) {
				c.Data, c.Log = data, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			s.claim()
			s.call(200, "PATCH", "/v1/recording-rules/office", object{"mode": "always", "notice": "silent"})
			var phones []*Baresip
			for i, name := range []string{"Alice", "Bob"} {
				_, a := s.person(name, fmt.Sprint(101+i))
				a.Server, a.Transport, a.Keys = s.reach("udp"), "udp", keys
				phones = append(phones, s.softphone(ctx, name, a, []float64{440, 1000}[i], "PCMU/8000/1"))
			}
			alice, bob := phones[0], phones[1]
			events := s.listen(ctx)
			do(t, alice, "dial", "sip:102@"+s.reach("udp"))
			expect(t, ctx, bob, "CALL_INCOMING")
			do(t, bob, "accept", "")
			expect(t, ctx, alice, "CALL_ESTABLISHED")
			expect(t, ctx, bob, "CALL_ESTABLISHED")
			stands := func(want string) object {
				t.Helper()
				return events.until(t, "call", "recording", want)
			}
			speaks := func(hz float64) {
				do(t, alice, "ausrc", "aufile,"+toneFile(t, hz, 8000, 1))
				heard(t, bob, hz)
			}
			id := stands("on").Text("id")
			heard(t, bob, 440)

			types(t, bob, "*3")
			if stands("paused").Text("resumes") == "" {
				t.Error("nobody sees when it goes on")
			}
			types(t, alice, card)
			speaks(700)
			speaks(550)
			types(t, bob, "*3")
			stands("on")

			s.call(202, "POST", "/v1/calls/live/"+id+"/recording", object{"do": "pause", "resume_after": 5})
			stands("on")
			speaks(370)
			do(t, alice, "hangup", "")
			expect(t, ctx, bob, "CALL_CLOSED")
			events.until(t, "call.ended", "id", id)
			var rec object
			eventually(t, "the recording to be whole", func() bool {
				rec = s.call(200, "GET", "/v1/recordings?call="+id, nil)
				return fmt.Sprint(rec.At("items", 0, "id")) != "<nil>" && fmt.Sprint(rec.At("items", 0, "running")) != "true"
			})
			left, right := s.stereo(ctx, "/v1/recordings/"+rec.Text("items", 0, "id")+"/sound")
			for hz, want := range map[float64]bool{440: true, 370: true, 700: false} {
				if got := purest(left, hz); got > 0.9 != want || !want && got > 0.1 {
					t.Errorf("Alice's side has %.0f Hz at %.2f, want it %v", hz, got, want)
				}
			}
			if purest(right, 1000) < 0.9 {
				t.Error("Bob's side is not there")
			}
			if n := len(rec.At("items", 0, "pauses").([]any)); n != 2 {
				t.Errorf("it tells of %d pauses", n)
			}

			s.halt()
			if strings.Contains(log.String(), card[:6]) || strings.Contains(log.String(), "Signal=") {
				t.Error("the log has what was typed")
			}
			for _, line := range strings.Split(log.String(), "\n") {
				if strings.Contains(line, "digit=") || strings.Contains(line, "key=") {
					t.Errorf("the log tells of a key: %s", line)
				}
			}
			for name, b := range files(t, data) {
				if bytes.Contains(b, []byte(card[:6])) || bytes.Contains(b, []byte("Signal=")) {
					t.Errorf("%s has what was typed", name)
				}
			}
		})
	}
}

// purest is how much of the purest second of a sound is one tone.
func purest(samples []int16, hz float64) (best float64) {
	for from := 0; from+8000 <= len(samples); from += 2000 {
		best = max(best, audio.Purity(samples[from:from+8000], hz, 8000))
	}
	return best
}

// files are all that lie below a directory, by their names there.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		all[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
