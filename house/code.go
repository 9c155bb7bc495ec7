package house

import (
	"context"
	"errors"
	"time"

	"tandem/call"
	"tandem/command"
	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
	"tandem/switchboard"
)

// carry does what a feature code says, in the name of the phone's user and with no more rights than the phone has, and tells what came of it in
// clips (FC-01). Every change is a command like any other: the right is asked, and the log tells who did it from which phone.
func (h *House) carry(ctx context.Context, who pbx.Actor, action pbx.CodeAction, argument string) call.Carried {
	k := &keypad{h: h, who: who, at: h.Config.Now()}
	switch action {
	case pbx.CodeForwardAll, pbx.CodeForwardAllOff:
		return k.forward(ctx, pbx.WhenAlways, action == pbx.CodeForwardAll, argument)
	case pbx.CodeForwardBusy, pbx.CodeForwardBusyOff:
		return k.forward(ctx, pbx.WhenBusy, action == pbx.CodeForwardBusy, argument)
	case pbx.CodeForwardNone, pbx.CodeForwardNoneOff:
		return k.forward(ctx, pbx.WhenNoAnswer, action == pbx.CodeForwardNone, argument)
	case pbx.CodeDND:
		return k.status(ctx, pbx.StatusDND)
	case pbx.CodeDNDOff, pbx.CodeAvailable:
		return k.status(ctx, pbx.StatusAvailable)
	case pbx.CodeAway:
		return k.status(ctx, pbx.StatusAway)
	case pbx.CodeAvailable2:
		return k.status(ctx, pbx.StatusAvailable2)
	case pbx.CodeAway2:
		return k.status(ctx, pbx.StatusAway2)
	case pbx.CodeStatusAuto:
		return k.status(ctx, "")
	case pbx.CodeHoursOpen:
		return k.hours(ctx, pbx.StateOpen)
	case pbx.CodeHoursClosed:
		return k.hours(ctx, pbx.StateClosed)
	case pbx.CodeHoursAuto:
		return k.hours(ctx, pbx.StateNone)
	case pbx.CodeAgentIn, pbx.CodeAgentOut:
		return k.agent(ctx, action == pbx.CodeAgentIn)
	case pbx.CodePause:
		return k.rest(ctx, pbx.Pauses()[0], "say.queue.pause")
	case pbx.CodeResume:
		return k.rest(ctx, "", "say.queue.resume")
	case pbx.CodeWake:
		return k.wake(ctx, argument)
	case pbx.CodeWakeOff:
		return k.wakeOff(ctx)
	case pbx.CodeHousekeeping:
		return k.housekeeping(ctx, argument)
	case pbx.CodeRoomCalls:
		return k.roomCalls(ctx, argument)
	case switchboard.CodeReminder:
		return k.reminded(ctx, pbx.ReminderID(argument))
	case switchboard.CodeSnooze:
		return k.snoozed(ctx, pbx.ReminderID(argument))
	case pbx.CodeEcho:
		return call.Carried{Clips: words("say.test.echo"), Echo: true}
	case pbx.CodeSayExtension:
		return k.extension()
	case pbx.CodeLastCaller:
		return k.lastCaller(ctx)
	case pbx.CodeRedial:
		return k.redial(ctx)
	}
	return call.Carried{Clips: words("say.feature.unknown")}
}

// keypad is one code being carried out.
type keypad struct {
	h   *House
	who pbx.Actor
	at  time.Time
}

func words(keys ...string) []call.Clip {
	list := make([]call.Clip, 0, len(keys))
	for _, k := range keys {
		list = append(list, call.Words(k))
	}
	return list
}

// speech writes numbers in the language of the caller.
func (k *keypad) speech() i18n.Say { return i18n.Say(k.h.snapshot().LanguageOf(k.who.User, k.at)) }

// do carries a command out; the clips say why not.
func (k *keypad) do(ctx context.Context, c command.Command) []call.Clip {
	_, err := k.h.Desk.Do(ctx, k.who, c)
	refused, expected := errors.AsType[*pbx.Error](err)
	switch {
	case err == nil:
		return nil
	case expected && (refused.Code == pbx.Denied || refused.Code == pbx.NotFound):
		return words("say.feature.refused")
	case expected && refused.Text.Key == "destination.number_bad":
		return words("say.refused.number")
	case !expected:
		k.h.log.Error("a feature code could not be carried out", "user", k.who.User, "error", err)
	}
	return words("say.feature.failed")
}

func (k *keypad) forward(ctx context.Context, w pbx.When, on bool, number string) call.Carried {
	if !on {
		number = ""
	} else if number == "" {
		return call.Carried{Clips: words("say.refused.number")}
	}
	if refused := k.do(ctx, command.ForwardCalls{User: k.who.User, When: w, Number: number}); refused != nil {
		return call.Carried{Clips: refused}
	}
	if !on {
		return call.Carried{Clips: words("say.feature.forwarding", "say.feature.off")}
	}
	return call.Carried{Clips: append(words("say.feature.forwarding", "say.feature.on", "say.feature.to"), words(k.speech().Phone(number)...)...)}
}

