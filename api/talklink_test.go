package api

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"tandem/auth"
	"tandem/pbx"
	"tandem/store"
)

// lobby lets visitors in; what they ask is kept.
type lobby struct {
	gate  *auth.Gate
	asked *[]string
	store *store.Tenant
}

func (o *office) lobby() lobby {
	return lobby{auth.NewGate(auth.GateConfig{View: o.view}), &o.asked, o.tenant}
}

func (l lobby) Visitors() *auth.Gate { return l.gate }

func (l lobby) Visited(ctx context.Context, v pbx.Visit) (pbx.VisitID, error) {
	if v.IsEmpty() {
		return "", nil
	}
	v.ID = pbx.VisitID("vst_" + strconv.FormatInt(v.At.UnixNano(), 36) + strconv.Itoa(len(*l.asked)))
	*l.asked = append(*l.asked, strings.Join([]string{"visit", v.Name, v.Email, v.Words}, "|"))
	return v.ID, l.store.Keep(ctx, store.VisitKept{Visit: v})
}

func (l lobby) Shown(_ *pbx.TalkLink, name string) string {
	return pbx.VisitorName(name) + " (visitor, unverified)"
}

func (l lobby) Ask(_ context.Context, k *pbx.TalkLink, name, number, words string) error {
	*l.asked = append(*l.asked, strings.Join([]string{string(k.ID), name, number, words}, "|"))
	return nil
}

// work solves a puzzle as a browser does.
func work(p TalkPuzzle) string {
	for n := 0; ; n++ {
		if s := strconv.Itoa(n); (auth.Puzzle{Text: p.Text, Bits: p.Bits}).IsSolved(s) {
			return s
		}
	}
}

