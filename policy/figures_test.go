package policy_test

import (
	"fmt"
	"testing"

	"tandem/pbx"
	"tandem/policy"
)

// Figures about one person are his own where the works council has a say, and those about several are of five at least; elsewhere rights alone decide (PR-08).
func TestFigures(t *testing.T) {
	crowd := func(n int) (all []pbx.UserID) {
		for i := range n {
			all = append(all, pbx.UserID(fmt.Sprint("usr_", i)))
		}
		return all
	}
	for _, row := range []struct {
		what    string
		council bool
		about   []pbx.UserID
		shown   bool
	}{
		{"no council", false, crowd(1), true},
		{"nobody", true, nil, true},
		{"oneself", true, []pbx.UserID{"usr_me", "usr_me"}, true},
		{"a colleague", true, crowd(1), false},
		{"a colleague and oneself", true, append(crowd(1), "usr_me"), false},
		{"four", true, crowd(4), false},
		{"four, two of them twice", true, append(crowd(4), crowd(2)...), false},
		{"five", true, crowd(5), true},
	} {
		s, err := pbx.NewSnapshot(1, &pbx.Tenant{Name: "Office", Council: row.council})
		if err != nil {
			t.Fatal(err)
		}
		if got := policy.Figures(s, pbx.Actor{Kind: pbx.ActorUser, User: "usr_me"}, row.about...); got != row.shown {
			t.Errorf("%s: %v", row.what, got)
		}
	}
	s, err := pbx.NewSnapshot(1, &pbx.Tenant{Name: "Office", Council: true})
	if err != nil {
		t.Fatal(err)
	}
	if policy.Figures(s, pbx.Actor{Kind: pbx.ActorToken, User: "usr_other"}, "usr_me") || policy.Figures(s, pbx.Actor{Kind: pbx.ActorSystem}, "usr_me") {
		t.Error("a program sees more than a person")
	}
}
