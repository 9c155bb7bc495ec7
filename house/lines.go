package house

import (
	"errors"
	"sync"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip"
)

// lines breaks the circle between switchboard and sip: the board is made first and needs legs, the server listens as soon as it is made
// and needs the board. Until set, what the board wants waits for the few microseconds in between.
type lines struct {
	ready  chan struct{}
	once   sync.Once
	server *sip.Server
	wakes  *wakes
}

// set says which server it is; the first call counts.
func (l *lines) set(s *sip.Server) {
	l.once.Do(func() {
		l.server = s
		close(l.ready)
	})
}

func (l *lines) with(f func(*sip.Server)) {
	<-l.ready
	if l.server != nil {
		f(l.server)
	}
}

func (l *lines) Dial(i call.Invite) error {
	if i.Trunk == "" && i.Binding.ID == "" { // a person whose browsers are told
		l.wakes.dial(i)
		return nil
	}
	err := errors.New("SIP is not running")
	l.with(func(s *sip.Server) { err = s.Dial(i) })
	return err
}

func (l *lines) Progress(leg pbx.LegID, status int, sdp []byte) {
	l.with(func(s *sip.Server) { s.Progress(leg, status, sdp) })
}

func (l *lines) Accept(leg pbx.LegID, sdp []byte) {
	l.with(func(s *sip.Server) { s.Accept(leg, sdp) })
}

func (l *lines) Confirm(leg pbx.LegID) {
	l.with(func(s *sip.Server) { s.Confirm(leg) })
}

func (l *lines) Refuse(leg pbx.LegID, cause pbx.Cause, text string) {
	l.with(func(s *sip.Server) { s.Refuse(leg, cause, text) })
}

func (l *lines) Deflect(leg pbx.LegID, number string) {
	l.with(func(s *sip.Server) { s.Deflect(leg, number) })
}

func (l *lines) Hangup(leg pbx.LegID, cause pbx.Cause) {
	if !l.wakes.hangup(leg, cause) {
		l.with(func(s *sip.Server) { s.Hangup(leg, cause) })
	}
}

func (l *lines) Offer(leg pbx.LegID, sdp []byte) {
	l.with(func(s *sip.Server) { s.Offer(leg, sdp) })
}

func (l *lines) Report(leg pbx.LegID, how call.Progress) {
	l.with(func(s *sip.Server) { s.Report(leg, how) })
}

func (l *lines) Reply(leg pbx.LegID, status int, sdp []byte) {
	l.with(func(s *sip.Server) { s.Reply(leg, status, sdp) })
}
