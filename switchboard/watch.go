package switchboard

import (
	"context"
	"slices"
	"strings"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
)

// overheard is a call that others take part in: its two sides hear each other by a mixer then, and whom else says call.Hears.
type overheard struct {
	mix    Mixer
	by     []*watcher
	inside []Stream
}

// watcher is somebody who takes part in a call of others. The call that he watches owns it.
type watcher struct {
	from   *run // the call by which he does
	who    pbx.Actor
	party  pbx.Party
	stream Stream
	about  pbx.UserID
	mode   pbx.Watch
	since  time.Time
	in     bool
	turn   *time.Timer // when something that gives or takes his right begins or ends by the clock
}

// watchOrder is what somebody wants of a call that he watches, or wants to.
type watchOrder struct {
	by    *watcher  // who; with open a new one
	open  bool      // he wants to take part
	mode  pbx.Watch // … or to do it in this way
	leave bool      // he has gone
	ask   bool      // whether he still may has to be asked
}

// watchRight is the right to each way of taking part.
func watchRight(w pbx.Watch) policy.Right {
	switch w {
	case pbx.WatchListen:
		return policy.CallListen
	case pbx.WatchWhisper, pbx.WatchWhisperOther:
		return policy.CallWhisper
	case pbx.WatchBarge:
		return policy.CallBarge
	}
	return policy.CallSteal
}

// mayWatch asks whether somebody may take part in a call in a way. Nobody watches himself.
func mayWatch(s *pbx.Snapshot, who pbx.Actor, lc *pbx.LiveCall, w pbx.Watch, at time.Time) policy.Decision {
	return policy.Decide(s, policy.Request{Actor: who, Right: watchRight(w), Target: policy.Call(lc), At: at})
}

// Watch lets somebody take part in a live call of others, or do it in another way: his own phones ring, and answer by themselves where they can.
func (b *Board) Watch(_ context.Context, who pbx.Actor, id pbx.CallID, about pbx.UserID, mode pbx.Watch) error {
	// gather
	s, live := b.c.View()
	now := time.Now()
	lc := live.Call(id)
	r, ok := b.calls.Load(id)
	missing := pbx.Refuse(pbx.NotFound, "", "call.not_found")
	if lc == nil || !ok {
		return missing
	}

	// decide
	if !slices.Contains(pbx.Watches(), mode) {
		return pbx.Refuse(pbx.Invalid, "mode", "watch.mode_unknown", "value", string(mode))
	}
	d := mayWatch(s, who, lc, mode, now)
	if !d.OK {
		if d.Hidden {
			return missing
		}
		return &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: watchRight(mode).String(), About: policy.Call(lc).Ref()}
	}
	about, err := subject(lc, who.User, about)
	if err != nil {
		return err
	}
	if err := watchable(lc, who.User); err != nil {
		return err
	}
	b.used(who, watchRight(mode), d, now)

	// perform
	if lc.Watcher(who.User) != nil {
		if w := b.watching(r.(*run), who.User); w != nil {
			w.from.post(&message{input: call.TurnWatch{Mode: mode}})
			return nil
		}
	}
	u := s.Users[who.User]
	if u == nil {
		return missing
	}
	attempt := ringing(s, live, u, "", now)
	if len(attempt.Targets) == 0 {
		return pbx.Refuse(pbx.Unavailable, "", "dictate.no_phone")
	}
	me := attempt.Targets[0].Party
	plan := route.Plan{From: me, To: me, Attempts: []route.Attempt{attempt}, Trace: []i18n.Text{i18n.T("route.watch_asked", "name", u.Name, "user", string(u.ID))}}
	to := pbx.Destination{Kind: pbx.ToWatch, ID: string(mode), Number: string(id) + "/" + string(about)}
	_, err = b.summon(s, who, route.Request{Caller: who, At: now}, plan, to, &summons{answer: true})
	return err
}

// Unwatch ends that somebody takes part in a call of others.
func (b *Board) Unwatch(who pbx.Actor, id pbx.CallID) error {
	r, ok := b.calls.Load(id)
	if ok {
		if w := b.watching(r.(*run), who.User); w != nil {
			w.from.post(&message{stop: &call.Stop{Cause: pbx.CauseHangup, By: w.party}, actor: who})
			return nil
		}
	}
	return pbx.Refuse(pbx.NotFound, "", "call.not_found")
}

