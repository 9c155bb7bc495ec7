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
