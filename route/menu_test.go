package route

import (
	"slices"
	"testing"

	"tandem/pbx"
)

// The tree of a menu has a branch for every key, told but not followed where it leads back into the menu.
func TestExploreMenu(t *testing.T) {
	w := newWorld()
	alice, bob := w.person("alice", "101", false), w.person("bob", "102", false)
	desk := w.phone(alice, "adesk", 1)
	w.phone(bob, "bdesk", 1)
	to := func(kind pbx.DestinationKind, id string) pbx.Destination { return pbx.Destination{Kind: kind, ID: id} }
	w.nouns = append(w.nouns,
		&pbx.Menu{ID: "mnu_1", Name: "Reception", Extension: "200", Silent: to(pbx.ToMailbox, string(bob)),
			Keys: []pbx.MenuKey{{Key: "1", To: to(pbx.ToUser, string(bob))}, {Key: "2", To: to(pbx.ToMenu, "mnu_2")}}},
		&pbx.Menu{ID: "mnu_2", Name: "Support", Keys: []pbx.MenuKey{{Key: "9", To: to(pbx.ToMenu, "mnu_1")}}})
	s := w.snapshot(t)
	root := Explore(s, w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: alice, Device: desk}, Dialled: "200", At: noon}, nil)
	branches := func(n *Node) (all []string) {
		for _, x := range n.Next {
			all = append(all, string(x.Branch)+x.Key)
		}
		return all
	}
	if root.Plan.House == nil || !slices.Equal(branches(root), []string{"key1", "key2", "silent"}) {
		t.Fatalf("%+v: %v", root.Plan, branches(root))
	}
	if got := rung(root.Next[0].Plan); !slices.Equal(got, []string{"bnd_bdesk0"}) {
		t.Errorf("key 1 rings %v", got)
	}
	sub := root.Next[1]
	if !slices.Equal(branches(sub), []string{"key9"}) || sub.Next[0].Plan.House == nil || len(sub.Next[0].Next) != 0 {
		t.Errorf("the way back: %v, then %+v", branches(sub), sub.Next[0].Plan)
	}
	if !root.Next[2].Taken || root.Next[0].Taken {
		t.Error("a caller who does nothing takes the branch for those who press no key")
	}
}
