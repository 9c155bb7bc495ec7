package store_test

import (
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// What visitors wrote is found by name and e-mail address, goes after its time, link by link, and calls by a link are found by it, inside the scope of who asks (X-046, PL-12).
func TestVisits(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := claim(t, open(t, address))
		visits := []pbx.Visit{
			{ID: "vst_1", Link: "tlk_1", At: day, Name: "Łucja Żak", Email: "lucja@visit.example", Words: "an offer"},
			{ID: "vst_2", Link: "tlk_1", At: day.AddDate(0, 0, 5), Name: "łucja żak", Email: "other@visit.example"},
			{ID: "vst_3", Link: "tlk_2", At: day, Name: "Max Other"},
		}
		for i, v := range visits {
			if err := x.Keep(t.Context(), store.VisitKept{Visit: v}); err != nil {
				t.Fatal(err)
			}
			if _, err := x.Append(t.Context(), []report.CDR{record(20+i, i, time.Minute, pbx.Party{Name: v.Name + " (visitor)", Link: v.Link, Visit: v.ID}, ada)}, nil); err != nil {
				t.Fatal(err)
			}
		}
		got, err := x.Visits(t.Context(), "vst_1", "vst_3", "vst_none")
		if err != nil || len(got) != 2 || got["vst_1"] != visits[0] {
			t.Errorf("%+v %v", got, err)
		}
		for said, want := range map[string]int{"ŁUCJA  żak": 2, "Lucja@Visit.example": 1, "nobody": 0, "%": 0} {
			if list, err := x.VisitsBy(t.Context(), said); err != nil || len(list) != want {
				t.Errorf("%q: %+v %v", said, list, err)
			}
		}
		for i, q := range []struct {
			store.CallQuery
			want int
		}{
			{store.CallQuery{Sight: store.Scope{All: true}, Link: "tlk_1"}, 2},
			{store.CallQuery{Sight: store.Scope{Users: []pbx.UserID{"usr_ada"}}, Link: "tlk_1"}, 2},
			{store.CallQuery{Sight: store.Scope{Users: []pbx.UserID{"usr_bob"}}, Link: "tlk_1"}, 0},
			{store.CallQuery{Sight: store.Scope{}, Link: "tlk_1"}, 0},
			{store.CallQuery{Sight: store.Scope{All: true}, Link: "tlk_2", User: "usr_ada"}, 1},
			{store.CallQuery{Sight: store.Scope{All: true}, Link: "tlk_2", User: "usr_bob"}, 0},
			{store.CallQuery{Sight: store.Scope{All: true}, Visit: "vst_2"}, 1},
			{store.CallQuery{Sight: store.Scope{Users: []pbx.UserID{"usr_ada"}}, Link: "usr_ada"}, 3}, // another name for nothing that he does not see
			{store.CallQuery{Sight: store.Scope{Users: []pbx.UserID{"usr_bob"}}, Link: "usr_ada"}, 0},
		} {
			if p, err := x.Calls(t.Context(), q.CallQuery); err != nil || len(p.Items) != q.want {
				t.Errorf("%d: %d calls, want %d (%v)", i, len(p.Items), q.want, err)
			}
		}
		n, err := x.DropVisits(t.Context(), func(l pbx.TalkLinkID) time.Time {
			if l == "tlk_2" {
				return day
			}
			return day.AddDate(0, 0, 1)
		})
		if err != nil || n != 1 {
			t.Errorf("%d dropped, %v", n, err)
		}
		if got, err := x.Visits(t.Context(), "vst_1", "vst_2", "vst_3"); err != nil || len(got) != 2 || got["vst_1"].ID != "" {
			t.Errorf("%+v %v", got, err)
		}
	})
}

