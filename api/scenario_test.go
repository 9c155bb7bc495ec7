package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// unclaimed is a system on its first day, with its set-up link.
func unclaimed(t *testing.T) (*office, string) {
	t.Helper()
	o := &office{t: t, path: filepath.Join(t.TempDir(), "office.db"), ids: map[string]string{}, keys: map[string]string{}, now: func() time.Time { return start }}
	db := o.open()
	t.Cleanup(func() { o.auth.Close(); _ = db.Close() })
	token, err := o.auth.NewSetup(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return o, token
}

const claim = `{"token":"%s","name":"Olga","email":"olga@example.com","password":"` + password + `","company":"Example","country":"de","zone":"Europe/Berlin","language":"de","digits":3}`

func TestClaim(t *testing.T) {
	o, token := unclaimed(t)
	for _, r := range Routes() { // nothing else is there before the claim (FX-01)
		if r.Path == "/v1/setup" {
			continue
		}
		if got := o.ask("nobody", r.Method, r.Path, ""); got.StatusCode != 404 {
			t.Errorf("%s %s before the claim: %d", r.Method, r.Path, got.StatusCode)
		}
	}
	var s Setup
	o.ask("nobody", "GET", "/v1/setup?token="+token, "", "Accept-Language", "pl-PL, en").json(t, &s)
	if s.Country != "PL" || len(s.Languages) != 5 {
		t.Errorf("%+v", s)
	}
	for _, bad := range []struct {
		body string
		code int
	}{
		{fmt.Sprintf(claim, "wrong"), 404},
		{fmt.Sprintf(claim, ""), 422},
		{fmt.Sprintf(claim, " "), 404},
		{strings.Replace(fmt.Sprintf(claim, token), password, "short", 1), 422},
		{strings.Replace(fmt.Sprintf(claim, token), `"de","zone`, `"Germany","zone`, 1), 422},
		{strings.Replace(fmt.Sprintf(claim, token), "olga@", "olga at ", 1), 422},
		{"{}", 422},
		{"no json", 400},
	} {
		r := o.ask("nobody", "POST", "/v1/setup", bad.body)
		if r.StatusCode != bad.code || o.view().Version != 0 {
			t.Errorf("%s: %d %s", bad.body, r.StatusCode, r.body)
		}
	}
	r := o.ask("nobody", "POST", "/v1/setup", fmt.Sprintf(claim, token))
	var me Me
	r.json(t, &me)
	if r.StatusCode != 201 || me.User.Name != "Olga" || me.User.Extension != "100" || me.Rights["role.system"] != pbx.ScopeAll || me.Office.Country != "DE" {
		t.Fatalf("%d %+v", r.StatusCode, me)
	}
	if me.User.State != "active" || me.Expires.IsZero() {
		t.Errorf("%+v", me)
	}
	want := []event.Kind{event.SetupClaimed, event.GroupCreated, event.UserCreated, event.MembershipCreated, event.AssignmentCreated, event.LoginSucceeded}
	if got := o.kinds(0); !slices.Equal(got, want) {
		t.Errorf("facts %v", got)
	}
	o.keys["olga"] = r.Cookies()[0].Value
	if c := r.Cookies()[0]; !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
		t.Errorf("cookie %+v", c)
	}
	if got := o.ask("olga", "GET", "/v1/session", ""); got.StatusCode != 200 {
		t.Errorf("the owner is not signed in: %d %s", got.StatusCode, got.body)
	}
	for _, method := range []string{"GET", "POST"} {
		if got := o.ask("nobody", method, "/v1/setup?token="+token, fmt.Sprintf(claim, token)); got.StatusCode != 404 {
			t.Errorf("%s set-up after the claim: %d", method, got.StatusCode)
		}
	}
}

func TestSetupLinkClosesAfterFiveTries(t *testing.T) {
	o, token := unclaimed(t)
	for range 5 {
		o.ask("nobody", "GET", "/v1/setup?token=wrong", "")
	}
	if r := o.ask("nobody", "GET", "/v1/setup?token="+token, ""); r.StatusCode != 404 {
		t.Errorf("the link is still open: %d", r.StatusCode)
	}
}

