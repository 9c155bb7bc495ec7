package route

import (
	"slices"
	"testing"

	"tandem/pbx"
)

// places is an office in Berlin with a branch in Kraków, where bob of the inside sales sits, and one in Jakarta, where dewi sits.
func places(change func(krakow, jakarta, office *pbx.Region)) *world {
	w := lines()
	w.trunk("trk_berlin", nil)
	w.trunk("trk_krakow", func(t *pbx.Trunk) { t.Sends = "national" })
	w.trunk("trk_jakarta", nil)
	w.person("dewi", "103", false)
	krakow := &pbx.Region{ID: "reg_krakow", Name: "Kraków", Country: "PL", Members: []pbx.Ref{{Kind: pbx.KindGroup, ID: "grp_sales"}}, Trunks: []pbx.TrunkID{"trk_krakow"}, Shows: "+48122000112"}
	jakarta := &pbx.Region{ID: "reg_jakarta", Name: "Jakarta", Country: "ID", Area: "21", Members: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_dewi"}}, Trunks: []pbx.TrunkID{"trk_jakarta"}, Emergency: []string{"555"}}
	office := &pbx.Region{ID: pbx.OfficeRegion, Name: "Berlin", Area: "30"}
	if change != nil {
		change(krakow, jakarta, office)
	}
	w.nouns = append(w.nouns, krakow, jakarta, office)
	return w
}

// Numbers are completed, emergency calls made and lines taken by where the caller sits (B-113…B-115, TF-03).
func TestPlacesOfTheOffice(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(krakow, jakarta, office *pbx.Region)
		caller  pbx.UserID
		device  pbx.DeviceID
		dialled string
		want    string
		why     string
	}{
		{"without area code in Berlin", nil, "usr_alice", "", "90182000", "trk_berlin +493090182000", "route.completed"},
		{"the same digits in Kraków are nothing", nil, "usr_bob", "", "90182000", "", "route.unknown"},
		{"a national number is of the caller's country", nil, "usr_bob", "", "122000100", "trk_krakow 122000100, trk_berlin +48122000100", "route.over"},
		{"without area code in Jakarta", nil, "usr_dewi", "", "30001234", "trk_jakarta +622130001234, trk_berlin +622130001234", "route.completed"},
		{"with the country's own prefix", nil, "usr_dewi", "", "02130001234", "trk_jakarta +622130001234, trk_berlin +622130001234", "route.over"},
		{"a phone stands elsewhere than its owner", nil, "usr_bob", "dev_travel", "90182000", "trk_berlin +493090182000", "route.completed"},
		{"the lines of a place are its own", nil, "usr_alice", "", "0048122000100", "trk_berlin +48122000100", "route.trunk_of_region"},
		{"break-out where it is allowed", func(k, _, _ *pbx.Region) { k.Lends = []pbx.RegionID{pbx.OfficeRegion} }, "usr_alice", "", "0048122000100", "trk_krakow 122000100, trk_berlin +48122000100", "route.over"},
		{"break-out is for numbers of that place", func(k, _, _ *pbx.Region) { k.Lends = []pbx.RegionID{pbx.OfficeRegion} }, "usr_alice", "", "00442071234567", "trk_berlin +442071234567", "route.trunk_of_region"},
		{"and for those it is lent to", func(k, _, _ *pbx.Region) { k.Lends = []pbx.RegionID{"reg_jakarta"} }, "usr_alice", "", "0048122000100", "trk_berlin +48122000100", "route.trunk_of_region"},
		{"help in Kraków over its line, with its number", nil, "usr_bob", "", "999", "trk_krakow 999 122000112, trk_berlin 999 +48122000112, trk_jakarta 999 +48122000112", "route.emergency"},
		{"which is no emergency in Berlin", nil, "usr_alice", "", "999", "", "route.unknown"},
		{"the guard at the gate in Jakarta", nil, "usr_dewi", "", "555", "trk_jakarta 555, trk_berlin 555, trk_krakow 555", "route.emergency"},
	} {
		w := places(tt.change)
		w.phone("usr_bob", "travel", 1)
		w.nouns = append(w.nouns, &pbx.Region{ID: "reg_desk", Name: "Desk", Area: "30", Members: []pbx.Ref{{Kind: pbx.KindDevice, ID: "dev_travel"}}})
		p := Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: tt.caller, Device: tt.device}, Dialled: tt.dialled, At: noon})
		if got := tried(p); got != tt.want || !slices.Contains(keys(p), tt.why) {
			t.Errorf("%s: tried %q, want %q; trace %q", tt.name, got, tt.want, keys(p))
		}
	}
}

