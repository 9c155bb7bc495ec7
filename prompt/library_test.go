package prompt

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tandem/audio"
	"tandem/i18n"
)

var update = flag.Bool("update", false, "make the sounds whose texts have changed; needs espeak-ng and opusenc")

// voices are those of espeak-ng that speak, and how fast: part of each clip's mark.
var voices = map[string]string{"en": "en-gb 165", "de": "de 165", "pl": "pl 165", "ru": "ru 165", "id": "id 160"}

func catalog(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func library(t testing.TB) *Library {
	t.Helper()
	l, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Every text that can be spoken has its sound in every language, made of exactly this text, and no sound is left of a text that is gone.
func TestSoundsBelongToTheirTexts(t *testing.T) {
	c := catalog(t)
	if *update {
		for _, language := range i18n.Languages() {
			record(t, c, language)
		}
		return // what was built into this test is what was there before
	}
	l := library(t)
	for _, language := range i18n.Languages() {
		keys := c.Spoken(language)
		for _, key := range keys {
			text := c.Say(language, i18n.T(key))
			at, ok := l.packs[language].index[key]
			if !ok || at.Mark != MarkOf(voices[language], text) {
				t.Errorf("%s: %s has no sound, or that of another text, for %q; run `make prompts`", language, key, text)
			}
		}
		if len(l.packs[language].index) != len(keys) {
			t.Errorf("%s: %d sounds for %d texts; run `make prompts`", language, len(l.packs[language].index), len(keys))
		}
	}
	if len(l.packs) != len(i18n.Languages()) {
		t.Errorf("sounds in %d languages", len(l.packs))
	}
}

// The sounds are speech: loud enough, not cut off, no longer than their texts, and none of them dials (talk-off).
func TestSoundsAreSpeech(t *testing.T) {
	c, l := catalog(t), library(t)
	size := 0
	for _, language := range i18n.Languages() {
		size += len(l.packs[language].data)
		for _, key := range c.Spoken(language) {
			clip, ok := l.Clip(language, key)
			if !ok {
				t.Fatalf("%s: %s is missing", language, key)
			}
			wide := clip.Samples
			text := c.Say(language, i18n.T(key))
			seconds := clip.Length().Seconds()
			if per := seconds / float64(len([]rune(text))); seconds < 0.1 || per > 0.25 || len([]rune(text)) > 12 && per < 0.03 {
				t.Errorf("%s: %s takes %.2f s for %q", language, key, seconds, text)
			}
			if level := audio.Level(wide); level < -30 || level > -10 {
				t.Errorf("%s: %s is %.1f dB loud", language, key, level)
			}
			for name, edge := range map[string][]int16{"begins": wide[:160], "ends": wide[len(wide)-160:]} {
				if level := audio.Level(edge); level > -20 {
					t.Errorf("%s: %s %s at %.1f dB", language, key, name, level)
				}
			}
			var h audio.Halver
			var k audio.Keypad
			if got := k.Hear(nil, h.Halve(nil, wide)); len(got) > 0 {
				t.Errorf("%s: %s dials %q", language, key, got)
			}
		}
	}
	if size > 6<<20 {
		t.Errorf("the sounds have %d bytes", size)
	}
}

func TestClip(t *testing.T) {
	l := library(t)
	if c, ok := l.Clip("xx", "say.goodbye"); !ok || c.Length() != l.Length("en", "say.goodbye") || c.Length() == 0 {
		t.Error("a language nobody knows is silent")
	}
	if _, ok := l.Clip("de", "say.nothing"); ok {
		t.Error("a sound without a text")
	}
	if a, b := MarkOf("v", "text"), MarkOf("v", "text "); a == b || a != MarkOf("v", "text") {
		t.Error("marks")
	}
	for _, b := range []string{"", "{}x", `{"a":{"at":0,"size":5}}` + "\nabcd", `{"a":{"at":-1,"size":1}}` + "\nabcd"} {
		if _, err := open([]byte(b)); err == nil {
			t.Errorf("%q is a pack", b)
		}
	}
}

// record makes the file of one language anew; sounds whose texts did not change are taken over.
func record(t *testing.T, c *i18n.Catalog, language string) {
	t.Helper()
	path := filepath.Join("clips", language+ending)
	var old pack
	if b, err := os.ReadFile(path); err == nil {
		if old, err = open(b); err != nil {
			t.Fatal(err)
		}
	}
	known := map[string]place{}
	for _, at := range old.index {
		known[at.Mark] = at
	}
	index, where := map[string]place{}, map[string]place{}
	var data []byte
	for _, key := range c.Spoken(language) {
		text := c.Say(language, i18n.T(key))
		mark := MarkOf(voices[language], text)
		at, done := where[mark]
		if !done {
			var coded []byte
			if at, done = known[mark]; done {
				coded = old.data[at.At : at.At+at.Size]
			} else {
				coded, at = speak(t, voices[language], text)
			}
			at.Mark, at.At, at.Size = mark, len(data), len(coded)
			data = append(data, coded...)
			where[mark] = at
		}
		index[key] = at
	}
	head, err := json.Marshal(index)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(append(head, '\n'), data...), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d texts, %d sounds, %d bytes", language, len(index), len(where), len(data))
}

// speak lets espeak-ng read a text and makes a clip of it: 16 kHz, trimmed, as loud as all others.
func speak(t *testing.T, voice, text string) ([]byte, place) {
	t.Helper()
	var name string
	var speed int
	if _, err := fmt.Sscan(voice, &name, &speed); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ",") && !strings.HasSuffix(text, ":") {
		text += "," // a part of a sentence does not sound like its end
	}
	cmd := exec.Command("espeak-ng", "-v", name, "-s", fmt.Sprint(speed), "--stdout", text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("espeak-ng: %v", err)
	}
	w, err := audio.ParseWAV(out)
	if err != nil {
		t.Fatal(err)
	}
	samples := audio.Resample(w.Samples, w.Rate, 16000)
	samples = trimmed(samples)
	even(samples)
	cmd = exec.Command("opusenc", "--quiet", "--bitrate", "16", "--framesize", "60", "--speech", "--discard-comments",
		"--raw", "--raw-rate", "16000", "--raw-chan", "1", "-", "-")
	cmd.Stdin = bytes.NewReader(audio.WAV{Rate: 16000, Samples: samples}.Encode()[audio.WAVHead:])
	if out, err = cmd.Output(); err != nil {
		t.Fatalf("opusenc: %v", err)
	}
	list := packets(out)
	if len(list) < 3 || len(list[0]) < 12 || string(list[0][:8]) != "OpusHead" {
		t.Fatalf("%q became no Opus", text)
	}
	at := place{Skip: (int(list[0][10]) | int(list[0][11])<<8) / 3, Long: len(samples)}
	var coded []byte
	for _, p := range list[2:] {
		coded = append(append(coded, byte(len(p)>>8), byte(len(p))), p...)
	}
	return coded, at
}

// packets takes an Ogg file apart (RFC 3533 §6).
func packets(b []byte) (list [][]byte) {
	var p []byte
	for len(b) > 27 && string(b[:4]) == "OggS" {
		n := int(b[26])
		table, body := b[27:27+n], b[27+n:]
		for _, size := range table {
			p, body = append(p, body[:size]...), body[size:]
			if size < 255 {
				list, p = append(list, p), nil
			}
		}
		b = body
	}
	return list
}

// trimmed leaves 30 ms of quiet before the first sound and 60 ms after the last.
func trimmed(samples []int16) []int16 {
	const piece = 160
	first, last := len(samples), 0
	for at := 0; at+piece <= len(samples); at += piece {
		if audio.Level(samples[at:at+piece]) > -45 {
			first, last = min(first, at), at+piece
		}
	}
	out := append([]int16(nil), samples[max(first-480, 0):min(last+960, len(samples))]...)
	for i := range 160 { // no edge, whatever was cut
		out[i] = int16(int(out[i]) * i / 160)
		out[len(out)-1-i] = int16(int(out[len(out)-1-i]) * i / 160)
	}
	return out
}

// even brings speech to -20 dB, its pauses left out, as long as no peak is cut.
func even(samples []int16) {
	const piece = 320
	var loud []int16
	peak := 1
	for at := 0; at+piece <= len(samples); at += piece {
		if p := samples[at : at+piece]; audio.Level(p) > -40 {
			loud = append(loud, p...)
		}
	}
	for _, v := range samples {
		peak = max(peak, int(v), -int(v))
	}
	gain := min(math.Pow(10, (-20-audio.Level(loud))/20), 26000/float64(peak))
	for i, v := range samples {
		samples[i] = int16(float64(v) * gain)
	}
}
