package api

import (
	"net/url"
	"testing"
)

// Numbers that are typed to ask about are read at the place that they would be dialled at: a caller's from outside where the call comes in, a price at the place
// of whoever would dial (B-098, B-116).
func TestTypedNumbersAreReadAtTheirPlace(t *testing.T) {
	o := newOffice(t)
	var r Region
	o.wants(201, "olga", "POST", "/v1/regions", `{"name":"Kraków","country":"PL","members":[{"kind":"group","id":"<sales>"}],"trunks":["<office trunk>"]}`).json(t, &r)
	o.wants(201, "olga", "POST", "/v1/numbers", `{"number":"+48122000100","region":"`+string(r.ID)+`","to":{"kind":"user","id":"<nina>"}}`)
	o.wants(201, "olga", "POST", "/v1/numbers", `{"number":"+48122000101","trunk":"<office trunk>","to":{"kind":"user","id":"<nina>"}}`)
	o.wants(201, "olga", "POST", "/v1/numbers", `{"number":"+4930100100","to":{"kind":"user","id":"<tom>"}}`)
	s := o.view()
	extension := func(name string) string {
		for _, u := range s.Users {
			if string(u.ID) == o.ids[name] {
				return u.Extension
			}
		}
		return ""
	}
	for _, tt := range []struct{ name, from, to, want string }{
		{"to a number of the place", "12 200 02 00", "+48122000100", "+48122000200"},
		{"that is written as there", "12 200 02 00", "122000100", "+48122000200"},
		{"to a number of a line of the place", "12 200 02 00", "+48122000101", "+48122000200"},
		{"to a number of the head office", "030 1234567", "+4930100100", "+49301234567"},
		{"to the extension of somebody there", "12 200 02 00", extension("nina"), "+48122000200"},
		{"to that of somebody of the head office", "030 1234567", extension("tom"), "+49301234567"},
		{"in full it is the same everywhere", "+43 1 234567", "+48122000100", "+431234567"},
	} {
		var p Path
		o.wants(200, "olga", "POST", "/v1/explain/route", `{"from":"`+tt.from+`","to":"`+tt.to+`"}`).json(t, &p)
		if p.From != tt.want || p.To != tt.to || p.Root.Cause != "" {
			t.Errorf("%s: %s calls %s, %s %v; want %s", tt.name, p.From, p.To, p.Root.Cause, p.Root.Lines, tt.want)
		}
	}
	for _, tt := range []struct{ who, user, number, want string }{
		{"olga", "", "030 901820", "+4930901820"},
		{"olga", "<nina>", "122000200", "+48122000200"},
		{"olga", extension("nina"), "122000200", "+48122000200"},
	} {
		user := tt.user
		if user == "<nina>" {
			user = o.ids["nina"]
		}
		var q Quotes
		o.wants(200, tt.who, "GET", "/v1/quotes?number="+url.QueryEscape(tt.number)+"&user="+user, "").json(t, &q)
		if q.Number != tt.want {
			t.Errorf("%s asks what %s costs for %q: %s, want %s", tt.who, tt.number, tt.user, q.Number, tt.want)
		}
	}
	if x := o.ask("olga", "GET", "/v1/quotes?number=122000200&user=usr_none", ""); x.StatusCode != 422 {
		t.Errorf("for nobody: %d", x.StatusCode)
	}
}
