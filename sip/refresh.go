package sip

import (
	"time"

	"tandem/pbx"
	"tandem/sip/stack"
)

// armTimer starts the session timer anew after each refresh (RFC 4028 §10).
func (l *leg) armTimer() {
	if l.timer.seconds == 0 {
		l.cancelAlarm(&l.alarm)
		return
	}
	if l.timer.ours {
		l.after(&l.alarm, l.timer.refreshAfter(), l.refresh)
		return
	}
	l.after(&l.alarm, l.timer.deadline(), func() {
		l.over(pbx.CauseTimeout, "session timer")
		l.bye(pbx.CauseTimeout)
	})
}

// wantTimer asks for the interval that is in force, with ourselves as the refresher, in a request that refreshes.
func (l *leg) wantTimer(m *stack.Message) {
	who := ";refresher=uac"
	if !l.timer.ours {
		who = ";refresher=uas"
	}
	m.Set(stack.HeaderSessionExpires, itoa(int(l.timer.seconds))+who)
	m.Set(stack.HeaderMinSE, itoa(sessionMinimum))
}

// refresh shows that we are there and finds out whether the far side is. UPDATE does it without touching the session; a phone
// that does not know UPDATE gets the last description again.
func (l *leg) refresh() {
	if l.phase != phaseUp {
		return
	}
	if l.reinvite.isBusy() { // whatever is under way refreshes too; if it fails, its own end looks at the timer
		l.after(&l.alarm, l.s.t1*16, l.refresh)
		return
	}
	if !l.canUpdate {
		l.sendOffer(l.localSDP, false)
		return
	}
	m := l.dialog.request(stack.MethodUpdate)
	l.wantTimer(m)
	l.ask(m, func(resp *stack.Message) {
		if resp.Status < 200 || l.phase != phaseUp {
			return
		}
		switch {
		case resp.Status < 300:
			l.dialog.refreshTarget(resp)
			l.timer = agreedTimer(resp, l.timer.seconds)
			l.reinvite.attempts = 0
			l.armTimer()
		case resp.Status == 422:
			l.timer.seconds = max(l.timer.seconds, minSE(resp))
			l.canUpdate = false // next time by re-INVITE, which knows how often it has tried
			l.refresh()
		case resp.Status == 408, resp.Status == 481, resp.Local:
			l.vanished(resp)
		case (resp.Status == 491 || resp.Status == 500) && l.reinvite.attempts < maxGlare:
			l.reinvite.attempts++
			l.after(&l.alarm, time.Second+l.backOff(), l.refresh)
		default:
			l.canUpdate = false
			l.refresh()
		}
	})
}
