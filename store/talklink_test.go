package store_test

import (
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// Calls by a link are counted by the day, and what was counted goes with the link (PL-13).
func TestTalkUses(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		db := open(t, address)
		tenant := claim(t, db)
		now := day.Add(36 * time.Hour)
		for _, u := range []store.TalkUsed{{Link: "tlk_1", At: now.Add(-24 * time.Hour), Seconds: 60}, {Link: "tlk_1", At: now, Seconds: 5}, {Link: "tlk_1", At: now.Add(time.Second), Seconds: 7}, {Link: "tlk_2", At: now, Seconds: 1}} {
			if err := tenant.CountTalk(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		today, err := tenant.TalkUses(t.Context(), now)
		if err != nil || today["tlk_1"] != (store.TalkUse{Calls: 2, Seconds: 12, Last: now.Add(time.Second)}) || today["tlk_2"].Calls != 1 {
			t.Errorf("%+v %v", today, err)
		}
		if all, err := tenant.TalkUses(t.Context(), now.Add(-48*time.Hour)); err != nil || all["tlk_1"].Seconds != 72 || all["tlk_1"].Calls != 3 {
			t.Errorf("%+v %v", all, err)
		}
		s, err := tenant.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		change := pbx.Change{Delete: []pbx.Ref{{Kind: pbx.KindTalkLink, ID: "tlk_1"}}}
		if _, err := tenant.Apply(t.Context(), s.Version, change, []event.Fact{fact(event.TalkLinkDeleted, pbx.KindTalkLink, "tlk_1")}); err != nil {
			t.Fatal(err)
		}
		if all, err := tenant.TalkUses(t.Context(), now.Add(-48*time.Hour)); err != nil || len(all) != 1 {
			t.Errorf("%+v %v", all, err)
		}
	})
}
