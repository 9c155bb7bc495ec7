package switchboard

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/media"
	"tandem/pbx"
)

// Somebody fetches his messages by phone: what he wants is done one after the other, also after he hangs up; what he says is in memory alone
// until something is made of it.
func TestMessagesAreFetched(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.shelf.open = call.Unlocked{OK: true, Language: "de", Edit: true, Settings: true, Counts: []call.Clip{call.Words("say.mailbox.have")},
			Notes: []call.Note{{ID: "msg_1", New: true}, {ID: "msg_2"}}}
		a := o.dial("*97", false, offer(pcmu, event8))
		synctest.Wait()
		mouth := o.sound.streams[0]
		press := func(keys string) {
			for _, k := range keys {
				mouth.watch(media.Event{Kind: media.EventDigit, Digit: byte(k)})
				synctest.Wait()
			}
		}
		press("2")
		press("*")
		press("7")
		press("8103#1")
		pause(5 * time.Second)
		mouth.says(3 * time.Second)
		pause(9 * time.Second)
		press("1")
		a.hangsUp()
		synctest.Wait()
		o.drain()
		want := []string{
			` call.Unlock{true  } said 0`,
			`usr_alice call.Treat{msg_1 played} said 0`, `usr_alice call.Treat{msg_1 deleted} said 0`, `usr_alice call.Treat{msg_2 played} said 0`,
			`usr_alice call.Address{103} said 0`, `usr_alice call.SendOn{msg_2 103 true} said 24000`,
		}
		if got := strings.Join(o.shelf.asked, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("asked\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
		if got := strings.Join(mouth.wound, ", "); got != "pause true, -10s" {
			t.Errorf("the message was moved: %s", got)
		}
		if len(o.shelf.messages) != 0 || len(o.shelf.sounds) != 0 {
			t.Errorf("kept: %v %v", o.shelf.messages, o.shelf.sounds)
		}
		if c := o.only(); c.By.Name != "alice" || c.To.Number != "*97" {
			t.Errorf("record %+v", c)
		}
	})
}

// Somebody is found by the letters of his name and called; who does not want to be found is not found from outside.
func TestSomebodyIsFoundByName(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o := newOffice(t, nil)
		o.phone("b1", false, (*phone).answers)
		a := o.dial("*411", false, offer(pcmu, event8))
		synctest.Wait()
		mouth := o.sound.streams[0]
		for _, k := range "262#" {
			mouth.watch(media.Event{Kind: media.EventDigit, Digit: byte(k)})
			synctest.Wait()
		}
		mouth.watch(media.Event{Kind: media.EventDigit, Digit: '1'})
		pause(time.Second)
		if !slices.Contains(o.wire.log, "dial b1") {
			t.Errorf("bob was not called: %v", o.wire.log)
		}
		a.hangsUp()
		synctest.Wait()
		o.drain()
	})
	o := &run{b: New(Config{View: func() (*pbx.Snapshot, *pbx.Presence) { return listed(t, true), nil }})}
	o.in.Actor = pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_1"}
	if n := o.findName(call.FindName{Keys: "262"}).(call.Named); len(n.Found) != 1 || n.Found[0].To.ID != "usr_bob" || n.Found[0].Said[0].Text.Key != "say.greeting.extension" {
		t.Errorf("from outside: %+v", n)
	}
	o.b.c.View = func() (*pbx.Snapshot, *pbx.Presence) { return listed(t, false), nil }
	if n := o.findName(call.FindName{Keys: "262"}).(call.Named); len(n.Found) != 0 {
		t.Errorf("who does not want to be found: %+v", n)
	}
}

// listed is an office with one person, who is found by name or not.
func listed(t *testing.T, found bool) *pbx.Snapshot {
	t.Helper()
	s, err := pbx.NewSnapshot(1, &pbx.Tenant{Name: "Lindenhof", Country: "DE"}, &pbx.Group{ID: "grp_all", Name: "Default", Default: true},
		&pbx.User{ID: "usr_bob", Name: "Bob", Email: "bob@example.com", Extension: "102"}, &pbx.Membership{ID: "mem_bob", User: "usr_bob", Group: "grp_all", Role: "user"},
		&pbx.Mailbox{ID: "usr_bob", Unlisted: !found})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
