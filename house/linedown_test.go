package house

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/sip"
	"tandem/store"
)

// Whoever may change a line is told once that it is down, and why, after two tries that failed, and once that it works again; nobody else is, and a line that is
// switched off is told of no more (CR-11).
func TestLinesThatAreDownAreTold(t *testing.T) {
	h, err := Build(t.Context(), Config{Data: t.TempDir(), HTTP: "127.0.0.1:0", SIP: "127.0.0.1:0", Public: "127.0.0.1", RTP: "30100-30199", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	ctx, at := t.Context(), time.Now().UTC().Truncate(time.Second)
	write := func(what ...pbx.Noun) {
		t.Helper()
		made := event.New(event.TrunkChanged, at, pbx.Actor{Kind: pbx.ActorSystem}, pbx.Ref{Kind: pbx.KindTrunk, ID: "trk_1"}, nil)
		if _, err := h.Store.Apply(ctx, h.snapshot().Version, pbx.Change{Put: what}, []event.Fact{made}); err != nil {
			t.Fatal(err)
		}
		next, err := h.Store.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		h.Directory.Set(next)
	}
	trunk := pbx.Trunk{ID: "trk_1", Name: "Carrier", Host: "carrier.example", Created: at}
	since := at.Add(-time.Hour)
	write(&pbx.Group{ID: "grp_all", Name: "All", Default: true, Created: at}, &trunk, &pbx.User{ID: "usr_ada", Name: "Ada", Extension: "101", Email: "ada@example.com", Created: at}, &pbx.User{ID: "usr_bob", Name: "Bob", Extension: "102", Email: "bob@example.com", Created: at},
		&pbx.Membership{ID: "mem_1", User: "usr_ada", Group: "grp_all", Role: "user", Main: true, From: since}, &pbx.Membership{ID: "mem_2", User: "usr_bob", Group: "grp_all", Role: "user", Main: true, From: since},
		&pbx.Assignment{ID: "asg_1", User: "usr_ada", Role: "system_owner", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: since})
	told := downLines{}
	look := func(st sip.TrunkState, want ...string) {
		t.Helper()
		st.Trunk = "trk_1"
		for range 3 {
			if err := h.tellDown(ctx, told, []sip.TrunkState{st}, at); err != nil {
				t.Fatal(err)
			}
		}
		for user, want := range map[pbx.UserID][]string{"usr_ada": want, "usr_bob": nil} {
			page, err := h.Store.Notices(ctx, store.NoticeQuery{User: user})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, n := range page.Items {
				got = append([]string{n.Says.Words["state"].Key + " " + n.Says.Words["why"].Key}, got...)
				if n.Kind != "line" || n.Says.Args["line"] != "Carrier" || n.Page != "/trunks?peek=trk_1" || n.Says.Times["since"].IsZero() {
					t.Errorf("%+v", n)
				}
			}
			if strings.Join(got, ", ") != strings.Join(want, ", ") {
				t.Errorf("%s was told %v, want %v", user, got, want)
			}
		}
	}
	look(sip.TrunkState{Up: true})
	look(sip.TrunkState{Failures: 1, Problem: sip.ProblemSilent})
	look(sip.TrunkState{Failures: 2, Problem: sip.ProblemSecret, Status: 403}, "trunk.told.down trunk.problem.secret")
	look(sip.TrunkState{Failures: 9, Problem: sip.ProblemSilent}, "trunk.told.down trunk.problem.secret")
	look(sip.TrunkState{Up: true}, "trunk.told.down trunk.problem.secret", "trunk.told.up trunk.told.over")
	look(sip.TrunkState{Failures: 2, Problem: sip.ProblemLost}, "trunk.told.down trunk.problem.secret", "trunk.told.up trunk.told.over", "trunk.told.down trunk.problem.connection")
	off := trunk
	off.Off = true
	write(&off)
	look(sip.TrunkState{Up: true}, "trunk.told.down trunk.problem.secret", "trunk.told.up trunk.told.over", "trunk.told.down trunk.problem.connection")
	if len(told) != 0 {
		t.Errorf("%v", told)
	}
}
