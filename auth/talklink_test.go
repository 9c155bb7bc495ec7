package auth

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
)

// lobby is a gate before an office with one link.
type lobby struct {
	*Gate
	t     *testing.T
	s     *pbx.Snapshot
	now   time.Time
	shut  map[netip.Prefix]bool
	used  map[pbx.TalkLinkID]time.Duration
	calls map[pbx.TalkLinkID]int
	asked int
}

func newLobby(t *testing.T, change func(*pbx.TalkLink)) *lobby {
	t.Helper()
	l := &lobby{t: t, now: time.Date(2026, 3, 20, 11, 0, 0, 0, time.UTC), shut: map[netip.Prefix]bool{}, used: map[pbx.TalkLinkID]time.Duration{}, calls: map[pbx.TalkLinkID]int{}}
	link := &pbx.TalkLink{ID: "tlk_1", Name: "Sales", Slug: "sales-team", To: pbx.Destination{Kind: pbx.ToRing, ID: "rng_1"}}
	if change != nil {
		change(link)
	}
	var err error
	l.s, err = pbx.NewSnapshot(1, &pbx.Tenant{Name: "N", Country: "DE", Zone: "UTC", Language: "en"}, &pbx.Group{ID: "grp_1", Name: "All", Default: true},
		&pbx.RingGroup{ID: "rng_1", Name: "R", Strategy: pbx.RingAll}, link,
		&pbx.TalkLink{ID: "tlk_off", Name: "Off", Slug: "closed-one", Off: true, To: link.To}, &pbx.TalkLink{ID: "tlk_over", Name: "Over", Slug: "over-one", Until: l.now, To: link.To},
		&pbx.TalkLink{ID: "tlk_early", Name: "Early", Slug: "early-one", From: l.now.Add(time.Second), To: link.To})
	if err != nil {
		t.Fatal(err)
	}
	l.Gate = NewGate(GateConfig{View: func() *pbx.Snapshot { return l.s }, Shut: func(a netip.Addr) bool { return l.shut[network(a.String())] },
		Guessed: func(n netip.Prefix, _, _ time.Time, _ int) { l.shut[n] = true },
		Today: func(id pbx.TalkLinkID, d pbx.OfficeDay) (int, time.Duration) {
			l.asked++
			return l.calls[id], l.used[id]
		},
		Ended: func(id pbx.TalkLinkID, begun, ended time.Time) {
			l.calls[id]++
			l.used[id] += ended.Sub(begun)
		}})
	return l
}

// work solves a puzzle as a browser does.
func work(p Puzzle) string {
	for n := 0; ; n++ {
		if s := strconv.Itoa(n); p.IsSolved(s) {
			return s
		}
	}
}

// come lets somebody in from an address; the code of the refusal where he stays outside.
func (l *lobby) come(addr string) (*Visitor, string, string) {
	l.t.Helper()
	link := l.s.TalkLinks["tlk_1"]
	p := l.Puzzle(link, addr, l.now)
	v, ticket, err := l.Admit(link, addr, p.Text, work(p), "Ann", l.now)
	return v, ticket, keyOf(err)
}

func keyOf(err error) string {
	var e *pbx.Error
	if errors.As(err, &e) {
		return e.Text.Key
	}
	return ""
}

// A thousand browsers want to call: ten talk, three of one network, and the house holds nothing of all others (TF-10, PL-07).
func TestThousandVisitors(t *testing.T) {
	l := newLobby(t, nil)
	in := 0
	for i := range 1000 {
		addr := fmt.Sprintf("198.51.%d.%d", i/250, i%250)
		if i%2 == 0 {
			addr = "203.0.113.7"
		}
		link := l.s.TalkLinks["tlk_1"]
		p := l.Puzzle(link, addr, l.now)
		if _, _, err := l.Admit(link, addr, p.Text, "no", "Ann", l.now); keyOf(err) != "talk.puzzle" {
			t.Fatalf("let in without work: %v", err)
		}
		if i >= 60 { // the rest does not even try
			continue
		}
		v, ticket, refused := l.come(addr)
		switch {
		case refused == "":
			if got, ok := l.Enter(ticket, addr, l.now); !ok || got != v || !v.Begin(l.now) || v.Begin(l.now) {
				t.Fatal("a ticket is good for one call")
			}
			in++
		case refused != "talk.full":
			t.Fatal(refused)
		}
	}
	if in != 10 || len(l.visitors) != 10 {
		t.Errorf("%d talk, %d are remembered", in, len(l.visitors))
	}
	mine := 0
	for _, v := range l.visitors {
		if v.net == network("203.0.113.7") {
			mine++
		}
	}
	if mine != 3 {
		t.Errorf("%d of one network", mine)
	}
	if p := l.Puzzle(l.s.TalkLinks["tlk_1"], "203.0.113.7", l.now); p.Bits <= puzzleLeast {
		t.Errorf("no harder for anybody: %d bits", p.Bits)
	}
	for _, v := range l.visitors {
		v.End(l.now.Add(time.Minute))
		break
	}
	if _, _, refused := l.come("192.0.2.200"); refused != "" {
		t.Errorf("nobody takes the place of who left: %s", refused)
	}
}