// TestFirstDay is what a newcomer does: invite a colleague, who chooses a password, gets a phone and looks around.
func TestFirstDay(t *testing.T) {
	o := newOffice(t)
	before := o.head()
	r := o.ask("olga", "POST", "/v1/users", `{"name":"Paula","email":"paula@example.com","groups":[{"group":"<sales>","role":"receptionist"},{"group":"<support>"}],"main":"<support>","invite":true}`)
	var paula User
	r.json(t, &paula)
	if r.StatusCode != 201 || paula.State != "invited" || len(paula.Groups) != 2 || paula.Extension == "" {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	o.ids["paula"] = string(paula.ID)
	if got := o.kinds(before); !slices.Equal(got, []event.Kind{event.UserCreated, event.MembershipCreated, event.MembershipCreated, event.InvitationSent}) {
		t.Errorf("facts %v", got)
	}
	var mails Page[Mail]
	o.ask("olga", "GET", "/v1/mails", "").json(t, &mails)
	if len(mails.Items) != 1 || mails.Items[0].State != "kept" {
		t.Fatalf("%+v", mails)
	}
	_, secret, _ := strings.Cut(mails.Items[0].Text, "/link/")
	var link Link
	o.ask("nobody", "GET", "/v1/links/"+secret, "").json(t, &link)
	if link != (Link{"invitation", "Paula", "paula@example.com"}) {
		t.Errorf("%+v", link)
	}
	if r := o.ask("nobody", "POST", "/v1/links/"+secret, `{"password":"short"}`); r.StatusCode != 422 || !strings.Contains(string(r.body), `"field":"password"`) {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	r = o.ask("nobody", "POST", "/v1/links/"+secret, `{"password":"`+password+`"}`)
	if r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	o.keys["paula"] = r.Cookies()[0].Value
	if r := o.ask("nobody", "GET", "/v1/links/"+secret, ""); r.StatusCode != 404 {
		t.Error("a link works twice")
	}
	var made NewDevice
	o.ask("paula", "POST", "/v1/users/<paula>/devices", `{"name":"Laptop"}`).json(t, &made)
	a := made.Account
	if a.Username == "" || len(a.Secret) < 26 || a.Server != "pbx.example.com" || a.Ports != (Ports{5060, 5061}) || a.Realm != pbx.Realm ||
		!strings.HasPrefix(a.QR, "data:image/png;base64,") || a.URI != "sip:"+a.Username+"@pbx.example.com" || !slices.Contains(a.Transports, "tls") {
		t.Errorf("%+v", a)
	}
	md5, sha := pbx.HA1(a.Username, a.Secret)
	if d := o.view().ByUsername(a.Username); d == nil || d.MD5 != md5 || d.SHA256 != sha {
		t.Error("the account does not open the phone")
	}
	var devices Page[Device]
	list := o.ask("paula", "GET", "/v1/users/<paula>/devices", "")
	list.json(t, &devices)
	if len(devices.Items) != 1 || bytes.Contains(list.body, []byte(a.Secret)) {
		t.Errorf("%s", list.body)
	}
	o.ids["laptop"] = string(made.Device.ID)
	o.ask("olga", "PATCH", "/v1/settings", `{"public":"2001:db8::1"}`)
	var again NewDevice
	o.ask("paula", "POST", "/v1/devices/<laptop>/secret", "").json(t, &again)
	if again.Account.Secret == a.Secret || again.Account.URI != "sip:"+a.Username+"@[2001:db8::1]" {
		t.Errorf("%+v", again.Account)
	}
}

func TestSignInAndOut(t *testing.T) {
	o := newOffice(t)
	wrong := o.ask("nobody", "POST", "/v1/session", `{"email":"uwe@example.com","password":"wrong"}`)
	nobody := o.ask("nobody", "POST", "/v1/session", `{"email":"who@example.com","password":"wrong"}`)
	if wrong.StatusCode != 403 || wrong.error() != nobody.error() || len(wrong.Cookies()) > 0 {
		t.Errorf("%s\n%s", wrong.error(), nobody.error())
	}
	r := o.ask("nobody", "POST", "/v1/session", `{"email":"UWE@example.com","password":"`+password+`"}`)
	if r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	o.keys = map[string]string{"here": r.Cookies()[0].Value, "there": model().keys["uwe"]}
	var sessions Page[Session]
	o.ask("here", "GET", "/v1/profile/sessions", "").json(t, &sessions)
	if len(sessions.Items) != 2 || sessions.Items[0].Current == sessions.Items[1].Current {
		t.Errorf("%+v", sessions)
	}
	if r := o.ask("here", "PUT", "/v1/profile/password", `{"old":"wrong","new":"another horse battery staple"}`); r.StatusCode != 422 || !strings.Contains(string(r.body), `"field":"old"`) {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := o.ask("here", "PUT", "/v1/profile/password", `{"old":"`+password+`","new":"x"}`); r.StatusCode != 422 || !strings.Contains(string(r.body), `"field":"new"`) {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := o.ask("here", "DELETE", "/v1/profile/sessions", ""); r.StatusCode != 204 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := o.ask("there", "GET", "/v1/session", ""); r.StatusCode != 401 {
		t.Errorf("the other session lives: %d", r.StatusCode)
	}
	if r := o.ask("here", "DELETE", "/v1/session", ""); r.StatusCode != 204 || r.Cookies()[0].MaxAge >= 0 {
		t.Errorf("%d %+v", r.StatusCode, r.Cookies())
	}
	if r := o.ask("here", "GET", "/v1/session", ""); r.StatusCode != 401 {
		t.Errorf("still signed in: %d", r.StatusCode)
	}
}

func TestForeignPages(t *testing.T) {
	o := newOffice(t)
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}} {
		r := o.ask("olga", "PATCH", "/v1/settings", `{"name":"Taken"}`, header...)
		if r.StatusCode != 403 || o.view().Tenant.Name == "Taken" {
			t.Errorf("%v: %d %s", header, r.StatusCode, r.body)
		}
		if r := o.ask("nobody", "POST", "/v1/session", `{"email":"uwe@example.com","password":"`+password+`"}`, header...); r.StatusCode != 403 {
			t.Errorf("%v signs somebody in: %d", header, r.StatusCode)
		}
	}
	if r := o.ask("program of olga", "PATCH", "/v1/settings", `{"name":"Mine"}`, "Sec-Fetch-Site", "cross-site"); r.StatusCode != 200 {
		t.Errorf("a program needs no origin: %d %s", r.StatusCode, r.body)
	}
}

func TestLostUpdate(t *testing.T) {
	o := newOffice(t)
	var u User
	o.ask("mark", "GET", "/v1/users/<nina>", "").json(t, &u)
	if r := o.ask("mark", "PATCH", "/v1/users/<nina>", `{"name":"Nina A."}`, "If-Match", `"`+u.Revision+`"`); r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	r := o.ask("greta", "PATCH", "/v1/users/<nina>", `{"name":"Nina B.","revision":"`+u.Revision+`"}`)
	if r.StatusCode != 409 || !strings.Contains(string(r.body), "change.somebody_else") {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	var g Group
	o.ask("mark", "GET", "/v1/groups/<sales>", "").json(t, &g)
	o.ask("greta", "PATCH", "/v1/groups/<sales>", `{"name":"Sale"}`)
	if r := o.ask("mark", "PATCH", "/v1/groups/<sales>", `{"name":"Sell"}`, "If-Match", g.Revision); r.StatusCode != 409 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	var s Settings
	o.ask("olga", "GET", "/v1/settings", "").json(t, &s)
	o.ask("sven", "PATCH", "/v1/settings", `{"name":"A"}`)
	if r := o.ask("olga", "PATCH", "/v1/settings", `{"name":"B","revision":"`+s.Revision+`"}`); r.StatusCode != 409 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
}

func TestRefusalsSpeakTheLanguageOfTheAsker(t *testing.T) {
	o := newOffice(t)
	en, de := Error{}, Error{}
	o.ask("uwe", "DELETE", "/v1/users/<nina>", "", "Accept-Language", "en").json(t, &en)
	o.ask("uwe", "DELETE", "/v1/users/<nina>", "", "Accept-Language", "de-AT,de;q=0.8").json(t, &de)
	if en.Key != de.Key || en.Message == de.Message || en.Message == en.Key || de.Code != "denied" {
		t.Errorf("%+v\n%+v", en, de)
	}
	o.do(command.EditUser{User: pbx.UserID(o.ids["uwe"]), Language: new("pl")})
	var pl Error
	o.ask("uwe", "DELETE", "/v1/users/<nina>", "").json(t, &pl)
	if pl.Message == en.Message || pl.Message == de.Message {
		t.Errorf("own language: %+v", pl)
	}
}

func TestImport(t *testing.T) {
	o := newOffice(t)
	file := "Name;E-Mail;Gruppe;Rolle\nAnton;anton@example.com;sales;Benutzer\nBerta;berta@example.com;Moon;\n=1+1;uwe@example.com;;\n"
	var dry Import
	o.ask("olga", "POST", "/v1/users/import?dry=1", file, "Content-Type", "text/csv", "Accept-Language", "en").json(t, &dry)
	if dry.Created != 1 || dry.Problems != 2 || dry.Rows[1].Problem == nil || dry.Rows[1].Problem.Field != "group" || dry.Rows[2].Line != 4 {
		t.Errorf("%+v", dry)
	}
	var real Import
	before := o.head()
	o.ask("olga", "POST", "/v1/users/import", file, "Content-Type", "text/csv").json(t, &real)
	if real.Created != 0 || real.Problems != 2 || o.head() != before {
		t.Errorf("%+v, and %v", real, o.kinds(before))
	}
	o.ask("olga", "POST", "/v1/users/import", "name,email\nAnton,anton@example.com\nBerta,berta@example.com\n", "Content-Type", "text/csv").json(t, &real)
	if real.Created != 2 || real.Problems != 0 || len(o.kinds(before)) != 4 {
		t.Errorf("%+v, and %v", real, o.kinds(before))
	}
	for name, file := range map[string]string{"not UTF-8": "name,email\nM\xfcller,x@example.com\n", "no columns": "a,b\n1,2\n", "empty": "name,email\n"} {
		if r := o.ask("olga", "POST", "/v1/users/import?dry=1", file, "Content-Type", "text/csv"); r.StatusCode != 422 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
	huge := "name,email\n" + strings.Repeat("x", command.MaxImportBytes)
	if r := o.ask("olga", "POST", "/v1/users/import?dry=1", huge, "Content-Type", "text/csv"); r.StatusCode != 429 && r.StatusCode != 413 {
		t.Errorf("huge: %d %.200s", r.StatusCode, r.body)
	}
}

func TestPhoto(t *testing.T) {
	o := newOffice(t)
	wide := image.NewRGBA(image.Rect(0, 0, 900, 300))
	for x := range 900 {
		for y := range 300 {
			wide.Set(x, y, color.RGBA{R: uint8(x / 4), A: 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, wide, nil); err != nil {
		t.Fatal(err)
	}
	var u User
	o.ask("uwe", "PUT", "/v1/users/<uwe>/photo", b.String(), "Content-Type", "image/jpeg").json(t, &u)
	if u.Photo == "" {
		t.Fatal("no picture")
	}
	r := o.ask("nina", "GET", u.Photo, "")
	got, format, err := image.Decode(bytes.NewReader(r.body))
	if err != nil || format != "jpeg" || got.Bounds().Dx() != 256 || got.Bounds().Dy() != 256 || r.Header.Get("Content-Type") != "image/jpeg" {
		t.Fatalf("%s %v %v", format, err, r.Header)
	}
	if left, _, _, _ := got.At(2, 128).RGBA(); left>>8 < 60 || left>>8 > 90 {
		t.Errorf("the middle was not cut out: %d", left>>8)
	}
	if r := o.ask("tom", "GET", u.Photo, ""); r.StatusCode != 404 {
		t.Errorf("a stranger sees it: %d", r.StatusCode)
	}
	for name, body := range map[string]string{"no picture": "hello", "script": "<svg onload=alert(1)>", "half": b.String()[:200], "empty": ""} {
		if r := o.ask("uwe", "PUT", "/v1/users/<uwe>/photo", body, "Content-Type", "image/jpeg"); r.StatusCode != 422 && r.StatusCode != 400 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
	// 65,535 × 65,535 pixels in a few octets: refused before they are unpacked.
	bomb := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00"), 0, 0, 0, 0)
	if r := o.ask("uwe", "PUT", "/v1/users/<uwe>/photo", string(bomb), "Content-Type", "image/png"); r.StatusCode != 422 {
		t.Errorf("bomb: %d %s", r.StatusCode, r.body)
	}
	if r := o.ask("uwe", "PUT", "/v1/users/<uwe>/photo", strings.Repeat("x", photoOctets+1), "Content-Type", "image/png"); r.StatusCode != 413 {
		t.Errorf("large: %d %s", r.StatusCode, r.body)
	}
	if r := o.ask("uwe", "DELETE", "/v1/users/<uwe>/photo", ""); r.StatusCode != 204 {
		t.Errorf("%d", r.StatusCode)
	}
	if r := o.ask("nina", "GET", u.Photo, ""); r.StatusCode != 404 {
		t.Errorf("it is still there: %d", r.StatusCode)
	}
}

func TestTokens(t *testing.T) {
	o := newOffice(t)
	var made, bound NewToken
	o.ask("olga", "POST", "/v1/tokens", `{"name":"Sync","rights":["user.see"]}`).json(t, &made)
	o.keys["sync"] = made.Secret
	var list Page[Token]
	r := o.ask("olga", "GET", "/v1/tokens", "")
	r.json(t, &list)
	if list.Total != 2 || bytes.Contains(r.body, []byte(made.Secret)) {
		t.Errorf("%s", r.body)
	}
	if r := o.ask("sync", "GET", "/v1/users", ""); r.StatusCode != 200 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := o.ask("sync", "GET", "/v1/settings", ""); r.StatusCode != 403 {
		t.Errorf("more than it carries: %d", r.StatusCode)
	}
	o.ask("olga", "POST", "/v1/tokens", `{"name":"Elsewhere","networks":["203.0.113.0/24","2001:db8::/32","203.0.113.9"]}`).json(t, &bound)
	o.keys["elsewhere"] = bound.Secret
	if r := o.ask("elsewhere", "GET", "/v1/users", ""); r.StatusCode != 401 {
		t.Errorf("a token is used from a foreign network: %d", r.StatusCode)
	}
	o.ask("olga", "GET", "/v1/tokens", "").json(t, &list)
	for _, k := range list.Items {
		switch k.Name {
		case "Sync":
			if k.From != "192.0.2.1" || k.Used.IsZero() || len(k.Networks) != 0 {
				t.Errorf("%+v", k)
			}
		case "Elsewhere":
			if !k.Used.IsZero() || !slices.Equal(k.Networks, []string{"203.0.113.0/24", "2001:db8::/32", "203.0.113.9"}) {
				t.Errorf("%+v", k)
			}
		}
	}
	var over NewToken
	o.ask("olga", "POST", "/v1/tokens", `{"name":"Sales","rights":["user.see","user.edit"],"narrow":{"user.edit":{"kind":"group","group":"<sales>"}}}`).json(t, &over)
	o.keys["over"] = over.Secret
	if n := over.Token.Narrow; len(n) != 1 || n[0].Right != "user.edit" || n[0].Where != "sales" {
		t.Errorf("%+v", over.Token)
	}
	for who, want := range map[string]int{"<uwe>": 200, "<mia>": 403} {
		if r := o.ask("over", "PATCH", "/v1/users/"+who, `{"email":"moved.`+who[1:4]+`@example.com"}`); r.StatusCode != want {
			t.Errorf("a token for sales changes %s: %d %s", who, r.StatusCode, r.body)
		}
	}
	for body, key := range map[string]string{
		`{"name":"X","rights":["user.see"],"narrow":{"user.edit":{"kind":"all"}}}`:                                 "token.narrow_bad",
		`{"name":"X","narrow":{"user.edit":{"kind":"all"}}}`:                                                       "token.narrow_bad",
		`{"name":"X","rights":["call.originate"],"narrow":{"call.originate":{"kind":"group","group":"grp_none"}}}`: "scope.ref_unknown",
		`{"name":"X","rights":["setting.edit"],"narrow":{"setting.edit":{"kind":"self"}}}`:                         "grant.scope_unfit",
	} {
		if r := o.ask("olga", "POST", "/v1/tokens", body); r.StatusCode != 422 || refusedAs(t, r).Key != key {
			t.Errorf("%s: %d %s, want %s", body, r.StatusCode, r.body, key)
		}
	}
	if r := o.ask("sync", "POST", "/v1/tokens", `{"name":"More"}`); r.StatusCode != 403 {
		t.Errorf("a token makes a token: %d", r.StatusCode)
	}
	o.ids["sync"] = string(made.Token.ID)
	if r := o.ask("olga", "DELETE", "/v1/tokens/<sync>", ""); r.StatusCode != 204 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := o.ask("sync", "GET", "/v1/users", ""); r.StatusCode != 401 {
		t.Errorf("a revoked token works: %d", r.StatusCode)
	}
}

func TestAuditAndVerify(t *testing.T) {
	o := newOffice(t)
	o.ask("mark", "PATCH", "/v1/users/<nina>", `{"name":"Nina B."}`)
	var page Page[Entry]
	o.ask("anna", "GET", "/v1/audit?limit=1", "", "Accept-Language", "en").json(t, &page)
	e := page.Items[0]
	if e.Kind != "user.changed" || e.Actor.Name != "mark" || e.Actor.Addr != "192.0.2.1" || e.Object.Name != "Nina B." ||
		!bytes.Contains(e.Before, []byte(`"nina"`)) || !bytes.Contains(e.After, []byte(`"Nina B."`)) || e.Summary == "" {
		t.Errorf("%+v", e)
	}
	var v Verification
	o.ask("anna", "GET", "/v1/audit/verify", "").json(t, &v)
	if !v.OK || v.Entries == 0 || v.Head == "" {
		t.Errorf("%+v", v)
	}
}

func TestHangup(t *testing.T) {
	o := live(t)
	if r := o.ask("uwe", "DELETE", "/v1/calls/live/cal_live_uwe_nina", ""); r.StatusCode != 204 || len(o.hangups) != 1 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
	if r := o.ask("kai", "DELETE", "/v1/calls/live/cal_live_uwe_nina", ""); r.StatusCode == 204 || len(o.hangups) != 1 {
		t.Errorf("somebody else hangs up: %d", r.StatusCode)
	}
}

func TestMails(t *testing.T) {
	o := live(t)
	if r := o.ask("olga", "POST", "/v1/settings/mail/test", ""); r.StatusCode != 202 || !slices.Equal(o.mails, []string{"olga@example.com"}) {
		t.Errorf("%d %v", r.StatusCode, o.mails)
	}
	if r := o.ask("olga", "POST", "/v1/mails/mai_kept/send", ""); r.StatusCode != 202 || !slices.Contains(o.mails, "mai_kept") {
		t.Errorf("%d %v", r.StatusCode, o.mails)
	}
	known := o.ask("nobody", "POST", "/v1/password/forgot", `{"email":"uwe@example.com"}`)
	unknown := o.ask("nobody", "POST", "/v1/password/forgot", `{"email":"who@example.com"}`)
	if known.StatusCode != 202 || unknown.StatusCode != 202 || !bytes.Equal(known.body, unknown.body) {
		t.Errorf("%d %d", known.StatusCode, unknown.StatusCode)
	}
	o.auth.Close() // waits for the mail
	var page Page[Mail]
	o.ask("olga", "GET", "/v1/mails", "").json(t, &page)
	if page.Total != 2 {
		t.Errorf("%+v", page)
	}
}

// TestPicturesAreMadeOneAtATime has somebody upload a picture while another is worked on, and lose patience.
func TestPicturesAreMadeOneAtATime(t *testing.T) {
	s := &Server{easel: make(chan struct{}, 1)}
	s.easel <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.paint(ctx, nil); err == nil || err.Error() != pbx.Refuse(pbx.Unavailable, "", "photo.busy").Error() {
		t.Errorf("%v", err)
	}
	<-s.easel
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2)), nil); err != nil {
		t.Fatal(err)
	}
	for range 2 { // whoever is done leaves his place
		if _, err := s.paint(t.Context(), b.Bytes()); err != nil {
			t.Error(err)
		}
	}
}

// TestLinksInTheOutbox keeps links to the accounts of people above and below the one who reads the outbox.
func TestLinksInTheOutbox(t *testing.T) {
	o := newOffice(t)
	for _, name := range []string{"olga", "uwe"} {
		const link = "https://pbx.example.com/link/secret"
		m := store.Mail{ID: "mai_" + name, Kind: "reset", User: pbx.UserID(o.ids[name]), To: name + "@example.com", Text: link, HTML: "<a href=\"" + link + "\">", Secret: link,
			State: store.MailKept, Created: start}
		if _, err := o.tenant.PutMail(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for reader, want := range map[string]map[string]bool{
		"olga": {"olga": true, "uwe": true}, "sven": {"olga": false, "uwe": true}, "program of sven": {"olga": false, "uwe": true},
	} {
		var page Page[Mail]
		o.ask(reader, "GET", "/v1/mails", "").json(t, &page)
		if len(page.Items) != 2 {
			t.Fatalf("%+v", page)
		}
		for _, m := range page.Items {
			name, _, _ := strings.Cut(m.To, "@")
			if got := strings.Contains(m.Text+m.HTML, "/link/"); got != want[name] {
				t.Errorf("%s reads the link of %s: %v", reader, name, got)
			}
		}
	}
}

func TestOuter(t *testing.T) {
	o := newOffice(t)
	r := o.ask("olga", "GET", "/v1/users", "", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(bytes.NewReader(r.body))
	if err != nil || r.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%v %v", err, r.Header)
	}
	plain, err := io.ReadAll(z)
	if err != nil || !json.Valid(plain) {
		t.Errorf("%v %.100s", err, plain)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"} {
		if r.Header.Get(name) != want {
			t.Errorf("%s: %q", name, r.Header.Get(name))
		}
	}
	if !strings.HasPrefix(r.Header.Get("X-Request-Id"), "req_") {
		t.Error("no request id")
	}
	for _, tt := range []struct {
		method, path, body string
		code               int
	}{
		{"GET", "/v1/nowhere", "", 404}, {"POST", "/v1/health", "", 404}, {"GET", "/v1", "", 404}, {"GET", "/v1/users/a%2Fb", "", 404},
		{"POST", "/v1/users", "{", 400}, {"POST", "/v1/users", `{"name":1,"email":"x"}`, 422}, {"POST", "/v1/users", `{"surprise":1}`, 422},
		{"POST", "/v1/users", `{"name":"` + strings.Repeat("x", 300<<10) + `"}`, 413}, {"POST", "/v1/users", strings.Repeat("[", 100000), 400},
	} {
		r := o.ask("olga", tt.method, tt.path, tt.body)
		var e Error
		r.json(t, &e)
		if r.StatusCode != tt.code || e.Request == "" || e.Code == "" {
			t.Errorf("%s %s %.40s: %d %s", tt.method, tt.path, tt.body, r.StatusCode, r.body)
		}
	}
}

// TestPanicIsOneRequest breaks the switchboard's door: the request fails with an id that stands in the log, others go on.
func TestPanicIsOneRequest(t *testing.T) {
	o := newOffice(t)
	h := (&Server{c: Config{Directory: o.dir, Catalog: catalog(), Log: logTo(o.log), Now: o.now}}).outer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/v1/health", nil))
	var e Error
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != 500 || e.Code != "internal" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(o.log.String(), e.Request) || !strings.Contains(o.log.String(), "boom") || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("log %s\nanswer %s", o.log, w.Body)
	}
}
