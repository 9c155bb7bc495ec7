package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem/event"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// dump is everything in a database but sessions and registrations, as text.
func dump(t testing.TB, address string) string {
	t.Helper()
	db := rawDB(t, address)
	var lines []string
	for _, table := range tableNames(t, db, address) {
		if table == "sessions" || table == "bindings" {
			continue
		}
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			row := make([]sql.NullString, len(columns))
			to := make([]any, len(columns))
			for i := range row {
				to[i] = &row[i]
			}
			if err := rows.Scan(to...); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, fmt.Sprintln(table, row))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// tableNames are all that a database has.
func tableNames(t testing.TB, db *sql.DB, address string) (all []string) {
	t.Helper()
	query := "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	if strings.HasPrefix(address, "sqlite:") {
		query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	}
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	if len(all) < 20 || rows.Err() != nil {
		t.Fatalf("%v, %v", all, rows.Err())
	}
	return all
}

// furnish fills an office with something of everything.
func furnish(t testing.TB, db *store.DB) *store.Tenant {
	x := claim(t, db)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	appendCalls(t, x, record(1, 0, 0, ada, bob))
	_, err := x.Append(t.Context(), nil, []event.Fact{event.New(event.CallStarted, day, admin, pbx.Ref{Kind: pbx.KindCall, ID: "cal_9"}, event.Started{From: ada})})
	check(err)
	_, err = x.SetPassword(t.Context(), store.Login{User: "usr_ada", Password: "p", Changed: day}, "")
	check(err)
	_, err = x.CreateSession(t.Context(), session("a", "usr_ada", 0))
	check(err)
	_, err = x.CreateLink(t.Context(), link("l", store.LinkInvitation, "usr_bob", 5))
	check(err)
	_, err = x.PutMail(t.Context(), store.Mail{ID: "mai_1", Kind: "test", Text: "a\nb", State: store.MailKept, Created: day})
	check(err)
	check(x.KeepBindings(t.Context(), []*store.Binding{bound("bnd_1", "dev_1", 10)}, nil))
	check(x.PutPhoto(t.Context(), store.Photo{Hash: "h", Kind: "image/jpeg", Body: []byte("x"), Created: day}))
	return x
}

// Either database can be restored from a backup of either, over whatever was there.
func TestBackupAndRestore(t *testing.T) {
	for _, from := range []string{"sqlite", "postgres"} {
		for _, to := range []string{"sqlite", "postgres"} {
			t.Run(from+" to "+to, func(t *testing.T) {
				source, target := newAddress(t, from), newAddress(t, to)
				db := open(t, source)
				furnish(t, db)
				file := filepath.Join(t.TempDir(), "it's a backup")
				if err := db.Backup(t.Context(), file); err != nil {
					t.Fatal(err)
				}
				if left, err := filepath.Glob(file + "?*"); err != nil || left != nil {
					t.Errorf("beside the backup: %v, %v", left, err)
				}
				if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("everybody reads it: %v, %v", info.Mode(), err)
				}
				if err := db.Backup(t.Context(), file); err == nil {
					t.Error("a backup was overwritten")
				}
				other := open(t, target)
				x := claim(t, other)
				appendCalls(t, x, record(77, 0, 0, ada, cid))
				if err := other.Restore(t.Context(), file); err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(dump(t, source), dump(t, target)); d != "" {
					t.Errorf("-source +restored:\n%s", d)
				}
				if _, err := x.SessionByHash(t.Context(), "hash of a", day); !isCode(err, pbx.NotFound, "session.unknown") {
					t.Errorf("somebody is still signed in: %v", err)
				}
				if list, err := x.Bindings(t.Context()); err != nil || len(list) != 0 {
					t.Errorf("a phone is still registered: %v, %v", list, err)
				}
				if v, err := x.Verify(t.Context()); err != nil || !v.OK {
					t.Errorf("%+v, %v", v, err)
				}
			})
		}
	}
}

// A backup taken while calls end is one state: every call in it has its facts, and the chain is whole (BAR CR-09).
func TestBackupWhileCallsEnd(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		x := db.Tenant("main")
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		started := make(chan struct{}, 4)
		for w := range 4 {
			wg.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					c := record(w*100000+i, i, 0, ada, bob)
					_, err := x.Append(context.WithoutCancel(ctx), []report.CDR{c}, []event.Fact{event.New(event.CallEnded, day, admin, pbx.Ref{Kind: pbx.KindCall, ID: string(c.ID)}, event.Ended{})})
					if err != nil {
						t.Error(err)
						return
					}
					if i == 20 {
						started <- struct{}{}
					}
				}
			})
		}
		for range 4 {
			<-started
		}
		file := filepath.Join(t.TempDir(), "backup")
		err := db.Backup(t.Context(), file)
		stop()
		wg.Wait()
		if err != nil {
			t.Fatal(err)
		}
		copied := open(t, "sqlite:"+file).Tenant("main")
		v, err := copied.Verify(t.Context())
		if err != nil || !v.OK {
			t.Fatalf("%+v, %v", v, err)
		}
		n, err := copied.Tally(t.Context(), store.Scope{All: true}, day.AddDate(-1, 0, 0))
		if err != nil || int64(n.Calls) != v.Entries || n.Calls < 80 {
			t.Errorf("%d calls, %d facts, %v", n.Calls, v.Entries, err)
		}
	})
}

func TestRestoreRefusesWhatIsNoBackup(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		furnish(t, db)
		before := dump(t, address)
		dir := t.TempDir()
		file := filepath.Join(dir, "backup")
		if err := db.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string][]byte{"text": []byte(strings.Repeat("no database ", 1000)), "half": whole[:len(whole)/2]} {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := db.Restore(t.Context(), path); err == nil {
				t.Errorf("%s was restored", name)
			}
		}
		if err := db.Restore(t.Context(), filepath.Join(dir, "none")); err == nil {
			t.Error("nothing was restored")
		}
		if d := cmp.Diff(before, dump(t, address)); d != "" {
			t.Errorf("a failed restore changed something:\n%s", d)
		}
	})
}
