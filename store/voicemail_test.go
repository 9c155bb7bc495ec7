package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// message is the n-th of the day, for a person or a group.
func message(n int, u pbx.UserID, g pbx.GroupID) pbx.Message {
	return pbx.Message{ID: pbx.MessageID(fmt.Sprintf("msg_%04d", n)), User: u, Group: g, Call: "cal_1", From: ada,
		At: day.Add(time.Duration(n) * time.Minute), Length: 12345 * time.Millisecond, Rate: 16000}
}

func keepMessage(t *testing.T, x *store.Tenant, m pbx.Message) {
	t.Helper()
	f := event.New(event.MessageLeft, m.At, admin, pbx.Ref{Kind: pbx.KindMessage, ID: string(m.ID)}, nil)
	if _, err := x.Write(t.Context(), []event.Fact{f}, store.MessageKept{Message: m}); err != nil {
		t.Fatal(err)
	}
}

func TestMessages(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		all := []pbx.Message{message(1, bob.User, ""), message(2, "", "grp_sales"), message(3, cid.User, ""), message(4, bob.User, "")}
		for _, m := range all {
			keepMessage(t, x, m)
		}
		got, err := x.Message(t.Context(), "msg_0002")
		if diff := cmp.Diff(all[1], got); err != nil || diff != "" {
			t.Errorf("%v, came back as (-want +got)\n%s", err, diff)
		}
		if _, err := x.Message(t.Context(), "msg_none"); !isCode(err, pbx.NotFound, "voicemail.not_found") {
			t.Errorf("a message that is not: %v", err)
		}
		ids := func(q store.MessageQuery) (out []string) {
			t.Helper()
			for range 9 {
				p, err := x.Messages(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range p.Items {
					out = append(out, string(m.ID[len(m.ID)-1]))
				}
				if q.Cursor = p.Next; q.Cursor == "" {
					break
				}
			}
			return out
		}
		everybody := store.Scope{All: true}
		for _, c := range []struct {
			name string
			q    store.MessageQuery
			want []string
		}{
			{"nobody's", store.MessageQuery{}, nil},
			{"all", store.MessageQuery{Sight: everybody}, []string{"4", "3", "2", "1"}},
			{"page by page", store.MessageQuery{Sight: everybody, Limit: 1}, []string{"4", "3", "2", "1"}},
			{"of one person", store.MessageQuery{Sight: store.Scope{Users: []pbx.UserID{bob.User}}}, []string{"4", "1"}},
			{"of a person and a group", store.MessageQuery{Sight: store.Scope{Users: []pbx.UserID{cid.User}, Groups: []pbx.GroupID{"grp_sales"}}}, []string{"3", "2"}},
			{"some of them", store.MessageQuery{Sight: everybody, Limit: 1, Keep: func(m *pbx.Message) bool { return m.User == bob.User }}, []string{"4", "1"}},
			{"the bin", store.MessageQuery{Sight: everybody, Deleted: true}, nil},
		} {
			if got := ids(c.q); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
		}
		if _, err := x.Messages(t.Context(), store.MessageQuery{Sight: everybody, Cursor: "x"}); !isCode(err, pbx.Invalid, "list.cursor_invalid") {
			t.Errorf("a cursor of nowhere: %v", err)
		}

		heard, gone := all[0], all[3]
		heard.Heard, gone.Deleted = day.Add(time.Hour), day.Add(time.Hour)
		keepMessage(t, x, heard)
		keepMessage(t, x, gone)
		if fresh, old, err := x.CountMessages(t.Context(), bob.User, ""); err != nil || fresh != 0 || old != 1 {
			t.Errorf("bob has %d new and %d old, %v", fresh, old, err)
		}
		if fresh, old, err := x.CountMessages(t.Context(), "", "grp_sales"); err != nil || fresh != 1 || old != 0 {
			t.Errorf("sales has %d new and %d old, %v", fresh, old, err)
		}
		if got := ids(store.MessageQuery{Sight: everybody, Deleted: true}); !slices.Equal(got, []string{"4"}) {
			t.Errorf("the bin: %v", got)
		}
		if dropped, err := x.DropMessages(t.Context(), day.Add(time.Hour)); err != nil || len(dropped) != 0 {
			t.Errorf("dropped too early: %v, %v", dropped, err)
		}
		if dropped, err := x.DropMessages(t.Context(), day.Add(2*time.Hour)); err != nil || !slices.Equal(dropped, []pbx.MessageID{"msg_0004"}) {
			t.Errorf("dropped %v, %v", dropped, err)
		}
		if _, err := x.Message(t.Context(), "msg_0004"); !isCode(err, pbx.NotFound, "voicemail.not_found") {
			t.Errorf("dropped, and still there: %v", err)
		}
	})
}

func TestBoxesAreCounted(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		heard, gone := message(2, bob.User, ""), message(3, bob.User, "")
		heard.Heard, gone.Deleted = day.Add(time.Hour), day.Add(time.Hour)
		for _, m := range []pbx.Message{message(1, bob.User, ""), heard, gone, message(4, "", "grp_sales"), message(5, bob.User, "")} {
			keepMessage(t, x, m)
		}
		counts, err := x.CountBoxes(t.Context())
		want := map[pbx.BoxID]store.BoxCount{pbx.BoxID(bob.User): {New: 2, Old: 1}, "grp_sales": {New: 1}}
		if diff := cmp.Diff(want, counts); err != nil || diff != "" {
			t.Errorf("%v, counted (-want +got)\n%s", err, diff)
		}
		list, err := x.MessagesIn(t.Context(), pbx.BoxID(bob.User), day.Add(5*time.Minute))
		if err != nil || len(list) != 2 || list[0].ID != "msg_0001" || list[1].ID != "msg_0002" {
			t.Errorf("in the mailbox: %v, %v", list, err)
		}
	})
}
