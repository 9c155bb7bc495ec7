package call

import (
	"slices"

	"tandem/event"
	"tandem/pbx"
)

// The house can call somebody by itself: in the name of who asked for it, who is no phone of this call. His leg stands for him until somebody
// answers; then who answered is the caller, and goes to where he is wanted: a conference room, the ear of a conversation.

// Summon makes of a call one that the house begins: who answers goes to a place.
func (s *State) Summon(to pbx.Destination, by pbx.Party) {
	s.summons, s.by = to, by
	s.Legs[0].State = LegUp
}

// summoned lets who answered go where he is wanted.
func (m *machine) summoned(i int) {
	m.do(Emit{Kind: event.CallAnswered, Leg: m.Legs[i].ID})
	to := m.summons
	m.summons = pbx.Destination{}
	m.playing = false
	asker := &m.Legs[m.lead(m.Callee)]
	asker.State, asker.Cause = LegOver, pbx.CauseTransferred
	m.goOn(to, m.by.User, pbx.CauseChosen)
}

// IsSummons reports whether the house calls by itself, and nobody has answered yet.
func (s *State) IsSummons() bool { return !s.summons.IsZero() }

// recalled ends the ringing of phones that the house called by itself.
func (m *machine) recalled(in Recall) {
	for i := range m.Legs {
		if i > 0 && slices.Contains(in.Legs, m.Legs[i].ID) {
			m.cancel(i, in.Cause)
		}
	}
	if m.Phase == Ringing && m.ringing() == 0 {
		m.next(in.Cause)
	}
}
