package switchboard

import (
	"testing"
	"time"

	"tandem/i18n"
	"tandem/media"
	"tandem/prompt"
)

// What is to be said becomes sound, in order; the office's own sounds come first.
func TestVoice(t *testing.T) {
	library, err := prompt.Load()
	if err != nil {
		t.Fatal(err)
	}
	own := media.Sound{Rate: 8000, Samples: make([]int16, 800)}
	v := Voice{Library: library, Own: func(language, key string) (media.Sound, bool) { return own, language == "de" && key == "say.goodbye" }}
	list := v.Say("de", append(i18n.Say("de").Phone("+4930123"), "say.goodbye", "say.nothing_of_that_name")...)
	if len(list.Sounds) != 1+3+1+4+1 || list.Sounds[4].Quiet != breath || len(list.Sounds[9].Samples) != 800 || list.Loop {
		t.Errorf("%d sounds", len(list.Sounds))
	}
	var long time.Duration
	for _, s := range list.Sounds {
		if long += s.Length(); s.Length() <= 0 {
			t.Error("a sound without length")
		}
	}
	if long < 2*time.Second || long > 8*time.Second {
		t.Errorf("a number takes %v", long)
	}
	if other := v.Say("pl", "say.goodbye"); len(other.Sounds) != 1 || other.Sounds[0].Rate != prompt.Rate {
		t.Error("Polish has the German office's sound")
	}
}
