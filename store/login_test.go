package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

func session(id string, u pbx.UserID, seen int) store.Session {
	return store.Session{ID: id, Hash: "hash of " + id, User: u, Agent: "Firefox\x00", Addr: "192.0.2.1", Created: day,
		Seen: day.Add(time.Duration(seen) * time.Minute), Expires: day.Add(time.Hour)}
}

func ids(list []store.Session) string {
	var all []string
	for _, s := range list {
		all = append(all, s.ID)
	}
	return fmt.Sprint(all)
}

func TestLogins(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		for i, id := range []string{"a", "b", "c"} {
			if _, err := x.CreateSession(t.Context(), session(id, "usr_ada", i)); err != nil {
				t.Fatal(err)
			}
		}
		l := store.Login{User: "usr_ada", Password: "$argon2id$1", Changed: day}
		facts, err := x.SetPassword(t.Context(), l, "b", fact(event.LoginPasswordSet, pbx.KindUser, "usr_ada"))
		if err != nil || len(facts) != 1 || facts[0].Seq != 1 {
			t.Fatalf("%+v, %v", facts, err)
		}
		if got, err := x.Login(t.Context(), "usr_ada"); err != nil || got != l {
			t.Errorf("%+v, %v", got, err)
		}
		if list, err := x.SessionsOf(t.Context(), "usr_ada", day); err != nil || ids(list) != "[b]" {
			t.Errorf("a new password leaves only the session that set it: %v, %v", ids(list), err)
		}
		l.Password, l.Changed = "$argon2id$2", day.Add(time.Hour)
		if _, err := x.SetPassword(t.Context(), l, ""); err != nil {
			t.Fatal(err)
		}
		for _, users := range [][]pbx.UserID{nil, {"usr_ada", "usr_bob"}} {
			got, err := x.Logins(t.Context(), users...)
			if d := cmp.Diff(map[pbx.UserID]time.Time{"usr_ada": l.Changed}, got); err != nil || d != "" {
				t.Errorf("%v: %v\n%s", users, err, d)
			}
		}
		if _, err := x.Login(t.Context(), "usr_bob"); !isCode(err, pbx.NotFound, "login.unknown") {
			t.Errorf("bob: %v", err)
		}
	})
}

// The last use of a token stands once, among those of its owner.
func TestTokenUses(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		for i, used := range []*pbx.Token{{ID: "tok_1", User: "usr_ada"}, {ID: "tok_2", User: "usr_eva"}, {ID: "tok_1", User: "usr_ada"}} {
			if err := x.TouchToken(t.Context(), used, store.TokenUse{At: day.Add(time.Duration(i) * time.Hour), Addr: "192.0.2.7"}); err != nil {
				t.Fatal(err)
			}
		}
		uses, err := x.TokenUses(t.Context(), "usr_ada")
		if want := (store.TokenUse{At: day.Add(2 * time.Hour), Addr: "192.0.2.7"}); err != nil || len(uses) != 1 || uses["tok_1"] != want {
			t.Errorf("%+v, %v", uses, err)
		}
		if uses, err := x.TokenUses(t.Context(), "usr_bob"); err != nil || len(uses) != 0 {
			t.Errorf("of others: %+v, %v", uses, err)
		}
	})
}

func TestSessions(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		for i, s := range []store.Session{session("a", "usr_ada", 1), session("b", "usr_ada", 3), session("c", "usr_ada", 2), session("d", "usr_bob", 0)} {
			if facts, err := x.CreateSession(t.Context(), s, fact(event.LoginSucceeded, pbx.KindUser, "usr_ada")); err != nil || facts[0].Seq != int64(i+1) {
				t.Fatal(facts, err)
			}
		}
		want := session("a", "usr_ada", 1)
		want.Agent = "Firefox\uFFFD"
		if got, err := x.SessionByHash(t.Context(), "hash of a", day); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		for name, at := range map[string]time.Time{"hash of a": day.Add(time.Hour), "hash of z": day} {
			if _, err := x.SessionByHash(t.Context(), name, at); !isCode(err, pbx.NotFound, "session.unknown") {
				t.Errorf("%s at %v: %v", name, at, err)
			}
		}
		if list, err := x.SessionsOf(t.Context(), "usr_ada", day); err != nil || ids(list) != "[b c a]" {
			t.Errorf("%s, %v", ids(list), err)
		}
		if err := x.TouchSession(t.Context(), "a", "192.0.2.2", day.Add(time.Hour), day.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got, err := x.SessionByHash(t.Context(), "hash of a", day.Add(time.Hour)); err != nil || got.Addr != "192.0.2.2" {
			t.Errorf("touched: %+v, %v", got, err)
		}
		if _, err := x.EndSession(t.Context(), "usr_bob", "a"); !isCode(err, pbx.NotFound, "session.unknown") {
			t.Errorf("another person's session: %v", err)
		}
		if _, err := x.EndSession(t.Context(), "usr_ada", "c", fact(event.LoginSessionsEnded, pbx.KindUser, "usr_ada")); err != nil {
			t.Error(err)
		}
		if n, err := x.ExpireSessions(t.Context(), day.Add(time.Hour)); err != nil || n != 2 {
			t.Errorf("expired %d, %v", n, err)
		}
		if n, facts, err := x.EndSessions(t.Context(), "usr_ada", "", fact(event.LoginSessionsEnded, pbx.KindUser, "usr_ada")); err != nil || n != 1 || len(facts) != 1 {
			t.Errorf("ended %d, %v, %v", n, facts, err)
		}
		if err := x.TouchSession(t.Context(), "a", "192.0.2.2", day, day.Add(9*time.Hour)); err != nil {
			t.Error(err)
		}
		if _, err := x.SessionByHash(t.Context(), "hash of a", day); !isCode(err, pbx.NotFound, "session.unknown") {
			t.Errorf("an ended session came back: %v", err)
		}
	})
}

