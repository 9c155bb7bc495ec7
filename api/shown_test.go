package api

import (
	"strings"
	"testing"
)

// Whoever has the right sees the calls of a group (G-010), of those who show theirs there (G-012); each shows presence to colleagues as long as he likes (G-011).
func TestWhatIsShown(t *testing.T) {
	o := newOffice(t)
	o.dir.SetCall(o.call("nina", "+4930123456789"))
	sees := func(who string, want bool) {
		t.Helper()
		if r := o.wants(200, who, "GET", "/v1/calls/live", ""); strings.Contains(string(r.body), "cal_live_nina") != want {
			t.Errorf("%s sees the call: %v", who, !want)
		}
	}
	present := func(who string, want bool) {
		t.Helper()
		var u User
		o.wants(200, who, "GET", "/v1/users/<nina>", "").json(t, &u)
		if u.Name != "nina" || (u.Presence != "") != want {
			t.Errorf("%s sees her presence: %q", who, u.Presence)
		}
	}
	sees("mark", true) // manages the group
	sees("uwe", false) // belongs to it
	sees("tom", false) // does not
	sees("nina", true) // her own
	present("uwe", true)
	o.wants(200, "greta", "PUT", "/v1/groups/<sales>/members/<nina>/share", `{"calls":"nobody"}`)
	sees("mark", false)
	sees("nina", true)
	o.wants(200, "nina", "PUT", "/v1/groups/<sales>/members/<nina>/share", `{"presence":"nobody"}`)
	present("uwe", false)
	present("nina", true)
}
