package api

import (
	"mime"
	"net/url"
	"strings"
	"testing"

	"tandem/event"
)

// heard lists the messages in mailboxes of people that somebody sees, and counts those that are new in his own.
func (o *office) heard(who, path string) (ids []string, fresh int) {
	o.t.Helper()
	r := o.ask(who, "GET", path, "")
	var page MessagePage
	r.json(o.t, &page)
	for _, m := range page.Items {
		if m.Group == nil {
			ids = append(ids, string(m.ID))
		}
	}
	return ids, page.New
}

func TestVoicemail(t *testing.T) {
	o := live(t)
	if ids, fresh := o.heard("uwe", "/v1/voicemail"); len(ids) != 1 || ids[0] != "msg_uwe" || fresh != 1 {
		t.Fatalf("uwe has %v, %d new", ids, fresh)
	}

	// He hears it, in pieces as browsers ask for it; nobody has to be told that he heard his own.
	before := o.head()
	r := o.ask("uwe", "GET", "/v1/voicemail/msg_uwe/sound", "", "Range", "bytes=5-9")
	if r.StatusCode != 206 || string(r.body) != "sound" || r.Header.Get("Content-Type") != "audio/wav" || r.Header.Get("Content-Range") != "bytes 5-9/21" {
		t.Errorf("a piece: %d %q %v", r.StatusCode, r.body, r.Header)
	}
	if o.head() != before {
		t.Errorf("hearing one's own message left %v", o.kinds(before))
	}
	var m Message
	o.ask("uwe", "PATCH", "/v1/voicemail/msg_uwe", `{"new":false}`).json(t, &m)
	if _, fresh := o.heard("uwe", "/v1/voicemail"); m.New || !m.Mine || !m.Edit || m.Seconds != 12 || fresh != 0 {
		t.Errorf("after hearing it: %+v, %d new", m, fresh)
	}
	o.ask("uwe", "PATCH", "/v1/voicemail/msg_uwe", `{"new":false}`).json(t, &m)
	if got := o.kinds(before); len(got) != 1 || got[0] != event.MessageMarked {
		t.Errorf("marking it twice left %v", got)
	}

	// Deleted, it is in the bin, and comes back from there.
	if r := o.ask("uwe", "DELETE", "/v1/voicemail/msg_uwe", ""); r.StatusCode != 204 {
		t.Fatalf("deleting: %d %s", r.StatusCode, r.body)
	}
	if ids, _ := o.heard("uwe", "/v1/voicemail"); len(ids) != 0 {
		t.Errorf("deleted, and still there: %v", ids)
	}
	if ids, _ := o.heard("uwe", "/v1/voicemail?deleted=true"); len(ids) != 1 {
		t.Errorf("the bin: %v", ids)
	}
	o.ask("uwe", "POST", "/v1/voicemail/msg_uwe/restore", "").json(t, &m)
	if ids, _ := o.heard("uwe", "/v1/voicemail"); len(ids) != 1 || !m.Deleted.IsZero() {
		t.Errorf("taken back: %v, %+v", ids, m)
	}
}

// TestHearingAnothersMessageIsWritten lends uwe's mailbox to nina: what she hears is in the log, once, however her browser reads it.
func TestHearingAnothersMessageIsWritten(t *testing.T) {
	o := live(t)
	until := start.AddDate(0, 0, 7).Format("2006-01-02T15:04:05Z")
	if r := o.ask("uwe", "POST", "/v1/profile/deputies", `{"user":"<nina>","rights":["voicemail.play"],"until":"`+until+`"}`); r.StatusCode != 201 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	if ids, fresh := o.heard("nina", "/v1/voicemail"); len(ids) != 1 || fresh != 0 {
		t.Fatalf("nina sees %v, and has %d new of her own", ids, fresh)
	}
	before := o.head()
	for _, piece := range []string{"bytes=0-9", "bytes=10-"} {
		if r := o.ask("nina", "GET", "/v1/voicemail/msg_uwe/sound", "", "Range", piece); r.StatusCode != 206 {
			t.Errorf("%s: %d", piece, r.StatusCode)
		}
	}
	if got := o.kinds(before); len(got) != 1 || got[0] != event.MessagePlayed {
		t.Errorf("hearing it left %v", got)
	}
	if r := o.ask("nina", "DELETE", "/v1/voicemail/msg_uwe", ""); r.StatusCode != 403 {
		t.Errorf("deleting what one may only hear: %d", r.StatusCode)
	}
}

// Messages are found by caller, mailbox, state and time; who left and heard them is told, they are kept as files, and sent on to whom one knows.
func TestMessagesAreFoundAndSentOn(t *testing.T) {
	o := live(t)
	for path, want := range map[string]int{
		"?state=new": 1, "?state=heard": 0, "?box=" + o.ids["uwe"]: 1, "?box=" + o.ids["mia"]: 0, "?q=zzz": 0,
		"?from=2001-01-01T00:00:00Z": 1, "?until=2001-01-01T00:00:00Z": 0,
	} {
		if ids, fresh := o.heard("uwe", "/v1/voicemail"+path); len(ids) != want || fresh != 1 {
			t.Errorf("%s: %v, %d new", path, ids, fresh)
		}
	}
	var page MessagePage
	o.ask("uwe", "GET", "/v1/voicemail", "").json(t, &page)
	if len(page.Boxes) == 0 || !page.Boxes[0].Mine || page.Boxes[0].New != 1 {
		t.Errorf("mailboxes %+v", page.Boxes)
	}
	from := page.Items[0].From.Name
	if ids, _ := o.heard("uwe", "/v1/voicemail?q="+url.QueryEscape(strings.ToUpper(from[:3]))); from == "" || len(ids) != 1 {
		t.Errorf("a part of %q finds %v", from, ids)
	}

	r := o.ask("uwe", "GET", "/v1/voicemail/msg_uwe/sound?download=true", "")
	if _, args, err := mime.ParseMediaType(r.Header.Get("Content-Disposition")); err != nil || !strings.HasSuffix(args["filename"], ".wav") {
		t.Errorf("as a file: %q, %v", r.Header.Get("Content-Disposition"), err)
	}
	o.ask("uwe", "PATCH", "/v1/voicemail/msg_uwe", `{"new":false}`)
	var h MessageHistory
	o.ask("uwe", "GET", "/v1/voicemail/msg_uwe/history", "").json(t, &h)
	if len(h.Items) != 2 || h.Items[0].What != "heard" || h.Items[1].What != "left" || h.Items[0].Who == "" {
		t.Errorf("history %+v", h)
	}

	if r := o.ask("uwe", "POST", "/v1/voicemail/msg_uwe/forward", `{"to":"<nina>"}`); r.StatusCode != 204 || len(o.sentOn) != 1 {
		t.Errorf("sent on: %d %s, %v", r.StatusCode, r.body, o.sentOn)
	}
	for _, to := range []string{"usr_none", "grp_none", ""} {
		if r := o.ask("uwe", "POST", "/v1/voicemail/msg_uwe/forward", `{"to":"`+to+`"}`); r.StatusCode != 422 && r.StatusCode != 400 {
			t.Errorf("sent on to %q: %d %s", to, r.StatusCode, r.body)
		}
	}
	if len(o.sentOn) != 1 {
		t.Errorf("sent on: %v", o.sentOn)
	}
}
