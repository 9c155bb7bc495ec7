package api

import (
	"slices"
	"testing"
)

// A place is made on the page, completes what its people dial, says what it does otherwise than all, and goes again (B-113…B-116).
func TestPlaces(t *testing.T) {
	o := newOffice(t)
	var r, office Region
	o.ask("olga", "POST", "/v1/regions", `{"name":"Berlin","office":true,"area":"30","standard":{"number":true,"callback":true,"trunks":1}}`).json(t, &office)
	if office.ID != "office" || office.Country != "DE" || office.Standard == nil || !slices.Equal(office.Deviations, []string{"No local number", "Emergency calls show no number of the place", "0 of 1 lines"}) {
		t.Errorf("office %+v", office)
	}
	o.ask("olga", "POST", "/v1/regions", `{"name":"Kraków","country":"pl","members":[{"kind":"group","id":"<sales>"}],"trunks":["<office trunk>"],"shows":"+48 12 200 01 00","lends":["office"],"calls":[{"to":"office","crossing":"never"}]}`).json(t, &r)
	if r.Country != "PL" || r.People < 2 || len(r.Members) != 1 || r.Members[0].Name != "sales" || r.Trunks[0].Name != "office trunk" || r.Lends[0].Name != "Berlin" || r.Calls[0].Name != "Berlin" ||
		!slices.Equal(r.Deviations, []string{"No local number", "Calls to Berlin go another way"}) {
		t.Errorf("made %+v", r)
	}
	var d DID
	o.ask("olga", "POST", "/v1/numbers", `{"number":"+48122000100","region":"`+string(r.ID)+`"}`).json(t, &d)
	if d.RegionName != "Kraków" {
		t.Errorf("number %+v", d)
	}
	var why WhyCall
	for _, tt := range []struct{ who, dialled, number, region string }{{"uwe", "122000100", "+48122000100", "Kraków"}, {"tom", "90182000", "+493090182000", "Berlin"}} {
		o.ask("olga", "POST", "/v1/explain/call", `{"from":"<`+tt.who+`>","to":"`+tt.dialled+`"}`).json(t, &why)
		if why.Number != tt.number || why.Region != tt.region {
			t.Errorf("%s dialled %s: %s at %s", tt.who, tt.dialled, why.Number, why.Region)
		}
	}
	if x := o.ask("olga", "DELETE", "/v1/regions/"+string(r.ID), ""); x.StatusCode != 409 {
		t.Errorf("a place with a number is deleted: %d", x.StatusCode)
	}
	if x := o.ask("olga", "DELETE", "/v1/numbers/"+string(d.ID), ""); x.StatusCode != 204 && x.StatusCode != 200 {
		t.Errorf("number: %d", x.StatusCode)
	}
	if x := o.ask("olga", "DELETE", "/v1/regions/"+string(r.ID), ""); x.StatusCode != 204 && x.StatusCode != 200 {
		t.Errorf("place: %d", x.StatusCode)
	}
	if x := o.ask("sven", "POST", "/v1/regions", `{"name":"Bad","area":"+30"}`); x.StatusCode != 422 && x.StatusCode != 400 {
		t.Errorf("a bad area code: %d", x.StatusCode)
	}
}
