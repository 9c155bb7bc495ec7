package store_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// told fills an office with everything that is kept about a caller, and with the same about another one, who stays.
func told(t *testing.T, x *store.Tenant) (facts []event.Fact) {
	t.Helper()
	for i, p := range []pbx.Party{{Name: "Żaneta Müller", Number: "+4930123456789"}, {Name: "Other Person", Number: "+4930123456780"}} {
		c := record(10+i, i, time.Minute, p, ada)
		c.Dialled = "0" + p.Number[3:]
		f := event.New(event.CallStarted, day, admin, pbx.Ref{Kind: pbx.KindCall, ID: string(c.ID)}, event.Started{From: p, To: ada, Dialled: "00" + p.Number[1:],
			Trace: []i18n.Text{i18n.T("route.person", "name", p.Name)}})
		stored, err := x.Append(t.Context(), []report.CDR{c}, []event.Fact{f})
		if err != nil {
			t.Fatal(err)
		}
		facts = append(facts, stored...)
		contact := &pbx.Contact{ID: pbx.ContactID(fmt.Sprint("con_", i)), Name: p.Name, Email: "mail@" + fmt.Sprint(i) + ".example", Numbers: []pbx.ContactNumber{{Number: p.Number}}}
		gone := event.Changed(event.ContactDeleted, day, admin, pbx.Difference{Ref: pbx.Ref{Kind: pbx.KindContact, ID: string(contact.ID)}, Before: contact})
		gone.Reason = p.Name + " wanted it, from 030 " + p.Number[5:] + ", on 2026-03-01"
		notice := pbx.Notice{ID: pbx.NoticeID(fmt.Sprint("not_", i)), User: "usr_ada", Kind: "missed", At: day, Says: pbx.Says{Args: map[string]string{"who": p.Name + " " + p.Number}}}
		stored, err = x.Write(t.Context(), []event.Fact{gone}, store.NoticeKept{Notice: notice}, store.MessageKept{Message: pbx.Message{ID: pbx.MessageID(fmt.Sprint("msg_", i)), User: "usr_ada", From: p, At: day}},
			store.RecordingKept{Recording: pbx.Recording{ID: pbx.RecordingID(fmt.Sprint("rec_", i)), Call: c.ID, Started: day, From: p, To: ada, Voices: []pbx.RecordingVoice{{User: "usr_ada"}}}})
		if err != nil {
			t.Fatal(err)
		}
		facts = append(facts, stored...)
	}
	if done, err := x.TextCalls(t.Context(), day.AddDate(1, 0, 0), 100); err != nil || !done {
		t.Fatal(done, err)
	}
	return facts
}

