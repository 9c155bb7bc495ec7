package pbx_test

import (
	"slices"
	"testing"
	"time"

	"tandem/pbx"
)

// People are found by the beginning of any of their names, written in whatever letters; who is suspended or has no number is not.
func TestSpelled(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	user := func(id, name, extension string) *pbx.User {
		return &pbx.User{ID: pbx.UserID(id), Name: name, Email: id + "@example.com", Extension: extension, Created: at}
	}
	member := func(u string) *pbx.Membership {
		return &pbx.Membership{ID: pbx.MembershipID("mem_" + u), User: pbx.UserID(u), Group: "grp_all", Role: "user", From: at}
	}
	s, err := pbx.NewSnapshot(1, &pbx.Tenant{Name: "Lindenhof", Country: "DE"}, &pbx.Group{ID: "grp_all", Name: "Default", Default: true},
		user("usr_1", "Anna Müller", "101"), user("usr_2", "Bob Miller", "102"), user("usr_3", "Łukasz Żak", "103"), user("usr_4", "Иван Петров", "104"), user("usr_5", "Anna Nobody", ""),
		member("usr_1"), member("usr_2"), member("usr_3"), member("usr_4"), member("usr_5"))
	if err != nil {
		t.Fatal(err)
	}
	for keys, want := range map[string][]string{
		"2662": {"Anna Müller"}, "68": {"Anna Müller"}, "683": {"Anna Müller"}, "64": {"Bob Miller"}, "6": {"Anna Müller", "Bob Miller"}, "925": {"Łukasz Żak"}, "58": {"Łukasz Żak"},
		"48": {"Иван Петров"}, "738768": {"Иван Петров"}, "26268553": nil, "2662685": {"Anna Müller"}, "6855372662": {"Anna Müller"}, "9999": nil, "": nil,
	} {
		var got []string
		for _, u := range s.Spelled(keys, at) {
			got = append(got, u.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", keys, got, want)
		}
	}
}
