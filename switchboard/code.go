package switchboard

import (
	"context"

	"tandem/call"
)

// carry has a feature code carried out, without holding the call up. The right to it is asked where it is carried out, like that of every change.
func (r *run) carry(e call.Carry) {
	if r.b.c.Carry == nil {
		return // the machine's timer says that it did not work
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), keepTime)
		defer cancel()
		r.post(&message{input: r.b.c.Carry(ctx, r.in.Actor, e.Action, e.Argument)})
	}()
}
