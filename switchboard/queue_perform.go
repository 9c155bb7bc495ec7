package switchboard

import (
	"context"
	"slices"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/queue"
	"tandem/report"
)

// Alarm is a call of a queue that somebody wants to know about (B-061).
type Alarm struct {
	Queue  *pbx.Queue
	Call   pbx.CallID
	From   pbx.Party
	Kind   pbx.NoticeKind // why: it is important, waits too long, was given up by the caller, or he wants to be called back
	Waited time.Duration
}

// alarm tells people, without holding the queue up.
func (h *hall) alarm(a Alarm) {
	if h.b.c.Queues.Tell == nil || len(a.Queue.Notify) == 0 || !h.b.enterHall() {
		return
	}
	go func() {
		defer h.b.attending.Done()
		h.b.c.Queues.Tell(a)
	}()
}

// to gives a message to a call of the queue.
func (h *hall) to(c pbx.CallID, m *message) {
	if r := h.calling[c]; r != nil {
		r.post(m)
		return
	}
	if r, ok := h.b.calls.Load(c); ok {
		r.(*run).post(m)
	}
}

// perform carries out one effect; agents whom another queue has been faster to ring are the next inputs.
func (h *hall) perform(e queue.Effect) (next []queue.Input) {
	switch e := e.(type) {
	case queue.Ring:
		var agents []pbx.UserID
		for _, u := range e.Agents {
			if !h.b.claims.take(u, h.id) {
				next = append(next, queue.Engaged{Call: e.Call, Agent: u})
				h.duties[u] = queue.Away
				continue
			}
			if !h.claimed[u] {
				h.claimed[u] = true
				h.b.lookBut(h.id, u)
			}
			agents = append(agents, u)
		}
		switch {
		case len(agents) == 0:
		case e.Back:
			next = append(next, h.callBack(e.Call, agents)...)
		default:
			h.to(e.Call, &message{seek: agents})
		}
	case queue.Stop:
		h.to(e.Call, &message{recall: e.Agents, cause: e.Cause})
	case queue.Announce:
		if i := slices.IndexFunc(h.state.Waiting, func(w queue.Caller) bool { return w.Call == e.Call }); i >= 0 {
			if e.Callback = e.Callback && h.state.Queue.CanCallBack(h.state.Waiting[i].From); e.Callback || e.Position > 0 {
				h.to(e.Call, &message{input: call.Tell{Clips: announcement(e)}})
			}
		}
	case queue.Send:
		h.send(e)
	case queue.Dismiss:
		h.dismiss(e)
	case queue.Note:
		h.kept(e)
		h.tellOf(e)
		if e.Kind == queue.Late && h.config != nil {
			i := slices.IndexFunc(h.state.Waiting, func(w queue.Caller) bool { return w.Call == e.Call })
			if now := time.Now(); i >= 0 && !now.Before(h.alarmed.Add(alarmEvery)) {
				h.alarmed = now
				h.alarm(Alarm{Queue: h.config, Call: e.Call, From: h.state.Waiting[i].From, Kind: policy.NoticeWaiting, Waited: e.Waited})
			}
		}
	case queue.SetTimer:
		h.due = e.At
	}
	return next
}

// tellOf tells people of a caller who hung up before anybody answered, and of one who wants to be called back.
func (h *hall) tellOf(e queue.Note) {
	switch c := h.back[e.Call]; {
	case h.config == nil:
	case e.Kind == queue.Abandoned:
		h.alarm(Alarm{Queue: h.config, Call: e.Call, From: e.From, Kind: policy.NoticeLost, Waited: e.Waited})
	case e.Kind == queue.Held && c != nil:
		h.alarm(Alarm{Queue: h.config, Call: e.Call, From: c.From, Kind: policy.NoticeCallback})
	}
}

