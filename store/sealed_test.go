package store_test

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
	"tandem/vault"
)

// marked is the office of all nouns, with secrets that are easy to find.
func marked() (all []pbx.Noun, secrets []string) {
	mark := func(what string) string {
		secrets = append(secrets, "hidden-"+what)
		return "hidden-" + what
	}
	for _, n := range nouns() {
		switch n := n.(type) {
		case *pbx.Tenant:
			n.Mail.Password, n.Providers[0].Secret = mark("mail"), mark("provider")
		case *pbx.Device:
			n.MD5, n.SHA256 = mark("md5"), mark("sha256")
		case *pbx.Trunk:
			n.Secret = mark("trunk")
		case *pbx.Room:
			n.PIN, n.HostPIN = "20394857610", "67584930211"
			secrets = append(secrets, n.PIN, n.HostPIN)
		case *pbx.Calendar:
			n.Link = "https://calendar.example/" + mark("calendar")
		}
		all = append(all, n)
	}
	return all, secrets
}

func keys(t *testing.T) *vault.Vault {
	t.Helper()
	v, err := vault.Open(filepath.Join(t.TempDir(), "key"), true)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// shows lists which texts stand somewhere in the database, in the rows or, of SQLite, in the files.
func shows(t *testing.T, address string, texts []string) (found []string) {
	t.Helper()
	var all bytes.Buffer
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		for _, ending := range []string{"", "-wal"} {
			if b, err := os.ReadFile(path + ending); err == nil {
				all.Write(b)
			}
		}
	} else {
		raw := rawDB(t, address)
		for _, table := range []string{"devices", "trunks", "rooms", "calendars", "mails", "tenants", "facts"} {
			rows, err := raw.Query("SELECT CAST(" + table + ".* AS TEXT) FROM " + table)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var s string
				if err := rows.Scan(&s); err != nil {
					t.Fatal(err)
				}
				all.WriteString(s)
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, s := range texts {
		if bytes.Contains(all.Bytes(), []byte(s)) {
			found = append(found, s)
		}
	}
	return found
}

func loaded(t *testing.T, db *store.DB) []pbx.Noun {
	t.Helper()
	_, all := rowsOf(t, db.Tenant("main"))
	return all
}

// Who has a copy of the database and not the key reads no secret of a phone, a line, a room, a mail; an office of before is sealed at once, and wiped of what
// stood there; a new key seals everything anew, and the old one opens nothing then (PR-07).
func TestSecretsAreSealed(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		ctx := t.Context()
		office, secrets := marked()
		secrets = append(secrets, "hidden-link")
		db := open(t, address)
		x := db.Tenant("main")
		if _, err := x.Apply(ctx, 0, pbx.Change{Put: office}, []event.Fact{fact(event.SetupClaimed, pbx.KindSystem, "main")}); err != nil {
			t.Fatal(err)
		}
		link := "https://pbx.example/hidden-link"
		letter := store.Mail{ID: "mai_1", Kind: "invitation", To: "a@example.com", Subject: "Welcome", Text: "Open " + link, HTML: "<a href=" + link + ">", Secret: link, State: store.MailWaiting, Created: day, Next: day}
		put := func(id string) {
			t.Helper()
			m := letter
			m.ID = id
			if _, err := x.PutMail(ctx, m); err != nil {
				t.Fatal(err)
			}
		}
		put("mai_1")
		want := loaded(t, db)
		if found := shows(t, address, secrets); len(found) < len(secrets) {
			t.Fatalf("the test finds only %v of %v", found, secrets)
		}

		v := keys(t)
		db.Seal(v)
		if held, err := db.HoldsSealed(ctx); held || err != nil {
			t.Errorf("%v, %v", held, err)
		}
		n, err := db.Reseal(ctx)
		if err != nil || n < 10 {
			t.Fatalf("%d, %v", n, err)
		}
		put("mai_2")
		if found := shows(t, address, secrets); len(found) > 0 {
			t.Errorf("in the clear: %v", found)
		}
		if held, err := db.HoldsSealed(ctx); !held || err != nil {
			t.Errorf("%v, %v", held, err)
		}
		same := func(what string) {
			t.Helper()
			if d := cmp.Diff(want, loaded(t, db), cmpopts.EquateComparable(netip.Prefix{})); d != "" {
				t.Errorf("%s, the office is another:\n%s", what, d)
			}
			for _, id := range []string{"mai_1", "mai_2"} {
				if m, err := x.Mail(ctx, id); err != nil || m.Secret != link || m.Text != letter.Text || m.HTML != letter.HTML {
					t.Errorf("%s, %s is %+v, %v", what, id, m, err)
				}
			}
			if due, err := x.DueMails(ctx, day, 9); err != nil || len(due) != 2 || due[0].Secret != link {
				t.Errorf("%s, %+v, %v", what, due, err)
			}
		}
		same("sealed")
		if again, err := db.Reseal(ctx); again != 0 || err != nil {
			t.Errorf("%d, %v", again, err)
		}

		if err := v.Rotate(); err != nil {
			t.Fatal(err)
		}
		same("with a new key")
		gone, stop := context.WithCancel(ctx)
		stop()
		if _, err := db.Reseal(gone); err == nil {
			t.Error("a round that is cut off says that it is done")
		}
		if again, err := db.Reseal(ctx); err != nil || again < n {
			t.Errorf("%d, %v", again, err)
		}
		if err := v.Retire(); err != nil {
			t.Fatal(err)
		}
		same("after the rotation")

		copied := filepath.Join(t.TempDir(), "copy.db")
		if err := db.Backup(ctx, copied); err != nil {
			t.Fatal(err)
		}
		thief := open(t, "sqlite:"+copied)
		thief.Seal(keys(t))
		if _, err := thief.Tenant("main").Load(ctx); !errors.Is(err, vault.ErrKey) {
			t.Errorf("another key opens it: %v", err)
		}
		if found := shows(t, "sqlite:"+copied, secrets); len(found) > 0 {
			t.Errorf("the backup has %v", found)
		}
	})
}
