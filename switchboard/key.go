package switchboard

import (
	"context"
	"errors"
	"time"

	"tandem/call"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
)

// keyGap is how long somebody may wait between two keys of a code.
const keyGap = 4 * time.Second

// typing are the keys that somebody pressed while he talks, as far as they may become a code.
type typing struct {
	keys string
	at   time.Time
}

// keyed takes a key of somebody who talks: by the codes of the office it may send the other on, at once or after he has asked somebody, or have the
// call recorded (FC-01). The other side hears it as well, as it always does.
func (r *run) keyed(s *side, i int, key byte) {
	config, _ := r.b.c.View()
	who := r.actor(i)
	asks := i == 0 && r.state.Aside > 0 // he may always go back
	if !asks && (r.state.Phase != call.Talking || !r.isTalking(s) || !mayKey(config, who, i)) {
		return
	}
	if r.now.Sub(s.typed.at) > keyGap {
		s.typed.keys = ""
	}
	rest, action, argument := config.Tenant.Codes.Press(s.typed.keys, key)
	s.typed = typing{rest, r.now}
	switch action {
	case pbx.CodeKeyConsult:
		if argument == "" {
			r.step(call.Rejoin{Leg: s.leg})
		} else if to, ok := r.sendsByKey(config, who, s, argument); ok {
			r.step(call.Consult{Leg: s.leg, To: to, By: s.record.Party})
		}
	case pbx.CodeKeyTransfer:
		if to, ok := r.sendsByKey(config, who, s, argument); ok {
			r.step(call.Send{Leg: s.leg, To: to, By: s.record.Party})
		}
	case pbx.CodeKeyRecord:
		order := "start"
		if state, _ := r.taping(); state != "" {
			order = "stop"
		}
		r.tapeByKey(config, who, s, order)
	case pbx.CodeKeyPause:
		switch state, _ := r.taping(); state {
		case "on":
			r.tapeByKey(config, who, s, "pause")
		case "paused":
			r.tapeByKey(config, who, s, "resume")
		}
	}
}

// sendsByKey is where somebody sends his other side by keys, if he may; else he hears that he may not.
func (r *run) sendsByKey(config *pbx.Snapshot, who pbx.Actor, s *side, dialled string) (pbx.Destination, bool) {
	to, cause, _ := r.mayRefer(config, who, r.peer(s), dialled)
	if cause == "" {
		return to, true
	}
	r.log().Info("a call is not sent on by key", "user", who.User, "cause", cause) // never what was typed: it may be the number of a card (PR-02)
	key := "say.feature.refused"
	if cause == pbx.CauseUnknown {
		key = "say.refused.number"
	}
	r.whisperTo(s, config.LanguageOf(who.User, r.now), key)
	return to, false
}

// tapeByKey does something with the recording for somebody who pressed keys; if he may not, he hears so.
func (r *run) tapeByKey(config *pbx.Snapshot, who pbx.Actor, s *side, order string) {
	err := r.b.Record(context.Background(), who, r.id, order, 0)
	if err == nil {
		return
	}
	r.log().Info("a recording is not changed by key", "user", who.User, "order", order, "error", err)
	key := "say.feature.failed"
	if refused, ok := errors.AsType[*pbx.Error](err); ok && (refused.Code == pbx.Denied || refused.Code == pbx.NotFound) {
		key = "say.feature.refused"
	}
	r.whisperTo(s, config.LanguageOf(who.User, r.now), key)
}

// whisperTo lets one side of a conversation, and nobody else, hear a sentence; then it hears the other side again.
func (r *run) whisperTo(s *side, language, key string) {
	if s.stream == nil || r.b.c.Prompt == nil {
		return
	}
	if err := s.stream.Play(media.Playlist{Sounds: r.b.c.Prompt(language, i18n.T(key)), Tag: warnTag}); err != nil {
		r.log().Info("no word into a call", "leg", s.leg, "error", err)
	}
}

// mayKey reports whether a side of a call may use codes while it talks: people inside, as the office has it.
func mayKey(config *pbx.Snapshot, who pbx.Actor, i int) bool {
	if who.Kind != pbx.ActorDevice || who.User == "" {
		return false
	}
	switch config.Tenant.Codes.Keys {
	case pbx.KeysBoth:
		return true
	case pbx.KeysNone:
		return false
	}
	return i > 0
}