func link(hash string, k store.LinkKind, u pbx.UserID, tries int) store.Link {
	return store.Link{Hash: hash, Kind: k, User: u, Created: day, Expires: day.Add(time.Hour), Tries: tries}
}

func TestLinks(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		create := func(l store.Link) {
			t.Helper()
			if _, err := x.CreateLink(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
		unknown := func(name, hash string, at time.Time) {
			t.Helper()
			if _, err := x.LinkByHash(t.Context(), hash, at); !isCode(err, pbx.NotFound, "link.unknown") {
				t.Errorf("%s: %v", name, err)
			}
		}
		create(link("one", store.LinkInvitation, "usr_bob", 5))
		create(link("two", store.LinkInvitation, "usr_bob", 5))
		create(link("older", store.LinkReset, "usr_bob", 5))
		create(link("other", store.LinkReset, "usr_ada", 5))
		unknown("a link that a newer one replaced", "one", day)
		unknown("a link that is over", "two", day.Add(time.Hour))
		if l, err := x.LinkByHash(t.Context(), "two", day); err != nil || l != link("two", store.LinkInvitation, "usr_bob", 5) {
			t.Errorf("%+v, %v", l, err)
		}
		if _, err := x.CreateSession(t.Context(), session("a", "usr_bob", 0)); err != nil {
			t.Fatal(err)
		}

		login := store.Login{Password: "$argon2id$", Changed: day}
		if _, err := x.RedeemLink(t.Context(), "two", login, fact(event.LoginPasswordSet, pbx.KindUser, "usr_bob")); err != nil {
			t.Fatal(err)
		}
		if l, err := x.Login(t.Context(), "usr_bob"); err != nil || l.Password != login.Password {
			t.Errorf("%+v, %v", l, err)
		}
		if list, err := x.SessionsOf(t.Context(), "usr_bob", day); err != nil || len(list) != 0 {
			t.Errorf("sessions are left: %v, %v", list, err)
		}
		unknown("a used link", "two", day)
		unknown("a link of the time before the password", "older", day)
		if _, err := x.RedeemLink(t.Context(), "two", login, fact(event.LoginPasswordSet, pbx.KindUser, "usr_bob")); !isCode(err, pbx.NotFound, "link.unknown") {
			t.Errorf("used twice: %v", err)
		}
		if list, err := x.After(t.Context(), 0, 10); err != nil || len(list) != 1 {
			t.Errorf("facts %v, %v", list, err)
		}

		create(link("setup", store.LinkSetup, "", 2))
		for range 2 {
			if list, err := x.OpenLinks(t.Context(), store.LinkSetup, day); err != nil || len(list) != 1 {
				t.Errorf("%v, %v", list, err)
			}
			if err := x.MissLink(t.Context(), store.LinkSetup, day); err != nil {
				t.Fatal(err)
			}
		}
		unknown("a link that was guessed at too often", "setup", day)
		if l, err := x.LinkByHash(t.Context(), "other", day); err != nil || l.Tries != 5 {
			t.Errorf("another kind was counted: %+v, %v", l, err)
		}
		if n, err := x.ExpireLinks(t.Context(), day); err != nil || n != 1 {
			t.Errorf("expired %d, %v", n, err)
		}
	})
}

// A link in a mailbox that is not the person's any more, or never was, opens nothing.
func TestLinksEndWithTheAddress(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		created := []event.Fact{fact(event.UserCreated, pbx.KindUser, "usr_bob")}
		if _, err := x.Apply(t.Context(), 0, pbx.Change{Put: nouns()}, created); err != nil {
			t.Fatal(err)
		}
		s, err := x.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range []pbx.UserID{"usr_bob", "usr_ada"} {
			if _, err := x.CreateLink(t.Context(), link(string(u), store.LinkInvitation, u, 1)); err != nil {
				t.Fatal(err)
			}
		}
		for i, c := range []struct {
			change func(*pbx.User)
			alive  bool
		}{{func(u *pbx.User) { u.Name = "Robert" }, true}, {func(u *pbx.User) { u.Email = "bob@elsewhere.example" }, false}} {
			bob := *s.Users["usr_bob"]
			c.change(&bob)
			if _, err := x.Apply(t.Context(), int64(1+i), pbx.Change{Put: []pbx.Noun{&bob}}, created); err != nil {
				t.Fatal(err)
			}
			if _, err := x.LinkByHash(t.Context(), "usr_bob", day); (err == nil) != c.alive {
				t.Errorf("after change %d: %v", i, err)
			}
		}
		if _, err := x.LinkByHash(t.Context(), "usr_ada", day); err != nil {
			t.Errorf("somebody else's link: %v", err)
		}
	})
}

