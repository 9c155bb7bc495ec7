package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

// sharing is an office in which olga gives links to the recording of uwe and tom.
type sharing struct {
	*office
	t     *testing.T
	giver string
	path  string
}

func shares(t *testing.T) *sharing {
	o := live(t)
	return &sharing{o, t, "olga", "/v1/recordings/" + o.ids["recording uwe tom"]}
}

func (o *sharing) give(body string) (made NewRecordingLink) {
	o.t.Helper()
	r := o.ask(o.giver, "POST", o.path+"/shares", body)
	if r.StatusCode != 201 {
		o.t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	r.json(o.t, &made)
	return made
}

// open types a password at a link, as somebody outside.
func (o *sharing) open(secret, password string) (Opened, int) {
	o.t.Helper()
	r := o.ask("nobody", "POST", "/v1/shared/"+secret, fmt.Sprintf(`{"password":%q}`, password))
	var s SharedRecording
	if r.StatusCode == 200 {
		r.json(o.t, &s)
		return *s.Opened, 200
	}
	return Opened{}, r.StatusCode
}

func (o *sharing) hear(secret, pass string, want int) {
	o.t.Helper()
	if r := o.ask("nobody", "GET", "/v1/shared/"+secret+"/sound?pass="+pass, "", "Range", "bytes=0-"); r.StatusCode != want {
		o.t.Errorf("the sound: %d, want %d; %s", r.StatusCode, want, r.body)
	}
}

func (o *sharing) links() []RecordingLink {
	o.t.Helper()
	var l RecordingLinks
	o.ask("olga", "GET", o.path+"/shares", "").json(o.t, &l)
	return l.Items
}

// Somebody outside hears a recording by a link; it is counted once for all pieces, and whoever is recorded reads of it (B-070, N-15). Of the
// secret only a hash is kept, and it is told this once.
func TestShareIsHeard(t *testing.T) {
	o := shares(t)
	made := o.give(`{"for":"the lawyer of Mr. Tom"}`)
	if len(made.Secret) < 40 || made.Expires.Sub(made.Created) != 7*24*time.Hour || made.State != "open" || made.Password {
		t.Errorf("%+v", made)
	}
	opened, _ := o.open(made.Secret, "")
	if opened.From != "uwe" || opened.To != "tom" || opened.By != "olga" || opened.Seconds != 12 || opened.Pass != "" {
		t.Errorf("%+v", opened)
	}
	o.hear(made.Secret, "", 206)
	o.hear(made.Secret, "", 206)
	if r := o.ask("nobody", "GET", "/v1/shared/"+made.Secret+"/peaks?steps=10", ""); r.StatusCode != 200 {
		t.Errorf("the picture: %d", r.StatusCode)
	}
	if l := o.links(); len(l) != 1 || l[0].Heard != 1 || l[0].Last.IsZero() || l[0].By.Name != "olga" {
		t.Errorf("%+v", l)
	}
	if want := o.ids["recording uwe tom"]; len(o.listened) != 2 || o.listened[0] != "uwe: recording.heard "+want+" by olga" || o.listened[1] != "tom: recording.heard "+want+" by olga" { // once for all pieces (B-053)
		t.Errorf("told was %q", o.listened)
	}
	var h Hearings
	o.ask("tom", "GET", o.path+"/hearings", "").json(t, &h)
	var told []string
	for _, x := range h.Items {
		told = append(told, x.Link+" "+x.Who.Name+" "+x.Reason)
	}
	if want := []string{"used olga the lawyer of Mr. Tom", "given olga the lawyer of Mr. Tom"}; !slices.Equal(told, want) {
		t.Errorf("tom reads %q", told)
	}
	var log Page[Entry]
	audit := o.ask("olga", "GET", "/v1/audit?limit=5", "")
	audit.json(t, &log)
	if len(log.Items) < 2 || log.Items[0].Kind != "recording.heard" || log.Items[1].Kind != "recording.shared" || strings.Contains(string(audit.body), made.Secret) {
		t.Errorf("the log: %s", audit.body)
	}
	if s, err := o.tenant.ShareByHash(t.Context(), pbx.HashSecret(made.Secret), start); err != nil || s.Hash == made.Secret {
		t.Errorf("%+v, %v", s, err)
	}
}

// A link dies with its time, when it is taken back, with the recording and with the rights of its giver; and has then the answer of one that never was.
func TestShareEnds(t *testing.T) {
	for name, end := range map[string]func(o *sharing, made NewRecordingLink){
		"its time": func(o *sharing, made NewRecordingLink) {
			o.now = func() time.Time { return made.Expires }
		},
		"taken back": func(o *sharing, made NewRecordingLink) {
			if r := o.ask("olga", "DELETE", o.path+"/shares/"+string(made.ID), ""); r.StatusCode != 204 {
				o.t.Errorf("%d %s", r.StatusCode, r.body)
			}
		},
		"the recording is deleted": func(o *sharing, _ NewRecordingLink) {
			if r := o.ask("olga", "DELETE", o.path, ""); r.StatusCode != 204 {
				o.t.Errorf("%d %s", r.StatusCode, r.body)
			}
		},
		"the giver may not share": func(o *sharing, made NewRecordingLink) { o.denies("recording.share") },
		"the giver may not hear":  func(o *sharing, made NewRecordingLink) { o.denies("recording.play") },
		"the giver is suspended": func(o *sharing, _ NewRecordingLink) {
			if r := o.ask("olga", "POST", "/v1/users/<mia>/suspend", `{}`); r.StatusCode != 200 {
				o.t.Errorf("%d %s", r.StatusCode, r.body)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := shares(t)
			o.giver = "mia"
			for _, right := range []string{"recording.play", "recording.share"} {
				o.office.give(o.giver, right)
			}
			made := o.give(`{"for":"a lawyer","days":30,"password":"sesame open"}`)
			opened, status := o.open(made.Secret, "sesame open")
			o.hear(made.Secret, opened.Pass, 206)
			end(o, made)
			o.hear(made.Secret, opened.Pass, 404)
			r := o.ask("nobody", "GET", "/v1/shared/"+made.Secret, "")
			never := o.ask("nobody", "GET", "/v1/shared/never", "")
			if status != 200 || r.StatusCode != 404 || message(r) != message(never) {
				t.Errorf("%d, %d %s, %s", status, r.StatusCode, r.body, never.body)
			}
		})
	}
}

// denies takes a right from the giver.
func (o *sharing) denies(right string) {
	o.t.Helper()
	s := o.view()
	next, err := s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.Grant{ID: "gnt_denied", User: pbx.UserID(o.ids[o.giver]), Right: right, Deny: true,
		Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: start.Add(-time.Hour)}}})
	if err != nil {
		o.t.Fatal(err)
	}
	next.Version++
	o.dir.Set(next)
}

