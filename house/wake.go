package house

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"
	"time"

	"tandem/call"
	"tandem/i18n"
	"tandem/outbox"
	"tandem/pbx"
	"tandem/policy"
)

// wakeLongest is how long a call may ring in a browser that was told of it.
const wakeLongest = 3 * time.Minute

// signal takes what happens on the legs of SIP.
func (h *House) signal(s call.Signal) {
	h.wakes.signal(s)
	h.Board.Signal(s)
}

// wakes are legs to browsers that are no phones at the moment: each is pushed to the person's browsers, and rings in the first that registers
// meanwhile. To the switchboard it is a leg like any other.
type wakes struct {
	h    *House
	mu   sync.Mutex
	legs map[pbx.LegID]*wake
}

type wake struct {
	call.Invite
	user   pbx.UserID
	joined bool // it rings in a browser
	told   bool // a push service took it
	open   int  // of the browsers that were told, how many have not been answered for
}

// dial begins to wake a person's browsers.
func (w *wakes) dial(i call.Invite) {
	k := &wake{Invite: i, user: i.To.User}
	w.mu.Lock()
	w.legs[i.Leg] = k
	w.mu.Unlock()
	go w.tell(k)
}

// tell pushes the call to every browser that is a phone of the person.
func (w *wakes) tell(k *wake) {
	ctx, cancel := context.WithTimeout(context.Background(), writing)
	defer cancel()
	s, now := w.h.snapshot(), w.h.Config.Now()
	list, err := w.h.Store.PushesOf(ctx, k.user, now)
	if err != nil {
		w.h.log.Error("a call cannot be pushed", "user", k.user, "error", err)
	}
	may := policy.Decide(s, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: k.user, Via: "web"}, Right: policy.SoftphoneUse, Target: policy.User(k.user), At: now}).OK
	var all []outbox.PushMessage
	body := w.ringing(s, k, now)
	for _, p := range list {
		if p.Calls && may {
			all = append(all, outbox.PushMessage{To: p, Body: body, TTL: time.Minute, Urgent: true, Topic: topic(k.Call), Done: func(err error) { w.heard(k, err) }})
		}
	}
	w.mu.Lock()
	gone := w.legs[k.Leg] != k
	k.open = len(all)
	w.mu.Unlock()
	switch {
	case gone:
	case len(all) == 0:
		w.fail(k)
	default:
		for _, m := range all {
			w.h.Push.Send(m)
		}
	}
}

// ringing says who calls, as a phone would show it.
func (w *wakes) ringing(s *pbx.Snapshot, k *wake, now time.Time) []byte {
	lang := s.LanguageOf(k.user, now)
	say := func(t i18n.Text) string { return w.h.Catalog.Say(lang, t) }
	from := strings.TrimSpace(k.From.Name)
	if from == "" {
		from = k.From.Number
	}
	if from == "" {
		from = say(i18n.T("push.call.hidden"))
	}
	detail := k.From.Number
	if detail == from {
		detail = ""
	}
	return pushed{Type: "call", Tag: callTag(k.Call), Title: say(i18n.T("push.call.title", "from", short(from, 100))), Body: strings.TrimSpace(detail + " " + say(i18n.T("push.call.text"))),
		Page: "/?ring=" + string(k.Call), Lang: lang, Call: string(k.Call), Answer: say(i18n.T("push.call.answer")), Decline: say(i18n.T("push.call.decline")), Until: now.Add(wakeLongest).UTC()}.encode()
}

// heard takes what became of one message: the caller hears ringing once a push service has taken one, and the leg fails when none did.
func (w *wakes) heard(k *wake, err error) {
	w.mu.Lock()
	k.open--
	first := err == nil && !k.told
	k.told = k.told || err == nil
	lost := k.open == 0 && !k.told
	here := w.legs[k.Leg] == k && !k.joined
	w.mu.Unlock()
	switch {
	case here && first:
		w.h.Board.Signal(call.Signal{Leg: k.Leg, Kind: call.SignalRang})
	case here && lost:
		w.fail(k)
	}
}

