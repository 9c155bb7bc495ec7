package house

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"tandem/auth"
	"tandem/bus"
	"tandem/directory"
	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

const rung = pbx.RingID("rng_1")

// lobby is as much of a house as visitors meet, without a database.
func lobby(t *testing.T, until time.Time) *House {
	t.Helper()
	s, err := pbx.NewSnapshot(1, &pbx.Tenant{Name: "N", Country: "DE", Zone: "Europe/Berlin", Language: "en", Talk: true}, &pbx.Group{ID: "grp_1", Name: "All", Default: true},
		&pbx.User{ID: "usr_1", Name: "Ann", Email: "a@x.example", Extension: "101"}, &pbx.Membership{ID: "mem_1", User: "usr_1", Group: "grp_1", Role: "user"},
		&pbx.RingGroup{ID: rung, Name: "R", Strategy: pbx.RingAll},
		&pbx.TalkLink{ID: "tlk_1", Name: "Sales", Slug: "sales-team", Until: until, To: pbx.Destination{Kind: pbx.ToRing, ID: string(rung)}},
		&pbx.TalkLink{ID: "tlk_2", Name: "Ann", Slug: "ann.direct", User: "usr_1", To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_1"}})
	if err != nil {
		t.Fatal(err)
	}
	m := &Memory{Config: Config{Now: time.Now}, Directory: directory.New(s), Bus: bus.NewLocal(0)}
	m.Auth = new(auth.Service)
	h := &House{Memory: m}
	h.Gate = auth.NewGate(auth.GateConfig{View: h.snapshot})
	return h
}

// changes puts the next configuration in the place of the one that counts, and tells of it unless nobody is told.
func (h *House) changes(t *testing.T, c pbx.Change, told bool) {
	t.Helper()
	next, err := h.snapshot().Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	next.Version++
	h.Directory.Set(next)
	if !told {
		return
	}
	f := event.New(event.TalkLinkChanged, time.Now(), pbx.Actor{Kind: pbx.ActorSystem}, pbx.Ref{Kind: pbx.KindTalkLink, ID: "tlk_1"}, nil)
	f.Seq = 1
	if err := h.Bus.Publish(t.Context(), []event.Fact{f}); err != nil {
		t.Fatal(err)
	}
}

// knock gets a ticket for a link.
func (h *House) knock(t *testing.T, slug string) (ticket string, err error) {
	t.Helper()
	const addr = "192.0.2.1"
	l, err := h.Gate.Find(slug, addr, time.Now())
	if err != nil {
		return "", err
	}
	p := h.Gate.Puzzle(l, addr, time.Now())
	for n := 0; ; n++ {
		if s := strconv.Itoa(n); p.IsSolved(s) {
			_, ticket, err = h.Gate.Admit(l, addr, p.Text, s, "Eve", time.Now())
			return ticket, err
		}
	}
}

// However a link is closed while a visitor is inside and another one is at the door, the first is cut off within five seconds, and the second gets in no more (PL-03, TF-10). Time is
// simulated, and nothing of it passes before he is cut off but where only the clock tells.
func TestLinkClosedWhileVisitorsAreInside(t *testing.T) {
	edit := func(id pbx.TalkLinkID, how func(*pbx.TalkLink)) func(*House) pbx.Change {
		return func(h *House) pbx.Change {
			l := *h.snapshot().TalkLinks[id]
			how(&l)
			return pbx.Change{Put: []pbx.Noun{&l}}
		}
	}
	for _, way := range []struct {
		name   string
		slug   string
		told   bool
		change func(*House) pbx.Change // nil: the clock does it
		within time.Duration
	}{
		{"off", "sales-team", true, edit("tlk_1", func(l *pbx.TalkLink) { l.Off = true }), time.Second},
		{"deleted", "sales-team", true, func(*House) pbx.Change {
			return pbx.Change{Delete: []pbx.Ref{{Kind: pbx.KindTalkLink, ID: "tlk_1"}}}
		}, time.Second},
		{"another name", "sales-team", true, edit("tlk_1", func(l *pbx.TalkLink) { l.Slug = "other-team" }), time.Second},
		{"a secret", "sales-team", true, edit("tlk_1", func(l *pbx.TalkLink) { l.Slug, l.Hash = "", pbx.HashSecret("x") }), time.Second},
		{"ends earlier", "sales-team", true, edit("tlk_1", func(l *pbx.TalkLink) { l.Until = time.Now() }), time.Second},
		{"begins later", "sales-team", true, edit("tlk_1", func(l *pbx.TalkLink) { l.From = time.Now().Add(time.Minute) }), time.Second},
		{"personal links off", "ann.direct", true, func(h *House) pbx.Change {
			tenant := h.snapshot().Tenant
			tenant.Talk = false
			return pbx.Change{Put: []pbx.Noun{&tenant}}
		}, time.Second},
		{"person suspended", "ann.direct", true, func(h *House) pbx.Change {
			u := *h.snapshot().Users["usr_1"]
			u.Suspensions = []pbx.Interval{{From: time.Now()}}
			return pbx.Change{Put: []pbx.Noun{&u}}
		}, time.Second},
		{"nobody told", "sales-team", false, edit("tlk_1", func(l *pbx.TalkLink) { l.Off = true }), 5 * time.Second},
		{"its time is over", "sales-team", false, nil, 5 * time.Second},
	} {
		t.Run(way.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := time.Now().Add(10 * time.Minute)
				h := lobby(t, over)
				inside, err := h.knock(t, way.slug)
				if err != nil {
					t.Fatal(err)
				}
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/sip", nil)
				r.RemoteAddr = "192.0.2.1:4711"
				cut := make(chan time.Time, 1)
				pass := h.guestPass(r, inside, func() { cut <- time.Now() })
				if pass == nil {
					t.Fatal("not let in")
				}
				if c, ok := pass(); !ok || !c.Guest.Begin() {
					t.Fatal("no call")
				}
				closed := over
				if way.change == nil {
					time.Sleep(time.Until(over.Add(-20 * time.Second)))
				} else {
					time.Sleep(3*time.Minute + 700*time.Millisecond)
					closed = time.Now()
				}
				waiting, err := h.knock(t, way.slug)
				if err != nil {
					t.Fatal(err)
				}
				if way.change != nil {
					h.changes(t, way.change(h), way.told)
				} else {
					time.Sleep(time.Until(over))
				}
				if _, err := h.knock(t, way.slug); err == nil {
					t.Error("it still opens")
				}
				if h.guestPass(r, waiting, func() {}) != nil {
					t.Error("who had a ticket got in")
				}
				if _, ok := pass(); ok {
					t.Error("what comes over the connection is still believed")
				}
				if took := (<-cut).Sub(closed); took > way.within {
					t.Errorf("cut off after %v", took)
				}
				synctest.Wait()
				if n := h.Gate.Here("tlk_1", time.Now()) + h.Gate.Here("tlk_2", time.Now()); n > 1 { // the ticket that was not used runs out by itself
					t.Errorf("%d are still there", n)
				}
			})
		})
	}
}