// send lets a call go on from the queue, or end with a sentence.
func (h *hall) send(e queue.Send) {
	out := call.Release{To: e.To}
	name := ""
	if h.config != nil {
		name = h.config.Name
	}
	how := event.LeftWaited
	switch e.Why {
	case queue.Full:
		how, out.Cause, out.Clip = event.LeftFull, pbx.CauseBusy, call.Words("say.queue.full")
	case queue.Nobody:
		how, out.Cause, out.Clip = event.LeftNobody, pbx.CauseOffline, call.Words("say.queue.closed")
	default:
		out.Cause, out.Clip = pbx.CauseNoAnswer, call.Words("say.goodbye")
	}
	out.Text = i18n.T("call.queue."+string(how), "name", name)
	h.to(e.Call, &message{input: out, how: how})
}

// dismiss logs an agent out, without holding the queue up.
func (h *hall) dismiss(e queue.Dismiss) {
	if h.b.c.Queues.Dismiss == nil || !h.b.enterHall() {
		return
	}
	h.duties[e.Agent] = queue.Out
	go func() {
		defer h.b.attending.Done()
		ctx, cancel := context.WithTimeout(context.Background(), keepTime)
		defer cancel()
		if err := h.b.c.Queues.Dismiss(ctx, h.id, e.Agent, e.Missed); err != nil {
			h.log().Error("an agent cannot be logged out", "agent", e.Agent, "error", err)
		}
	}()
}

// remember asks for what happened today, so that a restart does not make the day begin anew.
func (h *hall) remember() {
	if h.b.c.Queues.Today == nil && h.b.c.Queues.Places == nil || !h.b.enterHall() {
		return
	}
	s, _ := h.b.c.View()
	now := time.Now().In(officeZone(s))
	since := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	go func() {
		defer h.b.attending.Done()
		ctx, cancel := context.WithTimeout(context.Background(), restoreTime)
		defer cancel()
		var n note
		n.day = &queue.Restore{}
		if today := h.b.c.Queues.Today; today != nil {
			stays, err := today(ctx, h.id, since)
			if err != nil {
				h.log().Error("the figures of today cannot be read", "error", err)
			} else {
				*n.day = restored(stays)
			}
		}
		if places := h.b.c.Queues.Places; places != nil {
			var err error
			if n.places, err = places(ctx, h.id); err != nil {
				h.log().Error("who wants to be called back cannot be read", "error", err)
			}
		}
		h.put(n)
	}()
}

// restored sums up the stays of a day that are over.
func restored(stays []report.Stay) (r queue.Restore) {
	served := map[pbx.UserID]*queue.Served{}
	var order []pbx.UserID
	for i := range stays {
		s := &stays[i]
		switch s.How {
		case event.LeftAnswered:
			r.Day.Answered++
			r.Day.Waited += s.Waited()
			r.Day.Longest = max(r.Day.Longest, s.Waited())
			if !s.Late {
				r.Day.InTime++
			}
			a := served[s.Agent.User]
			if a == nil {
				a = &queue.Served{Agent: s.Agent.User}
				served[s.Agent.User] = a
				order = append(order, s.Agent.User)
			}
			a.Answered++
			a.Talked += s.Talked()
			if s.Served.After(a.Last) {
				a.Last = s.Served
			}
		case event.LeftFull, event.LeftNobody, event.LeftWaited:
			r.Day.Sent++
		case event.LeftCallback: // counted when he is reached
		default:
			r.Day.Abandoned++
		}
	}
	for _, u := range order {
		r.Agents = append(r.Agents, *served[u])
	}
	return r
}

// announcement is what a waiting caller is told.
func announcement(e queue.Announce) []call.Clip {
	var clips []call.Clip
	switch {
	case e.Position == 0:
		clips = append(clips, call.Words("say.queue.busy"))
	case e.Position == 1:
		clips = append(clips, call.Words("say.queue.next"))
	default:
		clips = append(clips, call.Words("say.queue.position"), call.Clip{Number: e.Position}, call.Words("say.queue.in_line"))
	}
	switch {
	case e.Wait <= 0:
	case e.Wait < time.Minute:
		clips = append(clips, call.Words("say.queue.wait"), call.Words("say.queue.wait_short"))
	default:
		clips = append(clips, call.Words("say.queue.wait"), call.Clip{Time: e.Wait.Round(time.Minute)})
	}
	if e.Callback {
		clips = append(clips, call.Words("say.for.callback"), call.Words("say.press.1"))
	}
	return clips
}
