package store_test

import (
	"slices"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// A check-in or check-out takes along, in its own transaction, what is of the time before: messages, deleted ones too, notices, password, sessions, links and browsers of
// that person. What came later stays, and so does what is of others (G-019).
func TestGuestRoomIsCleared(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		x := claim(t, db)
		ctx, turn, user := t.Context(), day.Add(time.Hour), pbx.UserID("usr_bob")
		for n, of := range []pbx.UserID{user, user, "usr_ada"} {
			keepMessage(t, x, message(n, of, ""))
		}
		bin := message(3, user, "")
		bin.Deleted = bin.At.Add(time.Minute)
		keepMessage(t, x, bin)
		late := message(4, user, "")
		late.At = turn.Add(time.Minute)
		keepMessage(t, x, late)
		var also []store.Also
		for id, of := range map[pbx.NoticeID]pbx.UserID{"ntc_1": user, "ntc_2": "usr_ada"} {
			also = append(also, store.NoticeKept{Notice: pbx.Notice{ID: id, User: of, Kind: "missed", At: day}})
		}
		also = append(also, store.Login{User: user, Password: "$argon2id$", Changed: day}, store.Login{User: "usr_ada", Password: "$argon2id$", Changed: day},
			store.Session{ID: "ses_1", Hash: "h1", User: user, Created: day, Seen: day, Expires: turn.Add(time.Hour)},
			store.Session{ID: "ses_3", Hash: "h3", User: "usr_ada", Created: day, Seen: day, Expires: turn.Add(time.Hour)},
			store.Link{Kind: store.LinkReset, Hash: "l1", User: user, Created: day, Expires: turn.Add(time.Hour), Tries: 3},
			store.Session{ID: "ses_2", Hash: "h2", User: user, Created: turn.Add(time.Second), Seen: turn, Expires: turn.Add(time.Hour)})
		if err := x.Keep(ctx, also...); err != nil {
			t.Fatal(err)
		}
		for session, of := range map[string]pbx.UserID{"ses_1": user, "ses_2": user, "ses_3": "usr_ada"} {
			since := day
			if session == "ses_2" {
				since = turn.Add(time.Second)
			}
			if err := x.PutPush(ctx, store.Push{Session: session, User: of, Endpoint: "https://push.example/" + session, Created: since}); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // and again with the next word about the room
			version, err := x.Version(ctx)
			if err != nil {
				t.Fatal(err)
			}
			room := &pbx.GuestRoom{User: user, Care: pbx.RoomDirty, Since: turn, Created: day}
			if _, err := x.Apply(ctx, version, pbx.Change{Put: []pbx.Noun{room}}, []event.Fact{fact(event.GuestRoomCheckedOut, pbx.KindGuestRoom, string(user))}); err != nil {
				t.Fatal(err)
			}
		}
		boxes, err := x.CountBoxes(ctx)
		if err != nil || boxes["usr_bob"].New != 1 || boxes["usr_ada"].New != 1 {
			t.Errorf("%+v %v", boxes, err)
		}
		deleted, err := x.Messages(ctx, store.MessageQuery{Sight: store.Scope{Users: []pbx.UserID{user}}, Deleted: true})
		if err != nil || len(deleted.Items) != 0 {
			t.Errorf("in the bin: %+v %v", deleted, err)
		}
		gone, err := x.DropMessages(ctx, day)
		if err != nil || len(gone) != 3 {
			t.Errorf("sounds to be deleted: %v %v", gone, err)
		}
		for of, want := range map[pbx.UserID]int{user: 0, "usr_ada": 1} {
			page, err := x.Notices(ctx, store.NoticeQuery{User: of})
			if err != nil || len(page.Items) != want {
				t.Errorf("%s has %d notices, want %d: %v", of, len(page.Items), want, err)
			}
		}
		logins, err := x.Logins(ctx)
		if _, kept := logins[user]; err != nil || kept || len(logins) != 1 {
			t.Errorf("%v %v", logins, err)
		}
		pushes, err := x.Pushes(ctx, turn)
		if err != nil || len(pushes) != 2 || slices.ContainsFunc(pushes, func(p store.Push) bool { return p.Session == "ses_1" }) {
			t.Errorf("%+v %v", pushes, err)
		}
		if l, err := x.LinkByHash(ctx, "l1", turn.Add(time.Minute)); err == nil {
			t.Errorf("a mailed link still works: %+v", l)
		}
		sessions, err := x.SessionsOf(ctx, user, turn)
		if err != nil || len(sessions) != 1 || sessions[0].ID != "ses_2" {
			t.Errorf("%v %v", sessions, err)
		}
	})
}