// A way out still says which lines are taken; only a line that is lent for the number goes before them.
func TestWaysOutKnowPlaces(t *testing.T) {
	for _, lent := range []bool{false, true} {
		w := places(func(k, _, _ *pbx.Region) {
			if lent {
				k.Lends = []pbx.RegionID{pbx.OfficeRegion}
			}
		})
		w.out(pbx.OutRoute{ID: "out_1", Trunks: []pbx.Way{{Trunk: "trk_berlin", Prefix: "010"}}})
		p := Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice"}, Dialled: "0048122000100", At: noon})
		want := "trk_berlin 010+48122000100"
		if lent {
			want = "trk_krakow 122000100, " + want
		}
		if got := tried(p); got != want {
			t.Errorf("lent %v: %q, want %q", lent, got, want)
		}
	}
}

// People of one place call those of another as their place says: inside, over the public network, or never (B-114).
func TestCallsBetweenPlaces(t *testing.T) {
	toBob := pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}}
	for _, tt := range []struct {
		name     string
		standard pbx.Crossing
		own      pbx.Crossing // of the office to Kraków
		number   bool         // leads to bob
		caller   pbx.UserID
		dialled  string
		refused  pbx.Cause
		want     string
		why      string
	}{
		{"inside as everywhere", "", "", true, "usr_alice", "102", "", "", "route.extension_of"},
		{"forbidden by the standard", pbx.CrossNever, "", true, "usr_alice", "102", pbx.CauseDenied, "", "route.region_never"},
		{"the own rule goes before the standard", pbx.CrossNever, pbx.CrossInside, true, "usr_alice", "102", "", "", "route.extension_of"},
		{"over the public network", "", pbx.CrossOutside, true, "usr_alice", "102", "", "trk_berlin +48122000102", "route.region_outside"},
		{"which needs a number", "", pbx.CrossOutside, false, "usr_alice", "102", pbx.CauseUnknown, "", "route.region_no_number"},
		{"the rule is for calls from here", "", pbx.CrossNever, true, "usr_bob", "101", "", "", "route.extension_of"},
		{"within a place nothing is asked", pbx.CrossNever, pbx.CrossNever, true, "usr_alice", "104", "", "", "route.extension_of"},
	} {
		w := places(func(_, _, o *pbx.Region) {
			o.Standard = &pbx.Standard{Crossing: tt.standard}
			if tt.own != "" {
				o.Calls = []pbx.RegionCall{{To: "reg_krakow", Crossing: tt.own}}
			}
		})
		w.person("carl", "104", false)
		w.phone("usr_bob", "bob", 1)
		w.phone("usr_alice", "alice", 1)
		w.phone("usr_carl", "carl", 1)
		if tt.number {
			w.did("did_bob", "+48122000102", toBob)
		}
		s := w.snapshot(t)
		p := Decide(s, w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: tt.caller}, Dialled: tt.dialled, At: noon})
		if tt.refused != p.Refuse || !slices.Contains(keys(p), tt.why) {
			t.Errorf("%s: refused %q, want %q; trace %q", tt.name, p.Refuse, tt.refused, keys(p))
		}
		if tt.want != "" && tried(p) != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tried(p), tt.want)
		}
		to := pbx.Destination{Kind: pbx.ToUser, ID: string("usr_bob")}
		if tt.dialled != "102" {
			continue
		}
		sent := Decide(s, w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorTrunk}, To: to, Owner: tt.caller, At: noon,
			Passed: []Stop{{At: pbx.Destination{Kind: pbx.ToUser, ID: string(tt.caller)}, Cause: pbx.CauseTransferred}}})
		if (tt.refused == "") != (sent.Refuse == "") {
			t.Errorf("%s: sent there by transfer: %q; trace %q", tt.name, sent.Refuse, keys(sent))
		}
		if came := Decide(s, w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorTrunk}, To: to, At: noon}); came.Refuse != "" {
			t.Errorf("%s: a call from outside is refused: %q", tt.name, keys(came))
		}
	}
}

// Calls show the local number of their place where nobody nearer has one (B-115).
func TestLocalNumbersAreShown(t *testing.T) {
	w := places(nil)
	menu := pbx.Destination{Kind: pbx.ToGroup, ID: "grp_all"}
	w.did("did_office", "+493090000", pbx.DID{Shown: true, To: menu})
	w.did("did_krakow", "+48122000100", pbx.DID{Shown: true, Region: "reg_krakow", To: menu})
	w.did("did_hidden", "+48122000199", pbx.DID{Region: "reg_krakow", To: menu})
	s := w.snapshot(t)
	for user, want := range map[pbx.UserID]string{
		"usr_alice": "trk_berlin +442071234567 +493090000", "usr_bob": "trk_krakow 00442071234567 122000100, trk_berlin +442071234567 +48122000100"} {
		p := Decide(s, w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: user}, Dialled: "00442071234567", At: noon})
		if got := tried(p); got != want {
			t.Errorf("%s: %q, want %q", user, got, want)
		}
	}
	// A carrier writes numbers as in the country of its line.
	p := Decide(s, w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_krakow"}, From: pbx.Party{Number: "+48501234567"}, Dialled: "122000100", At: noon})
	if p.Came != "+48122000100" {
		t.Errorf("came for %q; trace %q", p.Came, keys(p))
	}
}
