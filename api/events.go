package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"tandem/bus"
	"tandem/command"
	"tandem/directory"
	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
)

const (
	heartbeat     = 15 * time.Second // a comment on an idle stream, so that proxies keep it and losses are noticed
	streamQueue   = 1024             // what may wait for one slow browser before its stream ends and it comes again
	streamReplay  = 500              // facts read again for one who comes back; after more he fetches everything
	streamsOfUser = 20               // one person's tabs and programs
	streamWrite   = 10 * time.Second // for one event
)

// streams knows the open event streams, to bound them and to wake those of a person whose sessions ended.
type streams struct {
	mu   sync.Mutex
	open map[pbx.UserID]map[*stream]bool
}

// add refuses a person's twenty-first stream.
func (a *streams) add(u pbx.UserID, st *stream) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open == nil {
		a.open = map[pbx.UserID]map[*stream]bool{}
	}
	if len(a.open[u]) >= streamsOfUser {
		return pbx.Refuse(pbx.Exhausted, "", "events.too_many", "max", strconv.Itoa(streamsOfUser))
	}
	if a.open[u] == nil {
		a.open[u] = map[*stream]bool{}
	}
	a.open[u][st] = true
	return nil
}

func (a *streams) remove(u pbx.UserID, st *stream) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.open[u], st)
	if len(a.open[u]) == 0 {
		delete(a.open, u)
	}
}

// stream is one open event stream.
type stream struct {
	s      *Server
	v      *visit
	w      http.ResponseWriter
	seq    int64                   // of the last fact that was passed on
	shown  map[pbx.CallID]bool     // live calls that the viewer was told of
	past   map[int64]*pbx.Snapshot // by version: the configuration before it, for what is gone now
	moves  chan move               // presence and configuration, in order
	clock  *time.Timer             // fires when somebody's status, or a right of the viewer, begins or ends by itself
	since  time.Time               // up to when such ends have been told
	end    time.Time               // of the next status
	rights time.Time               // at which the viewer's own rights change next; zero: never
	over   chan struct{}           // closed when moves ran full
	once   sync.Once
}

// move is one change of the directory; either field is set.
type move struct {
	live   directory.Moved
	config *[2]*pbx.Snapshot
}

type eventsIn struct {
	Last string `header:"Last-Event-ID" maxLength:"20" doc:"id of the last event that arrived; what happened since is sent again"`
}

// getEvents sends what happens as it happens. Each event is asked about at the moment of its delivery (BAR AZ-22): a right
// that was taken away ends its events at once, and a stream ends with the session, the token or the person behind it.
func (s *Server) getEvents(_ context.Context, v *visit, in *eventsIn) (writer, error) {
	last, err := strconv.ParseInt(in.Last, 10, 64)
	if err != nil {
		last = -1
	}
	st := &stream{s: s, v: v, shown: map[pbx.CallID]bool{}, past: map[int64]*pbx.Snapshot{}, moves: make(chan move, streamQueue),
		over: make(chan struct{})}
	if err := s.streams.add(v.who.User, st); err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		defer s.streams.remove(v.who.User, st)
		st.w = w
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		w.Header().Set("X-Accel-Buffering", "no")
		st.run(r.Context(), last)
	}, nil
}

// run listens before it reads, so that nothing falls between, and passes on until somebody leaves.
func (st *stream) run(ctx context.Context, last int64) {
	d := st.s.c.Directory
	defer d.Watch(func(old, next *pbx.Snapshot) { st.queue(move{config: &[2]*pbx.Snapshot{old, next}}) })()
	defer d.WatchPresence(func(m directory.Moved) { st.queue(move{live: m}) })()
	sub := st.s.c.Bus.Subscribe(streamQueue)
	defer sub.Close()
	if st.begin(ctx, last) != nil {
		return
	}
	st.clock = time.NewTimer(time.Hour)
	defer st.clock.Stop()
	st.turn()
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for st.next(ctx, sub, tick.C) == nil {
	}
}

func (st *stream) queue(m move) {
	select {
	case st.moves <- m:
	default:
		st.once.Do(func() { close(st.over) })
	}
}

