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
		var woken []pbx.ReminderID
		hasty := false
		o := newOffice(t, func(c *Config) {
			c.Woken = func(_ context.Context, id pbx.ReminderID, _ time.Time) { woken = append(woken, id) }
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
		s, err := o.s.Apply(pbx.Change{Put: []pbx.Noun{ // nothing of this holds for a reminder call: it leads to his phones alone (N-12)
			&pbx.User{ID: "usr_bob", Name: "bob", Email: "bob@example.org", Extension: "102", Mobile: "+491701234567"},
			&pbx.Trunk{ID: "trk_1", Name: "Carrier", Host: "carrier.example", Created: began},
			&pbx.Restriction{ID: "rst_1", Name: "Rules", On: []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}}, Rules: []pbx.TollRule{{Effect: pbx.TollAllow}}},
			&pbx.Choice{User: "usr_bob", Status: pbx.StatusDND, At: began},
			&pbx.Forwarding{User: "usr_bob", Profiles: map[pbx.Status]pbx.Profile{pbx.StatusDND: {Mobile: true, Always: pbx.Case{Inside: pbx.Destination{Kind: pbx.ToMobile}}}}}}})
		if err != nil {
			t.Fatal(err)
		}
		o.s = s
		var bob *phone
		o.phone("b1", false, func(p *phone) {
			bob = p
			if p.answers(); hasty {
				p.hangsUp()
			}
		})
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
		if len(woken) != 1 || woken[0] != "rem_1" {
			t.Errorf("told of answers: %v", woken)
		}

		// Who picks up and hangs up at once is awake, too.
		hasty = true
		if !o.board.Remind(&pbx.Reminder{ID: "rem_3", User: "usr_bob"}, "") {
			t.Fatal("bob is not called")
		}
		pause(time.Second)
		synctest.Wait()
		if len(woken) != 2 || woken[1] != "rem_3" {
			t.Errorf("told of answers: %v", woken)
		}
		o.drain()
		o.wire.mu.Lock()
		defer o.wire.mu.Unlock()
		if legs := len(o.wire.legs); legs != 2 {
			t.Errorf("%d legs, only his phone is called, twice", legs)
		}
	})
}