// allTexts is every text of every table.
func allTexts(t *testing.T, db *store.DB) string {
	t.Helper()
	path := t.TempDir() + "/dump"
	if err := db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Whoever is erased stands nowhere any more – not in a row, not in the files – and everybody else still does; the chain of the log holds, and still tells what is changed
// (BAR PR-06, AU-02). It can be broken off anywhere and done twice.
func TestErase(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		x, ctx := claim(t, db), t.Context()
		told(t, x)
		gone := []string{"aneta M", "123456789", "mail@0.example"}
		for _, s := range gone {
			if !strings.Contains(allTexts(t, db), s) {
				t.Fatalf("%s is not there before", s)
			}
		}
		e := pbx.Erasure{ID: "era_1", As: "erased-fedcba9876543210", Begun: day,
			Subject: pbx.Subject{Numbers: []string{"+4930123456789"}, Words: []string{"Żaneta Müller", "mail@0.example"}, Country: "DE"}}
		if _, err := x.Write(ctx, []event.Fact{fact(event.PrivacyOrdered, pbx.KindErasure, "era_1")}, store.ErasureKept{Erasure: e},
			store.RecordingGone{ID: "rec_0"}, store.MessageGone{ID: "msg_0"}); err != nil {
			t.Fatal(err)
		}
		for round := range 2 {
			list, err := x.Erasures(ctx)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			again := *list[0]
			if round == 1 { // as if nothing had been written down
				again.Step, again.After = 0, ""
			}
			for done := false; !done; {
				if _, done, err = x.Erase(ctx, &again, fact(event.PrivacyRewritten, pbx.KindErasure, "era_1"), 1); err != nil {
					t.Fatal(err)
				}
			}
			if again.Facts != 2 || again.Rows != 2 {
				t.Errorf("round %d: %d facts and %d rows", round, again.Facts, again.Rows)
			}
			e = again
		}
		e.Subject = pbx.Subject{}
		if err := x.Keep(ctx, store.ErasureKept{Erasure: e}); err != nil {
			t.Fatal(err)
		}
		if err := db.Scrub(ctx); err != nil {
			t.Fatal(err)
		}
		all := allTexts(t, db)
		if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
			for _, end := range []string{"", "-wal"} {
				b, err := os.ReadFile(path + end)
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				all += string(b)
			}
		}
		for _, s := range gone {
			if i := strings.Index(all, s); i >= 0 {
				t.Errorf("%s is still there: %q", s, all[max(0, i-80):i+40])
			}
		}
		for _, s := range []string{"Other Person", "+4930123456780", "mail@1.example", e.As, "wanted it"} {
			if !strings.Contains(all, s) {
				t.Errorf("%s is gone", s)
			}
		}
		if c, err := x.Call(ctx, "cal_0010"); err != nil || c.From.Number != e.As || c.From.Name != e.As || c.To.Name != "Ada" || c.Dialled != e.As {
			t.Errorf("%+v, %v", c, err)
		}
		verify := func(want string) {
			t.Helper()
			v, err := x.Verify(ctx)
			if err != nil || v.Problem != want {
				t.Errorf("%+v, %v; want %q", v, err, want)
			}
		}
		verify("")
		for _, tampered := range []string{
			"UPDATE facts SET reason = 'x' WHERE salt = '' AND commitment <> '' AND reason <> ''",
			"UPDATE facts SET salt = '', kind = 'x' WHERE seq = 1",
		} {
			if err := db.Exec(ctx, "CREATE TABLE kept AS SELECT * FROM facts"); err != nil {
				t.Fatal(err)
			}
			if err := db.Exec(ctx, tampered); err != nil {
				t.Fatal(err)
			}
			verify("audit.changed")
			for _, s := range []string{"DELETE FROM facts", "INSERT INTO facts SELECT * FROM kept", "DROP TABLE kept"} {
				if err := db.Exec(ctx, s); err != nil {
					t.Fatal(err)
				}
			}
		}
		verify("")
	})
}

// Entries of older versions have no commitment; whoever is erased from them is gone as well, and the chain holds.
func TestEraseFromOldFacts(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		x, ctx := claim(t, db), t.Context()
		if err := store.AppendOld(ctx, x, event.New(event.CallStarted, day, admin, pbx.Ref{Kind: pbx.KindCall, ID: "cal_1"}, event.Started{From: pbx.Party{Name: "Jo", Number: "+4930123456789"}})); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Write(ctx, []event.Fact{fact(event.PrivacyOrdered, pbx.KindErasure, "era_1")}); err != nil {
			t.Fatal(err)
		}
		e := pbx.Erasure{ID: "era_1", As: "erased-1", Subject: pbx.Subject{Numbers: []string{"+4930123456789"}, Shy: []string{"Jo"}, Country: "DE"}}
		for done := false; !done; {
			var err error
			if _, done, err = x.Erase(ctx, &e, fact(event.PrivacyRewritten, pbx.KindErasure, "era_1"), 10); err != nil {
				t.Fatal(err)
			}
		}
		e.Subject = pbx.Subject{}
		if err := x.Keep(ctx, store.ErasureKept{Erasure: e}); err != nil {
			t.Fatal(err)
		}
		if e.Facts != 1 || bytes.Contains([]byte(allTexts(t, db)), []byte(`"Jo"`)) {
			t.Errorf("%+v", e)
		}
		if v, err := x.Verify(ctx); err != nil || !v.OK {
			t.Errorf("%+v, %v", v, err)
		}
	})
}
