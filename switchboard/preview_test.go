package switchboard

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/hours"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
	"tandem/route"
)

func people() []string { return []string{"alice", "bob", "mona", "carl", "dora"} }

// What a preview tells is what the engine does (N-3): in random offices, calls are carried by the whole switchboard – its goroutines, the call machine,
// real timers – to phones that answer, decline, are busy, are gone or go on to ring, and to menus whose keys are pressed. Whoever walks the tree of
// the preview with nothing but the behaviour of the phones comes, word by word, to the story in the record, and to its end.
func TestPreviewIsWhatTheEngineDid(t *testing.T) {
	ends, most := map[string]int{}, 0
	for seed := range uint64(previews) {
		bubble(t, func(t *testing.T) {
			c := newTrial(t, seed)
			story, want, stages := c.foretold()
			got := c.carried()
			most = max(most, stages)
			ends[strings.Fields(want)[0]]++
			if len(got.Trace) < len(story) || !reflect.DeepEqual(got.Trace[:len(story)], story) {
				t.Fatalf("seed %d: %s\nforetold %s\n     did %s", seed, c, lines(story), lines(got.Trace))
			}
			if did := end(&got); did != want && want != "anywhere" {
				t.Fatalf("seed %d: %s\nforetold %s, did %s\nstory %s", seed, c, want, did, lines(got.Trace))
			}
		})
		if t.Failed() {
			return
		}
	}
	for _, kind := range []string{"answered", "mailbox", "queue", "park", "room", "busy", "no_answer", "away", "offline", "suspended", "denied", "unknown"} {
		if ends[kind] < previews/1000 {
			t.Errorf("only %d of %d calls ended with %s: %v", ends[kind], previews, kind, ends)
		}
	}
	if most < 4 {
		t.Errorf("no call went through more than %d places", most)
	}
}

// lines writes a story for people.
func lines(story []i18n.Text) string {
	var out strings.Builder
	for _, l := range story {
		fmt.Fprintf(&out, "\n    %s %v", l.Key, l.Args)
	}
	return out.String()
}

// habit is what a phone does when it is called.
type habit string

const (
	ringsOn  habit = "rings on"
	busy     habit = "is busy"
	declines habit = "declines"
	gone     habit = "is gone"
	answers  habit = "answers"
)

// trial is one call in one random office.
type trial struct {
	*office
	rng    *rand.Rand
	habits map[pbx.BindingID]habit         // of phones; of numbers outside under ""
	takes  map[pbx.BindingID]time.Duration // … to answer, each another
	asked  route.Request
	keys   []string // pressed in the menus that the call comes to, one each; empty: none
	after  time.Duration
	closes bool // soon after the call begins the hours change
}

func (c *trial) String() string {
	return fmt.Sprintf("%s%s dials %s after %v, keys %q, phones %v", c.asked.Caller.User, c.asked.From.Number, c.asked.Dialled, c.after, c.keys, c.habits)
}

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }

