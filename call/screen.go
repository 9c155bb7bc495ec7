package call

import (
	"time"

	"tandem/event"
	"tandem/pbx"
)

// ScreenTime is how long somebody who was called outside may take to decide.
const ScreenTime = 45 * time.Second

// Screen lets who picked a leg up hear who calls and what he may press.
type Screen struct{ Leg pbx.LegID }

// Deflect asks the carrier of the caller, who has not been answered, to send the call to another number (RFC 3261 §21.3.3, X-058).
type Deflect struct {
	Leg pbx.LegID
	To  string
}

func (Screen) effect()  {}
func (Deflect) effect() {}

// decision is a number that somebody enters to send his call on to a colleague.
type decision struct {
	on      bool
	leg     int
	dialled string
	asked   bool // whose it is
	late    bool // the time to ring is over; only decisions are waited for
}

// What may be pressed by whoever is asked.
const (
	keyAccept    = '1'
	keyVoicemail = '2'
	keyColleague = '3'
	keyDecline   = '9'
)

// ask lets who picked a leg up decide. The caller hears ringing all the while, and other phones go on to ring.
func (m *machine) ask(i int, in Answered) {
	l := &m.Legs[i]
	if in.Fault != "" {
		m.pickedUp(i, in)
		return
	}
	if l.State == LegAsked {
		return
	}
	m.rang(i)
	l.State, l.Codec, l.Secure = LegAsked, in.Codec, in.Secure
	m.do(Screen{l.ID})
	for j := range m.Legs {
		if o := &m.Legs[j]; j > 0 && (o.State == LegUnpaid || o.State == LegDialled || o.State == LegRinging) {
			return
		}
	}
	m.decision.late = true
	m.wait(RingTimer, ScreenTime)
}

// lingers gives those who are being asked at the end of the ringing some more time; everything else stops ringing.
func (m *machine) lingers(cause pbx.Cause) bool {
	if m.decision.late {
		m.decision = decision{}
		return false
	}
	asked := false
	for i := range m.Legs {
		asked = asked || m.Legs[i].State == LegAsked
	}
	if !asked {
		return false
	}
	for i := range m.Legs {
		if i > 0 && m.Legs[i].State != LegAsked {
			m.cancel(i, cause)
		}
	}
	m.decision.late = true
	m.wait(RingTimer, ScreenTime)
	return true
}

// decide takes a key of somebody who is asked.
func (m *machine) decide(i int, key byte) {
	d := &m.decision
	if d.on && d.leg == i {
		m.enters(i, key)
		return
	}
	l := &m.Legs[i]
	owner := l.Party.User
	switch key {
	case keyAccept:
		m.do(Hush{l.ID})
		m.takes(i)
	case keyVoicemail:
		m.sendsOn(i, pbx.Destination{Kind: pbx.ToMailbox, ID: string(owner)})
	case keyColleague:
		d.on, d.leg, d.dialled, d.asked = true, i, "", false
		m.do(Hush{l.ID})
	case keyDecline:
		m.cancel(i, pbx.CauseDeclined)
		for j := range m.Legs {
			if j > 0 && m.Legs[j].Party.User == owner {
				m.cancel(j, pbx.CauseDeclined)
			}
		}
		m.refused(i)
	}
}

// enters takes the digits of a colleague, up to the hash.
func (m *machine) enters(i int, key byte) {
	d := &m.decision
	switch {
	case d.asked:
	case key == '#' && d.dialled != "":
		d.asked = true
		m.do(LookUp{d.dialled})
	case key == '#' || key == '*' || len(d.dialled) >= 16:
		d.on = false
		m.do(Screen{m.Legs[i].ID})
	default:
		d.dialled += string(key)
	}
}

// meant is whose number was entered: by who is asked, or by a caller in a menu. Nobody's is asked for again.
func (m *machine) meant(in Meant) {
	d := &m.decision
	if !d.on || !d.asked {
		m.answer(in)
		return
	}
	d.on, d.asked = false, false
	if i := d.leg; m.Legs[i].State != LegAsked {
		return
	} else if in.To.IsZero() {
		m.do(Screen{m.Legs[i].ID})
	} else {
		m.sendsOn(i, in.To)
	}
}

// sendsOn sends the call on in the name of who is asked; nothing else rings any more.
func (m *machine) sendsOn(i int, to pbx.Destination) {
	owner := m.Legs[i].Party.User
	for j := range m.Legs {
		if j > 0 {
			m.cancel(j, pbx.CauseTransferred)
		}
	}
	m.decision = decision{}
	m.goOn(to, owner, pbx.CauseTransferred)
}

// deflects gives the call back to the carrier of the caller, who sends it on by himself.
func (m *machine) deflects() {
	l := &m.Legs[0]
	l.State, l.Cause = LegOver, pbx.CauseDeflected
	m.do(Deflect{l.ID, m.deflect})
	m.Cause, m.Text = pbx.CauseDeflected, sentence(pbx.CauseDeflected, m.To, 0)
	m.Phase = Closing
	m.do(Emit{Kind: event.CallEnded})
	m.settle()
}

// IsAsked reports whether who picked a leg up has yet to decide.
func (s *State) IsAsked(id pbx.LegID) bool {
	i := s.find(id)
	return i > 0 && s.Legs[i].State == LegAsked
}
