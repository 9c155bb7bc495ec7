package call

import (
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
)

// RefusalTime bounds what a caller hears about a call that may not be.
const RefusalTime = 30 * time.Second

// Announce lets the caller hear the house before his call is answered, as early sound: what he hears costs nothing and is no conversation.
type Announce struct{ Caller pbx.LegID }

func (Announce) effect() {}

// refusal is a call that may not be, with what its caller is told (N-18).
type refusal struct {
	cause  pbx.Cause
	by     pbx.Party
	text   i18n.Text
	spoken string
}

// clips are the kind of reason, who can help, and the number by which he finds this very decision.
func (f refusal) clips() []Clip {
	return []Clip{Words(f.spoken), Words("say.refused.help"), Words("say.refused.reference"), {Reference: true}}
}

// refuseAloud tells a caller whose call has not been answered why it is not going to be.
func (m *machine) refuseAloud() {
	m.Phase = Refusing
	m.do(Emit{Kind: event.CallStarted})
	m.do(Announce{m.Legs[0].ID})
	m.say(m.barred.clips()...)
	m.wait(HouseTimer, RefusalTime)
}

// refusedAloud ends such a call, however it comes to its end: it keeps the cause for which it was refused.
func (m *machine) refusedAloud() {
	m.end(m.barred.cause, m.barred.by, m.barred.text)
}