// newTrial makes an office of five people and one of everything else, with rules that lead anywhere.
func newTrial(t *testing.T, seed uint64) *trial {
	o := newOffice(t, nil)
	o.wire.quiet = true
	c := &trial{office: o, rng: rand.New(rand.NewPCG(seed, 4)), habits: map[pbx.BindingID]habit{}, takes: map[pbx.BindingID]time.Duration{}}
	rng := c.rng
	often := func(n int) bool { return rng.IntN(n) > 0 }
	c.after = pick(rng, 10*time.Hour, 12*time.Hour+30*time.Minute, 20*time.Hour, 12*time.Hour-9*time.Second, 17*time.Hour-20*time.Second)
	c.closes = c.after%time.Hour > 30*time.Minute
	at := began.Add(c.after)

	nouns := []pbx.Noun{
		&pbx.Timetable{ID: pbx.OfficeHours, Zone: "UTC", Schedule: week("8-17", "12-13")},
		&pbx.Trunk{ID: "trk_1", Name: "Carrier", Host: "carrier.example", Created: began, Off: !often(5)},
		&pbx.Restriction{ID: "rst_1", Name: "Rules", On: []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}}, Rules: []pbx.TollRule{pick(rng, pbx.TollRule{Effect: pbx.TollAllow}, pbx.Basic())}},
		&pbx.Queue{ID: "que_1", Name: "Hotline", Extension: "300", Strategy: pbx.ServeAll, Ring: 20},
		&pbx.Room{ID: "rom_1", Name: "Round table", Extension: "310", Created: began},
		&pbx.Park{ID: "prk_1", Name: "Park", Extension: "700", Slots: 2, Created: began},
	}
	for i, name := range people() {
		u := pbx.UserID("usr_" + name)
		user := &pbx.User{ID: u, Name: name, Email: name + "@example.org", Extension: fmt.Sprint(101 + i)}
		if often(2) {
			user.Mobile = "+491701234567"
		}
		if rng.IntN(12) == 0 {
			user.Suspensions = []pbx.Interval{{From: began}}
		}
		nouns = append(nouns, user, &pbx.Mailbox{ID: pbx.BoxID(u), Off: !often(4)},
			&pbx.Membership{ID: pbx.MembershipID("mem_" + name), User: u, Group: "grp_all", Role: pick(rng, pbx.RoleID("user"), "department_head"), From: began.Add(-time.Hour)})
		if rng.IntN(5) == 0 {
			nouns = append(nouns, &pbx.Grant{ID: pbx.GrantID("gnt_" + name), User: u, Right: "call.out", Deny: true, Scope: pbx.Scope{Kind: pbx.ScopeSelf}, From: began.Add(-time.Hour)})
		}
		for n := range rng.IntN(3) {
			d := pbx.DeviceID(fmt.Sprintf("dev_%s%d", name, n+1))
			nouns = append(nouns, &pbx.Device{ID: d, User: u, Name: string(d), Kind: pick(rng, pbx.DeviceDesk, pbx.DeviceDesk, pbx.DeviceMobile), Username: strings.TrimPrefix(string(d), "dev_")})
			if often(3) {
				c.phone(pbx.BindingID(fmt.Sprintf("%s%d", name, n+1)), d, pick(rng, ringsOn, ringsOn, busy, declines, gone, answers, answers))
			}
		}
		if rng.IntN(3) == 0 {
			nouns = append(nouns, &pbx.Choice{User: u, Status: pick(rng, pbx.Statuses()...), At: began, Until: at.Add(time.Hour)})
		}
		if often(5) {
			nouns = append(nouns, c.forwarding(u))
		}
		if rng.IntN(5) == 0 {
			o.live = o.live.WithCall(&pbx.LiveCall{ID: pbx.CallID("cal_" + name), Phase: pbx.PhaseTalking, Answered: began, Users: []pbx.UserID{u}})
		}
	}
	c.script("", pick(rng, ringsOn, busy, declines, answers))
	for i := range 2 {
		g := &pbx.RingGroup{ID: pbx.RingID(fmt.Sprint("rng_", i)), Name: fmt.Sprint("Ring ", i), Extension: fmt.Sprint(180 + i), Ring: pick(rng, 0, 7), Escalate: rng.IntN(4) == 0, Group: "grp_all",
			Strategy: pick(rng, pbx.RingAll, pbx.RingHunt, pbx.RingRobin, pbx.RingRested), NoAnswer: c.anywhere()}
		for _, n := range rng.Perm(len(people()))[:rng.IntN(4)] {
			g.Members = append(g.Members, pbx.Ref{Kind: pbx.KindUser, ID: "usr_" + people()[n]})
		}
		m := &pbx.Menu{ID: pbx.MenuID(fmt.Sprint("mnu_", i)), Name: fmt.Sprint("Menu ", i), Extension: fmt.Sprint(200 + i), Silent: c.anywhere(), Wrong: c.anywhere(), Wait: pick(rng, 0, 3), Rounds: pick(rng, 0, 1)}
		for n := range rng.IntN(4) {
			if to := c.anywhere(); !to.IsZero() {
				m.Keys = append(m.Keys, pbx.MenuKey{Key: fmt.Sprint(n + 1), To: to})
			}
		}
		nouns = append(nouns, g, m)
	}
	nouns = append(nouns, &pbx.Entrance{Group: "grp_all", Extension: "150", Open: c.anywhere(), Break: c.anywhere(), Closed: c.anywhere()})
	c.asked = route.Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice", Device: "dev_alice1", Via: "sip"}, At: at,
		Dialled: pick(rng, "101", "102", "102", "103", "103", "104", "105", "150", "180", "181", "200", "201", "199", "030 1234567", "+48 22 123 45 67")}
	if rng.IntN(2) == 0 {
		to := c.anywhere()
		if to.Kind == pbx.ToMobile {
			to = pbx.Destination{}
		}
		nouns = append(nouns, &pbx.DID{ID: "did_1", Number: "+4930555111", To: to, Shown: true, Created: began})
		c.asked = route.Request{Caller: pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_1", Via: "sip"}, From: pbx.Party{Number: "+49301112233"}, Dialled: "+4930555111", At: at}
	}
	for range 6 {
		c.keys = append(c.keys, pick(rng, "", "1", "2", "3"))
	}
	s, err := o.s.Apply(pbx.Change{Put: nouns})
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	o.s = s
	return c
}

