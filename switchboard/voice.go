package switchboard

import (
	"time"

	"tandem/i18n"
	"tandem/media"
	"tandem/prompt"
)

// breath is how long a pause within speech lasts.
const breath = 250 * time.Millisecond

// Voice makes sound of what is to be said.
type Voice struct {
	Library *prompt.Library
	// Own finds the sound by which an office has replaced a sentence; nil where no office can.
	Own func(language, key string) (media.Sound, bool)
}

// Say is a playlist of spoken keys – sentences of the catalogue, and what i18n.Say makes of numbers and times. A key without any sound is left out.
func (v *Voice) Say(language string, keys ...string) media.Playlist {
	var list media.Playlist
	for _, k := range keys {
		if k == i18n.Pause {
			list.Sounds = append(list.Sounds, media.Sound{Quiet: breath})
			continue
		}
		if v.Own != nil {
			if s, ok := v.Own(language, k); ok {
				list.Sounds = append(list.Sounds, s)
				continue
			}
		}
		if c, ok := v.Library.Clip(language, k); ok {
			list.Sounds = append(list.Sounds, media.Sound{Rate: prompt.Rate, Samples: c.Samples})
		}
	}
	return list
}