// A visitor gets a ticket for one call after some work, asks to be called back with what could be a number, and sees of everything that is not open the same (TF-10, PL-01, PL-11).
func TestVisitors(t *testing.T) {
	o := newOffice(t)
	const links, one, page = "/v1/talk-links", "/v1/talk-links/<sales link>", "/v1/talk/sales-link"
	var p TalkPage
	open := func() TalkPage {
		t.Helper()
		p = TalkPage{}
		o.wants(200, "", "GET", page, "").json(t, &p)
		return p
	}
	if open(); p.Name != "sales link" || p.Named || p.Back || p.Keypad || p.Puzzle.Bits == 0 {
		t.Errorf("%+v", p)
	}
	o.wants(200, "mark", "PATCH", one, `{"always":true,"named":true}`)
	call := func(status int, name string) TalkTicket {
		t.Helper()
		open()
		var ticket TalkTicket
		r := o.wants(status, "", "POST", page+"/calls", `{"puzzle":"`+p.Puzzle.Text+`","solution":"`+work(p.Puzzle)+`","name":"`+name+`"}`)
		if status == 201 {
			r.json(t, &ticket)
		}
		return ticket
	}
	call(422, "+49 30 12")
	if ticket := call(201, "Ann"); !strings.Contains(ticket.Path, "talk=") || ticket.Minutes != 60 || strings.Contains(ticket.Path, p.Puzzle.Text) {
		t.Errorf("%+v", ticket)
	}
	open()
	o.wants(409, "", "POST", page+"/calls", `{"puzzle":"`+p.Puzzle.Text+`","solution":"no","name":"Ann"}`)
	call(201, "Ann")
	call(201, "Ann")
	if r := o.wants(429, "", "POST", page+"/calls", `{"puzzle":"`+open().Puzzle.Text+`","solution":"`+work(p.Puzzle)+`","name":"Ann"}`); !strings.Contains(string(r.body), "talk.full") {
		t.Errorf("%s", r.body)
	}

	back := func(status int, number string) {
		t.Helper()
		open()
		o.wants(status, "", "POST", page+"/callbacks", `{"puzzle":"`+p.Puzzle.Text+`","solution":"`+work(p.Puzzle)+`","name":"Ann","number":"`+number+`","words":"an  offer\u202e"}`)
	}
	back(409, "+49 30 123456")
	o.wants(200, "mark", "PATCH", one, `{"back":true}`)
	back(422, "call me")
	back(202, "+49 30 123456")
	if last := o.asked[len(o.asked)-1]; !strings.HasSuffix(last, "|Ann|+49 30 123456|an offer") {
		t.Errorf("%q", o.asked)
	}

	// He is asked for an address and for what it is about, where the link says so; what he wrote is with those who may read it.
	o.wants(200, "mark", "PATCH", one, `{"mailed":true,"about":true,"keep":7,"per_addr":9}`)
	if open(); !p.Mailed || !p.About || p.Keep != 7 {
		t.Errorf("%+v", p)
	}
	write := func(status int, more string) string {
		t.Helper()
		open()
		return string(o.wants(status, "", "POST", page+"/calls", `{"puzzle":"`+p.Puzzle.Text+`","solution":"`+work(p.Puzzle)+`","name":"Ann"`+more+`}`).body)
	}
	for _, email := range []string{"", "ann", "ann@", "@x.example", "ann@x", "a b@x.example", "ann@x.example>", "ann@x@y.example", "ann@\u202ex.example"} {
		if body := write(422, `,"email":"`+email+`"`); !strings.Contains(body, "talk.email_missing") {
			t.Errorf("%q: %s", email, body)
		}
	}
	write(201, `,"email":" ann@x.example ","words":"an\u202e offer"`)
	if last := o.asked[len(o.asked)-1]; last != "visit|Ann|ann@x.example|an offer" {
		t.Errorf("%q", last)
	}
	for _, name := range []string{"Admin", "Аdmіn", "Support-Team"} {
		open()
		if body := o.wants(422, "", "POST", page+"/calls", `{"puzzle":"`+p.Puzzle.Text+`","solution":"no","name":"`+name+`","email":"ann@x.example"}`).body; !strings.Contains(string(body), "talk.name_reserved") {
			t.Errorf("%s: %s", name, body)
		}
	}
	o.wants(200, "mark", "PATCH", one, `{"mailed":false,"about":false}`)

	// Who would ring now is the decision that carries calls.
	var way Path
	o.wants(200, "mark", "GET", one+"/route", "").json(t, &way)
	if way.To != "sales link" || len(way.Root.Lines) == 0 || !strings.Contains(way.Root.Lines[0], "sales link") {
		t.Errorf("%+v", way)
	}
	o.wants(404, "uwe", "GET", one+"/route", "")

	// Whoever may change it sees it; everything that is not open looks the same.
	var list Page[TalkLink]
	o.wants(200, "mark", "GET", links, "").json(t, &list)
	if len(list.Items) != 1 || list.Items[0].State != "open" || list.Items[0].Path != "/talk/sales-link" || list.Items[0].PerAddr != 9 {
		t.Errorf("%+v", list)
	}
	wrong := func(key string) string {
		t.Helper()
		body := string(o.wants(404, "", "GET", "/v1/talk/"+key, "").body)
		at := strings.Index(body, `"request"`)
		return body[:at]
	}
	want := wrong("nothing-at-all")
	o.wants(200, "mark", "PATCH", one, `{"off":true}`)
	if got := wrong("sales-link"); got != want {
		t.Errorf("off: %s, want %s", got, want)
	}
	o.wants(200, "mark", "PATCH", one, `{"off":false,"until":"2020-01-01T00:00:00Z"}`)
	if got := wrong("sales-link"); got != want {
		t.Errorf("over: %s, want %s", got, want)
	}
	o.wants(200, "mark", "PATCH", one, `{"until":"0001-01-01T00:00:00Z"}`)
	var renewed TalkLink
	o.wants(200, "mark", "POST", one+"/secret", "").json(t, &renewed)
	if got := wrong("sales-link"); got != want || renewed.Slug != "" {
		t.Errorf("renewed: %s, want %s", got, want)
	}
	o.wants(200, "", "GET", "/v1"+renewed.Path, "").json(t, &p)
	o.wants(204, "mark", "DELETE", one, "")
	if got := wrong(renewed.Secret); got != want {
		t.Errorf("deleted: %s, want %s", got, want)
	}
}