func week(open, breaks string) (s hours.Schedule) {
	for i := range s.Open {
		s.Open[i], _ = hours.ParseSpans(open)
		s.Breaks[i], _ = hours.ParseSpans(breaks)
	}
	return s
}

// phone registers a phone with a habit.
func (c *trial) phone(b pbx.BindingID, d pbx.DeviceID, h habit) {
	c.live = c.live.WithBindings(d, append(slices.Clone(c.live.Bindings(d)), pbx.Binding{ID: b, Device: d, Source: c.callee, Expires: began.AddDate(1, 0, 0)}))
	c.script(b, h)
}

// script lets a phone do what its habit is. Who is asked whether he takes the call does.
func (c *trial) script(b pbx.BindingID, h habit) {
	c.habits[b], c.takes[b] = h, 2*time.Second+time.Duration(len(c.takes))*50*time.Millisecond
	c.wire.phones[b] = map[habit]func(*phone){
		ringsOn:  (*phone).rings,
		busy:     func(p *phone) { p.fails(pbx.CauseBusy, 486) },
		declines: func(p *phone) { p.rings(); p.fails(pbx.CauseDeclined, 603) },
		answers: func(p *phone) {
			p.rings()
			if !p.waits(c.takes[b]) {
				return
			}
			p.answers()
			if b == "" && p.waits(time.Second) {
				p.send(call.Signal{Kind: call.SignalDigit, Digit: '1'})
			}
		},
	}[h]
}

// anywhere is a place that a rule can lead to, or nowhere.
func (c *trial) anywhere() pbx.Destination {
	someone := "usr_" + pick(c.rng, "alice", "bob", "mona", "carl", "dora", "nobody")
	return pick(c.rng, pbx.Destination{}, pbx.Destination{Kind: pbx.ToUser, ID: someone}, pbx.Destination{Kind: pbx.ToUser, ID: someone}, pbx.Destination{Kind: pbx.ToUser, ID: someone},
		pbx.Destination{Kind: pbx.ToMailbox, ID: pick(c.rng, someone, "grp_all")}, pbx.Destination{Kind: pbx.ToMobile}, pbx.Destination{Kind: pbx.ToOutside, Number: "+49301234567"},
		pbx.Destination{Kind: pbx.ToRing, ID: pick(c.rng, "rng_0", "rng_1", "rng_x")}, pbx.Destination{Kind: pbx.ToMenu, ID: pick(c.rng, "mnu_0", "mnu_1")},
		pbx.Destination{Kind: pbx.ToGroup, ID: "grp_all"}, pbx.Destination{Kind: pbx.ToQueue, ID: "que_1"}, pbx.Destination{Kind: pbx.ToRoom, ID: "rom_1"},
		pbx.Destination{Kind: pbx.ToPark, ID: "prk_1"}, pbx.Destination{Kind: pbx.ToBusy})
}

