package route

import (
	"slices"
	"strings"
	"testing"

	"tandem/pbx"
)

// lines is an office with three people, groups, trunks and numbers.
func lines() *world {
	w := newWorld()
	w.person("alice", "101", false)
	w.nouns = append(w.nouns, &pbx.Group{ID: "grp_sales", Name: "Sales", Parent: "grp_all"}, &pbx.Group{ID: "grp_inside", Name: "Inside sales", Parent: "grp_sales"})
	bob := &pbx.User{ID: "usr_bob", Name: "bob", Email: "bob@example.org", Extension: "102", Mobile: "+491701234567"}
	w.nouns = append(w.nouns, bob, &pbx.Membership{ID: "mem_bob", User: bob.ID, Group: "grp_inside", Role: "user", From: noon.Add(-1), Main: true},
		&pbx.Restriction{ID: "rst_all", Name: "Everything", On: []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}}, Rules: []pbx.TollRule{{Effect: pbx.TollAllow}}})
	return w
}

func (w *world) trunk(id pbx.TrunkID, change func(*pbx.Trunk)) {
	t := &pbx.Trunk{ID: id, Name: string(id), Host: "sip.example"}
	if change != nil {
		change(t)
	}
	w.nouns = append(w.nouns, t)
}

func (w *world) out(o pbx.OutRoute) {
	o.Name = string(o.ID)
	w.nouns = append(w.nouns, &o)
}

func (w *world) did(id pbx.DIDID, number string, d pbx.DID) {
	d.ID, d.Number = id, number
	w.nouns = append(w.nouns, &d)
}

// tried is how a plan calls outside: trunk, number and what is shown, in order.
func tried(p Plan) string {
	var all []string
	for _, a := range p.Attempts {
		for _, t := range a.Targets {
			all = append(all, strings.TrimSpace(strings.Join([]string{string(t.Trunk), t.Sends, t.Shows}, " ")))
		}
	}
	return strings.Join(all, ", ")
}

