package policy

import (
	"slices"
	"testing"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// Every kind of notice has its sentences, and only once a line.
func TestEveryNoticeHasWords(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[pbx.NoticeKind]bool{}
	for _, l := range NoticeSorts() {
		if seen[l.Kind] || l.Severity == "" || l.Area == "" || !l.Usual.Web {
			t.Errorf("%+v", l)
		}
		seen[l.Kind] = true
		for _, part := range []string{"name", "title", "text"} {
			if key := "notice." + string(l.Kind) + "." + part; !c.Has(key) {
				t.Errorf("no sentence for %s", key)
			}
		}
	}
}

// Who must know: those who are named, then those who hold the right there; each once, nobody suspended, nobody who wants none of it.
func TestReaders(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	grp := &pbx.Group{ID: "grp_sales", Name: "Sales"}
	change := pbx.Change{Put: []pbx.Noun{grp, &pbx.Group{ID: "grp_all", Name: "All", Default: true}}}
	person := func(id pbx.UserID, role pbx.RoleID, edit func(*pbx.User)) {
		u := &pbx.User{ID: id, Name: string(id), Email: string(id) + "@example.com"}
		if edit != nil {
			edit(u)
		}
		change.Put = append(change.Put, u, &pbx.Membership{ID: pbx.MembershipID("mem_" + string(id)), User: id, Group: "grp_sales", Role: role, Main: true, From: at.Add(-time.Hour)})
	}
	person("usr_ann", "user", nil)
	person("usr_max", "group_owner", nil)
	person("usr_meg", "group_owner", func(u *pbx.User) { u.Notices = map[pbx.NoticeKind]pbx.Channels{NoticeBudget: {Mail: true}} })
	person("usr_mia", "group_owner", func(u *pbx.User) { u.Notices = map[pbx.NoticeKind]pbx.Channels{NoticeBudget: {}} })
	person("usr_sid", "group_owner", func(u *pbx.User) { u.Suspensions = []pbx.Interval{{From: at.Add(-time.Hour)}} })
	person("usr_own", "user", func(u *pbx.User) {
		u.Notices = map[pbx.NoticeKind]pbx.Channels{NoticeAttack: {}, NoticeBudget: {}}
	})
	change.Put = append(change.Put, &pbx.Assignment{ID: "asg_1", User: "usr_own", Role: "system_owner", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: at.Add(-time.Hour)})
	s, err := pbx.NewSnapshot(1, change.Put...)
	if err != nil {
		t.Fatal(err)
	}
	all := pbx.Channels{Web: true, Mail: true, Push: true}
	for _, tt := range []struct {
		name string
		h    Happening
		want []Reader
	}{
		{"named", Happening{Kind: NoticeAsked, Users: []pbx.UserID{"usr_max", "usr_ann", "usr_max", "usr_sid", "usr_none"}}, []Reader{{"usr_max", all}, {"usr_ann", all}}},
		{"named, and those who decide about him", Happening{Kind: NoticeBudget, Users: []pbx.UserID{"usr_max"}, Over: User("usr_ann")}, []Reader{{"usr_max", all}, {"usr_meg", pbx.Channels{Mail: true}}}},
		{"only some of those", Happening{Kind: NoticeBudget, Over: User("usr_ann"), Among: []pbx.UserID{"usr_meg", "usr_ann"}}, []Reader{{"usr_meg", pbx.Channels{Mail: true}}}},
		{"none of those", Happening{Kind: NoticeBudget, Over: User("usr_ann"), Among: []pbx.UserID{}}, nil},
		{"critical is there whatever he chose", Happening{Kind: NoticeAttack, Over: System()}, []Reader{{"usr_own", pbx.Channels{Web: true}}}},
		{"a kind without a right reaches nobody by it", Happening{Kind: NoticeAsked, Over: System()}, nil},
		{"no such kind", Happening{Kind: "none", Users: []pbx.UserID{"usr_ann"}}, nil},
	} {
		if got := Readers(s, tt.h, at); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
