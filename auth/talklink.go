package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tandem/pbx"
)

// What holds for visitors of Talk links, whichever link they come by (TF-10, PL-01, PL-07).
const (
	talkMisses     = 20               // addresses that open nothing, within …
	talkMissWindow = 10 * time.Minute // … from one network, until it is shut out
	TalkShut       = time.Hour        // … for so long
	puzzleLife     = 2 * time.Minute  // a puzzle is solved within
	ticketLife     = 30 * time.Second // a visitor connects within
	puzzleLeast    = 14               // bits of the easiest puzzle: some ten thousand hashes, a moment for a telephone
	puzzleMost     = 22
	talkWait       = time.Hour // how long a visitor may wait, in a queue for instance, beside the time he may talk
	asksPerAddr    = 3         // wishes to be called back, from one network within an hour …
	asksPerLink    = 30        // … and by one link within a day
)

// GateConfig is what a Gate works with.
type GateConfig struct {
	View func() *pbx.Snapshot
	Shut func(netip.Addr) bool // whether an address is shut out, by whomever; nil: none is
	// Guessed is told that a network was shut out because of so many addresses that open nothing.
	Guessed func(network netip.Prefix, first, last time.Time, misses int)
	// Today is how many calls by a link have ended on a day of the office, and how long they took of that day; nil: nobody counts.
	Today func(pbx.TalkLinkID, pbx.OfficeDay) (calls int, took time.Duration)
	// Ended is told when the call of a visitor began and ended.
	Ended func(l pbx.TalkLinkID, begun, ended time.Time)
	Most  int // visitors at a time, whichever link they came by: the rest of the house is for those who work here; 0 is 200
}

// Gate lets visitors of Talk links in. Until somebody has solved a puzzle it remembers nothing of him but what he missed.
type Gate struct {
	c   GateConfig
	key [32]byte // seals puzzles; new in each process

	mu       sync.Mutex
	misses   map[netip.Prefix][]missed
	solved   map[string]time.Time // puzzles that were used, until they are too old anyway
	visitors map[string]*Visitor  // by the hash of the ticket
	asks     map[string][]time.Time
	uses     map[pbx.TalkLinkID]dayUse // of today, by links that were asked about
	counts   GateCounts
}

// GateCounts are sums since the process began, whichever link they belong to.
type GateCounts struct {
	Admitted  int64                    // visitors who got a ticket
	Refused   [len(TalkRefusals)]int64 // in the order of TalkRefusals
	Calls     int64                    // that are over
	Talked    time.Duration            // how long those took
	Callbacks int64                    // wishes to be called back
	Inside    int                      // visitors who talk or wait now
}

// Why visitors are refused, in one word each.
const (
	RefusedUnknown = iota // the address opens nothing
	RefusedShut           // his network is shut out
	RefusedPuzzle         // not solved, or too late
	RefusedFull           // no place
	RefusedDay            // the calls of the day are used up
	RefusedHours          // nobody is there
	RefusedForm           // a name or an address is missing, or imitates somebody
)

// TalkRefusals are the words, by the numbers above.
var TalkRefusals = [...]string{"unknown", "shut", "puzzle", "full", "day", "hours", "form"}

// Counts gives the sums.
func (g *Gate) Counts(at time.Time) GateCounts {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.counts
	for _, v := range g.visitors {
		if v.isThere(at) {
			c.Inside++
		}
	}
	return c
}

// Refused counts a visitor whom somebody else refused.
func (g *Gate) Refused(why int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts.Refused[why]++
}

// Visitor is somebody who was let in: by one link, from one network, for one call.
type Visitor struct {
	Link     pbx.TalkLinkID
	Name     string      // as he is shown to people
	Visit    pbx.VisitID // of what he wrote; empty: nothing
	Username string      // of his phone
	Until    time.Time
	door     string // the address by which he came
	net      netip.Prefix
	hash     string
	gate     *Gate
	entered  bool
	begun    time.Time
	over     bool
}

// NewGate makes one.
func NewGate(c GateConfig) *Gate {
	if c.Most <= 0 {
		c.Most = 200
	}
	g := &Gate{c: c, misses: map[netip.Prefix][]missed{}, solved: map[string]time.Time{}, visitors: map[string]*Visitor{}, asks: map[string][]time.Time{}, uses: map[pbx.TalkLinkID]dayUse{}}
	rand.Read(g.key[:])
	return g
}

