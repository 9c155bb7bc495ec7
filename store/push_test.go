package store_test

import (
	"testing"
	"time"

	"tandem/store"
)

// A subscription belongs to a session: with it it is gone, and a browser belongs to whoever signed in there last.
func TestPushes(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		furnish(t, open(t, address))
		x := open(t, address).Tenant("main")
		for _, s := range []store.Session{{ID: "ses_a", Hash: "a", User: bob.User}, {ID: "ses_b", Hash: "b", User: bob.User}, {ID: "ses_c", Hash: "c", User: cid.User}} {
			s.Created, s.Seen, s.Expires = day, day, day.Add(time.Hour)
			if _, err := x.CreateSession(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		put := func(p store.Push) {
			t.Helper()
			p.P256dh, p.Auth, p.Created = "key", "secret", day
			if err := x.PutPush(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
		check := func(what string, at time.Time, want ...string) {
			t.Helper()
			list, err := x.PushesOf(t.Context(), bob.User, at)
			if err != nil || len(list) != len(want) {
				t.Fatalf("%s: %+v, %v; want %v", what, list, err, want)
			}
			for i, p := range list {
				if p.Session != want[i] || p.P256dh != "key" || p.Auth != "secret" || !p.Created.Equal(day) || p.Calls != (p.Session == "ses_b") {
					t.Errorf("%s: %+v", what, p)
				}
			}
		}
		put(store.Push{Session: "ses_a", User: bob.User, Endpoint: "https://push.example/1"})
		put(store.Push{Session: "ses_b", User: bob.User, Endpoint: "https://push.example/2", Calls: true})
		put(store.Push{Session: "ses_b", User: bob.User, Endpoint: "https://push.example/3", Calls: true})
		put(store.Push{Session: "ses_none", User: bob.User, Endpoint: "https://push.example/4"})
		check("two browsers", day, "ses_a", "ses_b")
		put(store.Push{Session: "ses_c", User: cid.User, Endpoint: "https://push.example/1"})
		check("one is somebody else's now", day, "ses_b")
		check("sessions expire", day.Add(time.Hour))
		if _, err := x.EndSession(t.Context(), bob.User, "ses_b"); err != nil {
			t.Fatal(err)
		}
		check("the session has ended", day)
		if err := x.DropPushes(t.Context(), day); err != nil {
			t.Fatal(err)
		}
		if all, err := x.Pushes(t.Context(), day); err != nil || len(all) != 1 || all[0].Session != "ses_c" {
			t.Errorf("%+v, %v", all, err)
		}
		if there, err := x.DropPush(t.Context(), "ses_b"); err != nil || there {
			t.Errorf("tidied away: %v, %v", there, err)
		}
	})
}
