package switchboard

import (
	"tandem/call"
	"tandem/media"
	"tandem/pbx"
)

// comfort lets a side hear music while another holds it: that of the main group of whoever holds, or of a group above, or that of the house. A carrier
// that holds sends music of its own. A side whose codec the house cannot speak hears what the phone that holds it sends (ADR 131).
func (r *run) comfort(s, by *side, on bool) {
	held := s.holder != nil
	s.holder = nil
	switch {
	case s.stream == nil:
	case on && by.trunk == "" && by.actor.Kind != pbx.ActorTrunk:
		s.holder = by
		r.playMusic(s)
	case held:
		s.stream.Stop()
	}
}

// playMusic lets a side that is held hear music from its beginning.
func (r *run) playMusic(s *side) {
	config, _ := r.b.c.View()
	clips := r.music(config.MusicOf(s.holder.record.Party.User, r.now))
	if len(clips) == 0 {
		clips = []call.Clip{{Tone: call.ToneMusic}}
	}
	var list media.Playlist
	for _, c := range clips {
		sounds, loop := r.sounds(c)
		list.Sounds, list.Loop = append(list.Sounds, sounds...), loop
	}
	if err := s.stream.Play(list); err != nil {
		r.log().Info("no music on hold", "leg", s.leg, "error", err)
	}
}

// bridge lets two sides hear each other. It ends what the house plays to them, so that who is held has to hear music anew.
func (r *run) bridge(a, b *side) {
	r.b.c.Sound.Bridge(a.stream, b.stream)
	for _, pair := range [][2]*side{{a, b}, {b, a}} {
		switch s, other := pair[0], pair[1]; {
		case s.holder == other:
			r.playMusic(s)
		default:
			s.holder = nil // whoever held it has left
		}
	}
}