func TestWaysOut(t *testing.T) {
	ways := func(ids ...pbx.TrunkID) (all []pbx.Way) {
		for _, id := range ids {
			all = append(all, pbx.Way{Trunk: id})
		}
		return all
	}
	for _, tt := range []struct {
		name    string
		make    func(*world)
		caller  pbx.UserID
		dialled string
		want    string
		why     string // one of the reasons
	}{
		{"no trunk", func(*world) {}, "usr_alice", "089111222", "", "route.no_trunk"},
		{"one trunk carries everything", func(w *world) { w.trunk("trk_a", nil) }, "usr_alice", "089111222", "trk_a +4989111222", "route.over"},
		{"as the carrier wants it", func(w *world) {
			w.trunk("trk_a", func(t *pbx.Trunk) { t.Sends, t.Prefix, t.Shows = "national", "9", "+4930100" })
		}, "usr_alice", "+4989111222", "trk_a 9089111222 030100", "route.over"},
		{"without rules the oldest first", func(w *world) { w.trunk("trk_b", nil); w.trunk("trk_a", nil) }, "usr_alice", "089111222", "trk_a +4989111222, trk_b +4989111222", "route.over"},
		{"what is off or down is passed over", func(w *world) {
			w.trunk("trk_a", func(t *pbx.Trunk) { t.Off = true })
			w.trunk("trk_b", nil)
			w.trunk("trk_c", nil)
			w.live = w.live.WithTrunk("trk_b", true)
		}, "usr_alice", "089111222", "trk_c +4989111222", "route.trunk_down"},
		{"full", func(w *world) {
			w.trunk("trk_a", func(t *pbx.Trunk) { t.Calls = 1 })
			w.live = w.live.WithCall(&pbx.LiveCall{ID: "cal_1", Trunks: []pbx.TrunkID{"trk_a"}})
		}, "usr_alice", "089111222", "", "route.trunk_full"},
		{"free again", func(w *world) {
			w.trunk("trk_a", func(t *pbx.Trunk) { t.Calls = 1 })
			w.live = w.live.WithCall(&pbx.LiveCall{ID: "cal_1", Trunks: []pbx.TrunkID{"trk_a"}}).WithoutCall("cal_1")
		}, "usr_alice", "089111222", "trk_a +4989111222", "route.over"},
		{"a trunk of a group is for its people", func(w *world) { w.trunk("trk_a", func(t *pbx.Trunk) { t.Group = "grp_sales" }) }, "usr_alice", "089111222", "", "route.trunk_of_others"},
		{"and of those below", func(w *world) { w.trunk("trk_a", func(t *pbx.Trunk) { t.Group = "grp_sales" }) }, "usr_bob", "089111222", "trk_a +4989111222", "route.over"},
		{"the first route that fits", func(w *world) {
			w.trunk("trk_a", nil)
			w.trunk("trk_b", nil)
			w.out(pbx.OutRoute{ID: "out_2", Place: 2, Trunks: ways("trk_a")})
			w.out(pbx.OutRoute{ID: "out_1", Place: 1, Classes: []string{"international"}, Trunks: ways("trk_b", "trk_a")})
		}, "usr_alice", "0048221112223", "trk_b +48221112223, trk_a +48221112223", "route.way_out"},
		{"the other where it does not", func(w *world) {
			w.trunk("trk_a", nil)
			w.trunk("trk_b", nil)
			w.out(pbx.OutRoute{ID: "out_2", Place: 2, Trunks: ways("trk_a")})
			w.out(pbx.OutRoute{ID: "out_1", Place: 1, Classes: []string{"international"}, Trunks: ways("trk_b", "trk_a")})
		}, "usr_alice", "089111222", "trk_a +4989111222", "route.way_out"},
		{"by prefix and group", func(w *world) {
			w.trunk("trk_a", nil)
			w.trunk("trk_b", nil)
			w.out(pbx.OutRoute{ID: "out_1", Place: 1, Prefixes: []string{"+48"}, Groups: []pbx.GroupID{"grp_sales"}, Trunks: ways("trk_b")})
			w.out(pbx.OutRoute{ID: "out_2", Place: 2, Trunks: ways("trk_a")})
		}, "usr_bob", "+48221112223", "trk_b +48221112223", "route.way_out"},
		{"for others it is the next", func(w *world) {
			w.trunk("trk_a", nil)
			w.trunk("trk_b", nil)
			w.out(pbx.OutRoute{ID: "out_1", Place: 1, Prefixes: []string{"+48"}, Groups: []pbx.GroupID{"grp_sales"}, Trunks: ways("trk_b")})
			w.out(pbx.OutRoute{ID: "out_2", Place: 2, Trunks: ways("trk_a")})
		}, "usr_alice", "+48221112223", "trk_a +48221112223", "route.way_out"},
		{"no route fits", func(w *world) {
			w.trunk("trk_a", nil)
			w.out(pbx.OutRoute{ID: "out_1", Classes: []string{"national"}, Trunks: ways("trk_a")})
			w.out(pbx.OutRoute{ID: "out_2", Off: true, Trunks: ways("trk_a")})
		}, "usr_alice", "+48221112223", "", "route.no_way_out"},
		{"spread by weight", func(w *world) {
			w.trunk("trk_a", nil)
			w.trunk("trk_b", nil)
			w.out(pbx.OutRoute{ID: "out_1", Spread: true, Trunks: []pbx.Way{{Trunk: "trk_a"}, {Trunk: "trk_b", Weight: 3, Prefix: "010", Shows: "+4930777"}}})
			for _, id := range []pbx.CallID{"cal_1", "cal_2"} {
				w.live = w.live.WithCall(&pbx.LiveCall{ID: id, Trunks: []pbx.TrunkID{"trk_b"}})
			}
			w.live = w.live.WithCall(&pbx.LiveCall{ID: "cal_3", Trunks: []pbx.TrunkID{"trk_a"}})
		}, "usr_alice", "089111222", "trk_b 010+4989111222 +4930777, trk_a +4989111222", "route.way_out"},
		{"an emergency asks for nothing", func(w *world) {
			w.trunk("trk_a", func(t *pbx.Trunk) { t.Group, t.Calls = "grp_sales", 1 })
			w.trunk("trk_b", nil)
			w.out(pbx.OutRoute{ID: "out_1", Classes: []string{"national"}, Trunks: ways("trk_b")})
			w.live = w.live.WithTrunk("trk_b", true).WithCall(&pbx.LiveCall{ID: "cal_1", Trunks: []pbx.TrunkID{"trk_a"}})
		}, "usr_alice", "112", "trk_a 112, trk_b 112", "route.emergency"},
		{"an emergency without a line", func(w *world) { w.trunk("trk_a", func(t *pbx.Trunk) { t.Off = true }) }, "usr_alice", "112", "", "route.emergency_no_trunk"},
		{"his own number", func(w *world) {
			w.trunk("trk_a", func(t *pbx.Trunk) { t.Shows = "+4930100" })
			w.did("did_1", "+4930101", pbx.DID{Shown: true, To: pbx.Destination{Kind: pbx.ToBusy}})
			w.did("did_2", "+4930102", pbx.DID{Shown: true, Group: "grp_sales"})
			w.did("did_3", "+4930103", pbx.DID{Shown: true, To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}})
		}, "usr_bob", "089111222", "trk_a +4989111222 +4930103", "route.over"},
		{"that of the group above", func(w *world) {
			w.trunk("trk_a", func(t *pbx.Trunk) { t.Shows = "+4930100" })
			w.did("did_1", "+4930101", pbx.DID{Shown: true, To: pbx.Destination{Kind: pbx.ToBusy}})
			w.did("did_2", "+4930102", pbx.DID{Shown: true, Group: "grp_sales"})
			w.did("did_3", "+4930103", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}})
		}, "usr_bob", "089111222", "trk_a +4989111222 +4930102", "route.over"},
		{"the office's", func(w *world) {
			w.trunk("trk_a", func(t *pbx.Trunk) { t.Shows = "+4930100" })
			w.did("did_1", "+4930101", pbx.DID{Shown: true, To: pbx.Destination{Kind: pbx.ToBusy}})
			w.did("did_2", "+4930102", pbx.DID{Shown: true, Group: "grp_sales"})
		}, "usr_alice", "089111222", "trk_a +4989111222 +4930101", "route.over"},
		{"never another's", func(w *world) {
			w.trunk("trk_a", nil)
			w.did("did_1", "+4930101", pbx.DID{Shown: true, To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_bob"}})
		}, "usr_alice", "089111222", "trk_a +4989111222", "route.over"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := lines()
			tt.make(w)
			p := Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: tt.caller}, Dialled: tt.dialled, At: noon})
			if got := tried(p); got != tt.want || (p.Refuse == "") != (tt.want != "") {
				t.Errorf("calls %q, want %q (%s)", got, tt.want, p.Refuse)
			}
			if !slices.Contains(keys(p), tt.why) {
				t.Errorf("reasons %v, want %s", keys(p), tt.why)
			}
		})
	}
}

