package store_test

import (
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// endingsOf are the texts that something is found by.
func endingsOf(t *testing.T, address, text string) (n int) {
	t.Helper()
	if err := rawDB(t, address).QueryRow("SELECT COUNT(*) FROM endings WHERE text LIKE '%" + text + "%'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// What is found by text follows its rows: a long call is found although the calls of its time have their texts already, what is forgotten or erased is in no index any more,
// what somebody else still has stays, and a backup brings all of it (BAR PR-05, PR-06).
func TestTextsFollowTheirRows(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		x, ctx := claim(t, db), t.Context()
		zoe := pbx.Party{Name: "Zoë Quux", Number: "+4930777"}
		appendCalls(t, x, record(1, 1, time.Minute, zoe, ada), record(2, 2, time.Minute, pbx.Party{Number: "+4930888"}, bob))
		calls := func(x *store.Tenant, text string) int {
			t.Helper()
			p, err := x.Calls(ctx, store.CallQuery{Sight: store.Scope{All: true}, Text: text, Count: true})
			if err != nil || p.Total != len(p.Items) {
				t.Fatal(p, err)
			}
			return len(p.Items)
		}
		if calls(x, "oë quu 0777") != 1 || endingsOf(t, address, "zoë") != 0 {
			t.Error("before the texts")
		}
		for range 2 { // twice is once
			if done, err := x.TextCalls(ctx, day.Add(time.Hour), 1); err != nil {
				t.Fatal(done, err)
			}
		}
		if done, err := x.TextCalls(ctx, day.Add(time.Hour), 1); err != nil || !done {
			t.Fatal(done, err)
		}
		appendCalls(t, x, record(3, 3, time.Hour, pbx.Party{Name: "Late One", Number: "+4930999"}, ada))
		for text, want := range map[string]int{"oë quu 0777": 1, "late": 1, "30888": 1, "ada": 2, "4930": 3, "quux 888": 0, "nobody": 0} {
			if n := calls(x, text); n != want {
				t.Errorf("%q: %d calls, want %d", text, n, want)
			}
		}

		rec := pbx.Recording{ID: "rec_1", Call: "cal_0001", Started: day, From: zoe, To: ada, Hold: true, Voices: []pbx.RecordingVoice{{User: "usr_ada"}}}
		if _, err := x.Write(ctx, []event.Fact{fact(event.RecordingMade, pbx.KindRecording, "rec_1")}, store.RecordingKept{Recording: rec}); err != nil {
			t.Fatal(err)
		}
		other := newAddress(t, map[bool]string{true: "postgres", false: "sqlite"}[strings.HasPrefix(address, "sqlite")])
		copied := open(t, other)
		if path := t.TempDir() + "/backup"; db.Backup(ctx, path) != nil || copied.Restore(ctx, path) != nil {
			t.Fatal("backup")
		}
		if n := calls(copied.Tenant("main"), "oë quu"); n != 1 || endingsOf(t, other, "zoë") != endingsOf(t, address, "zoë") {
			t.Errorf("restored: %d calls", n)
		}

		// The call goes by its age; the recording still has the name.
		drop := store.CallsDrop{Due: store.CallsDue{Before: day.AddDate(0, 0, 1)}}
		rec2 := rec
		rec2.ID, rec2.Call, rec2.Hold = "rec_2", "cal_0002", false
		if err := x.Keep(ctx, store.RecordingKept{Recording: rec2}, store.RecordingGone{ID: "rec_1"}); err != nil {
			t.Fatal(err)
		}
		for done := false; !done; {
			var err error
			if done, err = x.DropCalls(ctx, &drop, 2); err != nil {
				t.Fatal(err)
			}
		}
		if drop.Dropped != 3 || calls(x, "a") != 0 || endingsOf(t, address, "zoë") == 0 || endingsOf(t, address, "30888")+endingsOf(t, address, "late") != 0 {
			t.Errorf("%d dropped; %d endings of Zoë, %d of others", drop.Dropped, endingsOf(t, address, "zoë"), endingsOf(t, address, "30888")+endingsOf(t, address, "late"))
		}

		// Zoë is erased from the recording.
		recordings := func(text string) int {
			t.Helper()
			p, err := x.Recordings(ctx, store.RecordingQuery{Sight: store.Scope{All: true}, Text: text})
			if err != nil {
				t.Fatal(err)
			}
			return len(p.Items)
		}
		e := pbx.Erasure{ID: "era_1", As: "erased-fedcba9876543210", Begun: day, Subject: pbx.Subject{Numbers: []string{"+4930777"}, Words: []string{"Zoë Quux"}, Country: "DE"}}
		if recordings("quux") != 1 {
			t.Error("the recording is not found")
		}
		for done := false; !done; {
			var err error
			if _, done, err = x.Erase(ctx, &e, fact(event.PrivacyRewritten, pbx.KindErasure, "era_1"), 5); err != nil {
				t.Fatal(err)
			}
		}
		if recordings("quux") != 0 || recordings("0777") != 0 || recordings("erased-fed") != 1 || recordings("ada") != 1 || endingsOf(t, address, "zoë")+endingsOf(t, address, "777") != 0 {
			t.Errorf("erased: found %d, as another %d, %d endings", recordings("quux"), recordings("erased-fed"), endingsOf(t, address, "zoë"))
		}
		var parts int
		if err := rawDB(t, address).QueryRow("SELECT COUNT(*) FROM recording_parts WHERE part LIKE '%0777%'").Scan(&parts); err != nil || parts != 0 {
			t.Errorf("the number is among %d parts, %v", parts, err)
		}
		if err := x.Keep(ctx, store.RecordingGone{ID: "rec_2"}); err != nil || endingsOf(t, address, "") != 0 {
			t.Errorf("%d endings are left, %v", endingsOf(t, address, ""), err)
		}
	})
}
