package api

import (
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

// Whoever is heard reads who listened, when and why, unless the office says otherwise; and where it wants a reason, nobody listens without (N-15, B-053).
func TestWhoListened(t *testing.T) {
	o := live(t)
	rec := o.ids["recording uwe tom"]
	hear := func(who, query string, want int) {
		t.Helper()
		if r := o.ask(who, "GET", "/v1/recordings/"+rec+"/sound"+query, ""); r.StatusCode != want {
			t.Errorf("%s %s: %d", who, query, r.StatusCode)
		}
	}
	list := func(who string) (all []string) {
		t.Helper()
		r := o.ask(who, "GET", "/v1/recordings/"+rec+"/hearings", "")
		if r.StatusCode != 200 {
			return nil
		}
		var h Hearings
		r.json(t, &h)
		for _, x := range h.Items {
			all = append(all, x.Who.Name+" "+x.Reason)
		}
		return all
	}
	hear("uwe", "", 200)
	if r := o.ask("olga", "PATCH", "/v1/recording-rules/office", `{"why":"asked"}`); r.StatusCode != 200 {
		t.Fatal(r.StatusCode)
	}
	o.now = func() time.Time { return start.Add(20 * time.Minute) }
	hear("uwe", "", 200) // his own
	hear("olga", "", 422)
	hear("olga", "?reason=complaint", 200)
	if got := strings.Join(list("tom"), ", "); got != "olga complaint, uwe , uwe " {
		t.Errorf("tom reads %q", got)
	}
	if got := strings.Join(o.listened, ", "); got != "tom: recording.played "+rec+" by uwe, tom: recording.played "+rec+" by uwe, uwe: recording.played "+rec+" by olga, tom: recording.played "+rec+" by olga" {
		t.Errorf("told was %q", got)
	}
	if r := o.ask("olga", "PATCH", "/v1/recording-rules/office", `{"shown":"closed"}`); r.StatusCode != 200 {
		t.Fatal(r.StatusCode)
	}
	if got := list("olga"); len(got) != 3 {
		t.Errorf("olga reads %q", got)
	}
	(&sharing{o, t, "tom", ""}).denies("recording.history")
	o.listened = nil
	hear("olga", "?reason=again", 200)
	if got := strings.Join(o.listened, ", "); got != "uwe: recording.played "+rec+" by olga" {
		t.Errorf("told was %q: to tom the list is closed", got)
	}
	entries := o.ask("olga", "GET", "/v1/audit?limit=5", "")
	var page Page[Entry]
	entries.json(t, &page)
	found := false
	for _, e := range page.Items {
		found = found || e.Kind == "recording.played" && e.Reason == "complaint"
	}
	if !found {
		t.Errorf("the log does not tell: %+v", page.Items)
	}
}

// A player that fetches a recording in pieces listens once; pieces that do not begin at the beginning are no way round the log.
func TestListeningInPieces(t *testing.T) {
	o := live(t)
	rec := o.ids["recording uwe tom"]
	for _, piece := range []string{"bytes=5-9", "bytes=0-", "bytes=9-"} {
		r := o.ask("olga", "GET", "/v1/recordings/"+rec+"/sound", "", "Range", piece)
		if r.StatusCode != 206 {
			t.Fatal(piece, r.StatusCode)
		}
	}
	var h Hearings
	o.ask("olga", "GET", "/v1/recordings/"+rec+"/hearings", "").json(t, &h)
	if len(h.Items) != 1 {
		t.Errorf("%+v", h.Items)
	}
}

// What is held nobody deletes; what is deleted is out of sight, and can be taken back (PR-04, PR-05).
func TestHoldAndDelete(t *testing.T) {
	o := live(t)
	path := "/v1/recordings/" + o.ids["recording uwe tom"]
	do := func(method, to, body string, want int) reply {
		t.Helper()
		r := o.ask("olga", method, path+to, body)
		if r.StatusCode != want {
			t.Fatalf("%s %s: %d %s", method, to, r.StatusCode, r.body)
		}
		return r
	}
	do("POST", "/hold", `{"hold":true}`, 200)
	do("DELETE", "", "", 409)
	do("POST", "/hold", `{"hold":false}`, 200)
	do("DELETE", "", "", 204)
	do("GET", "/sound", "", 404)
	if r := o.ask("uwe", "GET", path, ""); r.StatusCode != 404 {
		t.Errorf("uwe still sees it: %d", r.StatusCode)
	}
	var back Recording
	do("POST", "/restore", "", 200).json(t, &back)
	if !back.Deleted.IsZero() || back.From.Name != "uwe" || back.Why == "" || !back.Can.Play {
		t.Errorf("%+v", back)
	}
	do("GET", "/sound", "", 200)
}

// A rule that says nothing is no rule; what counts is said with where it comes from: the office says first what holds and how long, groups and people differ
// (B-050, B-052).
func TestRecordRules(t *testing.T) {
	o := live(t)
	set := func(about, body string) (out RecordRule) {
		t.Helper()
		r := o.ask("olga", "PATCH", "/v1/recording-rules/"+o.ids[about]+map[bool]string{true: "office"}[about == "office"], body)
		if r.StatusCode != 200 {
			t.Fatalf("%d %s", r.StatusCode, r.body)
		}
		r.json(t, &out)
		return out
	}
	set("office", `{"mode":"demand","notice":"object","days":30}`)
	if got := set("sales", `{"mode":"always","outside":true}`); got.Counts.Notice != pbx.RecordObject || got.Own.Notice != "" || got.From != pbx.RecordRuleID(o.ids["sales"]) {
		t.Errorf("%+v", got)
	}
	if got := set("sales", `{"mode":"","outside":false}`); got.Counts.Mode != pbx.RecordDemand || got.From != pbx.OfficeRule || got.FromWho == "" || o.view().RecordRules[pbx.RecordRuleID(o.ids["sales"])] != nil {
		t.Errorf("%+v", got)
	}
	if r := o.ask("olga", "PATCH", "/v1/recording-rules/office", `{"days":99999}`); r.StatusCode != 422 {
		t.Errorf("%d", r.StatusCode)
	}
	var mine RecordRule
	o.ask("nina", "GET", "/v1/recording-rules/"+o.ids["nina"], "").json(t, &mine)
	if mine.Counts.Days != 30 || mine.Edit {
		t.Errorf("%+v", mine)
	}
}
