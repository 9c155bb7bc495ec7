package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// log writes n facts about bob and reads the head.
func log(t testing.TB, x *store.Tenant, n int) store.Checkpoint {
	t.Helper()
	for i := range n {
		f := fact(event.UserChanged, pbx.KindUser, "usr_bob")
		f.At = day.Add(time.Duration(i) * time.Minute)
		if _, err := x.Append(t.Context(), nil, []event.Fact{f}); err != nil {
			t.Fatal(err)
		}
	}
	head, err := x.Head(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func TestAfterNeverSkips(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		log(t, x, 7)
		var seq int64
		var got []int64
		for {
			list, err := x.After(t.Context(), seq, 3)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				break
			}
			for _, f := range list {
				got, seq = append(got, f.Seq), f.Seq
			}
		}
		if fmt.Sprint(got) != "[1 2 3 4 5 6 7]" {
			t.Errorf("read %v", got)
		}
	})
}

// What an attacker with the database file can do, and what finds it (BAR AU-02).
func TestVerifyFindsTampering(t *testing.T) {
	tests := []struct {
		name    string
		attack  []string
		problem string
		bad     int64
		outside bool // only a checkpoint from outside shows it
	}{
		{"nothing", nil, "", 0, false},
		{"a changed letter", []string{`UPDATE facts SET reason = 'x' WHERE seq = 4`}, "audit.changed", 4, false},
		{"another actor in the column that filters", []string{`UPDATE facts SET actor_user = 'usr_eve' WHERE seq = 3`}, "audit.changed", 3, false},
		{"a fact hidden from the audit list", []string{`UPDATE facts SET audit = 0 WHERE seq = 3`}, "audit.changed", 3, false},
		{"another time", []string{`UPDATE facts SET at = at + 1 WHERE seq = 10`}, "audit.changed", 10, false},
		{"a deleted fact", []string{`DELETE FROM facts WHERE seq = 5`}, "audit.missing", 5, false},
		{"the first deleted", []string{`DELETE FROM facts WHERE seq = 1`}, "audit.missing", 1, false},
		{"two swapped", []string{`UPDATE facts SET seq = -1 WHERE seq = 4`, `UPDATE facts SET seq = 4 WHERE seq = 7`, `UPDATE facts SET seq = 7 WHERE seq = -1`}, "audit.changed", 4, false},
		{"one added at the end", []string{`INSERT INTO facts SELECT tenant, 11, at, kind, audit, actor, actor_user, object_kind, object_id, subject, before_json, after_json, reason, search, data_json, revision, salt, commitment, hash FROM facts WHERE seq = 10`}, "audit.changed", 11, false},
		{"the tail cut", []string{`DELETE FROM facts WHERE seq > 8`}, "audit.missing", 9, false},
		{"the tail cut and the head set back", []string{`DELETE FROM facts WHERE seq > 8`,
			`UPDATE tenants SET seq = 8, head = (SELECT hash FROM facts WHERE seq = 8)`}, "audit.cut", 9, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, address string) {
				x := open(t, address).Tenant("main")
				head := log(t, x, 10)
				raw := rawDB(t, address)
				for _, s := range tt.attack {
					if _, err := raw.Exec(s); err != nil {
						t.Fatal(err)
					}
				}
				alone, err := x.Verify(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				outside, err := x.Verify(t.Context(), head)
				if err != nil {
					t.Fatal(err)
				}
				if outside.Problem != tt.problem || outside.FirstBad != tt.bad || outside.OK != (tt.problem == "") {
					t.Errorf("with a checkpoint: %+v, want %q at %d", outside, tt.problem, tt.bad)
				}
				if alone.OK != (tt.problem == "" || tt.outside) {
					t.Errorf("without a checkpoint: %+v", alone)
				}
			})
		})
	}
}

// Yesterday's database with today's other facts in it has as many entries, but others.
func TestVerifyFindsARollback(t *testing.T) {
	dir := t.TempDir()
	db := open(t, "sqlite:"+filepath.Join(dir, "a.db"))
	x := db.Tenant("main")
	log(t, x, 3)
	if err := db.Backup(t.Context(), filepath.Join(dir, "yesterday")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "checkpoints")
	if err := store.AddCheckpoint(file, log(t, x, 3)); err != nil {
		t.Fatal(err)
	}
	if err := db.Restore(t.Context(), filepath.Join(dir, "yesterday")); err != nil {
		t.Fatal(err)
	}
	points, err := store.Checkpoints(file)
	if err != nil || len(points) != 1 {
		t.Fatal(points, err)
	}
	if v, err := x.Verify(t.Context(), points...); err != nil || v.Problem != "audit.cut" {
		t.Errorf("shorter: %+v, %v", v, err)
	}
	for range 5 {
		if _, err := x.Append(t.Context(), nil, []event.Fact{fact(event.LoginSucceeded, pbx.KindUser, "usr_eve")}); err != nil {
			t.Fatal(err)
		}
	}
	if v, err := x.Verify(t.Context(), points...); err != nil || v.Problem != "audit.rolled_back" || v.FirstBad != 6 {
		t.Errorf("longer: %+v, %v", v, err)
	}
}