// closed is the one answer for everything that opens nothing (PL-01).
func closed() error { return pbx.Refuse(pbx.NotFound, "", "talk.unknown") }

// Find gives the link that the end of an address opens at a moment. Whatever opens nothing – no link, one that is off, over, not open yet, or whoever guessed too
// often – has one answer and takes the same work.
func (g *Gate) Find(key, addr string, at time.Time) (*pbx.TalkLink, error) {
	l := g.c.View().Talk(key, at)
	ip, err := netip.ParseAddr(addr)
	shut := err != nil || g.c.Shut != nil && g.c.Shut(ip)
	if l != nil && !shut {
		return l, nil
	}
	why := RefusedShut
	if l == nil {
		g.miss(key, network(addr), at)
		why = RefusedUnknown
	}
	g.Refused(why)
	return nil, closed()
}

// missed is one address that opened nothing. The same one again, as of a page that is loaded anew, is no other guess.
type missed struct {
	at  time.Time
	key [8]byte // of its hash
}

// miss counts an address that opened nothing.
func (g *Gate) miss(key string, net netip.Prefix, at time.Time) {
	sum := sha256.Sum256([]byte(key))
	one := missed{at, [8]byte(sum[:8])}
	g.mu.Lock()
	list := g.misses[net]
	for len(list) > 0 && at.Sub(list[0].at) >= talkMissWindow {
		list = list[1:]
	}
	if len(g.misses) >= marksMost {
		clear(g.misses)
	}
	if !slices.ContainsFunc(list, func(m missed) bool { return m.key == one.key }) {
		list = append(list, one)
	}
	g.misses[net] = list
	full := len(list) >= talkMisses
	if full {
		delete(g.misses, net)
	}
	g.mu.Unlock()
	if full && g.c.Guessed != nil {
		g.c.Guessed(net, list[0].at, at, len(list))
	}
}

// Puzzle is what a visitor's browser has to solve before he is let in: it is sealed, bound to link and network, and nobody remembers it.
type Puzzle struct {
	Text string
	Bits int
}

// Puzzle makes one; the more is going on, the harder it is.
func (g *Gate) Puzzle(l *pbx.TalkLink, addr string, at time.Time) Puzzle {
	var nonce [12]byte
	rand.Read(nonce[:])
	hard := g.hardness(l.ID, network(addr), at)
	text := strconv.FormatInt(at.Unix(), 36) + "." + strconv.Itoa(hard) + "." + base64.RawURLEncoding.EncodeToString(nonce[:])
	return Puzzle{text + "." + g.seal(text, l.ID, network(addr)), hard}
}

func (g *Gate) seal(text string, l pbx.TalkLinkID, net netip.Prefix) string {
	m := hmac.New(sha256.New, g.key[:])
	m.Write([]byte(text + "\x00" + string(l) + "\x00" + net.String()))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

// hardness grows with the visitors that are there and with those of the same network.
func (g *Gate) hardness(l pbx.TalkLinkID, net netip.Prefix, at time.Time) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	here, all := 0, 0
	for _, v := range g.visitors {
		if v.isThere(at) {
			all++
			if v.net == net || v.Link == l {
				here++
			}
		}
	}
	return min(puzzleMost, puzzleLeast+bits.Len(uint(here))+bits.Len(uint(8*all/g.c.Most)))
}

// isThere reports whether a visitor takes a place: he talks, or may still come.
func (v *Visitor) isThere(at time.Time) bool {
	return !v.over && (!v.begun.IsZero() || at.Before(v.Until))
}

// IsSolved reports whether a number solves a puzzle: the hash of both begins with so many zero bits.
func (p Puzzle) IsSolved(solution string) bool {
	sum := sha256.Sum256([]byte(p.Text + ":" + solution))
	return bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:8])) >= p.Bits
}