// Neighbours behind one IPv6 customer's /64 are one.
func TestVisitorsOfOneCustomer(t *testing.T) {
	l := newLobby(t, nil)
	for i, want := range []string{"", "", "", "talk.full"} {
		if _, _, refused := l.come(fmt.Sprintf("2001:db8:1:2::%d", i+1)); refused != want {
			t.Errorf("%d: %q", i, refused)
		}
	}
	if _, _, refused := l.come("2001:db8:1:3::1"); refused != "" {
		t.Error(refused)
	}
}

// A day has so many minutes, calls that run are counted with them, and who never connects gives his place back.
func TestMinutesOfADay(t *testing.T) {
	l := newLobby(t, func(k *pbx.TalkLink) { k.Minutes, k.Longest = 2, 1 })
	v, ticket, _ := l.come("192.0.2.1")
	if _, ok := l.Enter(ticket, "192.0.2.1", l.now); !ok || !v.Begin(l.now) {
		t.Fatal("not let in")
	}
	link := l.s.TalkLinks["tlk_1"]
	if again := l.Again(link, l.now); !again.IsZero() {
		t.Errorf("used up until %v", again)
	}
	l.now = l.now.Add(2 * time.Minute)
	if _, _, refused := l.come("192.0.2.2"); refused != "talk.day_over" {
		t.Errorf("a running call is not counted: %q", refused)
	}
	v.End(l.now)
	v.End(l.now)
	if l.used["tlk_1"] != 2*time.Minute || l.calls["tlk_1"] != 1 {
		t.Errorf("%v in %d calls", l.used["tlk_1"], l.calls["tlk_1"])
	}
	if _, _, refused := l.come("192.0.2.2"); refused != "talk.day_over" {
		t.Errorf("%q", refused)
	}
	midnight := time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC)
	if again := l.Again(link, l.now); !again.Equal(midnight) {
		t.Errorf("again from %v", again)
	}
	if l.asked != 1 {
		t.Errorf("the database was asked %d times", l.asked)
	}
	l.now = midnight.Add(-time.Second)
	if _, _, refused := l.come("192.0.2.2"); refused != "talk.day_over" {
		t.Errorf("a second before midnight: %q", refused)
	}
	l.now = midnight
	l.used["tlk_1"], l.calls["tlk_1"] = 0, 0
	for range 3 {
		l.come("192.0.2.3")
	}
	if _, _, refused := l.come("192.0.2.3"); refused != "talk.full" {
		t.Errorf("%q", refused)
	}
	l.now = l.now.Add(ticketLife)
	if _, _, refused := l.come("192.0.2.3"); refused != "" {
		t.Errorf("those who did not come still take places: %q", refused)
	}
}

