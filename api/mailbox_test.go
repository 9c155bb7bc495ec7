package api

import (
	"slices"
	"strings"
	"testing"

	"tandem/audio"
	"tandem/event"
	"tandem/pbx"
)

// The owner sets his mailbox up; his administrator may switch it off, and neither reads nor changes what is private (X-054, N-21).
func TestMailbox(t *testing.T) {
	o := live(t)
	box := "/v1/mailboxes/" + "<uwe>"
	var b Mailbox
	o.ask("uwe", "GET", box, "").json(t, &b)
	if !b.On || b.Longest != 180 || b.Most != 100 || b.Days != 0 || b.PIN || !b.Edit || !b.Private || len(b.Greetings) != len(pbx.Occasions()) {
		t.Fatalf("nobody set anything: %+v", b)
	}
	before := o.head()
	o.ask("uwe", "PATCH", box, `{"days":30,"longest":60,"mail":"sound","clear":true,"language":"pl","greetings":[{"for":"busy","text":"Besetzt."}],"pin":"739164"}`).json(t, &b)
	if b.Days != 30 || b.Longest != 60 || b.Mail != pbx.BoxMailSound || !b.Clear || b.Language != "pl" || !b.PIN || b.Greetings[1].Text != "Besetzt." {
		t.Errorf("changed: %+v", b)
	}
	if got := o.kinds(before); len(got) != 1 || got[0] != event.MailboxChanged {
		t.Errorf("facts %v", got)
	}
	for _, pin := range []string{"12345", "123456", "111222", "131313", "abcdef", "x101x99"} {
		if r := o.ask("uwe", "PATCH", box, `{"pin":"`+pin+`"}`); r.StatusCode != 422 && r.StatusCode != 400 {
			t.Errorf("PIN %s: %d %s", pin, r.StatusCode, r.body)
		}
	}

	// Nothing that leaves the server tells the PIN, not even as a hash.
	for _, path := range []string{box, "/v1/audit"} {
		if r := o.ask("olga", "GET", path, ""); strings.Contains(string(r.body), "739164") || strings.Contains(string(r.body), "argon2") {
			t.Errorf("%s tells the PIN: %s", path, r.body)
		}
	}

	// An own greeting is heard again as it was sent, and the usual one comes back.
	tone := string(audio.WAV{Rate: 8000, Samples: audio.Tone(440, 8000, 800)}.Encode())
	if r := o.ask("uwe", "PUT", box+"/greetings/any", tone, "Content-Type", "audio/wav"); r.StatusCode != 200 {
		t.Fatalf("a greeting: %d %s", r.StatusCode, r.body)
	}
	if r := o.ask("uwe", "GET", box+"/greetings/any", ""); r.StatusCode != 200 || r.Header.Get("Content-Type") != "audio/wav" || len(r.body) < 1000 {
		t.Errorf("heard again: %d, %d bytes", r.StatusCode, len(r.body))
	}
	for _, path := range []string{"/greetings/never", "/greetings/busy"} {
		if r := o.ask("uwe", "GET", box+path, ""); r.StatusCode != 404 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	o.ask("uwe", "DELETE", box+"/greetings/any", "").json(t, &b)
	if b.Greetings[0].Own || b.Greetings[1].Text != "Besetzt." {
		t.Errorf("as usual again: %+v", b.Greetings)
	}

	// olga runs the office: she sees whether it is on, and nothing of what callers hear or where messages go.
	b = Mailbox{}
	o.ask("olga", "GET", box, "").json(t, &b)
	if !b.Edit || b.Private || len(b.Greetings) != 0 || b.Mail != "" {
		t.Errorf("olga sees %+v", b)
	}
	if r := o.ask("olga", "PATCH", box, `{"on":false}`); r.StatusCode != 200 {
		t.Errorf("olga switches it off: %d %s", r.StatusCode, r.body)
	}
	for _, body := range []string{`{"mail":"notice"}`, `{"pin":"739164"}`, `{"greetings":[{"for":"any","text":"x"}]}`, `{"clear":false}`, `{"on":true,"pin":""}`} {
		if r := o.ask("olga", "PATCH", box, body); r.StatusCode != 403 {
			t.Errorf("olga sends %s: %d", body, r.StatusCode)
		}
	}
	if r := o.ask("nina", "GET", box, ""); r.StatusCode != 403 && r.StatusCode != 404 {
		t.Errorf("nina sees it: %d", r.StatusCode)
	}
}

// What is left for a group is heard by its members who may hear voicemail, and by nobody else; whoever says where its calls go sets the
// mailbox up.
func TestMailboxOfAGroup(t *testing.T) {
	o := live(t)
	for who, want := range map[string]bool{"uwe": true, "mark": true, "tom": false, "olga": false} {
		var page MessagePage
		o.ask(who, "GET", "/v1/voicemail", "").json(t, &page)
		got := slices.ContainsFunc(page.Items, func(m Message) bool { return m.ID == "msg_sales" })
		if got != want {
			t.Errorf("%s hears the messages of sales: %v, want %v", who, got, want)
		}
	}
	box := "/v1/mailboxes/" + "<sales>"
	var b Mailbox
	o.ask("olga", "PATCH", box, `{"mail":"notice","days":7}`).json(t, &b)
	if !b.Shared || b.Mail != pbx.BoxMailNotice || b.Days != 7 {
		t.Errorf("olga sets it up: %+v", b)
	}
	if r := o.ask("uwe", "PATCH", box, `{"days":1}`); r.StatusCode != 403 {
		t.Errorf("a member sets it up: %d %s", r.StatusCode, r.body)
	}
}
