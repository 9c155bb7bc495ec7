package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/store"
)

// Notices are kept for their reader, read by pages, marked as read and forgotten when they are old or their reader is gone.
func TestNotices(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		furnish(t, open(t, address))
		x := open(t, address).Tenant("main")
		notice := func(n int, u pbx.UserID, kind pbx.NoticeKind) pbx.Notice {
			return pbx.Notice{ID: pbx.NoticeID(fmt.Sprintf("ntc_%d", n)), User: u, Kind: kind, At: day.Add(time.Duration(n) * time.Minute), About: pbx.Ref{Kind: pbx.KindQueue, ID: "que_1"}, Page: "/queues/que_1",
				Says: pbx.Says{Args: map[string]string{"caller": "Ada"}, Words: map[string]i18n.Text{"from": i18n.T("call.somebody")}, Times: map[string]time.Time{"at": day}}}
		}
		all := []pbx.Notice{notice(1, bob.User, "waiting"), notice(2, bob.User, "review"), notice(3, cid.User, "waiting"), notice(4, bob.User, "waiting"), notice(5, "usr_gone", "waiting")}
		for _, n := range all {
			if err := x.Keep(t.Context(), store.NoticeKept{Notice: n}); err != nil {
				t.Fatal(err)
			}
		}
		list := func(q store.NoticeQuery) (ids string, total int) {
			t.Helper()
			for {
				p, err := x.Notices(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range p.Items {
					ids += string(n.ID[4:])
				}
				if q.Cursor = p.Next; q.Cursor == "" {
					return ids, p.Total
				}
			}
		}
		got, err := x.Notice(t.Context(), bob.User, "ntc_1")
		if d := cmp.Diff(all[0], got); err != nil || d != "" {
			t.Errorf("%v\n%s", err, d)
		}
		if _, err := x.Notice(t.Context(), cid.User, "ntc_1"); !isCode(err, pbx.NotFound, "error.not_found") {
			t.Errorf("somebody else's: %v", err)
		}
		for _, limit := range []int{1, 50} {
			if ids, total := list(store.NoticeQuery{User: bob.User, Limit: limit}); ids != "421" || total != 3 {
				t.Errorf("%s of %d", ids, total)
			}
		}
		if ids, total := list(store.NoticeQuery{User: bob.User, Kinds: []pbx.NoticeKind{"waiting"}}); ids != "41" || total != 2 {
			t.Errorf("of a kind: %s of %d", ids, total)
		}
		if n, err := x.SeeNotices(t.Context(), bob.User, day.Add(2*time.Minute), day.Add(time.Hour)); err != nil || n != 2 {
			t.Errorf("read %d, %v", n, err)
		}
		if ids, total := list(store.NoticeQuery{User: bob.User, Unseen: true}); ids != "4" || total != 1 {
			t.Errorf("not read: %s of %d", ids, total)
		}
		if ids, _ := list(store.NoticeQuery{User: cid.User, Unseen: true}); ids != "3" {
			t.Errorf("of another: %s", ids)
		}
		if err := x.DropNotices(t.Context(), day.Add(2*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if ids, _ := list(store.NoticeQuery{User: bob.User}); ids != "42" {
			t.Errorf("young ones: %s", ids)
		}
		if ids, _ := list(store.NoticeQuery{User: "usr_gone"}); ids != "" {
			t.Errorf("of who is gone: %s", ids)
		}
	})
}