// watching finds how somebody takes part in a call.
func (b *Board) watching(r *run, u pbx.UserID) (found *watcher) {
	b.watches.Range(func(w, target any) bool {
		if x := w.(*watcher); target == r && x.who.User == u && u != "" {
			found = x
		}
		return found == nil
	})
	return found
}

// subject is whom it is about when somebody takes part in a call: the one that was named, or the colleague in it; of two whom was called.
func subject(lc *pbx.LiveCall, by, named pbx.UserID) (pbx.UserID, error) {
	inside := slices.DeleteFunc([]pbx.UserID{lc.To.User, lc.From.User}, func(u pbx.UserID) bool { return u == "" || u == by })
	switch {
	case len(inside) == 0:
		return "", pbx.Refuse(pbx.Conflict, "", "watch.not_talking")
	case named == "":
		return inside[0], nil
	case !slices.Contains(inside, named):
		return "", pbx.Refuse(pbx.Invalid, "user", "call.whose_side")
	}
	return named, nil
}

// watchable refuses what nobody can take part in: a call that is no conversation, and one's own.
func watchable(lc *pbx.LiveCall, by pbx.UserID) error {
	switch {
	case by == "" || lc.From.User == by || lc.To.User == by:
		return pbx.Refuse(pbx.Conflict, "", "watch.own")
	case lc.House || lc.Phase != pbx.PhaseTalking && lc.Phase != pbx.PhaseHeld:
		return pbx.Refuse(pbx.Conflict, "", "watch.not_talking")
	}
	return nil
}

// openWatch takes the caller to a call of others, or turns how he takes part in it. The call itself answers.
func (r *run) openWatch(e call.OpenWatch) call.Input {
	if r.watches != nil {
		r.target.post(&message{watch: &watchOrder{by: r.watches, mode: e.Mode}})
		return nil
	}
	// gather
	s, live := r.b.c.View()
	who := r.in.Actor
	if r.summons != nil {
		who = r.summons.who
	}
	lc, about := sought(s, live, e.Number)
	no := call.Watching{Clips: []call.Clip{call.Words("say.feature.refused")}}
	if lc == nil {
		return no
	}
	target, ok := r.b.calls.Load(lc.ID)
	about, err := subject(lc, who.User, about)

	// decide
	if d := mayWatch(s, who, lc, e.Mode, r.now); !ok || err != nil || !d.OK || watchable(lc, who.User) != nil {
		return no
	}

	// perform
	r.watches = &watcher{from: r, who: who, party: r.sides[0].record.Party, stream: r.sides[0].stream, about: about, mode: e.Mode, since: r.now}
	r.target = target.(*run)
	r.b.watches.Store(r.watches, r.target)
	r.target.post(&message{watch: &watchOrder{by: r.watches, open: true, mode: e.Mode}})
	return nil
}

// sought is the conversation that somebody wants to take part in: of the person with an extension, or one that is named with whom it is about.
func sought(s *pbx.Snapshot, live *pbx.Presence, number string) (*pbx.LiveCall, pbx.UserID) {
	if id, about, named := strings.Cut(number, "/"); named {
		return live.Call(pbx.CallID(id)), pbx.UserID(about)
	}
	to, _ := s.Reached(number)
	if to.Kind != pbx.ToUser {
		return nil, ""
	}
	for _, id := range live.CallsOf(pbx.UserID(to.ID)) {
		if c := live.Call(id); c != nil && watchable(c, "?") == nil && (c.From.User == pbx.UserID(to.ID) || c.To.User == pbx.UserID(to.ID)) {
			return c, pbx.UserID(to.ID)
		}
	}
	return nil, ""
}

// leaveWatch tells the call that the caller watched that he has gone.
func (r *run) leaveWatch() {
	if r.watches == nil {
		return
	}
	if _, on := r.state.Watches(); on {
		return
	}
	r.outOfWatch()
}

// outOfWatch is the end of it.
func (r *run) outOfWatch() {
	if r.watches == nil {
		return
	}
	r.b.watches.Delete(r.watches)
	r.target.post(&message{watch: &watchOrder{by: r.watches, leave: true}})
	r.watches, r.target = nil, nil
}

