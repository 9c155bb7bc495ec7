package switchboard

import (
	"strings"

	"tandem/call"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
)

// screen tells who picked a leg up who calls, and what he may press, twice over, in his own language.
func (r *run) screen(leg pbx.LegID) call.Input {
	s, _ := r.side(leg)
	if s.stream == nil {
		return nil
	}
	r.sound(s)
	config, _ := r.b.c.View()
	language := config.LanguageOf(s.record.Party.User, r.now)
	var once []media.Sound
	say := func(key string) {
		if r.b.c.Prompt != nil {
			once = append(once, r.b.c.Prompt(language, i18n.T(key))...)
		}
	}
	say("say.call_from")
	keys := i18n.Say(language).Phone(r.plan.From.Number)
	if len(keys) == 0 {
		keys = []string{"say.unknown_number"}
	}
	for _, key := range keys {
		if key != i18n.Pause {
			say(key)
		}
	}
	for key := range strings.FieldsSeq("say.for.accept say.press.1 say.screen.voicemail say.screen.colleague say.for.decline say.press.9") {
		say(key)
	}
	if len(once) == 0 {
		return nil
	}
	list := media.Playlist{Sounds: append(append([]media.Sound(nil), once...), once...)}
	if err := s.stream.Play(list); err != nil {
		r.log().Warn("the house cannot speak on a leg", "leg", s.leg, "error", err)
	}
	return nil
}