func TestCheckpoints(t *testing.T) {
	file := filepath.Join(t.TempDir(), "checkpoints")
	if c, err := store.Checkpoints(file); err != nil || c != nil {
		t.Errorf("no file: %v, %v", c, err)
	}
	for _, c := range []store.Checkpoint{{}, {At: day, Seq: 1, Hash: "a"}, {At: day, Seq: 1, Hash: "a"}, {At: day, Seq: 2, Hash: "b"}} {
		if err := store.AddCheckpoint(file, c); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"seq":3,"ha`) // a crash in the middle of a line
	f.Close()
	if c, err := store.Checkpoints(file); err != nil || len(c) != 2 || c[1].Seq != 2 {
		t.Errorf("%v, %v", c, err)
	}
	if err := store.AddCheckpoint(file, store.Checkpoint{At: day, Seq: 4, Hash: "d"}); err != nil {
		t.Fatal(err)
	}
	if c, err := store.Checkpoints(file); err != nil || len(c) != 3 || c[2].Seq != 4 {
		t.Errorf("after the half line: %v, %v", c, err)
	}
}

func TestFacts(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		bob := &pbx.User{ID: "usr_bob", Name: "Żółw", Email: "bob@acme.example", Created: day}
		phone := &pbx.Device{ID: "dev_1", User: "usr_bob", Name: "Desk", Kind: pbx.DeviceDesk, Created: day}
		cid := pbx.Actor{Kind: pbx.ActorUser, User: "usr_cid"}
		add := func(f event.Fact, minute int) {
			f.At = day.Add(time.Duration(minute) * time.Minute)
			if _, err := x.Append(t.Context(), nil, []event.Fact{f}); err != nil {
				t.Fatal(err)
			}
		}
		add(event.Changed(event.UserCreated, day, admin, pbx.Difference{Ref: bob.Ref(), After: bob}), 0)
		add(event.Changed(event.DeviceCreated, day, admin, pbx.Difference{Ref: phone.Ref(), After: phone}), 1)
		add(event.New(event.LoginSucceeded, day, cid, pbx.Ref{Kind: pbx.KindUser, ID: "usr_cid"}, nil), 2)
		add(event.New(event.CallStarted, day, cid, pbx.Ref{Kind: pbx.KindCall, ID: "cal_1"}, event.Started{}), 3)
		add(event.Changed(event.UserDeleted, day, cid, pbx.Difference{Ref: bob.Ref(), Before: bob}), 4)

		all := store.Scope{All: true}
		users := func(u ...pbx.UserID) store.Scope { return store.Scope{Users: u} }
		tests := []struct {
			name string
			q    store.FactQuery
			want string
		}{
			{"no sight sees nothing", store.FactQuery{}, "[] 0"},
			{"everything but calls, newest first", store.FactQuery{Sight: all}, "[5 3 2 1] 4"},
			{"with calls", store.FactQuery{Sight: all, Calls: true}, "[5 4 3 2 1] 5"},
			{"by kind", store.FactQuery{Sight: all, Kinds: []event.Kind{event.UserCreated, event.UserDeleted}}, "[5 1] 2"},
			{"by actor", store.FactQuery{Sight: all, Actor: "usr_cid"}, "[5 3] 2"},
			{"by object", store.FactQuery{Sight: all, Object: bob.Ref()}, "[5 1] 2"},
			{"by kind of object", store.FactQuery{Sight: all, Object: pbx.Ref{Kind: pbx.KindDevice}}, "[2] 1"},
			{"about a person, his phone too", store.FactQuery{Sight: all, About: "usr_bob"}, "[5 2 1] 3"},
			{"from and until", store.FactQuery{Sight: all, From: day.Add(time.Minute), Until: day.Add(4 * time.Minute)}, "[3 2] 2"},
			{"text in other letters", store.FactQuery{Sight: all, Text: " ŻÓŁ"}, "[5 1] 2"},
			{"text is no pattern", store.FactQuery{Sight: all, Text: "%"}, "[] 0"},
			{"only what cid did or what is about him", store.FactQuery{Sight: users("usr_cid")}, "[5 3] 2"},
			{"only what is about bob", store.FactQuery{Sight: users("usr_bob", "usr_zoe")}, "[5 2 1] 3"},
			{"kept by the caller", store.FactQuery{Sight: all, Keep: func(f event.Fact) bool { return f.Seq != 3 }}, "[5 2 1] 4"},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				tt.q.Count = true
				for _, limit := range []int{50, 1} {
					tt.q.Limit, tt.q.Cursor = limit, ""
					got, total := []int64{}, 0
					for {
						p, err := x.Facts(t.Context(), tt.q)
						if err != nil {
							t.Fatal(err)
						}
						total = p.Total
						for _, f := range p.Items {
							got = append(got, f.Seq)
						}
						if tt.q.Cursor = p.Next; p.Next == "" {
							break
						}
					}
					if s := fmt.Sprint(got, total); s != tt.want {
						t.Errorf("pages of %d: %s, want %s", limit, s, tt.want)
					}
				}
			})
		}
		if _, err := x.Facts(t.Context(), store.FactQuery{Sight: all, Cursor: "rubbish"}); !isCode(err, pbx.Invalid, "list.cursor_invalid") {
			t.Errorf("a bad cursor: %v", err)
		}
	})
}
