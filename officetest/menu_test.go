package officetest

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Real phones call a menu; a key, in the sound (RFC 4733) or by SIP INFO, brings them to the colleague. An entrance that is closed by hand leads
// elsewhere.
func TestMenuWithRealPhones(t *testing.T) {
	for _, keys := range []string{"rtpevent", "info"} {
		t.Run(keys, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
			defer cancel()
			s := start(t)
			s.claim()
			_, alice := s.person("Alice", "101")
			bobID, bob := s.person("Bob", "102")
			menu := s.call(201, "POST", "/v1/menus", object{"name": "Reception", "extension": "200", "keys": []object{{"key": "2", "to": object{"kind": "user", "id": bobID}}}}).Text("id")
			group := s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id")
			s.call(200, "PUT", "/v1/groups/"+group+"/entrance", object{"extension": "210", "open": object{"kind": "menu", "id": menu}, "closed": object{"kind": "user", "id": bobID}})
			events := s.listen(ctx)
			phone := func(name string, a Account, hz float64) *Baresip {
				a.Server, a.Transport, a.Keys = s.reach("udp"), "udp", keys
				b, err := StartBaresip(ctx, filepath.Join(t.TempDir(), name), toneFile(t, hz, 8000, 1), a, "PCMU/8000/1")
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { b.Close() })
				eventually(t, name+"'s phone registers", func() bool { return strings.Contains(b.Log(), "[1 binding]") })
				return b
			}
			a, b := phone("alice", alice, 440), phone("bob", bob, 700)
			eventually(t, "both phones shown as registered", func() bool { return s.call(200, "GET", "/v1/overview", nil).At("registered") == 2.0 })

			do(t, a, "dial", "sip:210@"+s.reach("udp"))
			expect(t, ctx, a, "CALL_ESTABLISHED")
			events.until(t, "call", "phase", "talking")
			do(t, a, "sndcode", "2")
			expect(t, ctx, b, "CALL_INCOMING")
			do(t, b, "accept", "")
			expect(t, ctx, b, "CALL_ESTABLISHED")
			heard(t, a, 700)
			do(t, a, "hangup", "")
			expect(t, ctx, b, "CALL_CLOSED")

			s.call(200, "PUT", "/v1/groups/"+group+"/hours/override", object{"state": "closed"})
			do(t, a, "dial", "sip:210@"+s.reach("udp"))
			expect(t, ctx, b, "CALL_INCOMING")
			do(t, a, "hangup", "")
		})
	}
}

// tellTime is longer than the house tells what to do.
const tellTime = 6 * time.Second

// Somebody is called by the house, speaks a greeting into his phone, and keeps it by key; then the menu greets with it.
func TestGreetingIsDictated(t *testing.T) {
	s := start(t)
	s.claim()
	menu := s.call(201, "POST", "/v1/menus", object{"name": "Reception", "extension": "200", "dial": true}).Text("id")
	me := s.call(200, "GET", "/v1/session", nil).Text("user", "id")
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	a := s.phone(me)
	a.Server, a.Transport, a.Keys = s.reach("udp"), "udp", "info"
	phone, err := StartBaresip(ctx, filepath.Join(t.TempDir(), "olga"), toneFile(t, 440, 8000, 1), a, "PCMU/8000/1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { phone.Close() })
	eventually(t, "the phone registers", func() bool { return strings.Contains(phone.Log(), "[1 binding]") })

	d := s.call(201, "POST", "/v1/menus/"+menu+"/sounds/en/dictation", object{})
	expect(t, ctx, phone, "CALL_INCOMING")
	do(t, phone, "accept", "")
	expect(t, ctx, phone, "CALL_ESTABLISHED")
	state := func() string { return s.call(200, "GET", "/v1/dictations/"+d.Text("id"), nil).Text("state") }
	var begun time.Time
	eventually(t, "he speaks for two seconds, ends with hash, and hears himself", func() bool {
		now := state()
		if now == "speaking" && begun.IsZero() && strings.Contains(phone.Log(), "established") {
			begun = time.Now()
		}
		if now == "speaking" && !begun.IsZero() && time.Since(begun) > tellTime+2*time.Second {
			do(t, phone, "sndcode", "#")
			begun = time.Now()
		}
		return now == "reviewing"
	})
	eventually(t, "he keeps it", func() bool {
		do(t, phone, "sndcode", "1")
		return state() == "kept"
	})
	says := s.call(200, "GET", "/v1/menus/"+menu, nil)
	if says.At("says", 0, "language") != "en" || says.At("says", 0, "seconds").(float64) <= 0 {
		t.Errorf("the menu: %v", says.At("says"))
	}
}

// An owner in a real browser builds a menu, sees what is odd about it before it is saved, and follows a call through it. The scenario is
// web/test/browser/menu.mjs.
func TestMenuInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	s := start(t)
	s.claim()
	_, account := s.person("Alice", "150")
	x := s.exchange()
	if err := x.Add(account.Username, account.Secret).Register(ctx, 300); err != nil {
		t.Fatal(err)
	}
	s.plays(ctx, "menu", nil)
}
