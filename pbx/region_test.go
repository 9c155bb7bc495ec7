package pbx_test

import (
	"errors"
	"slices"
	"testing"

	"tandem/pbx"
)

// Regions are refused that would send somebody to two places, stand before help, or name what is not there.
func TestRegionsFitTogether(t *testing.T) {
	s := office(t)
	apply := func(n ...pbx.Noun) (err error) {
		next, err := s.Apply(put(n...))
		if err == nil {
			s = next
		}
		return err
	}
	trunk := &pbx.Trunk{ID: "trk_1", Name: "Carrier", Host: "h", Created: day}
	north := &pbx.Region{ID: "reg_1", Name: "North", Country: "PL", Area: "12", Members: []pbx.Ref{ref(pbx.KindGroup, "grp_north"), ref(pbx.KindUser, "usr_cid")}, Trunks: []pbx.TrunkID{"trk_1"}}
	if err := apply(trunk, north); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, key string
		n         pbx.Noun
	}{
		{"a member of two", "region.member_taken", &pbx.Region{ID: "reg_2", Name: "South", Members: []pbx.Ref{ref(pbx.KindUser, "usr_cid")}}},
		{"a line of two", "region.trunk_taken", &pbx.Region{ID: "reg_2", Name: "South", Trunks: []pbx.TrunkID{"trk_1"}}},
		{"an extension that is an emergency number there", "user.extension_emergency", &pbx.Region{ID: "reg_2", Name: "South", Emergency: []string{"102"}}},
		{"a country where an extension is one", "user.extension_emergency", &pbx.Region{ID: "reg_2", Name: "South", Country: "RU"}},
		{"an extension that comes later", "user.extension_emergency", user("dan", "999")},
		{"an area code with its prefix", "region.area_bad", &pbx.Region{ID: "reg_2", Name: "South", Area: "+30"}},
		{"members of the office's", "region.office_members", &pbx.Region{ID: pbx.OfficeRegion, Name: "O", Members: []pbx.Ref{ref(pbx.KindUser, "usr_ada")}}},
		{"a standard elsewhere", "region.standard_elsewhere", &pbx.Region{ID: "reg_2", Name: "South", Standard: &pbx.Standard{Number: true}}},
		{"lending to nobody", "region.unknown", &pbx.Region{ID: "reg_2", Name: "South", Lends: []pbx.RegionID{"reg_9"}}},
		{"calls to itself", "region.unknown", &pbx.Region{ID: "reg_2", Name: "South", Calls: []pbx.RegionCall{{To: "reg_2", Crossing: pbx.CrossNever}}}},
		{"a number of nowhere", "region.unknown", &pbx.DID{ID: "did_1", Number: "+48122000100", Region: "reg_9"}},
	} {
		changes := []pbx.Noun{tt.n}
		if u, ok := tt.n.(*pbx.User); ok {
			changes = append(changes, member(u.Name, "default", "user"))
		}
		if err := apply(changes...); !isKey(err, tt.key) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.key)
		}
	}
	if _, err := s.Apply(del(trunk.Ref())); !isKey(err, "trunk.in_use") {
		t.Errorf("the line of a region is deleted: %v", err)
	}
	if err := apply(&pbx.DID{ID: "did_1", Number: "+48122000100", Region: "reg_1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(del(north.Ref())); !isKey(err, "region.in_use") {
		t.Errorf("a region with a number is deleted: %v", err)
	}
}

// The nearest says where somebody is: his phone, himself, his main group and those above, the office.
func TestWhereSomebodyIs(t *testing.T) {
	s := office(t)
	next, err := s.Apply(put(&pbx.Region{ID: pbx.OfficeRegion, Name: "Head office", Area: "30"}, &pbx.Region{ID: "reg_1", Name: "Sales", Members: []pbx.Ref{ref(pbx.KindGroup, "grp_sales")}},
		&pbx.Region{ID: "reg_2", Name: "Home", Members: []pbx.Ref{ref(pbx.KindUser, "usr_ada"), ref(pbx.KindUser, "usr_gone")}}, &pbx.Region{ID: "reg_3", Name: "Desk", Members: []pbx.Ref{ref(pbx.KindDevice, "dev_ada")}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		user   pbx.UserID
		device pbx.DeviceID
		want   pbx.RegionID
	}{{"usr_ada", "dev_ada", "reg_3"}, {"usr_ada", "", "reg_2"}, {"usr_bob", "", "reg_1"}, {"usr_cid", "", "office"}, {"", "", "office"}} {
		if r := next.RegionOf(tt.user, tt.device, day); r == nil || r.ID != tt.want {
			t.Errorf("%s with %q is in %v, want %s", tt.user, tt.device, r, tt.want)
		}
	}
	if s.RegionOf("usr_ada", "", day) != nil || s.PlaceOf("usr_ada", "", day).Country != s.Tenant.Country {
		t.Error("an office without regions has some")
	}
}

// What a region does otherwise than all should is told, thing by thing (B-116).
func TestDeviations(t *testing.T) {
	s := office(t)
	all := ref(pbx.KindSettings, "office")
	next, err := s.Apply(put(
		&pbx.Trunk{ID: "trk_1", Name: "Carrier", Host: "h", Created: day},
		&pbx.Restriction{ID: "rst_1", Name: "Everywhere", On: []pbx.Ref{all}}, &pbx.Restriction{ID: "rst_2", Name: "There", On: []pbx.Ref{ref(pbx.KindRegion, "reg_good")}},
		&pbx.Restriction{ID: "rst_3", Name: "Off", On: []pbx.Ref{all}, Off: true},
		&pbx.Region{ID: pbx.OfficeRegion, Name: "Office", Standard: &pbx.Standard{Crossing: pbx.CrossNever, Number: true, Callback: true, Trunks: 1, Profiles: []pbx.RestrictionID{"rst_1", "rst_2", "rst_3", "rst_gone"}}},
		&pbx.Region{ID: "reg_good", Name: "Good", Trunks: []pbx.TrunkID{"trk_1"}, Shows: "+48122000100", Calls: []pbx.RegionCall{{To: "office", Crossing: pbx.CrossNever}}},
		&pbx.Region{ID: "reg_bad", Name: "Bad", Calls: []pbx.RegionCall{{To: "reg_good", Crossing: pbx.CrossInside}}},
		&pbx.DID{ID: "did_1", Number: "+48122000100", Region: "reg_good"}))
	if err != nil {
		t.Fatal(err)
	}
	words := func(id pbx.RegionID) (all []string) {
		for _, d := range next.DeviationsOf(next.Regions[id]) {
			all = append(all, d.Kind+string(d.Region)+string(d.Profile))
		}
		return all
	}
	if got := words("reg_good"); !slices.Equal(got, []string{"profilerst_3"}) {
		t.Errorf("good: %q", got)
	}
	if got := words("reg_bad"); !slices.Equal(got, []string{"number", "callback", "trunks", "crossingreg_good", "profilerst_2", "profilerst_3"}) {
		t.Errorf("bad: %q", got)
	}
}

func isKey(err error, key string) bool {
	var e *pbx.Error
	return errors.As(err, &e) && e.Text.Key == key
}
