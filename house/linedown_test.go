package house

import (
	"log/slog"
	"strings"
	"testing"
	"time"

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
	trunk := pbx.Trunk{ID: "trk_1", Name: "Carrier", Host: "carrier.example", Created: at}
	withLine(t, h, &trunk, at)
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
	puts(t, h, at, &off)
	look(sip.TrunkState{Up: true}, "trunk.told.down trunk.problem.secret", "trunk.told.up trunk.told.over", "trunk.told.down trunk.problem.connection")
	if len(told) != 0 {
		t.Errorf("%v", told)
	}
}