// watched carries out what a watcher wants of this call.
func (r *run) watched(o *watchOrder) {
	w := o.by
	answer := func(in call.Input) { w.from.post(&message{input: in}) }
	refuse := func(key string) { answer(call.Watching{Clips: []call.Clip{call.Words(key)}}) }
	at := -1
	if r.over != nil {
		at = slices.Index(r.over.by, w)
	}
	if o.leave {
		if at >= 0 {
			r.unwatch(at, "", i18n.Text{})
			r.overhear()
		}
		return
	}
	config, _ := r.b.c.View()
	lc := r.shown()
	mode := o.mode
	if o.ask {
		mode = w.mode
	}
	d := mayWatch(config, w.who, &lc, mode, r.now)
	switch {
	case o.ask:
		if !d.OK && at >= 0 {
			r.unwatch(at, pbx.CauseDenied, d.Reason())
			r.overhear()
		} else if at >= 0 {
			r.askAgain(config, w)
		}
	case !d.OK:
		refuse("say.feature.refused")
	case mode == pbx.WatchSteal:
		if i := r.sideOf(w.about); i >= 0 && r.state.CanBeWatched() {
			answer(call.Watching{OK: true, Mode: mode, Into: r.sides[i].wire})
			return
		}
		refuse("say.feature.failed")
	case o.open:
		if r.sideOf(w.about) < 0 || !r.state.IsTalk() || w.stream == nil {
			refuse("say.feature.failed")
			return
		}
		if r.over == nil {
			r.over = &overheard{mix: r.b.c.Sound.Room()}
		}
		r.over.by = append(r.over.by, w)
		r.askAgain(config, w)
		r.overhear()
	case at >= 0:
		r.b.used(w.who, watchRight(mode), d, r.now)
		w.mode = mode
		r.watchFact(event.WatchTurned, w)
		answer(call.Watching{OK: true, Mode: mode})
		r.overhear()
		r.showWatches()
	}
}

// askAgain lets the question of a watcher's right be asked when something about it changes by the clock; changes of the configuration ask by themselves.
func (r *run) askAgain(s *pbx.Snapshot, w *watcher) {
	if w.turn != nil {
		w.turn.Stop()
		w.turn = nil
	}
	if next := policy.NextTurn(s, w.who.User, r.now); !next.IsZero() {
		w.turn = time.AfterFunc(next.Sub(r.now)+time.Millisecond, func() { r.post(&message{watch: &watchOrder{by: w, ask: true}}) })
	}
}

// askWatchers asks whether all who take part in calls of others still may.
func (b *Board) askWatchers() {
	b.watches.Range(func(w, target any) bool {
		target.(*run).post(&message{watch: &watchOrder{by: w.(*watcher), ask: true}})
		return true
	})
}

// sideOf is the index of the side of somebody in the conversation; -1 when he is not in it.
func (r *run) sideOf(u pbx.UserID) int {
	for _, i := range []int{0, r.state.Callee} {
		if (i > 0 || r.state.Callee > 0) && r.sides[i].record.Party.User == u {
			return i
		}
	}
	return -1
}

// hasLeft reports whether somebody talks no more in the call: another one does, or the house has who remained – parked, in a menu, at a mailbox. Who sends
// the other side on has not left before somebody answers.
func (r *run) hasLeft(u pbx.UserID) bool {
	if r.state.IsHoused() {
		return r.sides[0].record.Party.User != u
	}
	return r.state.IsTalk() && r.sideOf(u) < 0
}

// unwatch lets a watcher go; with a cause he is told.
func (r *run) unwatch(at int, cause pbx.Cause, text i18n.Text) {
	w := r.over.by[at]
	r.over.by = slices.Delete(r.over.by, at, at+1)
	if w.turn != nil {
		w.turn.Stop()
	}
	if w.stream != nil {
		r.over.mix.Leave(w.stream)
	}
	if w.in {
		r.watchFact(event.WatchEnded, w)
	}
	if cause != "" {
		if text.Key == "" {
			text = i18n.T("cause." + string(cause))
		}
		w.from.post(&message{input: call.Unwatched{Cause: cause, Text: text}})
	}
	r.showWatches()
}