// A visitor is erased by his e-mail address from his own visits, and by a name from all; another one of the same name, and a colleague, stay (PL-12, PR-06).
func TestEraseVisitor(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		x := claim(t, db)
		for i, v := range []pbx.Visit{{ID: "vst_1", Link: "tlk_1", At: day, Name: "Eva Gast", Email: "eva@visit.example", Words: "about Eva"}, {ID: "vst_2", Link: "tlk_1", At: day, Name: "Eva Gast", Email: "second@visit.example"}} {
			from := pbx.Party{Name: v.Name + " (visitor, unverified)", Link: v.Link, Visit: v.ID}
			c := record(20+i, i, time.Minute, from, ada)
			f := event.New(event.CallStarted, day, admin, pbx.Ref{Kind: pbx.KindCall, ID: string(c.ID)}, event.Started{From: from, To: ada, Dialled: "talk"})
			if _, err := x.Append(t.Context(), []report.CDR{c}, []event.Fact{f}); err != nil {
				t.Fatal(err)
			}
			asked := pbx.Notice{ID: pbx.NoticeID("not_" + string(v.ID)), User: "usr_ada", Kind: "talk", At: day, Says: pbx.Says{Args: map[string]string{"link": "Sales", "name": v.Name, "number": "+49301"}}}
			if _, err := x.Write(t.Context(), []event.Fact{fact(event.TalkLinkAsked, pbx.KindTalkLink, "tlk_1")}, store.VisitKept{Visit: v}, store.NoticeKept{Notice: asked}); err != nil {
				t.Fatal(err)
			}
		}
		colleague := record(30, 5, time.Minute, pbx.Party{User: "usr_bob", Name: "Eva Gast", Number: "102"}, ada)
		if _, err := x.Append(t.Context(), []report.CDR{colleague}, nil); err != nil {
			t.Fatal(err)
		}
		erase := func(id string, sub pbx.Subject) {
			t.Helper()
			e := &pbx.Erasure{ID: pbx.ErasureID(id), As: "erased-" + id, Subject: sub, Begun: day}
			for done := false; !done; {
				var err error
				if _, done, err = x.Erase(t.Context(), e, event.New(event.PrivacyRewritten, day, admin, e.Ref(), nil), 10); err != nil {
					t.Fatal(err)
				}
			}
		}
		names := func() (all []string) {
			for c, err := range x.EachCall(t.Context(), store.CallQuery{Sight: store.Scope{All: true}, Sort: "started"}) {
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, c.From.Name)
			}
			return all
		}
		count := 0
		for c, err := range x.CallsAbout(t.Context(), &pbx.Subject{Visits: []pbx.VisitID{"vst_1"}, Shy: []string{"Eva Gast"}}) {
			if err != nil || c.From.Visit != "vst_1" {
				t.Errorf("%+v %v", c, err)
			}
			count++
		}
		if count != 1 {
			t.Errorf("%d calls about the first", count)
		}
		erase("one", pbx.Subject{Visits: []pbx.VisitID{"vst_1"}, Words: []string{"eva@visit.example"}, Shy: []string{"Eva Gast"}})
		if got := strings.Join(names(), ","); got != "erased-one,Eva Gast (visitor, unverified),Eva Gast" {
			t.Errorf("after one: %s", got)
		}
		if left, err := x.VisitsBy(t.Context(), "Eva Gast"); err != nil || len(left) != 1 || left[0].ID != "vst_2" {
			t.Errorf("%+v %v", left, err)
		}
		erase("two", pbx.Subject{Visits: []pbx.VisitID{"vst_2"}, Visitor: "eva gast", Shy: []string{"Eva Gast"}})
		if got := strings.Join(names(), ","); got != "erased-one,erased-two,Eva Gast" {
			t.Errorf("after two: %s", got)
		}
		page, err := x.Facts(t.Context(), store.FactQuery{Sight: store.Scope{All: true}, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Items {
			if strings.Contains(string(f.Data), "Eva Gast") {
				t.Errorf("%s still tells %s", f.Kind, f.Data)
			}
		}
		if p, err := x.Calls(t.Context(), store.CallQuery{Sight: store.Scope{All: true}, Text: "eva gast"}); err != nil || len(p.Items) != 1 {
			t.Errorf("%d calls are found by the name", len(p.Items))
		}
		if list, err := x.Notices(t.Context(), store.NoticeQuery{User: "usr_ada", Limit: 50}); err != nil || len(list.Items) != 0 {
			t.Errorf("%+v %v", list.Items, err)
		}
	})
}
