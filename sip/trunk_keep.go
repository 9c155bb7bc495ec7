package sip

import (
	"time"

	"tandem/sip/stack"
)

// trunkKeep is how often a line that is signed in gives a sign of life at least: routers forget an address behind them that sends nothing for half a
// minute, and with it the way by which the carrier calls us (RFC 5626 §4.4).
const trunkKeep = 25 * time.Second

// keep waits until the next sign of life, or until the registration has to be renewed.
func (l *uplink) keep() {
	l.after(max(min(l.Ping, trunkKeep, time.Until(l.renew)), 0), l.look)
}

// look looks whether the carrier is there while we are signed in, and where it sees us. Whatever it answers is an answer.
func (l *uplink) look() {
	if !time.Now().Before(l.renew) {
		l.ask()
		return
	}
	l.turn++
	turn := l.turn
	l.after(2*l.Silence, l.unheard)
	m := l.request(stack.MethodOptions, stack.URI{Scheme: "sip", Host: l.Domain})
	l.s.stack.Request(l.flow, m, func(resp *stack.Message) {
		if resp.Status < 200 || resp.Local || l.over || l.turn != turn {
			return
		}
		l.deaf = false
		if l.isElsewhere(resp) {
			l.ask()
			return
		}
		l.keep()
	})
}

// unheard is no answer to a sign of life. Some carriers give none to those; whether this is such a one, or is gone, the registration tells.
func (l *uplink) unheard() {
	l.turn++
	if l.deaf {
		l.keep()
		return
	}
	l.deaf = true
	l.ask()
}

// isElsewhere takes in where the carrier sees us (RFC 3581), and reports whether that is another place than before: our address has changed, and the carrier
// calls us at the old one until it is told (CR-11).
func (l *uplink) isElsewhere(resp *stack.Message) bool {
	received, _ := resp.Via().Params.Raw("received")
	port, _ := resp.Via().Params.Raw("rport")
	if received == "" && port == "" {
		return false
	}
	was := l.seen
	l.seen = received + ":" + port
	return was != "" && was != l.seen
}