func TestNumbersOfTheOffice(t *testing.T) {
	for _, tt := range []struct {
		name    string
		did     pbx.DID
		trunk   pbx.TrunkID
		dialled string
		want    string
		why     string
	}{
		{"rings", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}}, "trk_a", "+4930555111", "bnd_desk0", "route.did"},
		{"with a name", pbx.DID{Name: "Main", To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}}, "trk_a", "+4930555111", "bnd_desk0", "route.did_named"},
		{"written nationally", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}}, "trk_a", "030555111", "bnd_desk0", "route.did"},
		{"without plus", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}}, "trk_a", "4930555111", "bnd_desk0", "route.did"},
		{"of another trunk", pbx.DID{Trunk: "trk_b", To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}}, "trk_a", "+4930555111", "", "route.did_unknown"},
		{"of this trunk", pbx.DID{Trunk: "trk_b", To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}}, "trk_b", "+4930555111", "bnd_desk0", "route.did"},
		{"nowhere yet", pbx.DID{}, "trk_a", "+4930555111", "", "route.did_nowhere"},
		{"unknown", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}}, "trk_a", "+4930555999", "", "route.did_unknown"},
		{"an extension is no number of the office", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}}, "trk_a", "101", "", "route.did_unknown"},
		{"an emergency number from outside is nothing", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}}, "trk_a", "112", "", "route.did_unknown"},
		{"a number outside cannot be reached from outside", pbx.DID{To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}}, "trk_a", "+4989111222", "", "route.did_unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := lines()
			w.phone("usr_alice", "desk", 1)
			w.trunk("trk_a", nil)
			w.trunk("trk_b", nil)
			w.did("did_1", "+4930555111", tt.did)
			p := Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorTrunk, Trunk: tt.trunk}, From: pbx.Party{Number: "+4940777"}, Dialled: tt.dialled, At: noon})
			if got := strings.Join(rung(p), ","); got != tt.want || !slices.Contains(keys(p), tt.why) {
				t.Errorf("rings %q because of %v, want %q because of %s", got, keys(p), tt.want, tt.why)
			}
			if tt.want != "" && p.From.Number != "+4940777" {
				t.Errorf("the caller is %+v", p.From)
			}
		})
	}
}
