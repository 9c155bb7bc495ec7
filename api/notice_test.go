package api

import (
	"strings"
	"testing"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/store"
)

// Everybody reads his own notices in his language, marks them, is told live, and chooses by which ways he gets them.
func TestNotices(t *testing.T) {
	o := live(t)
	uwe := pbx.UserID(o.ids["uwe"])
	for i, kind := range []pbx.NoticeKind{"waiting", "asked"} {
		n := pbx.Notice{ID: pbx.NoticeID("ntc_" + string(kind)), User: uwe, Kind: kind, At: start.Add(time.Duration(i) * time.Second), Page: "/requests",
			Says: pbx.Says{Args: map[string]string{"asker": "Nina", "reason": "why", "caller": "Ada", "queue": "Service", "number": "+49", "seconds": "60"}, Words: map[string]i18n.Text{"right": i18n.T("right.call.see")}}}
		if err := o.tenant.Keep(t.Context(), store.NoticeKept{Notice: n}); err != nil {
			t.Fatal(err)
		}
	}
	var page Page[Notice]
	o.ask("uwe", "GET", "/v1/notices?limit=2", "").json(t, &page)
	if page.Total != 3 || len(page.Items) != 2 || page.Next == "" || page.Items[0].Kind != "asked" || page.Items[0].Title != "Nina asks you for a right" || page.Items[0].Severity != "info" ||
		!strings.Contains(page.Items[0].Text, "See live calls of a person or a queue while they ring or talk") || page.Items[0].Read || page.Items[0].Page != "/requests" {
		t.Errorf("%+v", page)
	}
	o.ask("uwe", "GET", "/v1/notices?area=groups", "").json(t, &page)
	if page.Total != 1 || page.Items[0].Kind != "waiting" {
		t.Errorf("of his groups: %+v", page)
	}
	other := o.listen(t, "mia", "")
	l := o.listen(t, "uwe", "")
	if got := o.ask("uwe", "PATCH", "/v1/notices/ntc_asked", `{"read":true}`); got.StatusCode != 200 || !strings.Contains(string(got.body), `"read":true`) {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	l.want("changed", `"kind":"notice"`, `"ntc_asked"`, `"mine":true`)
	if got := o.ask("mia", "PATCH", "/v1/notices/ntc_asked", `{"read":false}`); got.StatusCode != 404 {
		t.Errorf("somebody else's: %d", got.StatusCode)
	}
	o.ask("uwe", "GET", "/v1/notices?unread=true", "").json(t, &page)
	if page.Total != 2 {
		t.Errorf("not read: %+v", page)
	}
	if got := o.ask("uwe", "POST", "/v1/notices/read", `{}`); string(got.body) != `{"read":2}`+"\n" {
		t.Errorf("all: %s", got.body)
	}
	o.ask("uwe", "GET", "/v1/notices?unread=true", "").json(t, &page)
	if page.Total != 0 {
		t.Errorf("all are read: %+v", page)
	}
	l.want("changed", `"kind":"notice"`)
	o.ask("mia", "PUT", "/v1/profile/notices", `{"items":[{"kind":"voicemail","web":true,"mail":false,"push":true}]}`)
	other.want("changed", `"kind":"user"`) // nothing of another's notices came before

	var choices Page[NoticeChoice]
	o.ask("mia", "GET", "/v1/profile/notices", "").json(t, &choices)
	for _, c := range choices.Items {
		if c.Kind == "voicemail" && (c.Mail || !c.Web || !c.Usual.Mail || c.Name != "Voicemail for you") {
			t.Errorf("%+v", c)
		}
		if c.Fixed != (c.Severity == "critical") {
			t.Errorf("%+v", c)
		}
	}
	for _, bad := range []string{`{"items":[{"kind":"attack","web":false,"mail":false,"push":false}]}`, `{"items":[{"kind":"none","web":true,"mail":false,"push":false}]}`} {
		if got := o.ask("mia", "PUT", "/v1/profile/notices", bad); got.StatusCode != 422 {
			t.Errorf("%s: %d %s", bad, got.StatusCode, got.body)
		}
	}
}
