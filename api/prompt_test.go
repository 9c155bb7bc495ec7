package api

import (
	"bytes"
	"strings"
	"testing"

	"tandem/audio"
)

// A sentence is played as it is built in, replaced, played in ranges, replaced again and put back; every refusal says what is wrong.
func TestPrompts(t *testing.T) {
	o := newOffice(t)
	var list Page[Prompt]
	o.ask("sven", "GET", "/v1/prompts?language=pl", "").json(t, &list)
	if list.Total < 250 || len(list.Items) != list.Total || list.Items[0].Language != "pl" || list.Items[0].Text == "" || list.Items[0].Seconds <= 0 || list.Items[0].Own ||
		strings.HasPrefix(list.Items[0].Key, "say.n.") || list.Items[list.Total-1].Key != "say.yesterday" {
		t.Fatalf("%d prompts", list.Total)
	}
	const path = "/v1/prompts/pl/say.goodbye/sound"
	built := o.ask("sven", "GET", path, "").body
	if w, err := audio.ParseWAV(built); err != nil || w.Rate != 16000 || len(w.Samples) < 4000 {
		t.Errorf("%v, %d samples", err, len(w.Samples))
	}
	put := func(body string) reply {
		t.Helper()
		return o.ask("sven", "PUT", path, body, "Content-Type", "audio/wav")
	}
	tone := func(rate, n int) string {
		return string(audio.WAV{Rate: rate, Samples: audio.Tone(440, rate, n)}.Encode())
	}
	var p Prompt
	put(tone(44100, 44100)).json(t, &p)
	if !p.Own || p.Seconds < 0.99 || p.Seconds > 1.01 || p.Replaced == nil || !strings.Contains(p.Sound, "?v=") {
		t.Errorf("%+v", p)
	}
	own := o.ask("sven", "GET", p.Sound, "").body
	w, err := audio.ParseWAV(own)
	if err != nil || w.Rate != 16000 || audio.Purity(w.Samples[1000:15000], 440, 16000) < 0.999 {
		t.Errorf("%v: it is another sound", err)
	}
	if part := o.ask("sven", "GET", p.Sound, "", "Range", "bytes=40-99"); part.StatusCode != 206 || !bytes.Equal(part.body, own[40:100]) {
		t.Errorf("%d, %d bytes", part.StatusCode, len(part.body))
	}
	put(tone(8000, 4000)).json(t, &p)
	if p.Seconds != 0.5 {
		t.Errorf("%+v", p)
	}
	for body, key := range map[string]string{
		"no sound":          "prompt.unreadable",
		tone(8000, 0):       "prompt.length",
		tone(8000, 2500000): "prompt.length",
		tone(4000, 4000):    "prompt.rate",
		string(audio.WAV{Rate: 8000, Samples: make([]int16, 8000)}.Encode()): "prompt.silent",
	} {
		if r := put(body); r.StatusCode != 422 && r.StatusCode != 400 || !strings.Contains(string(r.body), key) {
			t.Errorf("%s: %d %.200s", key, r.StatusCode, r.body)
		}
	}
	for _, path := range []string{"/v1/prompts/pl/say.nothing/sound", "/v1/prompts/xx/say.goodbye/sound", "/v1/prompts/pl/fact.user.created/sound"} {
		if r := o.ask("sven", "GET", path, ""); r.StatusCode != 404 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	if r := o.ask("sven", "DELETE", path, ""); r.StatusCode != 204 {
		t.Errorf("reset: %d", r.StatusCode)
	}
	if back := o.ask("sven", "GET", path, "").body; !bytes.Equal(back, built) {
		t.Error("the built-in sound is not back")
	}
	if r := o.ask("sven", "DELETE", path, ""); r.StatusCode != 404 {
		t.Errorf("reset twice: %d", r.StatusCode)
	}
}