// fail ends a leg that nobody can be told of.
func (w *wakes) fail(k *wake) {
	if w.forget(k.Leg) != nil {
		w.h.Board.Signal(call.Signal{Leg: k.Leg, Kind: call.SignalFailed, Cause: pbx.CauseOffline})
	}
}

func (w *wakes) forget(leg pbx.LegID) *wake {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := w.legs[leg]
	delete(w.legs, leg)
	return k
}

// registered lets calls ring in a browser that has just come.
func (w *wakes) registered(device pbx.DeviceID, fresh []pbx.Binding) {
	var ring []call.Invite
	w.mu.Lock()
	for _, k := range w.legs {
		if k.Binding.Device == device && !k.joined {
			k.joined = true
			i := k.Invite
			i.Binding = fresh[len(fresh)-1]
			ring = append(ring, i)
		}
	}
	w.mu.Unlock()
	for _, i := range ring {
		go func() {
			if err := w.h.SIP.Dial(i); err != nil {
				w.forget(i.Leg)
				w.h.Board.Signal(call.Signal{Leg: i.Leg, Kind: call.SignalFailed, Cause: pbx.CauseFailed})
			}
		}()
	}
}

// hangup ends a leg that waits for a browser; false when it is none, or rings in one already, so that SIP has to end it.
func (w *wakes) hangup(leg pbx.LegID, cause pbx.Cause) bool {
	w.mu.Lock()
	k := w.legs[leg]
	w.mu.Unlock()
	if k == nil {
		return false
	}
	w.forget(leg)
	w.withdraw(k, cause == pbx.CauseElsewhere)
	if k.joined {
		return false
	}
	go w.h.Board.Signal(call.Signal{Leg: leg, Kind: call.SignalFailed, Cause: cause})
	return true
}

// decline refuses a call in somebody's name from the screen on which he was told of it: a browser is a phone like any other, and who declines on one
// declines on all of his. It reports whether the call rings at him in that way.
func (w *wakes) decline(u pbx.UserID, id pbx.CallID) bool {
	var declined *wake
	w.mu.Lock()
	for leg, k := range w.legs {
		if k.user == u && k.Call == id {
			declined = k
			delete(w.legs, leg)
		}
	}
	w.mu.Unlock()
	switch {
	case declined == nil:
		return false
	case declined.joined:
		w.h.SIP.Hangup(declined.Leg, pbx.CauseDeclined)
	default:
		w.h.Board.Signal(call.Signal{Leg: declined.Leg, Kind: call.SignalFailed, Cause: pbx.CauseDeclined, Status: 603})
	}
	w.withdraw(declined, true)
	return true
}

// signal looks at what happened on a leg: one that was answered or is over rings nowhere any more.
func (w *wakes) signal(s call.Signal) {
	switch s.Kind {
	case call.SignalAnswered, call.SignalFailed, call.SignalEnded:
		w.mu.Lock()
		none := len(w.legs) == 0
		w.mu.Unlock()
		if none {
			return
		}
		if k := w.forget(s.Leg); k != nil {
			w.withdraw(k, s.Kind == call.SignalAnswered)
		}
	}
}

// withdraw takes a call off the screens of a person.
func (w *wakes) withdraw(k *wake, elsewhere bool) {
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), writing)
		defer cancel()
		s, now := w.h.snapshot(), w.h.Config.Now()
		list, err := w.h.Store.PushesOf(ctx, k.user, now)
		if err != nil {
			return // it goes by itself when its time is over
		}
		lang := s.LanguageOf(k.user, now)
		text := i18n.T("push.end.over")
		if elsewhere {
			text = i18n.T("push.end.elsewhere")
		}
		body := pushed{Type: "end", Tag: callTag(k.Call), Title: w.h.Catalog.Say(lang, text), Lang: lang, Page: "/calls", Quiet: elsewhere}
		for _, p := range list {
			if p.Calls {
				w.h.Push.Send(outbox.PushMessage{To: p, Body: body.encode(), TTL: time.Minute, Urgent: true, Topic: topic(k.Call)})
			}
		}
	}()
}

// topic is what the messages about a call have in common: the second takes the place of the first, where that was not delivered (RFC 8030 §5.4).
func topic(id pbx.CallID) string {
	sum := sha256.Sum256([]byte(id))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}