// A call over midnight takes of each day what falls into it, and calls are counted on the day on which they end.
func TestCallOverMidnight(t *testing.T) {
	l := newLobby(t, func(k *pbx.TalkLink) { k.Minutes, k.Daily = 100, 2 })
	midnight := time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC)
	l.now = midnight.Add(-time.Hour)
	v, ticket, _ := l.come("192.0.2.1")
	if _, ok := l.Enter(ticket, "192.0.2.1", l.now); !ok || !v.Begin(l.now) {
		t.Fatal("not let in")
	}
	today, tomorrow := l.s.OfficeDay(l.now), l.s.OfficeDay(midnight)
	l.now = midnight.Add(10 * time.Minute)
	l.load("tlk_1", tomorrow)
	if n, took := l.spent("tlk_1", tomorrow, l.now); n != 1 || took != 10*time.Minute {
		t.Errorf("%d calls, %v of the second day", n, took)
	}
	if n, took := l.spent("tlk_1", today, l.now); n != 1 || took != time.Hour {
		t.Errorf("%d calls, %v of the first day", n, took)
	}
	v.End(l.now)
	if n, took := l.spent("tlk_1", tomorrow, l.now.Add(time.Hour)); n != 1 || took != 10*time.Minute {
		t.Errorf("afterwards %d calls, %v", n, took)
	}
	for _, want := range []string{"", "talk.day_over"} {
		v, ticket, refused := l.come("192.0.2.1")
		if refused != want {
			t.Fatalf("%q, want %q", refused, want)
		}
		if refused == "" {
			l.Enter(ticket, "192.0.2.1", l.now)
			v.Begin(l.now)
			v.End(l.now.Add(time.Second))
		}
	}
}