// unwatchAll lets all go, because the call ends.
func (r *run) unwatchAll() {
	for r.over != nil && len(r.over.by) > 0 {
		r.unwatch(0, pbx.CauseGone, i18n.Text{})
	}
	r.over = nil
	r.live.Watches = nil
}

// overhear brings the sound in line with who takes part: while two people talk and somebody does, a mixer joins them; otherwise they are joined as ever.
func (r *run) overhear() {
	o := r.over
	if o == nil {
		return
	}
	if r.state.Phase >= call.Closing {
		r.unwatchAll()
		return
	}
	for i := len(o.by) - 1; i >= 0; i-- {
		if r.hasLeft(o.by[i].about) {
			r.unwatch(i, pbx.CauseGone, i18n.Text{})
		}
	}
	a := r.sides[0]
	talks := r.state.IsTalk() && a.stream != nil && r.sides[r.state.Callee].stream != nil
	if len(o.by) == 0 || !talks {
		for _, s := range o.inside {
			o.mix.Leave(s)
		}
		o.inside = nil
		if len(o.by) == 0 {
			r.over = nil
			if talks {
				r.bridge(a, r.sides[r.state.Callee])
			}
		}
		return
	}
	b := r.sides[r.state.Callee]
	if !r.state.CanBeWatched() {
		return // until they have agreed
	}
	r.mixWatched(a, b)
}

// mixWatched lets everybody hear whom he is to hear.
func (r *run) mixWatched(a, b *side) {
	o := r.over
	for _, s := range o.inside {
		if s != a.stream && s != b.stream {
			o.mix.Leave(s)
		}
	}
	o.inside = []Stream{a.stream, b.stream}
	for _, s := range o.inside {
		if err := o.mix.Enter(s); err != nil {
			r.log().Warn("a leg cannot be mixed", "error", err)
		}
	}
	config, _ := r.b.c.View()
	for _, w := range o.by {
		if err := o.mix.Enter(w.stream); err != nil {
			r.log().Warn("a watcher cannot be mixed", "error", err)
		}
		about, other := a, b
		if b.record.Party.User == w.about && a.record.Party.User != w.about {
			about, other = b, a
		}
		o.mix.Part(about.stream, w.stream, !call.Hears(w.mode, call.Subject, call.Watcher))
		o.mix.Part(other.stream, w.stream, !call.Hears(w.mode, call.Other, call.Watcher))
		for _, x := range o.by {
			if x != w {
				o.mix.Part(x.stream, w.stream, !(w.mode == pbx.WatchBarge && x.mode == pbx.WatchBarge))
			}
		}
		if !w.in {
			w.in = true
			w.since = r.now
			r.watchFact(event.WatchBegun, w)
			if config.Tenant.TellsListened() {
				o.mix.Announce(media.Beep().Sounds)
			}
			w.from.post(&message{input: call.Watching{OK: true, Mode: w.mode}})
			r.showWatches()
		}
	}
}

// showWatches brings the live views up to date.
func (r *run) showWatches() {
	r.live.Watches = nil
	if r.over != nil {
		for _, w := range r.over.by {
			if w.in {
				r.live.Watches = append(r.live.Watches, pbx.LiveWatch{By: w.party, About: w.about, Mode: w.mode, Since: w.since})
			}
		}
	}
	r.show()
}

// watchFact writes that somebody begins, changes or ends taking part.
func (r *run) watchFact(k event.Kind, w *watcher) {
	p := event.Watched{Call: r.id, Mode: w.mode, By: w.party, User: w.about}
	if u := w.who.User; u != "" {
		p.By.User = u
	}
	if k == event.WatchEnded {
		p.Seconds = int(r.now.Sub(w.since).Round(time.Second) / time.Second)
		r.draft.Watched(p)
	}
	f := event.New(k, r.now, w.who, pbx.Ref{Kind: pbx.KindUser, ID: string(w.about)}, p)
	f.Revision = r.revision
	r.facts = append(r.facts, f)
	if !r.ended {
		r.flush(nil)
	}
}

// settles lets a watcher go who is one of the two from here on.
func (r *run) settles(from *run) {
	if r.over == nil {
		return
	}
	if at := slices.IndexFunc(r.over.by, func(w *watcher) bool { return w.from == from }); at >= 0 {
		r.unwatch(at, "", i18n.Text{})
	}
}