// forwarding makes rules of a person.
func (c *trial) forwarding(u pbx.UserID) *pbx.Forwarding {
	rng := c.rng
	rule := func() pbx.Case {
		r := pbx.Case{Inside: c.anywhere()}
		if rng.IntN(2) == 0 {
			to := c.anywhere()
			r.Outside = &to
		}
		return r
	}
	f := &pbx.Forwarding{User: u, Profiles: map[pbx.Status]pbx.Profile{}, Fixed: rng.IntN(4) == 0}
	for _, status := range pbx.Statuses() {
		if rng.IntN(3) > 0 {
			f.Profiles[status] = pbx.Profile{Ring: pick(rng, 0, 7), NoAnswer: rule(), Busy: rule(), Offline: rule(), Always: rule(),
				Mobile: rng.IntN(4) == 0, Single: rng.IntN(2) == 0, NoPush: rng.IntN(3) == 0, NoGroups: rng.IntN(4) == 0}
		}
	}
	for range rng.IntN(4) {
		to := c.anywhere()
		if to.IsZero() {
			to.Kind = pbx.ToBusy
		}
		e := pbx.Exception{Side: pick(rng, pbx.SideBoth, pbx.SideInside, pbx.SideOutside), When: pick(rng, pbx.WhenAlways, pbx.WhenNoAnswer, pbx.WhenBusy, pbx.WhenOffline),
			Hours: pick(rng, pbx.HoursAny, pbx.HoursOpen, pbx.HoursBreak, pbx.HoursClosed, pbx.HoursNever), To: to, Off: rng.IntN(4) == 0}
		switch rng.IntN(3) {
		case 0:
			e.Caller = pick(rng, pbx.UserID("usr_alice"), "usr_bob")
		case 1:
			e.Number = pick(rng, "+4930*", "+49301112233", "101", "1*")
		}
		f.Exceptions = append(f.Exceptions, e)
	}
	return f
}

// foretold walks the preview: the story it tells, how it ends, and through how many places.
func (c *trial) foretold() (story []i18n.Text, end string, stages int) {
	o := c.office
	n := route.Explore(o.s, o.live, c.asked, Permit)
	took, menus := time.Duration(0), 0
	for {
		stages++
		story = append(story, n.Plan.Trace...)
		branch, key := route.BranchStart, ""
		p := n.Plan
		switch {
		case p.Refuse != "":
			return story, short(p.Refuse), stages
		case p.House != nil && p.House.At.Kind != pbx.ToMenu:
			return story, string(p.House.At.Kind), stages
		case p.House != nil:
			m := o.s.Menus[pbx.MenuID(p.House.At.ID)]
			branch, key = route.BranchKey, c.keys[min(menus, len(c.keys)-1)]
			if !slices.ContainsFunc(m.Keys, func(k pbx.MenuKey) bool { return k.Key == key }) {
				branch, key = route.BranchSilent, ""
			}
			menus++
			if branch == route.BranchSilent {
				took += time.Duration(m.Times()*m.Seconds()) * time.Second
			} else {
				took += time.Second
			}
			if menus > len(c.keys) {
				return story, "anywhere", stages
			}
		default:
			who, cause, after := c.becomes(p)
			took += after
			if who != "" {
				return story, "answered " + who, stages
			}
			switch cause {
			case pbx.CauseNoAnswer:
				branch = route.BranchNoAnswer
			case pbx.CauseBusy, pbx.CauseDeclined:
				branch = route.BranchBusy
			default:
				branch = route.BranchOffline
			}
			if p.Then.After(cause).IsZero() {
				return story, short(cause), stages
			}
		}
		i := slices.IndexFunc(n.Next, func(next *route.Node) bool { return next.Branch == branch && next.Key == key })
		switch {
		case i >= 0:
			n = n.Next[i]
		case p.House != nil: // a menu that ends here, or one that the way comes back to, which a preview does not follow twice
			return story, "anywhere", stages
		default:
			panic(fmt.Sprintf("no branch %s of %+v", branch, p))
		}
		if c.closes && n.After.Truncate(time.Second) != took.Truncate(time.Second) { // the preview names another moment, at which the hours are others
			return story, "anywhere", stages
		}
	}
}

