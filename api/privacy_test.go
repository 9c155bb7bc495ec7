package api

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
)

// Whoever may is handed everything about a number outside or a person: what is told of him, his consents, and the sound; each copy and the handing out stand in the log,
// which names nobody (BAR PR-06, PR-03).
func TestHandOut(t *testing.T) {
	o := live(t)
	gone := report.CDR{ID: "cal_gone", From: pbx.Party{Number: "+4930123456789"}, To: pbx.Party{User: pbx.UserID(o.ids["uwe"]), Name: "uwe"}, Users: []pbx.UserID{pbx.UserID(o.ids["uwe"])}, Started: start, Answered: start, Ended: start.Add(time.Minute), Cause: pbx.CauseHangup,
		Consents: []pbx.Consent{{Party: pbx.Party{Number: "+4930123456789"}, At: start, Text: "say.recording.on", Language: "de", Answer: pbx.ConsentRefused}}} // nothing was kept of it
	if _, err := o.tenant.Append(t.Context(), []report.CDR{gone}, nil); err != nil {
		t.Fatal(err)
	}
	before := o.head()
	files := func(query string) map[string][]byte {
		t.Helper()
		r := o.wants(200, "olga", "GET", "/v1/privacy/export?"+query, "")
		z, err := zip.NewReader(bytes.NewReader(r.body), int64(len(r.body)))
		if err != nil {
			t.Fatal(err)
		}
		all := map[string][]byte{}
		for _, f := range z.File {
			in, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if all[f.Name], err = io.ReadAll(in); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	got := files("number=030+123456789")
	var consents []ConsentRecord
	if err := json.Unmarshal(got["consents.json"], &consents); err != nil || len(consents) != 2 || consents[0].Party.Number != "+4930123456789" || consents[0].Text != "say.recording.on" ||
		consents[0].Recording == "" || consents[1].Call != "cal_gone" || consents[1].Recording != "" || consents[1].Answer != pbx.ConsentRefused || consents[1].Words != catalog().Say("de", i18n.T("say.recording.on")) {
		t.Errorf("%+v, %v", consents, err)
	}
	var calls []struct{ ID string }
	if err := json.Unmarshal(got["calls.json"], &calls); err != nil || len(calls) == 0 {
		t.Errorf("%v, %v", calls, err)
	}
	sounds := 0
	for name, b := range got {
		if strings.HasSuffix(name, ".wav") && len(b) > 0 {
			sounds++
		} else if !json.Valid(b) {
			t.Errorf("%s: %s", name, b)
		}
	}
	if sounds != 1 {
		t.Errorf("%d sounds", sounds)
	}
	if kinds := o.kinds(before); !slices.Equal(kinds, []event.Kind{event.PrivacyExported, event.RecordingDownloaded}) {
		t.Errorf("%v", kinds)
	}
	got = files("user=<uwe>")
	if !bytes.Contains(got["person.json"], []byte("uwe@")) || !bytes.Contains(got["recordings.json"], []byte("rec_uwe1")) {
		t.Errorf("%s\n%s", got["person.json"], got["recordings.json"])
	}
	for query, want := range map[string]int{"": 422, "user=usr_none": 404, "number=12": 422, "number=030123456789&user=<uwe>": 422} {
		o.wants(want, "olga", "GET", "/v1/privacy/export?"+query, "")
	}
}

// What may not be erased is refused with its reason: who is still here, what is held, what the settings still name. What is ordered is told by pseudonym, also where its reason names him
// (BAR PR-05, PR-06).
func TestErasureIsOrdered(t *testing.T) {
	o := live(t)
	order := func(want int, body string) reply { return o.wants(want, "olga", "POST", "/v1/privacy/erasures", body) }
	const number = `{"number":"030 123456789","reason":"Carla Caller, +49 30 123456789, wrote on Monday"}`
	o.wants(201, "olga", "POST", "/v1/contacts", `{"name":"Carla Caller","numbers":[{"number":"+4930123456789"}]}`)
	if r := order(409, `{"user":"`+o.ids["uwe"]+`","reason":"x"}`); !strings.Contains(string(r.body), "uwe") {
		t.Errorf("%s", r.body)
	}
	rec := "/v1/recordings/" + o.ids["recording mia +4930123456789"] + "/hold"
	o.wants(200, "olga", "POST", rec, `{"hold":true}`)
	order(409, number)
	o.wants(200, "olga", "POST", rec, `{"hold":false}`)
	order(422, `{"number":"030123456789","reason":""}`)
	r := order(202, number)
	var e Erasure
	r.json(t, &e)
	if e.State != "running" || !strings.HasPrefix(e.As, "erased-") || strings.Contains(string(r.body), "123456789") || strings.Contains(string(r.body), "Carla") || !strings.Contains(e.Reason, "on Monday") {
		t.Errorf("%s", r.body)
	}
	for _, c := range o.view().Contacts {
		if hasNumber(c, "+4930123456789") {
			t.Error("the contact is still there")
		}
	}
	list, err := o.tenant.Erasures(t.Context())
	if err != nil || len(list) != 1 || !slices.Equal(list[0].Subject.Words, []string{"Carla Caller"}) || !slices.Equal(list[0].Subject.Numbers, []string{"+4930123456789"}) {
		t.Errorf("%+v, %v", list, err)
	}
	var all Erasures
	o.wants(200, "olga", "GET", "/v1/privacy/erasures", "").json(t, &all)
	if len(all.Items) != 1 || all.Items[0].As != e.As || all.Items[0].By.Name != "olga" {
		t.Errorf("%+v", all)
	}
	o.wants(200, "olga", "DELETE", "/v1/users/<tom>", "")
	var left Leavers
	o.wants(200, "olga", "GET", "/v1/privacy/leavers", "").json(t, &left)
	if len(left.Items) != 1 || left.Items[0].Name != "tom" || left.Items[0].ID != pbx.UserID(o.ids["tom"]) {
		t.Errorf("%+v", left)
	}
}
