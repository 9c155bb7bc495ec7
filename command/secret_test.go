package command

import (
	"testing"

	"tandem/pbx"
)

// Nothing opens by default: a phone's secret is random, long and never the number that it is called by, and the account is not named after that number
// either; who has set no PIN has none, and a PIN that is guessed first is refused (SA-18).
func TestNoDefaultCredentials(t *testing.T) {
	o := full(t)
	uwe := o.user("uwe")
	seen := map[string]bool{}
	for range 10 {
		made := o.must(o.actor("uwe"), CreateDevice{User: uwe, Name: "Phone"})
		d, number := made.Snapshot.Devices[pbx.DeviceID(made.Object.ID)], made.Snapshot.Users[uwe].Extension
		if len(made.Secret)*5 < 128 || made.Secret == number || d.Username == number || made.Secret == d.Username || seen[made.Secret] || seen[d.Username] {
			t.Errorf("secret %q of %q with extension %s", made.Secret, d.Username, number)
		}
		seen[made.Secret], seen[d.Username] = true, true
	}
	s := o.view()
	for id, b := range s.Mailboxes {
		if b.PIN != "" {
			t.Errorf("%s has a PIN that nobody set", id)
		}
	}
	for pin, want := range map[string]string{"": "mailbox.pin_bad", "1234": "mailbox.pin_bad", "12345": "mailbox.pin_bad", "12345a": "mailbox.pin_bad", "1234567890123": "mailbox.pin_bad",
		"123456": "mailbox.pin_weak", "987654": "mailbox.pin_weak", "000000": "mailbox.pin_weak", "112211": "mailbox.pin_weak", "123123": "mailbox.pin_weak", "918101": "mailbox.pin_weak", "918273": ""} {
		err := CheckPIN(pin, "101")
		if got := ""; err != nil {
			if got = err.(*pbx.Error).Text.Key; got != want {
				t.Errorf("%q: %s, want %q", pin, got, want)
			}
		} else if want != "" {
			t.Errorf("%q is taken", pin)
		}
	}
}
