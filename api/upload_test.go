package api

import (
	"math"
	"os"
	"strings"
	"testing"

	"tandem/audio"
)

// An upload is read by what it is: a tone of 440 Hz in MP3, in FLAC of 16 and of 24 bits, in Ogg Opus and in WAV is one and the same tone.
func TestUploadsAreRead(t *testing.T) {
	for file, rate := range map[string]int{"tone.mp3": 44100, "tone.flac": 16000, "tone24.flac": 48000, "tone.opus": 16000} {
		b, err := os.ReadFile("testdata/sound/" + file)
		if err != nil {
			t.Fatal(err)
		}
		w, err := readSound(b)
		if err != nil || w.Rate != rate || math.Abs(float64(len(w.Samples))/float64(rate)-1) > 0.08 {
			t.Fatalf("%s: %v, %d samples of %d", file, err, len(w.Samples), w.Rate)
		}
		crossings := 0
		for i := rate / 4; i < rate/2; i++ {
			if w.Samples[i-1] < 0 && w.Samples[i] >= 0 {
				crossings++
			}
		}
		if hz := crossings * 4; hz < 430 || hz > 450 || audio.Level(w.Samples) < -30 {
			t.Errorf("%s: %d Hz at %.1f dB", file, hz, audio.Level(w.Samples))
		}
		if _, err := readSound(b[:len(b)/3]); err == nil && file != "tone.mp3" {
			t.Errorf("%s cut off is read as if it were whole", file)
		}
	}
	for _, b := range []string{"", "fLaC", "OggS", "ID3", "\xff\xfb", "RIFF", "hello"} {
		if _, err := readSound([]byte(b)); err == nil {
			t.Errorf("%q is a sound", b)
		}
	}
}

// FuzzUpload throws octets at the readers: they refuse or read, and never fail otherwise.
func FuzzUpload(f *testing.F) {
	for _, file := range []string{"tone.mp3", "tone.flac", "tone24.flac", "tone.opus"} {
		b, err := os.ReadFile("testdata/sound/" + file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:min(len(b), 4000)])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if w, err := readSound(b); err == nil && (w.Rate <= 0 || len(w.Samples) > mostUploaded+1<<20) {
			t.Errorf("%d samples of %d", len(w.Samples), w.Rate)
		}
	})
}

// The music of a queue and of park positions is uploaded, heard and taken away by those who may change them; a change is taken back with its sound.
func TestMusicIsUploaded(t *testing.T) {
	o := live(t)
	b, err := os.ReadFile("testdata/sound/tone.mp3")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/queues/<sales queue>", "/v1/parks/<sales park>", "/v1/groups/<sales>"} {
		var row struct{ Music *Music }
		if r := o.ask("olga", "PUT", path+"/music", string(b), "Content-Type", "audio/wav"); r.StatusCode != 200 {
			t.Fatalf("%s: %d %v", path, r.StatusCode, r.error())
		} else if r.json(t, &row); row.Music == nil || math.Abs(row.Music.Seconds-1) > 0.1 {
			t.Errorf("%s: %+v", path, row.Music)
		}
		if r := o.ask("olga", "GET", row.Music.Sound, ""); r.StatusCode != 200 || r.Header.Get("Content-Type") != "audio/wav" {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.Header.Get("Content-Type"))
		}
		hidden := map[bool]int{true: 403, false: 404}[strings.HasPrefix(path, "/v1/groups")] // of his group somebody knows
		if r := o.ask("uwe", "PUT", path+"/music", string(b), "Content-Type", "audio/wav"); r.StatusCode != hidden {
			t.Errorf("%s: who may not change it: %d", path, r.StatusCode)
		}
		if r := o.ask("olga", "PUT", path+"/music", "hello", "Content-Type", "audio/wav"); r.StatusCode != 422 || refusedAs(t, r).Key != "prompt.unreadable" {
			t.Errorf("%s: no sound: %d %v", path, r.StatusCode, r.error())
		}
		row.Music = nil
		if o.ask("olga", "DELETE", path+"/music", "").json(t, &row); row.Music != nil {
			t.Errorf("%s: %+v", path, row.Music)
		}
		if r := o.ask("olga", "DELETE", path+"/music", ""); r.StatusCode != 404 {
			t.Errorf("%s: taken away twice: %d", path, r.StatusCode)
		}
	}
}
