package command

import (
	"bytes"
	"testing"

	"tandem/pbx"
)

// Who manages a group makes places of it, with its people and lines, and no others'; help is the office's affair (B-113). All of it is taken back.
func TestRegions(t *testing.T) {
	o := full(t)
	olga, greta := o.actor("olga"), o.actor("greta")
	sales, support := o.group("sales"), o.group("support")
	before := rows(t, o.view())
	members := func(g pbx.GroupID) *[]pbx.Ref { return &[]pbx.Ref{{Kind: pbx.KindGroup, ID: string(g)}} }

	o.refused(o.actor("uwe"), CreateRegion{Region: Region{Name: p("Mine"), Group: &sales}}, pbx.Denied)
	o.refused(greta, CreateRegion{Region: Region{Name: p("Office"), Members: members(sales)}}, pbx.Denied)
	o.refused(greta, CreateRegion{Region: Region{Name: p("Others"), Group: &sales, Members: members(support)}}, pbx.NotFound)
	o.refused(greta, CreateRegion{Region: Region{Name: p("Help"), Group: &sales, Emergency: &[]string{"555"}}}, pbx.Denied)
	var done []Result
	do := func(who pbx.Actor, c Command) Result {
		t.Helper()
		done = append(done, o.must(who, c))
		return done[len(done)-1]
	}
	made := pbx.RegionID(do(greta, CreateRegion{Region: Region{Name: p(" North "), Group: &sales, Country: p("pl"), Area: p("12"), Members: members(sales)}}).Object.ID)
	if r := o.view().Regions[made]; r == nil || r.Name != "North" || r.Country != "PL" || len(r.Members) != 1 {
		t.Fatalf("made %+v", r)
	}
	o.refused(greta, EditRegion{made, Region{Shows: p("+48122000100")}}, pbx.Denied)
	o.refused(greta, EditRegion{made, Region{Group: p(pbx.GroupID(""))}}, pbx.Denied)
	do(olga, EditRegion{made, Region{Shows: p("+48 12 200 01 00"), Emergency: &[]string{" 555 ", "555"}}})
	if r := o.view().Regions[made]; r.Shows != "+48122000100" || len(r.Emergency) != 1 {
		t.Errorf("help: %+v", r)
	}
	do(greta, EditRegion{made, Region{Area: p("22"), Members: &[]pbx.Ref{}}})
	do(olga, CreateRegion{ID: pbx.OfficeRegion, Region: Region{Name: p("Berlin"), Area: p("30"), Standard: &pbx.Standard{Crossing: pbx.CrossNever}}})
	o.refused(olga, CreateRegion{ID: pbx.OfficeRegion, Region: Region{Name: p("Again")}}, pbx.Conflict)
	do(olga, EditRegion{pbx.OfficeRegion, Region{Standard: &pbx.Standard{}}})
	if o.view().Regions[pbx.OfficeRegion].Standard != nil {
		t.Error("an empty standard is kept")
	}
	do(olga, DeleteRegion{pbx.OfficeRegion})
	o.refused(greta, DeleteRegion{made}, pbx.Denied)
	do(olga, DeleteRegion{made})
	for i := len(done) - 1; i >= 0; i-- {
		o.refused(o.actor("uwe"), Undo{Facts: done[i].Facts}, pbx.Denied)
		o.must(olga, Undo{Facts: done[i].Facts})
	}
	if !bytes.Equal(before, rows(t, o.view())) {
		t.Error("something is left")
	}
}

// What somebody writes as it is dialled where he is, is read there and not by the country of the office: his mobile, when he comes and later, his speed dials, whose calls
// a rule of his is for, his phone book and that of his group, and where his rules lead, with what that may cost (B-113, B-115).
func TestNumbersAreReadWherePeopleAre(t *testing.T) {
	o := full(t)
	olga, uwe, sales := o.actor("olga"), o.actor("uwe"), o.group("sales")
	o.must(olga, CreateRegion{Region: Region{Name: p("Kraków"), Country: p("pl"), Area: p("12"), Members: &[]pbx.Ref{{Kind: pbx.KindGroup, ID: string(sales)}}}})
	polish, on := []pbx.TollRule{{Effect: pbx.TollAllow, Countries: []string{"PL"}}}, []pbx.Ref{{Kind: pbx.KindUser, ID: string(uwe.User)}}
	o.must(olga, CreateRestriction{Restriction: Restriction{Name: p("Only Poland"), On: &on, Rules: &polish}})

	o.must(olga, EditUser{User: uwe.User, Mobile: p("512 345 678")})
	eva := pbx.UserID(o.must(olga, CreateUser{Person: Person{Name: "Eva", Email: "eva@example.com", Mobile: "512 345 679", Groups: []Place{{Group: sales, Role: "user"}}}}).Object.ID)
	anna := pbx.UserID(o.must(olga, CreateUser{Person: Person{Name: "Jan", Email: "jan@example.com", Mobile: "0170 1234567", Groups: []Place{{Group: o.group("support"), Role: "user"}}}}).Object.ID)
	for who, want := range map[pbx.UserID]string{uwe.User: "+48512345678", eva: "+48512345679", anna: "+491701234567"} {
		if got := o.view().Users[who].Mobile; got != want {
			t.Errorf("the mobile of %s is %s, want %s", o.view().Users[who].Name, got, want)
		}
	}
	o.must(uwe, SetSpeed{User: uwe.User, Speed: pbx.SpeedDials{{Short: "1", Number: "22 123 45 67"}, {Short: "2", Number: "102"}}})
	if got := o.view().Users[uwe.User].Speed; got[0].Number != "+48221234567" || got[1].Number != "102" {
		t.Errorf("speed dials %v", got)
	}
	rules := []pbx.Exception{{Number: "22 123 45 67", To: pbx.Destination{Kind: pbx.ToOutside, Number: "512 345 670"}}}
	o.must(uwe, SetForwarding{User: uwe.User, Exceptions: &rules})
	if got := o.view().Forwardings[uwe.User].Exceptions[0]; got.Number != "+48221234567" || got.To.Number != "+48512345670" {
		t.Errorf("rule %+v", got)
	}
	o.must(uwe, CreateContact{Contact: Contact{Name: p("Zofia"), User: &uwe.User, Numbers: &[]pbx.ContactNumber{{Number: "22 123 45 68"}}}})
	o.must(olga, CreateContact{Contact: Contact{Name: p("Zofia"), Group: &sales, Numbers: &[]pbx.ContactNumber{{Number: "22 123 45 68"}}}})
	found := 0
	for _, c := range o.view().Contacts {
		if c.Name == "Zofia" && c.Numbers[0].Number == "+48221234568" {
			found++
		}
	}
	if found != 2 {
		t.Errorf("%d of two contacts have a number in Poland", found)
	}
}
