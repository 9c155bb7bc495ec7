package api

import (
	"testing"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
)

// Who was told in which words that he is recorded, and what he answered, is a table that says so also when the recording is gone (BAR PR-03).
func TestConsentTable(t *testing.T) {
	o := live(t)
	at := start.Add(-time.Hour)
	outside := pbx.Party{Name: "=Caller", Number: "+4930777"}
	uwe := pbx.Party{User: pbx.UserID(o.ids["uwe"]), Name: "uwe", Number: "103"}
	c := report.CDR{ID: "cal_consent", From: outside, To: uwe, Users: []pbx.UserID{uwe.User}, Started: at, Answered: at, Ended: at.Add(time.Minute), Cause: pbx.CauseHangup, Consents: []pbx.Consent{
		{Party: outside, At: at.Add(time.Second), Text: "say.recording.on", Language: "en", Version: "1a2b", Answer: pbx.ConsentAgreed},
		{Party: uwe, At: at.Add(2 * time.Second), Text: "say.recording.on", Language: "de", Version: "3c4d"}}}
	if _, err := o.tenant.Append(t.Context(), []report.CDR{c}, nil); err != nil {
		t.Fatal(err)
	}
	text := func(language string) string { return catalog().Say(language, i18n.T("say.recording.on")) }
	want := "call,started,at,name,number,sentence,language,version,text,answer\n" +
		"cal_consent," + utc(at) + "," + utc(at.Add(time.Second)) + ",'=Caller,'+4930777,say.recording.on,en,1a2b," + text("en") + ",agreed\n" +
		"cal_consent," + utc(at) + "," + utc(at.Add(2*time.Second)) + ",uwe,103,say.recording.on,de,3c4d," + text("de") + ",\n"
	if got := string(o.wants(200, "olga", "GET", "/v1/calls/consents", "").body); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var call Call
	o.wants(200, "uwe", "GET", "/v1/calls/cal_consent", "").json(t, &call)
	if len(call.Consents) != 2 || call.Consents[0].Text != text("en") || call.Consents[0].Answer != pbx.ConsentAgreed || call.Consents[1].Text != text("de") || call.Consents[1].Party.Name != "uwe" {
		t.Errorf("his call says %+v", call.Consents)
	}
	if got := string(o.wants(200, "mia", "GET", "/v1/calls/consents?user=<uwe>", "").body); got != want[:len("call,started,at,name,number,sentence,language,version,text,answer\n")] {
		t.Errorf("mia reads %s", got)
	}
}