// A call over midnight is counted on both days: the minutes where they fell, the call where it ended.
func TestCallIsSpreadOverDays(t *testing.T) {
	h := lobby(t, time.Time{})
	s := h.snapshot()
	night := time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC) // midnight in Berlin, on the night in which clocks are put on
	first, second := s.OfficeDay(night.Add(-time.Second)).Date, s.OfficeDay(night).Date
	got := spread(s, "tlk_1", night.Add(-10*time.Minute), night.Add(5*time.Minute))
	want := []store.TalkUsed{{Link: "tlk_1", Day: first, Seconds: 600, Last: night}, {Link: "tlk_1", Day: second, Calls: 1, Seconds: 300, Last: night.Add(5 * time.Minute)}}
	if len(got) != 2 || !got[0].Last.Equal(want[0].Last) || got[0].Seconds != 600 || got[0].Calls != 0 || got[0].Day != first || got[1].Seconds != 300 || got[1].Calls != 1 || got[1].Day != second {
		t.Errorf("%+v, want %+v", got, want)
	}
	if next := s.OfficeDay(night).Until.Sub(night); next != 23*time.Hour {
		t.Errorf("the day takes %v", next)
	}
	if one := spread(s, "tlk_1", night, night.Add(time.Minute)); len(one) != 1 || one[0].Calls != 1 || one[0].Seconds != 60 {
		t.Errorf("%+v", one)
	}
}

// Whether a page may be framed says nothing of a link to who guesses: what opens nothing counts as a guess at this door, too, and shuts out the network (PL-01, PL-09).
func TestFramingIsNoWayToGuess(t *testing.T) {
	h := lobby(t, time.Time{})
	shut := 0
	h.Gate = auth.NewGate(auth.GateConfig{View: h.snapshot, Guessed: func(netip.Prefix, time.Time, time.Time, int) { shut++ }})
	r := httptest.NewRequest(http.MethodGet, "/talk/x", nil)
	for n := range 40 {
		if got := h.talkOrigins(r, "no-such-link-"+strconv.Itoa(n)); len(got) != 0 {
			t.Fatalf("framed by %v", got)
		}
	}
	if shut == 0 {
		t.Error("forty guesses shut nobody out")
	}
}
