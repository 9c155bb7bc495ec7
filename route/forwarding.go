package route

import (
	"slices"
	"strconv"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// person is a call for somebody: exceptions first, then what the status says, then whether anything can ring. It completes
// the plan or says where the call goes at once (X-048…X-079).
func (q *question) person(p *Plan, u *pbx.User) pbx.Destination {
	p.To = u.Party()
	if q.owner == "" && len(p.Passed) == 1 {
		p.because(about(u, "route.extension_of", "extension", u.Extension))
	} else {
		p.because(about(u, "route.to_person"))
	}
	if u.IsSuspended(q.r.At) {
		p.end(pbx.CauseSuspended, about(u, "route.suspended"))
		return pbx.Destination{}
	}
	if u.ID == q.r.Caller.User {
		q.self(p, u)
		return pbx.Destination{}
	}
	if to, crosses := q.cross(p, u); crosses {
		return to
	}
	stand := q.stand(u.ID)
	profile := q.s.ProfileOf(u.ID, stand.Status)
	rules := Then{Owner: u.ID, NoAnswer: profile.NoAnswer.For(q.outside), Busy: profile.Busy.For(q.outside), Offline: profile.Offline.For(q.outside)}
	always := profile.Always.For(q.outside)

	rings := stand.Status.Rings()
	if stand.Manual || stand.Busy || stand.Hours != pbx.StateNone {
		p.because(status(u, stand))
	}
	switch e := q.except(p, u, &rules); {
	case e == nil:
	case e.To.Kind == pbx.ToUser && e.To.ID == string(u.ID):
		rings = true
	default:
		q.leave(p, pbx.CauseAway, u.ID)
		return e.To
	}
	if !rings {
		return q.onwards(p, u, pbx.CauseAway, about(u, "route.nothing_rings"), always)
	}
	return q.ring(p, u, profile, rules)
}

// stand is the status of a person, or the one that a preview supposes.
func (q *question) stand(u pbx.UserID) pbx.Stand {
	if o := q.r.Suppose; o.Status != "" && o.User == u {
		return pbx.Stand{Status: o.Status, Manual: true}
	}
	return q.s.StatusOf(u, q.r.At)
}

// reach is what a preview supposes about a person's phones.
func (q *question) reach(u pbx.UserID) Reach {
	if q.r.Suppose.User == u {
		return q.r.Suppose.Reach
	}
	return ReachAsIs
}

// status is the sentence about a status that somebody or the hours chose.
func status(u *pbx.User, stand pbx.Stand) i18n.Text {
	if stand.Busy {
		return about(u, "route.calendar."+string(stand.Status))
	}
	if stand.Manual {
		return about(u, "route.status."+string(stand.Status))
	}
	return about(u, "route.hours."+string(stand.Hours))
}

// except looks for the first exception that counts at once and gives it; those for an occasion take the place of the
// status's rule for that occasion, the first of each.
func (q *question) except(p *Plan, u *pbx.User, rules *Then) *pbx.Exception {
	f := q.s.Forwardings[u.ID]
	if f == nil {
		return nil
	}
	var noAnswer, busy, offline bool
	for i := range f.Exceptions {
		e := &f.Exceptions[i]
		if !e.Fits(q.r.Caller.User, p.From.Number, q.outside) || !q.s.Counts(e, u.ID, q.r.At) {
			continue
		}
		text := about(u, "route.exception", "number", strconv.Itoa(i+1))
		switch {
		case e.When == pbx.WhenAlways:
			p.because(text)
			return e
		case e.When == pbx.WhenNoAnswer && !noAnswer:
			noAnswer, rules.NoAnswer = true, e.To
			p.because(text)
		case e.When == pbx.WhenBusy && !busy:
			busy, rules.Busy = true, e.To
			p.because(text)
		case e.When == pbx.WhenOffline && !offline:
			offline, rules.Offline = true, e.To
			p.because(text)
		}
	}
	return nil
}

// onwards sends a call on because of a sentence, or ends it with that sentence where the rule leads nowhere.
func (q *question) onwards(p *Plan, u *pbx.User, cause pbx.Cause, why i18n.Text, to pbx.Destination) pbx.Destination {
	q.leave(p, cause, u.ID)
	if to.IsZero() {
		*p = p.refuse(cause, why)
		return to
	}
	p.because(why)
	if q.s.IsUsual(u.ID, q.stand(u.ID).Status) && to.Equal(pbx.Destination{Kind: pbx.ToMailbox, ID: string(u.ID)}) {
		p.because(about(u, "route.usual_mailbox"))
	} else {
		p.because(about(u, "route.sends_on"))
	}
	return to
}

// ring lets the phones of a person ring, unless none can: he talks and takes no second call, or nothing is registered.
func (q *question) ring(p *Plan, u *pbx.User, profile pbx.Profile, rules Then) pbx.Destination {
	if profile.Single && q.talks(u.ID) {
		return q.onwards(p, u, pbx.CauseBusy, about(u, "route.talking"), rules.Busy)
	}
	targets, devices, all := q.phones(u, profile)
	if len(targets) == 0 {
		why := about(u, "route.offline", "devices", strconv.Itoa(all))
		if all == 0 {
			why = about(u, "route.no_device")
		}
		return q.onwards(p, u, pbx.CauseOffline, why, rules.Offline)
	}
	if devices > 0 {
		p.because(about(u, "route.registered", "devices", strconv.Itoa(devices)))
	}
	if slices.ContainsFunc(targets, Target.IsWoken) {
		p.because(about(u, "route.woken"))
	}
	if profile.Mobile && u.Mobile != "" && q.stays() {
		p.because(i18n.T("route.talk_stays"))
	} else if profile.Mobile && u.Mobile != "" {
		if mobile, ok := q.mobileToo(p, u); ok {
			p.because(about(u, "route.mobile_too"))
			targets = append(targets, mobile)
		}
	}
	p.because(about(u, "route.rings", "seconds", strconv.Itoa(profile.Seconds())))
	p.Attempts = []Attempt{{Targets: targets, Ring: time.Duration(profile.Seconds()) * time.Second}}
	p.Then = rules
	return pbx.Destination{}
}

// mobileToo is the mobile of a person that rings beside his phones, over the first line that can. He pays, and has to accept the call there:
// otherwise the voicemail of his mobile would take it from all his phones. Where it cannot be called the others ring all the same.
func (q *question) mobileToo(p *Plan, u *pbx.User) (Target, bool) {
	before := q.owner
	q.owner = u.ID
	defer func() { q.owner = before }()
	side := Plan{From: p.From}
	q.outwards(&side, pbx.Destination{Kind: pbx.ToMobile, Screen: true})
	if side.Refuse != "" {
		p.because(side.Text)
		return Target{}, false
	}
	p.Payer, p.Most, p.Warn, p.Number, p.Paid = side.Payer, side.Most, side.Warn, side.Number, side.Paid
	return side.Attempts[0].Targets[0], true
}

// self is somebody who calls his own extension: his other phones ring, and no rule of his applies.
func (q *question) self(p *Plan, u *pbx.User) {
	targets, devices, _ := q.phones(u, pbx.Profile{})
	if len(targets) == 0 {
		p.end(pbx.CauseOffline, about(u, "route.self"))
		return
	}
	p.because(about(u, "route.own_devices"))
	p.because(about(u, "route.registered", "devices", strconv.Itoa(devices)))
	p.because(about(u, "route.rings", "seconds", strconv.Itoa(pbx.UsualRing)))
	p.Attempts = []Attempt{{Targets: targets, Ring: pbx.UsualRing * time.Second}}
}

// talks reports whether somebody is in a conversation, the call that is asked about left aside: he is not in it yet.
func (q *question) talks(u pbx.UserID) bool {
	if suppose := q.reach(u); suppose != ReachAsIs {
		return suppose == ReachBusy
	}
	for _, id := range q.live.CallsOf(u) {
		if c := q.live.Call(id); c != nil && c.Phase != pbx.PhaseRinging {
			return true
		}
	}
	return false
}

// phones lists the places where a person's devices are registered now, how many devices that are, and how many devices
// there are at all; the calling device is not among them, and neither are mobile apps that are not to be woken. Browsers that are told of calls while no page is open are among the places, too: each rings
// in whichever page opens meanwhile.
func (q *question) phones(u *pbx.User, profile pbx.Profile) (targets []Target, registered, all int) {
	who, suppose := u.Party(), q.reach(u.ID)
	for _, d := range q.s.DevicesOf(u.ID) {
		if d.ID == q.r.Caller.Device || profile.NoPush && d.Kind == pbx.DeviceMobile {
			continue
		}
		all++
		before := len(targets)
		for _, b := range q.live.Bindings(d.ID) {
			if b.Expires.After(q.r.At) || suppose != ReachAsIs {
				targets = append(targets, Target{Party: who, Binding: b})
			}
		}
		if len(targets) > before {
			registered++
		} else if suppose == ReachIdle || suppose == ReachBusy {
			targets = append(targets, Target{Party: who, Binding: pbx.Binding{Device: d.ID}})
			registered++
		}
		if d.Kind == pbx.DeviceBrowser && suppose == ReachAsIs && !profile.NoPush && q.live.Wakes(u.ID) {
			targets = append(targets, woken(who, d.ID))
		}
	}
	if suppose == ReachOffline {
		return nil, 0, all
	}
	return targets, registered, all
}

// woken is the place of a browser that is not there yet.
func woken(who pbx.Party, d pbx.DeviceID) Target {
	return Target{Party: who, Binding: pbx.Binding{Device: d, Transport: "wss", Secure: true}}
}

// IsWoken reports whether a browser is told of the call, and rings once a page of it opens.
func (t Target) IsWoken() bool { return t.Binding.ID == "" && t.Binding.Transport != "" }

// about is a sentence about a person. Beside the name it carries the id, so that whoever shows it to somebody can find out
// what that one may know.
func about(u *pbx.User, key string, pairs ...string) i18n.Text {
	return i18n.T(key, append(pairs, "name", u.Name, "user", string(u.ID))...)
}