// The claim of a new system: people, password, session and the end of the link in one transaction, or nothing.
func TestClaim(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		x := db.Tenant("main")
		if _, err := x.CreateLink(t.Context(), link("setup", store.LinkSetup, "", 5)); err != nil {
			t.Fatal(err)
		}
		claimed := []event.Fact{fact(event.SetupClaimed, pbx.KindSystem, "main")}
		also := []store.Also{store.Login{User: "usr_ada", Password: "p", Changed: day}, session("a", "usr_ada", 0),
			store.Mail{ID: "mai_1", Kind: "test", State: store.MailKept, Created: day}, link("l", store.LinkInvitation, "usr_bob", 5)}
		if _, err := x.ApplyAlso(t.Context(), 0, pbx.Change{Put: nouns()}, claimed, append(also, store.LinkUsed{Hash: "wrong", At: day})...); !isCode(err, pbx.NotFound, "link.unknown") {
			t.Errorf("with a wrong link: %v", err)
		}
		if version, rows := rowsOf(t, x); version != 0 || len(rows) != 1 {
			t.Errorf("something was written: version %d, %d rows", version, len(rows))
		}
		var wg sync.WaitGroup
		won := make(chan error, 4)
		for range 4 {
			wg.Go(func() {
				_, err := x.ApplyAlso(t.Context(), 0, pbx.Change{Put: nouns()}, claimed, append(also, store.LinkUsed{Hash: "setup", At: day})...)
				won <- err
			})
		}
		wg.Wait()
		close(won)
		n := 0
		for err := range won {
			if err == nil {
				n++
			} else if !isCode(err, pbx.Conflict, "change.outdated") {
				t.Error(err)
			}
		}
		if _, err := x.SessionByHash(t.Context(), "hash of a", day); n != 1 || err != nil {
			t.Errorf("%d claims succeeded, %v", n, err)
		}
	})
}

func TestMails(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		for i := range 5 {
			m := store.Mail{ID: fmt.Sprintf("mai_%d", i), Kind: "invitation", User: "usr_bob", To: "bob@acme.example", Name: "Bob", Subject: "S", Text: "see LINK", HTML: "<a LINK>",
				Secret: "LINK", State: store.MailWaiting, Next: day.Add(time.Duration(5-i) * time.Minute), Created: day}
			if _, err := x.PutMail(t.Context(), m, fact(event.InvitationSent, pbx.KindUser, "usr_bob")); err != nil {
				t.Fatal(err)
			}
		}
		names := func(list []store.Mail, err error) string {
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, m := range list {
				all = append(all, m.ID[4:])
			}
			return fmt.Sprint(all)
		}
		if got := names(x.Mails(t.Context(), "", 3)) + names(x.Mails(t.Context(), "mai_2", 3)); got != "[4 3 2][1 0]" {
			t.Errorf("pages %s", got)
		}
		if got := names(x.DueMails(t.Context(), day.Add(3*time.Minute), 2)); got != "[4 3]" {
			t.Errorf("due %s", got)
		}
		m, err := x.Mail(t.Context(), "mai_4")
		if err != nil {
			t.Fatal(err)
		}
		m.State, m.Sent, m.Tries, m.Error = store.MailSent, day, 1, "none"
		if _, err := x.PutMail(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		want := m
		want.Text, want.HTML, want.Secret = "see …", "<a …>", ""
		if got, err := x.Mail(t.Context(), "mai_4"); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		if next, err := x.NextMail(t.Context()); err != nil || !next.Equal(day.Add(2*time.Minute)) {
			t.Errorf("next %v, %v", next, err)
		}
		if _, err := x.Mail(t.Context(), "mai_x"); !isCode(err, pbx.NotFound, "mail.unknown") {
			t.Error(err)
		}
	})
}

func TestPhotos(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := claim(t, open(t, address)) // ada shows "abc"
		for _, hash := range []string{"abc", "abc", "old", "new"} {
			p := store.Photo{Hash: hash, Kind: "image/jpeg", Body: []byte{0, 255, 216}, Created: day}
			if hash == "new" {
				p.Created = day.Add(time.Hour)
			}
			if err := x.PutPhoto(t.Context(), p); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := x.DropPhotos(t.Context(), day.Add(time.Minute)); err != nil || n != 1 {
			t.Errorf("dropped %d, %v", n, err)
		}
		if p, err := x.Photo(t.Context(), "abc"); err != nil || string(p.Body) != "\x00\xff\xd8" || p.Kind != "image/jpeg" {
			t.Errorf("%+v, %v", p, err)
		}
		if _, err := x.Photo(t.Context(), "old"); !isCode(err, pbx.NotFound, "photo.unknown") {
			t.Error(err)
		}
	})
}