// A ticket works once, soon, from the network that got it; a puzzle once, for its link and its network, within its time.
func TestTicketsAndPuzzles(t *testing.T) {
	l := newLobby(t, nil)
	link := l.s.TalkLinks["tlk_1"]
	p := l.Puzzle(link, "192.0.2.1", l.now)
	solution := work(p)
	other := *link
	other.ID = "tlk_2"
	for name, err := range map[string]error{
		"another link":    l.solve(&other, network("192.0.2.1"), p.Text, solution, l.now),
		"another network": l.solve(link, network("192.0.2.2"), p.Text, solution, l.now),
		"too late":        l.solve(link, network("192.0.2.1"), p.Text, solution, l.now.Add(puzzleLife+time.Second)),
		"easier":          l.solve(link, network("192.0.2.1"), "0.0."+p.Text, solution, l.now),
		"nothing":         l.solve(link, network("192.0.2.1"), "", "", l.now),
		"longer":          l.solve(link, network("192.0.2.1"), p.Text, solution+"                    ", l.now),
	} {
		if keyOf(err) != "talk.puzzle" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, ticket, err := l.Admit(link, "192.0.2.1", p.Text, solution, "Ann", l.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Admit(link, "192.0.2.1", p.Text, solution, "Ann", l.now); keyOf(err) != "talk.puzzle" {
		t.Errorf("used twice: %v", err)
	}
	if _, ok := l.Enter(ticket, "192.0.2.2", l.now); ok {
		t.Error("from another network")
	}
	if _, ok := l.Enter(ticket, "192.0.2.1", l.now.Add(ticketLife)); ok {
		t.Error("too late")
	}
	if _, ok := l.Enter(ticket, "192.0.2.1", l.now); !ok {
		t.Error("not at all")
	}
	if _, ok := l.Enter(ticket, "192.0.2.1", l.now); ok {
		t.Error("twice")
	}
}

// Whatever opens nothing has one answer. Twenty of them from one network, and it is shut out, from what opens something too; others are not (PL-01).
func TestGuessing(t *testing.T) {
	l := newLobby(t, nil)
	want := closed().Error()
	for i, key := range []string{"nothing", "closed-one", "over-one", "early-one", "tlk_1", "", "Sales Team", "SALES-TEAM/", "%00", "0123456789abcdefghij"} {
		if _, err := l.Find(key, "192.0.2.1", l.now); err == nil || err.Error() != want {
			t.Errorf("%d %q: %v", i, key, err)
		}
	}
	if _, err := l.Find("SALES-team", "192.0.2.1", l.now); err != nil {
		t.Error(err)
	}
	for i := range 9 {
		_, _ = l.Find(fmt.Sprint("guess", i), "192.0.2.1", l.now.Add(time.Minute))
	}
	if _, err := l.Find("sales-team", "192.0.2.1", l.now); err != nil {
		t.Error("shut out after 19")
	}
	l.now = l.now.Add(talkMissWindow)
	_, _ = l.Find("guess", "192.0.2.1", l.now) // ten of them are forgotten
	if _, err := l.Find("sales-team", "192.0.2.1", l.now); err != nil {
		t.Error("old misses count")
	}
	for i := range talkMisses {
		_, _ = l.Find(fmt.Sprint("again", i), "192.0.2.1", l.now)
	}
	if _, err := l.Find("sales-team", "192.0.2.1", l.now); err == nil || err.Error() != want {
		t.Errorf("not shut out: %v", err)
	}
	if _, err := l.Find("sales-team", "192.0.2.9", l.now); err != nil {
		t.Error("others are shut out with it")
	}
	if n := newLobby(t, nil); n.Gate.key == l.Gate.key {
		t.Error("puzzles of one process open another")
	}
}

// Whatever is wrong with a link, a guess at it costs the same: what the gate asks of others, what it remembers, and what it allocates are counted (PL-01).
func TestGuessesCostTheSame(t *testing.T) {
	l := newLobby(t, nil)
	secret := "0123456789abcdefghijklmnopqrstuv"
	put := func(k *pbx.TalkLink) {
		next, err := l.s.Apply(pbx.Change{Put: []pbx.Noun{k}})
		if err != nil {
			t.Fatal(err)
		}
		l.s = next
	}
	to := pbx.Destination{Kind: pbx.ToRing, ID: "rng_1"}
	put(&pbx.TalkLink{ID: "tlk_secret", Name: "S", Hash: pbx.HashSecret(secret), Until: l.now, To: to})
	views, shut := 0, 0
	l.c.View = func() *pbx.Snapshot { views++; return l.s }
	l.c.Shut = func(netip.Addr) bool { shut++; return false }
	l.c.Today = func(pbx.TalkLinkID, pbx.OfficeDay) (int, time.Duration) {
		t.Error("the database is asked for a guess")
		return 0, 0
	}
	type work struct {
		views, shut, misses int
		allocs              float64
	}
	keys := map[string]string{"unknown": "nothing-1", "off": "closed-one", "over": "over-one", "early": "early-one", "wrong secret": strings.Repeat("x", len(secret)), "old secret": secret}
	got := map[string]work{}
	for name, key := range keys {
		views, shut = 0, 0
		clear(l.misses)
		if _, err := l.Find(key, "192.0.2.1", l.now); err == nil || err.Error() != closed().Error() {
			t.Errorf("%s: %v", name, err)
		}
		asked := [2]int{views, shut}
		got[name] = work{asked[0], asked[1], len(l.misses[network("192.0.2.1")]), testing.AllocsPerRun(100, func() { _, _ = l.Find(key, "192.0.2.1", l.now) })}
	}
	for name, w := range got {
		if w != got["unknown"] || w.views != 1 || w.shut != 1 || w.misses != 1 {
			t.Errorf("%s takes %+v, what nobody knows %+v", name, w, got["unknown"])
		}
	}
}

// Guesses from one customer's /64 are those of one, for an hour; the same wrong address again is no other guess (PL-01).
func TestGuessingFromOneCustomer(t *testing.T) {
	l := newLobby(t, nil)
	for range 3 * talkMisses {
		_, _ = l.Find("mistyped", "2001:db8:1:2::1", l.now)
	}
	if len(l.shut) > 0 {
		t.Error("a page that is loaded anew is taken for guesses")
	}
	for i := range talkMisses - 1 {
		_, _ = l.Find(fmt.Sprint("guess", i), fmt.Sprintf("2001:db8:1:2:%x::1", i), l.now)
	}
	if _, err := l.Find("sales-team", "2001:db8:1:2:ffff::9", l.now); err == nil {
		t.Error("a customer with many addresses may guess on")
	}
	if _, err := l.Find("sales-team", "2001:db8:1:3::1", l.now); err != nil {
		t.Error("the customer beside him is shut out, too")
	}
}

// Wishes to be called back are few.
func TestAskingBack(t *testing.T) {
	l := newLobby(t, nil)
	link := l.s.TalkLinks["tlk_1"]
	ask := func(addr string) string {
		p := l.Puzzle(link, addr, l.now)
		return keyOf(l.Ask(link, addr, p.Text, work(p), l.now))
	}
	for i, want := range []string{"", "", "", "talk.asked_enough"} {
		if got := ask("192.0.2.1"); got != want {
			t.Errorf("%d: %q", i, got)
		}
	}
	for i := range 27 {
		if got := ask(fmt.Sprintf("198.51.100.%d", i)); got != "" {
			t.Errorf("%d: %q", i, got)
		}
	}
	if got := ask("192.0.2.50"); got != "talk.asked_enough" {
		t.Errorf("%q", got)
	}
}