func message(r reply) string {
	_, after, _ := strings.Cut(string(r.body), `"key"`)
	key, _, _ := strings.Cut(after, ",")
	return key
}

// Wrong passwords are counted: ten close a link for good, whoever types them, and the right one with them.
func TestSharePasswordsAreBounded(t *testing.T) {
	o := shares(t)
	made := o.give(`{"for":"a lawyer","password":"sesame open"}`)
	if _, status := o.open(made.Secret, "sesame open"); status != 200 {
		t.Fatal(status)
	}
	o.hear(made.Secret, "", 403)
	o.hear(made.Secret, "AAAA", 403)
	other := o.give(`{"for":"another","password":"sesame open"}`)
	opened, _ := o.open(other.Secret, "sesame open")
	o.hear(made.Secret, opened.Pass, 403)
	waited, at := false, start
	for wrong := 0; wrong < pbx.ShareTries; {
		switch _, status := o.open(made.Secret, "wrong wrong"); status {
		case 403:
			wrong++
		case 429:
			waited = true
			at = at.Add(time.Minute)
			o.now = func() time.Time { return at }
		default:
			t.Fatal(status)
		}
	}
	at = at.Add(time.Hour)
	if _, status := o.open(made.Secret, "sesame open"); status != 404 || !waited {
		t.Errorf("the right password: %d, somebody waited: %v", status, waited)
	}
	for _, l := range o.links() {
		if want := map[bool]string{true: "closed", false: "open"}[l.ID == made.ID]; l.State != want {
			t.Errorf("%+v", l)
		}
	}
	at = at.Add(4 * time.Hour)
	o.hear(other.Secret, opened.Pass, 403) // a pass ends, too
}

// What a link may be is said in the sentence that refuses it.
func TestShareIsRefused(t *testing.T) {
	o := shares(t)
	for body, key := range map[string]string{
		`{"for":" "}`:                    "share.for_missing",
		`{"for":"x","days":31}`:          "share.days_range",
		`{"for":"x","days":-1}`:          "share.days_range",
		`{"for":"x","password":"short"}`: "share.password_length",
	} {
		if r := o.ask(o.giver, "POST", o.path+"/shares", body); r.StatusCode != 422 || !strings.Contains(string(r.body), key) {
			t.Errorf("%s: %d %s", body, r.StatusCode, r.body)
		}
	}
	for range pbx.MaxShares {
		o.give(`{"for":"x"}`)
	}
	if r := o.ask("olga", "POST", o.path+"/shares", `{"for":"x"}`); r.StatusCode != 409 {
		t.Errorf("one too many: %d", r.StatusCode)
	}
	if r := o.ask("uwe", "POST", o.path+"/shares", `{"for":"x"}`); r.StatusCode != 403 {
		t.Errorf("uwe: %d", r.StatusCode)
	}
}
