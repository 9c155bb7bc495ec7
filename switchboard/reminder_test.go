package switchboard

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
)

// The house calls the phones of who wants to be woken; who answers hears the code of the reminder, and key 1 puts it off.
func TestReminder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var done []pbx.CodeAction
		var asked []string
		var who pbx.Actor
		o := newOffice(t, func(c *Config) {
			c.Carry = func(_ context.Context, actor pbx.Actor, action pbx.CodeAction, argument string) call.Carried {
				done, asked, who = append(done, action), append(asked, argument), actor
				if action == CodeSnooze {
					return call.Carried{Clips: []call.Clip{call.Words("say.wake.set")}}
				}
				return call.Carried{Clips: []call.Clip{call.Words("say.wake.call")}, Ask: true, To: pbx.Destination{Kind: pbx.ToCode, ID: string(CodeSnooze), Number: argument}}
			}
		})
		m := &pbx.Reminder{ID: "rem_1", User: "usr_bob"}
		if o.board.Remind(&pbx.Reminder{ID: "rem_2", User: "usr_none"}, "") {
			t.Error("nobody was called")
		}
		var bob *phone
		o.phone("b1", false, func(p *phone) { bob = p; p.answers() })
		if !o.board.Remind(m, "Train") {
			t.Fatal("bob is not called")
		}
		pause(2 * time.Second)
		bob.press("1")
		pause(10 * time.Second)
		synctest.Wait()
		if len(done) != 2 || done[0] != CodeReminder || done[1] != CodeSnooze || asked[0] != "rem_1" || asked[1] != "rem_1" || who.User != "usr_bob" {
			t.Errorf("%v %v by %+v\n%s", done, asked, who, o.logs)
		}
		o.drain()
	})
}