// solve checks a puzzle that comes back, and that it was not used before.
func (g *Gate) solve(l *pbx.TalkLink, net netip.Prefix, text, solution string, at time.Time) error {
	again := pbx.Refuse(pbx.Conflict, "puzzle", "talk.puzzle")
	head, seal, ok := cutLast(text, ".")
	parts := strings.Split(head, ".")
	if !ok || len(parts) != 3 || len(solution) > 20 || !hmac.Equal([]byte(seal), []byte(g.seal(head, l.ID, net))) {
		return again
	}
	made, err1 := strconv.ParseInt(parts[0], 36, 64)
	hard, err2 := strconv.Atoi(parts[1])
	age := at.Sub(time.Unix(made, 0))
	if err1 != nil || err2 != nil || age < -time.Second || age > puzzleLife || !(Puzzle{text, hard}).IsSolved(solution) {
		return again
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for p, t := range g.solved {
		if at.Sub(t) > puzzleLife {
			delete(g.solved, p)
		}
	}
	if _, used := g.solved[text]; used {
		return again
	}
	g.solved[text] = time.Unix(made, 0)
	return nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// Admit lets somebody in who has solved a puzzle, while there is room: it gives the ticket with which his browser connects. Name is what people are shown.
func (g *Gate) Admit(l *pbx.TalkLink, addr, puzzle, solution, name string, at time.Time) (*Visitor, string, error) {
	net := network(addr)
	if err := g.solve(l, net, puzzle, solution, at); err != nil {
		g.Refused(RefusedPuzzle)
		return nil, "", err
	}
	limits := l.Limits()
	s := g.c.View()
	day := s.OfficeDay(at)
	g.load(l.ID, day)
	ticket, hash := secret()
	user, _ := secret()
	v := &Visitor{Link: l.ID, door: doorOf(l), Name: name, Username: "visitor-" + strings.ToLower(user[:12]), Until: at.Add(ticketLife), net: net, hash: hash, gate: g}
	g.mu.Lock()
	defer g.mu.Unlock()
	here, mine, all := 0, 0, 0
	calls, took := g.spent(l.ID, day, at)
	for h, o := range g.visitors {
		if !o.isThere(at) {
			delete(g.visitors, h)
			continue
		}
		all++
		if o.net == net {
			here++
		}
		if o.Link == l.ID {
			mine++
		}
	}
	switch {
	case limits.IsSpent(calls, took):
		g.counts.Refused[RefusedDay]++
		again := day.Until.In(s.OfficeClock())
		return nil, "", pbx.Refuse(pbx.Exhausted, "", "talk.day_over", "time", again.Format("15:04"), "zone", again.Location().String())
	case here >= limits.PerAddr, mine >= limits.Most, all >= g.c.Most:
		g.counts.Refused[RefusedFull]++
		return nil, "", pbx.Refuse(pbx.Exhausted, "", "talk.full")
	}
	g.counts.Admitted++
	g.visitors[hash] = v
	return v, ticket, nil
}

// within is how much of a call falls into a day.
func within(d pbx.OfficeDay, begun, ended time.Time) time.Duration {
	if begun.Before(d.From) {
		begun = d.From
	}
	if ended.After(d.Until) {
		ended = d.Until
	}
	return max(0, ended.Sub(begun))
}

// Again reports when a link takes calls again whose calls of today are used up; zero while it takes them.
func (g *Gate) Again(l *pbx.TalkLink, at time.Time) time.Time {
	day := g.c.View().OfficeDay(at)
	g.load(l.ID, day)
	g.mu.Lock()
	defer g.mu.Unlock()
	if l.Limits().IsSpent(g.spent(l.ID, day, at)) {
		return day.Until
	}
	return time.Time{}
}

// dayUse is what calls by a link that are over took of a day.
type dayUse struct {
	from  time.Time // when it began
	calls int
	took  time.Duration
}

// load makes sure that the gate knows what is used up of a day. It asks once; from then on it counts itself.
func (g *Gate) load(l pbx.TalkLinkID, day pbx.OfficeDay) {
	g.mu.Lock()
	known, ok := g.uses[l]
	g.mu.Unlock()
	if ok && known.from.Equal(day.From) {
		return
	}
	fresh := dayUse{from: day.From}
	if g.c.Today != nil {
		fresh.calls, fresh.took = g.c.Today(l, day)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if known, ok := g.uses[l]; !ok || !known.from.Equal(day.From) {
		g.uses[l] = fresh
	}
}

// spent is what calls by a link, those that run with them, take of a day. The lock is held.
func (g *Gate) spent(l pbx.TalkLinkID, day pbx.OfficeDay, at time.Time) (calls int, took time.Duration) {
	if u := g.uses[l]; u.from.Equal(day.From) {
		calls, took = u.calls, u.took
	}
	for _, v := range g.visitors {
		if v.Link == l && !v.over && !v.begun.IsZero() {
			calls++
			took += within(day, v.begun, at)
		}
	}
	return calls, took
}

// Enter gives the visitor of a ticket, once, to the network that it was made for.
func (g *Gate) Enter(ticket, addr string, at time.Time) (*Visitor, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	v := g.visitors[pbx.HashSecret(ticket)]
	if v == nil || v.entered || v.over || !at.Before(v.Until) || v.net != network(addr) {
		return nil, false
	}
	l := g.c.View().TalkLinks[v.Link]
	if l == nil || !v.CameBy(l) {
		return nil, false
	}
	v.entered = true
	v.Until = at.Add(time.Duration(l.Limits().Longest)*time.Minute + talkWait)
	return v, true
}

// doorOf tells one address of a link from those that it had before and gets later.
func doorOf(l *pbx.TalkLink) string { return l.Slug + "\x00" + l.Hash }

// CameBy reports whether the visitor came by the address that a link has now. Whoever came by an older one is outside like everybody who knows it (PL-06).
func (v *Visitor) CameBy(l *pbx.TalkLink) bool { return l.ID == v.Link && v.door == doorOf(l) }

// Wrote tells what the visitor wrote, before he connects.
func (v *Visitor) Wrote(visit pbx.VisitID) {
	v.gate.mu.Lock()
	defer v.gate.mu.Unlock()
	v.Visit = visit
}

// Begin takes the one call that a visitor has; false when he has made it.
func (v *Visitor) Begin(at time.Time) bool {
	v.gate.mu.Lock()
	defer v.gate.mu.Unlock()
	if v.over || !v.begun.IsZero() || !at.Before(v.Until) {
		return false
	}
	v.begun = at
	return true
}

// End gives the visitor's place back, when his call is over or he has gone without one.
func (v *Visitor) End(at time.Time) {
	g := v.gate
	day := g.c.View().OfficeDay(at)
	g.load(v.Link, day)
	g.mu.Lock()
	ended, begun := v.over, v.begun
	v.over = true
	delete(g.visitors, v.hash)
	if !ended && !begun.IsZero() {
		g.counts.Calls++
		g.counts.Talked += at.Sub(begun)
		if u, ok := g.uses[v.Link]; ok && u.from.Equal(day.From) {
			g.uses[v.Link] = dayUse{u.from, u.calls + 1, u.took + within(day, begun, at)}
		}
	}
	g.mu.Unlock()
	if !ended && !begun.IsZero() && g.c.Ended != nil {
		g.c.Ended(v.Link, begun, at)
	}
}

// Here counts the visitors of a link who talk or wait.
func (g *Gate) Here(l pbx.TalkLinkID, at time.Time) (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, v := range g.visitors {
		if v.Link == l && v.isThere(at) {
			n++
		}
	}
	return n
}

// Ask takes somebody's wish to be called back, who has solved a puzzle; a network and a link have only so many (PL-11).
func (g *Gate) Ask(l *pbx.TalkLink, addr, puzzle, solution string, at time.Time) error {
	net := network(addr)
	if err := g.solve(l, net, puzzle, solution, at); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.asks) >= marksMost {
		clear(g.asks)
	}
	from, by := recent(g.asks[net.String()], at, time.Hour), recent(g.asks[string(l.ID)], at, 24*time.Hour)
	if len(from) >= asksPerAddr || len(by) >= asksPerLink {
		return pbx.Refuse(pbx.Exhausted, "", "talk.asked_enough")
	}
	g.counts.Callbacks++
	g.asks[net.String()], g.asks[string(l.ID)] = append(from, at), append(by, at)
	return nil
}

func recent(list []time.Time, at time.Time, window time.Duration) []time.Time {
	for len(list) > 0 && at.Sub(list[0]) >= window {
		list = list[1:]
	}
	return list
}