// becomes tells what becomes of the phones of a plan by their habits alone.
func (c *trial) becomes(p route.Plan) (who string, cause pbx.Cause, after time.Duration) {
	told := []pbx.Cause{pbx.CauseDeclined, pbx.CauseBusy, pbx.CauseFailed}
	for _, a := range p.Attempts {
		var rings []route.Target
		best := len(told) - 1
		for _, t := range a.Targets {
			did := c.habits[t.Binding.ID]
			all := slices.ContainsFunc(a.Targets, func(o route.Target) bool { return o.Party == t.Party && c.habits[o.Binding.ID] == declines })
			switch {
			case did == busy:
				best = min(best, 1)
			case did == declines || all && did != gone: // who declines does so on all of his phones
				best = 0
			case did != gone:
				rings = append(rings, t)
			}
		}
		cause = told[best]
		took := func(t route.Target) time.Duration {
			if t.Screen { // he hears who calls before he takes it
				return c.takes[""] + time.Second
			}
			return c.takes[t.Binding.ID]
		}
		takes := slices.DeleteFunc(slices.Clone(rings), func(t route.Target) bool { return c.habits[t.Binding.ID] != answers })
		if len(takes) > 0 {
			first := slices.MinFunc(takes, func(a, b route.Target) int { return cmp.Compare(took(a), took(b)) })
			return string(first.Binding.ID) + string(first.Trunk), "", after + took(first)
		}
		if len(rings) > 0 {
			cause, after = pbx.CauseNoAnswer, after+a.Ring
		}
	}
	return "", cause, after
}

// carried lets the board carry the call, with the keys pressed in menus, until it is over; the caller hangs up soon after somebody or the house
// has answered for good.
func (c *trial) carried() report.CDR {
	o := c.office
	time.Sleep(c.after)
	p := &phone{w: o.wire, in: true, gone: make(chan struct{}), replied: make(chan int, 9), port: 6000, leg: "leg_in"}
	o.wire.legs[p.leg] = p
	o.board.Incoming(call.Incoming{Leg: p.leg, Actor: c.asked.Caller, From: c.asked.From, Dialled: c.asked.Dialled, Offer: offer(pcmu, event8), Source: netip.MustParseAddrPort(o.caller)})
	synctest.Wait()
	menus, before, calm := 0, -1, -1
	for turns := 0; o.board.Calls() > 0; turns++ {
		if turns > 1000 {
			c.t.Fatalf("%s goes on for ever: %+v", c, c.own())
		}
		now := c.own()
		stage := c.shown()
		switch {
		case now == nil:
		case now.Menu != "" && stage > before:
			key := c.keys[min(menus, len(c.keys)-1)]
			menus, before = menus+1, stage
			if m := o.s.Menus[now.Menu]; slices.ContainsFunc(m.Keys, func(k pbx.MenuKey) bool { return k.Key == key }) {
				pause(time.Second)
				p.send(call.Signal{Kind: call.SignalDigit, Digit: key[0]})
				synctest.Wait()
				continue
			}
		case now.Menu == "" && (now.Phase == pbx.PhaseTalking && stage == calm || now.Phase == pbx.PhaseParked), menus == 20:
			p.hangsUp()
		case now.Menu == "" && now.Phase == pbx.PhaseTalking: // a busy tone would end by itself
			calm = stage
			pause(2 * call.ToneTime)
			continue
		}
		pause(time.Second)
	}
	p.hangsUp()
	synctest.Wait()
	for _, name := range people() {
		o.live = o.live.WithoutCall(pbx.CallID("cal_" + name))
	}
	o.drain()
	return o.only()
}

// own is the call as live views show it; nil before and after.
func (c *trial) own() *pbx.LiveCall {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, l := range c.live.Calls() {
		if !slices.Contains(people(), strings.TrimPrefix(string(id), "cal_")) {
			return l
		}
	}
	return nil
}

// shown counts how often live views were told of calls: that is so at each place a call comes to.
func (c *trial) shown() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.phases)
}

// end is how a record tells that the call ended.
func end(r *report.CDR) string {
	for _, l := range slices.Backward(r.Legs) {
		if l.Out && !l.Answered.IsZero() {
			return "answered " + strings.TrimPrefix(string(l.Device), "dev_") + string(l.Trunk)
		}
	}
	if r.Cause == pbx.CauseHangup {
		for _, l := range slices.Backward(r.Trace) {
			if l.Key == "route.names" {
				return string(pbx.ToNames)
			}
			if kind, ok := strings.CutPrefix(l.Key, "route.house."); ok {
				return kind
			}
		}
	}
	return short(r.Cause)
}

// short joins causes on which calls go on in the same way: a preview has one branch for them.
func short(c pbx.Cause) string {
	switch c {
	case pbx.CauseDeclined:
		return string(pbx.CauseBusy)
	case pbx.CauseFailed, pbx.CauseTimeout:
		return string(pbx.CauseOffline)
	}
	return string(c)
}
