package api

import "testing"

// Everybody keeps his own phone book, which nobody else sees; a group's is for its people, the office's for everybody; who may edit phone books changes them. A file
// is taken whole or not at all, and twice changes nothing (G-018, B-016, D-031).
func TestContacts(t *testing.T) {
	o := newOffice(t)
	for who, want := range map[string]int{"nina": 3, "uwe": 2, "mia": 1, "olga": 2} {
		var list Page[Contact]
		o.ask(who, "GET", "/v1/contacts", "").json(t, &list)
		if list.Total != want {
			t.Errorf("%s sees %d, want %d: %+v", who, list.Total, want, list.Items)
		}
	}
	o.wants(404, "uwe", "PATCH", "/v1/contacts/<contact of nina>", `{"name":"X"}`)
	o.wants(404, "olga", "PATCH", "/v1/contacts/<contact of nina>", `{"name":"X"}`)
	o.wants(403, "uwe", "PATCH", "/v1/contacts/<sales contact>", `{"name":"X"}`)
	o.wants(200, "mark", "PATCH", "/v1/contacts/<sales contact>", `{"name":"Renamed"}`)
	o.wants(404, "mark", "PATCH", "/v1/contacts/<office contact>", `{"name":"X"}`)
	o.wants(422, "uwe", "POST", "/v1/contacts", `{"name":"New"}`)
	o.wants(422, "uwe", "POST", "/v1/contacts", `{"name":"New","numbers":[{"number":"nowhere"}]}`)
	var made Contact
	o.wants(201, "uwe", "POST", "/v1/contacts", `{"name":"Ann Ek","company":"Acme","numbers":[{"number":"030 555 111","kind":"work"}]}`).json(t, &made)
	if made.Book != "own" || len(made.Numbers) != 1 || made.Numbers[0].Number != "+4930555111" {
		t.Errorf("%+v", made)
	}
	for _, q := range []string{"acme", "ann", "030%20555%20111", "%2B4930555111", "555111"} {
		var list Page[Contact]
		o.ask("uwe", "GET", "/v1/contacts?q="+q, "").json(t, &list)
		if len(list.Items) != 1 || list.Items[0].ID != made.ID {
			t.Errorf("%s: %+v", q, list.Items)
		}
	}
	file := "name,company,number,mobile\nAnn Ek,Acme Ltd,030 555111,0170 5551112\nBen,,030 555222,\n"
	for i, want := range []ContactImport{{Lines: 2, Added: 1, Changed: 1}, {Lines: 2}} {
		var got ContactImport
		o.ask("uwe", "POST", "/v1/contacts/import", file, "Content-Type", "text/csv").json(t, &got)
		if got.Lines != want.Lines || got.Added != want.Added || got.Changed != want.Changed || len(got.Problems) != 0 {
			t.Errorf("import %d: %+v", i, got)
		}
	}
	var got ContactImport
	answer := o.ask("uwe", "POST", "/v1/contacts/import?dry=true", "name,number\nBad,xyz\nCora,030 555333\n", "Content-Type", "text/csv")
	answer.json(t, &got)
	if len(got.Problems) != 1 || got.Problems[0].Line != 2 || got.Added != 0 {
		t.Errorf("%+v %s", got, answer.body)
	}
	o.wants(204, "uwe", "DELETE", "/v1/contacts/"+string(made.ID), "")
}
