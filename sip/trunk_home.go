package sip

import (
	"context"
	"math/rand/v2"
	"time"

	"tandem/sip/stack"
)

// trunkHome is how often a line that works at a later place looks whether the first that DNS names works again.
const trunkHome = 2 * time.Minute

// lookHome looks after a while whether the first place works again; meanwhile calls go on where they go (CR-10).
func (l *uplink) lookHome() {
	if l.homing {
		return
	}
	l.homing = true
	l.s.stack.After(l.callID, trunkHome+rand.N(trunkHome/4), func() {
		l.homing = false
		if l.over || l.at == 0 || !l.state.Up {
			return
		}
		l.probeHome(l.turn)
	})
}

// probeHome makes a way to the first place beside the one in use. What has happened to the line meanwhile ends the look.
func (l *uplink) probeHome(turn uint64) {
	t := l.list[0]
	if t.transport == stack.UDP {
		if f, ok := l.s.stack.UDPFlow(t.addr); ok {
			l.askHome(f, turn, 1)
		}
		return
	}
	l.s.beside.Go(func() {
		ctx, cancel := context.WithTimeout(l.s.ctx, 5*time.Second)
		defer cancel()
		f, err := l.s.stack.Dial(ctx, t.transport, t.addr, l.tlsConfig())
		l.s.stack.Do(l.callID, func() {
			switch {
			case err != nil:
				l.lookHome()
			case l.over || l.turn != turn:
				f.Close()
			default:
				l.askHome(f, turn, 1)
			}
		})
	})
}

// askHome asks the first place; after as many good answers as a line needs that was down, the line moves there.
func (l *uplink) askHome(f stack.Flow, turn uint64, good int) {
	m := l.request(stack.MethodOptions, stack.URI{Scheme: "sip", Host: l.Domain})
	l.s.stack.Request(f, m, func(resp *stack.Message) {
		switch {
		case resp.Status < 200:
		case l.over || l.turn != turn || !l.state.Up:
			l.dropHome(f)
		case resp.Local || resp.Status == 503:
			l.dropHome(f)
			l.lookHome()
		case good < trunkGood:
			l.s.stack.After(l.callID, l.Ping/4, func() { l.askHome(f, turn, good+1) })
		default:
			l.cancelAlarm()
			l.turn++
			l.at, l.state.Target = 0, l.list[0].addr
			l.connected(f)
		}
	})
}

// dropHome closes a connection that was made for a look.
func (l *uplink) dropHome(f stack.Flow) {
	if f.Transport != stack.UDP {
		f.Close()
	}
}
