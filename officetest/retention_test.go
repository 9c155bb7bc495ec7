package officetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// An owner in a real browser chooses how long is kept what: he sees before what would go, a recording that is kept for good holds its call back, and what he
// saved is what the next round goes by (PR-05). The scenario is web/test/browser/retention.mjs.
func TestRetentionInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	s := start(t)
	olga := s.claim().Text("user", "id")
	sales := s.call(201, "POST", "/v1/groups", object{"name": "Sales"}).Text("id")
	bob, _ := s.person("Bob", "155")
	s.call(200, "PUT", "/v1/groups/"+sales+"/members/"+bob, object{"role": "user", "main": true})

	now := time.Now().UTC().Truncate(time.Millisecond)
	var calls []report.CDR
	for i, days := range []int{100, 100, 40, 40, 1} {
		at := now.AddDate(0, 0, -days)
		who := pbx.Party{User: pbx.UserID(olga), Name: "Olga Nowak", Number: "100"}
		if days == 40 {
			who = pbx.Party{User: pbx.UserID(bob), Name: "Bob", Number: "155"}
		}
		calls = append(calls, report.CDR{ID: pbx.CallID(fmt.Sprintf("cal_%d", i)), From: who, To: pbx.Party{Number: fmt.Sprintf("+493012345%d", i)}, Users: []pbx.UserID{who.User},
			Started: at, Answered: at.Add(time.Second), Ended: at.Add(time.Minute), Cause: pbx.CauseHangup, Reason: i18n.T("cause.hangup"), Trace: []i18n.Text{i18n.T("route.busy_tone")}})
	}
	if _, err := s.Store.Append(ctx, calls, nil); err != nil {
		t.Fatal(err)
	}
	rec := pbx.Recording{ID: "rec_0", Call: "cal_0", Began: calls[0].Started, Started: calls[0].Answered, Length: 59 * time.Second, From: calls[0].From, To: calls[0].To,
		Voices: []pbx.RecordingVoice{{User: pbx.UserID(olga), From: calls[0].Answered}}, Mode: pbx.RecordAlways, Notice: pbx.RecordTell, Expires: now.AddDate(1, 0, 0)}
	made := event.New(event.RecordingMade, now, pbx.Actor{Kind: pbx.ActorSystem, Via: "sip"}, rec.Ref(), nil)
	if _, err := s.Store.Write(ctx, []event.Fact{made}, store.RecordingKept{Recording: rec}); err != nil {
		t.Fatal(err)
	}

	s.conducts(ctx, "retention", map[string]func(){
		"saved": func() { // what the house does each hour
			view, _ := s.Directory.View()
			drop := store.CallsDrop{Due: store.DueOf(view, time.Now())}
			for done := false; !done; {
				var err error
				if done, err = s.Store.DropCalls(ctx, &drop, 100); err != nil {
					t.Fatal(err)
				}
			}
			if drop.Dropped != 3 {
				t.Errorf("%d calls went", drop.Dropped)
			}
		},
	})
	left := map[string]bool{}
	for _, c := range s.call(200, "GET", "/v1/calls", nil).Items() {
		left[c.Text("id")] = true
	}
	if len(left) != 2 || !left["cal_0"] || !left["cal_4"] {
		t.Errorf("left are %v", left)
	}
	if kept := s.call(200, "GET", "/v1/retention", nil); kept.At("calls", "days") != 60.0 || kept.At("groups", 0, "days") != 30.0 || kept.At("traces", "days") != 30.0 {
		t.Errorf("it is kept %v", kept)
	}
}