// status chooses one of the five statuses, or lets it follow the hours, and says which it is now.
func (k *keypad) status(ctx context.Context, to pbx.Status) call.Carried {
	if refused := k.do(ctx, command.SetStatus{User: k.who.User, Status: to}); refused != nil {
		return call.Carried{Clips: refused}
	}
	said := map[pbx.Status]string{pbx.StatusAvailable: "available", pbx.StatusAway: "away", pbx.StatusDND: "dnd",
		pbx.StatusAvailable2: "custom_available", pbx.StatusAway2: "custom_away"}
	now := k.h.snapshot().StatusOf(k.who.User, k.at).Status
	return call.Carried{Clips: words("say.status.set", "say.status."+said[now])}
}

// hours holds the hours of the person's main group by hand, or lets them count again.
func (k *keypad) hours(ctx context.Context, state pbx.State) call.Carried {
	m := k.h.snapshot().MainMembership(k.who.User, k.at)
	if m == nil {
		return call.Carried{Clips: words("say.feature.refused")}
	}
	var c command.Command = command.OverrideHours{Keeper: pbx.HoursID(m.Group), State: state}
	if state == pbx.StateNone {
		c = command.EndOverride{Keeper: pbx.HoursID(m.Group)}
	}
	if refused := k.do(ctx, c); refused != nil {
		return call.Carried{Clips: refused}
	}
	return call.Carried{Clips: words("say.feature.done")}
}

// agent logs the person in to all queues he serves, or out of them (D-016).
func (k *keypad) agent(ctx context.Context, in bool) call.Carried {
	c := command.SetDuty{User: k.who.User}
	for _, q := range k.h.snapshot().QueuesOf(k.who.User) {
		if in {
			c.In = append(c.In, q.ID)
		} else {
			c.Out = append(c.Out, q.ID)
		}
	}
	if len(c.In)+len(c.Out) == 0 {
		return call.Carried{Clips: words("say.feature.refused")}
	}
	if refused := k.do(ctx, c); refused != nil {
		return call.Carried{Clips: refused}
	}
	if in {
		return call.Carried{Clips: words("say.queue.login")}
	}
	return call.Carried{Clips: words("say.queue.logout")}
}

// rest begins a break from the queues, or ends it.
func (k *keypad) rest(ctx context.Context, why, said string) call.Carried {
	if len(k.h.snapshot().QueuesOf(k.who.User)) == 0 {
		return call.Carried{Clips: words("say.feature.refused")}
	}
	if refused := k.do(ctx, command.SetDuty{User: k.who.User, Pause: &why}); refused != nil {
		return call.Carried{Clips: refused}
	}
	return call.Carried{Clips: words(said)}
}

func (k *keypad) extension() call.Carried {
	u := k.h.snapshot().Users[k.who.User]
	if u == nil || u.Extension == "" {
		return call.Carried{Clips: words("say.feature.failed")}
	}
	return call.Carried{Clips: append(words("say.greeting.extension"), words(k.speech().Digits(u.Extension)...)...)}
}

// latest finds the newest call of the person that is meant.
func (k *keypad) latest(ctx context.Context, meant func(*report.CDR) bool) (report.CDR, bool) {
	page, err := k.h.Store.Calls(ctx, store.CallQuery{Sight: store.Scope{Users: []pbx.UserID{k.who.User}}, User: k.who.User, From: k.h.snapshot().OwnSince(k.who.User), Keep: meant, Limit: 1})
	if err != nil {
		k.h.log.Error("the call log could not be read for a feature code", "user", k.who.User, "error", err)
	}
	if err != nil || len(page.Items) == 0 {
		return report.CDR{}, false
	}
	return page.Items[0], true
}

// lastCaller says who called last, and calls back when 1 is pressed.
func (k *keypad) lastCaller(ctx context.Context) call.Carried {
	c, ok := k.latest(ctx, func(c *report.CDR) bool { return c.From.User != k.who.User })
	if !ok {
		return call.Carried{Clips: words("say.feature.no_call")}
	}
	to, number := k.back(c.From)
	said := words("say.unknown_number")
	if number != "" {
		said = words(k.speech().Phone(number)...)
	}
	done := call.Carried{Clips: append(words("say.feature.last_caller"), said...), To: to, Ask: !to.IsZero()}
	if done.Ask {
		done.Clips = append(done.Clips, words("say.for.return_call", "say.press.1")...)
	}
	return done
}

// redial calls what the person dialled last; a code is not dialled again, nor an emergency number.
func (k *keypad) redial(ctx context.Context) call.Carried {
	c, ok := k.latest(ctx, func(c *report.CDR) bool {
		class := k.h.snapshot().PlaceOf(k.who.User, k.who.Device, c.Started).Read(c.Dialled).Class
		return c.From.User == k.who.User && c.Dialled != "" && class != number.Feature && class != number.Emergency
	})
	if !ok {
		return call.Carried{Clips: words("say.feature.no_call")}
	}
	to, ok := k.h.snapshot().Reached(c.Dialled)
	if !ok {
		to = pbx.Destination{Kind: pbx.ToOutside, Number: c.Dialled}
	}
	return call.Carried{Clips: words("say.one_moment"), To: to}
}

// back is the way to somebody who called, and his number.
func (k *keypad) back(p pbx.Party) (pbx.Destination, string) {
	if p.User != "" {
		u := k.h.snapshot().Users[p.User]
		if u == nil || u.Extension == "" {
			return pbx.Destination{}, p.Number
		}
		return pbx.Destination{Kind: pbx.ToUser, ID: string(u.ID)}, u.Extension
	}
	if p.Number == "" {
		return pbx.Destination{}, ""
	}
	return pbx.Destination{Kind: pbx.ToOutside, Number: p.Number}, p.Number
}
