package api

import (
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
)

// A draft is replayed over the calls of people whom the visitor may decide about, and of these he sees only those one by one that he sees in the
// log; nothing is changed. A draft that he may not save he may not try (N-2).
func TestDraftIsReplayed(t *testing.T) {
	o := newOffice(t)
	call := func(id, who, to string, talk time.Duration) {
		u := pbx.UserID(o.ids[who])
		at := o.now().Add(-time.Hour)
		cdr := report.CDR{ID: pbx.CallID(id), From: pbx.Party{User: u, Name: who}, To: pbx.Party{Number: to}, Dialled: to, Users: []pbx.UserID{u}, Started: at, Answered: at, Ended: at.Add(talk), Cause: pbx.CauseHangup}
		if _, err := o.tenant.Append(t.Context(), []report.CDR{cdr}, nil); err != nil {
			t.Fatal(err)
		}
	}
	call("cal_w1", "nina", "+48221234567", 5*time.Minute)
	call("cal_w2", "nina", "+493012345678", 20*time.Minute)
	call("cal_w3", "mia", "+493012345678", 20*time.Minute)
	before, _ := o.dir.View()
	ask := func(who, body string) (out Outcome) {
		t.Helper()
		o.ask(who, "POST", "/v1/whatif/restriction", body).json(t, &out)
		return out
	}
	sales := `"restriction":"` + o.ids["sales restriction"] + `"`
	out := ask("olga", `{`+sales+`,"draft":{"rules":[{"effect":"deny","classes":["international"]},{"effect":"limit","minutes":10}]},"days":2}`)
	if out.Closed != 1 || out.Shorter != 1 || len(out.People) != 1 || out.People[0].User.ID != o.ids["nina"] || len(out.Effects) != 2 || out.Hidden != 0 {
		t.Errorf("%+v", out)
	}
	for _, e := range out.Effects {
		if e.Text == "" || e.Number == "" || e.Turn != map[pbx.CallID]string{"cal_w1": "closed", "cal_w2": "shorter"}[e.Call] {
			t.Errorf("%+v", e)
		}
	}
	if out := ask("olga", `{`+sales+`,"delete":true,"days":2}`); out.Closed != 1 || out.Outside < 3 {
		t.Errorf("without the profile of sales: %+v", out)
	}
	if out := ask("greta", `{`+sales+`,"draft":{"rules":[{"effect":"limit","minutes":10}]}}`); out.Shorter != 1 || out.Outside == 0 {
		t.Errorf("the head of sales: %+v", out)
	}
	for who, body := range map[string]string{"greta": `{"draft":{"name":"All","on":[{"kind":"office"}]}}`, "nina": `{` + sales + `,"delete":true}`} {
		if r := o.ask(who, "POST", "/v1/whatif/restriction", body); r.StatusCode < 400 {
			t.Errorf("%s tries %s: %d", who, body, r.StatusCode)
		}
	}
	if after, _ := o.dir.View(); after.Version != before.Version {
		t.Error("a draft changed the office")
	}
}