// begin says where the stream stands and sends again what a returning browser missed.
func (st *stream) begin(ctx context.Context, last int64) error {
	st.look()
	head, err := st.s.c.Store.Head(ctx, st.v.at)
	if err != nil {
		return err
	}
	st.seq = head.Seq
	var missed []event.Fact
	if last >= 0 && last <= head.Seq && head.Seq-last <= streamReplay {
		if missed, err = st.s.c.Store.After(ctx, last, streamReplay); err != nil {
			return err
		}
		st.seq = last
	}
	for _, c := range st.v.live.Calls() {
		if st.sees(policy.CallSee, policy.Call(c)) {
			st.shown[c.ID] = true
		}
	}
	// A browser that was away too long, or comes for the first time, fetches everything: hello tells it so.
	if err := st.send("hello", 0, map[string]any{"seq": head.Seq, "fresh": missed == nil && last != head.Seq}); err != nil {
		return err
	}
	st.look() // whoever lost a right before these facts came to be has lost it here as well
	for _, f := range missed {
		if err := st.fact(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// next waits for one thing to happen and passes it on.
func (st *stream) next(ctx context.Context, sub *bus.Subscription, tick <-chan time.Time) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-st.over:
		return errGone
	case <-tick:
		if err := st.stay(); err != nil {
			return err
		}
		return st.write([]byte(": here\n\n"))
	case <-st.clock.C:
		return st.expired()
	case m := <-st.moves:
		st.look()
		if m.config != nil {
			return st.config(m.config[0], m.config[1])
		}
		return st.moved(m.live)
	case f, ok := <-sub.Facts():
		if !ok {
			return errGone // fell behind; the browser comes again with the id it knows
		}
		st.look()
		return st.fact(ctx, f)
	}
}

// errGone ends a stream that somebody has to open again.
var errGone = fmt.Errorf("event stream: over")

// look takes the configuration, the presence and the moment of now: every decision is about the moment of delivery.
func (st *stream) look() {
	st.v.at = st.s.c.Now().UTC()
	st.v.s, st.v.live = st.s.c.Directory.View()
}

// stay ends the stream when nobody is signed in behind it any more.
func (st *stream) stay() error {
	st.look()
	who, err := st.s.c.Auth.Who(st.v.r)
	if err == nil && who.User == st.v.who.User {
		return nil
	}
	_ = st.send("signed_out", 0, struct{}{})
	return errGone
}

func (st *stream) sees(right policy.Right, t policy.Target) bool { return st.v.can(right, t) }

// config looks at what a new configuration means for this viewer: may he stay, which calls does he see now.
func (st *stream) config(old, next *pbx.Snapshot) error {
	st.past[next.Version] = old
	delete(st.past, next.Version-64)
	me := st.v.who.User
	if old.Users[me] != next.Users[me] || st.v.who.Token != "" && next.Tokens[st.v.who.Token] == nil {
		if err := st.stay(); err != nil {
			return err
		}
	}
	for id := range st.shown {
		if c := st.v.live.Call(id); c != nil && !st.sees(policy.CallSee, policy.Call(c)) {
			if err := st.hide(id, nil, 0); err != nil {
				return err
			}
		}
	}
	for id, c := range st.v.live.Calls() {
		if !st.shown[id] {
			if err := st.call(c); err != nil {
				return err
			}
		}
	}
	st.wind(st.v.at)
	return nil
}

// moved passes a change of presence on.
func (st *stream) moved(m directory.Moved) error {
	switch {
	case m.Device != "":
		if d := st.v.s.Devices[m.Device]; d != nil {
			return st.presence(d.User)
		}
		return nil
	case m.Call != nil:
		c := st.v.live.Call(m.Call.ID)
		if c == nil {
			return nil // over already; that it ended comes next
		}
		if err := st.call(c); err != nil {
			return err
		}
		return st.presence(append(c.Users[:len(c.Users):len(c.Users)], m.Call.Users...)...)
	case m.Trunk != "":
		t := st.v.s.Trunks[m.Trunk]
		if t == nil || !st.sees(policy.TrunkEdit, command.TrunkTarget(t.ID, t.Group)) {
			return nil
		}
		return st.send("changed", 0, changedThing{Kind: pbx.KindTrunk, ID: string(t.ID)})
	case m.Queue != nil:
		return st.queueMoved(m.Queue)
	}
	return st.presence(m.Ended.Users...)
}

// call shows a live call, or hides one that may no longer be seen.
func (st *stream) call(c *pbx.LiveCall) error {
	if !st.sees(policy.CallSee, policy.Call(c)) {
		if st.shown[c.ID] {
			return st.hide(c.ID, nil, 0)
		}
		return nil
	}
	st.shown[c.ID] = true
	shown := []LiveCall{st.s.showLive(st.v, c)}
	if err := tellVisitors(st.v.r.Context(), st.s, shown, wroteLive); err != nil {
		return err
	}
	return st.send("call", 0, shown[0])
}

// ended is that a live call is gone for the viewer, with its record when he may read it.
type ended struct {
	ID  pbx.CallID `json:"id"`
	CDR *Call      `json:"cdr,omitempty"`
}

func (st *stream) hide(id pbx.CallID, cdr *Call, seq int64) error {
	delete(st.shown, id)
	return st.send("call.ended", seq, ended{id, cdr})
}

// present is what others see of a person at this moment.
type present struct {
	User     pbx.UserID   `json:"user"`
	Presence string       `json:"presence,omitempty"`
	Status   *UserStatus  `json:"status,omitempty"`
	Devices  *UserDevices `json:"devices,omitempty"`
}

func (st *stream) presence(users ...pbx.UserID) error {
	done := map[pbx.UserID]bool{}
	for _, u := range users {
		if done[u] || st.v.s.Users[u] == nil {
			continue
		}
		done[u] = true
		may := policy.Fields(st.v.s, st.v.who, u, st.v.at)
		p := present{User: u}
		if may.Has(policy.FieldStatus) {
			p.Presence = st.v.presence(u, may.Has(policy.FieldTalking))
			status := st.v.status(u)
			p.Status = &status
		}
		if may.Has(policy.FieldSetup) {
			p.Devices = &UserDevices{len(st.v.s.DevicesOf(u)), st.v.online(u)}
		}
		if p.Presence == "" && p.Devices == nil {
			continue
		}
		if err := st.send("presence", 0, p); err != nil {
			return err
		}
	}
	return nil
}

// turn sets the clock to the moment at which the next status ends by itself: of anybody, or not later than those of the
// people who changed. One that ends later than before makes the clock fire in vain, once.
func (st *stream) turn(changed ...pbx.UserID) {
	at := st.s.c.Now().UTC()
	if st.since.IsZero() {
		st.since = at
	}
	if len(changed) == 0 {
		st.end = at.Add(time.Hour)
		changed = slices.Collect(maps.Keys(st.v.s.Users))
	}
	for _, id := range changed {
		if until := st.v.s.StatusOf(id, at).Until; !until.IsZero() && until.Before(st.end) {
			st.end = until
		}
	}
	st.wind(at)
}

// wind sets the clock to the next moment at which something changes by itself: a status, or what the viewer may do.
func (st *stream) wind(at time.Time) {
	end := st.end
	if st.rights = policy.NextTurn(st.v.s, st.v.who.User, at); !st.rights.IsZero() && st.rights.Before(end) {
		end = st.rights
	}
	st.clock.Reset(max(end.Sub(at), 0))
}

// expired tells of those whose status has changed by the clock since it was told last.
func (st *stream) expired() error {
	st.look()
	var moved []pbx.UserID
	over := func(end time.Time) bool { return end.After(st.since) && !end.After(st.v.at) }
	for id := range st.v.s.Users {
		c := st.v.s.Choices[id]
		if over(st.v.s.StatusOf(id, st.since).Until) || c != nil && over(c.Until) {
			moved = append(moved, id)
		}
	}
	turned := !st.rights.IsZero() && !st.rights.After(st.v.at)
	st.since = st.v.at
	st.turn()
	if turned {
		if err := st.stay(); err != nil {
			return err
		}
		if err := st.send("changed", 0, changedThing{Kind: pbx.KindUser, ID: string(st.v.who.User), Mine: true}); err != nil {
			return err
		}
	}
	return st.presence(moved...)
}

// fact passes a stored fact on: the end of a call, or that something is to be fetched again. Whatever the viewer may not see
// leaves nothing but a higher id on the next event.
func (st *stream) fact(ctx context.Context, f event.Fact) error {
	if f.Seq > 0 && f.Seq <= st.seq {
		return nil // sent again on return already
	}
	st.seq = max(st.seq, f.Seq)
	switch {
	case f.Kind == event.NoticeMoved:
		if n, err := event.Payload[event.Noticed](f); err == nil && n.User == st.v.who.User {
			return st.send("changed", 0, changedThing{Kind: f.Object.Kind, ID: f.Object.ID, Mine: true})
		}
	case f.Kind == event.CallEnded:
		return st.record(ctx, f)
	case f.Kind.IsTurn() && f.Object.ID == string(st.v.who.User):
		return st.stay()
	case f.Kind == event.LoginSessionsEnded || f.Kind == event.LoginPasswordSet:
		if f.Object.ID == string(st.v.who.User) {
			return st.stay()
		}
	case f.Object.Kind == pbx.KindRecording && f.Kind != event.RecordingPlayed && f.Kind != event.RecordingDownloaded:
		if r, ok := recordingOf(f); ok && st.sees(policy.RecordingList, recordingTarget(&r)) {
			return st.send("changed", f.Seq, changedThing{Kind: f.Object.Kind, ID: f.Object.ID})
		}
	case f.Object.Kind == pbx.KindMessage && f.Kind != event.MessagePlayed:
		user, group := about(f)
		if m := (pbx.Message{User: user, Group: group}); st.sees(policy.VoicemailPlay, box(&m)) {
			return st.send("changed", f.Seq, changedThing{Kind: f.Object.Kind, ID: f.Object.ID, Mine: user != "" && user == st.v.who.User})
		}
	case f.Kind.IsConfiguration():
		if f.Object.Kind == pbx.KindStatus || f.Object.Kind == pbx.KindCalendar || f.Object.Kind == pbx.KindForwarding {
			if err := st.presence(pbx.UserID(f.Object.ID)); err != nil {
				return err
			}
			st.turn(pbx.UserID(f.Object.ID))
		}
		if f.Object.Kind == pbx.KindHours || f.Object.Kind == pbx.KindOverride { // whoever inherits them may have another status now
			if err := st.presence(slices.Collect(maps.Keys(st.v.s.Users))...); err != nil {
				return err
			}
			st.turn()
		}
		if what, ok := st.changed(f); ok {
			return st.send("changed", f.Seq, what)
		}
	}
	return nil
}

// record passes the end of a call on.
func (st *stream) record(ctx context.Context, f event.Fact) error {
	id := pbx.CallID(f.Object.ID)
	c, err := st.s.c.Store.Call(ctx, id)
	if err != nil || !st.sees(policy.CallDetail, recordTarget(&c)) {
		if st.shown[id] {
			return st.hide(id, nil, f.Seq)
		}
		return nil
	}
	shown := st.s.showCall(st.v, &c)
	return st.hide(id, &shown, f.Seq)
}

// changedThing is something that the viewer should fetch again.
type changedThing struct {
	Kind pbx.Kind `json:"kind"`
	ID   string   `json:"id"`
	Mine bool     `json:"mine,omitempty" doc:"it is about the viewer himself: his rights may have changed"`
}

// changed says what a change of the configuration is to this viewer. He may be told when he sees the thing now, or saw it
// before it went.
func (st *stream) changed(f event.Fact) (changedThing, bool) {
	user, group := about(f)
	what := changedThing{Kind: f.Object.Kind, ID: f.Object.ID, Mine: user != "" && user == st.v.who.User}
	switch f.Object.Kind {
	case pbx.KindSettings, pbx.KindRole, pbx.KindRing:
		return what, true
	case pbx.KindMailbox:
		user, group = pbx.BoxID(f.Object.ID).Owner()
		what.Mine = user != "" && user == st.v.who.User
		return what, what.Mine || user != "" && st.sees(policy.UserEdit, policy.User(user)) || st.sees(policy.VoicemailPlay, command.BoxTarget(pbx.BoxID(f.Object.ID))) ||
			group != "" && st.sees(policy.RouteEdit, policy.Group(group))
	case pbx.KindRecordRule:
		n := command.RecordRuleNeed(st.v.s, pbx.RecordRuleID(f.Object.ID))
		return what, st.sees(n.Right, n.Target)
	case pbx.KindPrompt:
		return what, st.sees(policy.MenuEdit, command.PromptTarget())
	case pbx.KindDuty:
		user = pbx.UserID(f.Object.ID)
		what.Mine = user == st.v.who.User
		return what, what.Mine || st.sees(policy.AgentData, policy.User(user)) || st.sees(policy.AgentControl, policy.User(user))
	case pbx.KindCalendar:
		what.Mine = pbx.UserID(f.Object.ID) == st.v.who.User
		return what, what.Mine
	case pbx.KindStatus, pbx.KindForwarding:
		user = pbx.UserID(f.Object.ID)
		what.Mine = user == st.v.who.User
		return what, what.Mine || st.sees(policy.PresenceSee, policy.User(user)) || st.sees(policy.ForwardingEdit, policy.User(user))
	case pbx.KindHours, pbx.KindOverride:
		switch {
		case user != "":
			return what, what.Mine || st.sees(policy.PresenceSee, policy.User(user))
		case group != "":
			return what, st.saw(f, policy.GroupSee, policy.Group(group))
		}
		return what, true
	case pbx.KindToken:
		return what, what.Mine
	case pbx.KindAccess:
		return what, what.Mine || st.v.decides(user)
	case pbx.KindReview, pbx.KindVerdict:
		return changedThing{Kind: pbx.KindReview, ID: f.Object.ID}, st.v.reviews()
	case pbx.KindQueue, pbx.KindMenu, pbx.KindPark, pbx.KindRoom:
		return what, true
	case pbx.KindEntrance:
		return what, st.saw(f, policy.GroupSee, policy.Group(pbx.GroupID(f.Object.ID)))
	case pbx.KindTrunk:
		if t := st.v.s.Trunks[pbx.TrunkID(f.Object.ID)]; t != nil {
			return what, st.sees(policy.TrunkEdit, command.TrunkTarget(t.ID, t.Group))
		}
		return what, st.sees(policy.TrunkEdit, command.TrunkTarget("*", ""))
	case pbx.KindDID:
		if d := st.v.s.DIDs[pbx.DIDID(f.Object.ID)]; d != nil {
			return what, st.sees(policy.NumberEdit, command.DIDTarget(d.ID, d.Group)) || st.sees(policy.RouteEdit, command.DIDTarget(d.ID, d.Group))
		}
		return what, st.sees(policy.NumberEdit, command.DIDTarget("*", ""))
	case pbx.KindRegion:
		if r := st.v.s.Regions[pbx.RegionID(f.Object.ID)]; r != nil {
			return what, st.v.seesRegion(r)
		}
		return what, st.sees(policy.GroupEdit, policy.System())
	case pbx.KindOutRoute:
		return what, st.sees(policy.RouteEdit, command.OutRouteTarget())
	case pbx.KindRestriction:
		sees, _ := st.v.seesRestriction(st.v.s.Restrictions[pbx.RestrictionID(f.Object.ID)])
		return what, sees || st.sees(policy.RestrictionEdit, policy.System())
	case pbx.KindBlock:
		return what, st.sees(policy.SettingEdit, policy.System())
	case pbx.KindDeck:
		return what, st.sees(policy.RateEdit, policy.System())
	case pbx.KindBudget:
		if b := st.v.s.Budgets[pbx.BudgetID(f.Object.ID)]; b != nil {
			return what, st.v.seesBudget(b)
		}
		return what, st.sees(policy.BudgetEdit, policy.System())
	case pbx.KindReminder:
		return what, st.sees(policy.ReminderSet, policy.User(user))
	case pbx.KindTalkLink:
		return what, st.v.editsTalk(st.v.s.TalkLinks[pbx.TalkLinkID(f.Object.ID)]) || st.sees(policy.LinkEdit, policy.Link(f.Object.ID, "", "", pbx.Interval{}))
	case pbx.KindGuestRoom:
		return what, st.sees(policy.RoomAssign, policy.User(user))
	case pbx.KindContact:
		c := st.v.s.Contacts[pbx.ContactID(f.Object.ID)]
		what.Mine = c != nil && c.User != "" && c.User == st.v.who.User
		return what, c != nil && st.v.seesContact(c) || c == nil && user == "" && group == ""
	case pbx.KindAlarm:
		a := st.v.s.Alarms[pbx.AlarmID(f.Object.ID)]
		what.Mine = a != nil && a.User == st.v.who.User
		return what, st.v.seesAlarm(a) || st.sees(policy.RestrictionEdit, policy.System())
	case pbx.KindGroup:
		return what, st.saw(f, policy.GroupSee, policy.Group(group))
	case pbx.KindDevice:
		return what, what.Mine || st.saw(f, policy.DeviceEdit, policy.User(user))
	case pbx.KindUser:
	default: // memberships and roles are shown with the person
		what.Kind, what.ID = pbx.KindUser, string(user)
	}
	return what, what.Mine || st.saw(f, policy.UserSee, policy.User(user))
}

// saw reports whether the viewer may see a thing now, or might before the change.
func (st *stream) saw(f event.Fact, right policy.Right, t policy.Target) bool {
	if st.sees(right, t) {
		return true
	}
	old := st.past[f.Revision]
	return old != nil && policy.Decide(old, policy.Request{Actor: st.v.who, Right: right, Target: t, At: st.v.at}).OK
}

// send writes one event. Only stored facts have an id, so that a browser comes back to a place in the log.
func (st *stream) send(name string, seq int64, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	var b []byte
	if seq > 0 {
		b = fmt.Appendf(b, "id: %d\n", seq)
	}
	return st.write(fmt.Appendf(b, "event: %s\ndata: %s\n\n", name, body))
}

func (st *stream) write(b []byte) error {
	c := http.NewResponseController(st.w)
	_ = c.SetWriteDeadline(time.Now().Add(streamWrite)) // not every writer has one; then the server's own holds
	if _, err := st.w.Write(b); err != nil {
		return err
	}
	return c.Flush()
}
