package house

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"tandem/auth"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/sip"
	"tandem/store"
)

// newGate makes the door for visitors of Talk links.
func (h *House) newGate() *auth.Gate {
	return auth.NewGate(auth.GateConfig{
		View: h.snapshot,
		Shut: func(a netip.Addr) bool { return h.SIP.IsBlocked(a, time.Now()) },
		Guessed: func(network netip.Prefix, first, last time.Time, misses int) {
			h.guessed(context.Background(), pbx.Block{Network: network, Since: last, Until: last.Add(auth.TalkShut), First: first, Last: last, Failed: misses, Tried: []string{"/talk"}, Span: auth.TalkShut})
		},
		Today: h.talkedToday,
		Ended: func(l pbx.TalkLinkID, begun, ended time.Time) {
			for _, u := range spread(h.snapshot(), l, begun, ended) {
				h.talked <- u
			}
		},
	})
}

// guessed shuts out a network from which too many addresses came that open nothing, as one is that guesses secrets of phones: phones that are at home there go on working (PL-01).
func (h *House) guessed(ctx context.Context, b pbx.Block) {
	if h.SIP.IsExempt(b.Network.Addr()) {
		return
	}
	h.SIP.Block(b)
	fact := event.New(event.BlockMade, b.Since, pbx.Actor{Kind: pbx.ActorSystem, Via: "talk"}, b.Ref(), nil)
	if err := (blocklist{h}).write(ctx, fact, &b, store.BlockKept{Block: b}); err != nil {
		h.log.ErrorContext(ctx, "a block cannot be written down; it does not outlive a restart", "network", b.Network, "error", err)
	}
}

// spread counts one call on the days of the office that it took time of: as a call on the last of them, the day on which it ended.
func spread(s *pbx.Snapshot, l pbx.TalkLinkID, begun, ended time.Time) (all []store.TalkUsed) {
	for {
		day := s.OfficeDay(begun)
		if !ended.After(day.Until) || len(all) == 7 { // no call takes a week
			return append(all, store.TalkUsed{Link: l, Day: day.Date, Calls: 1, Seconds: int(max(0, ended.Sub(begun)) / time.Second), Last: ended})
		}
		all = append(all, store.TalkUsed{Link: l, Day: day.Date, Seconds: int(day.Until.Sub(begun) / time.Second), Last: day.Until})
		begun = day.Until
	}
}

// talkedToday is how many calls by a link have ended on a day of the office, and how long they took of it.
func (h *House) talkedToday(l pbx.TalkLinkID, day pbx.OfficeDay) (calls int, took time.Duration) {
	uses, err := h.Store.TalkUses(context.Background(), day.Date)
	if err != nil {
		h.log.Error("calls by a link cannot be counted", "link", l, "error", err)
	}
	return uses[l].Calls, time.Duration(uses[l].Seconds) * time.Second
}

// countTalk writes calls by links down, one after the other.
func (h *House) countTalk(ctx context.Context) {
	write := func(u store.TalkUsed) {
		if err := h.Store.CountTalk(context.WithoutCancel(ctx), u); err != nil {
			h.log.Error("a call by a link is not counted", "link", u.Link, "error", err)
		}
	}
	for {
		select {
		case u := <-h.talked:
			write(u)
		case <-ctx.Done():
			for {
				select {
				case u := <-h.talked:
					write(u)
				default:
					return
				}
			}
		}
	}
}

// guestPass lets the page of a visitor be the phone of his one call, while the link that he came by is open.
func (h *House) guestPass(r *http.Request, ticket string, cut func()) func() (sip.Credential, bool) {
	now := h.Config.Now
	v, ok := h.Gate.Enter(ticket, h.Auth.Addr(r), now())
	if !ok {
		return nil
	}
	guest := &sip.Guest{Link: v.Link, From: pbx.Party{Name: v.Name, Link: v.Link, Visit: v.Visit}, Begin: func() bool { return v.Begin(now()) }, End: func() { v.End(now()) }}
	p := &guestPass{h, v, guest}
	if _, ok := p.credential(); !ok {
		v.End(now())
		return nil
	}
	go p.watch(r.Context(), cut)
	return p.credential
}

type guestPass struct {
	h     *House
	v     *auth.Visitor
	guest *sip.Guest
}

// credential is the visitor, as long as link.use of his link is granted.
func (p *guestPass) credential() (sip.Credential, bool) {
	return sip.Credential{Username: p.v.Username, Guest: p.guest}, p.isOpen()
}

func (p *guestPass) isOpen() bool {
	s, at := p.h.snapshot(), p.h.Config.Now()
	l := s.TalkLinks[p.v.Link]
	return l != nil && p.v.CameBy(l) && at.Before(p.v.Until) &&
		policy.Decide(s, policy.Request{Actor: policy.Guests(l), Right: policy.LinkUse, Target: policy.Talk(s, l, at), At: at}).OK
}

// watch cuts the connection when the link is closed, deleted or over, or the visitor's time is; his call ends with it (PL-03, TF-10).
func (p *guestPass) watch(ctx context.Context, cut func()) {
	defer func() { p.v.End(p.h.Config.Now()) }()
	sub := p.h.Bus.Subscribe(64)
	defer func() { sub.Close() }()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-sub.Facts():
			if !ok {
				sub.Close()
				sub = p.h.Bus.Subscribe(64)
			}
		case <-tick.C:
		}
		if !p.isOpen() {
			cut()
			return
		}
	}
}

// talkDoor is what the API knows of visitors.
type talkDoor struct{ *House }

// Gate lets them in.
func (d talkDoor) Visitors() *auth.Gate { return d.Gate }

// Ask tells those whom a link reaches that a visitor wants to be called back. Nobody calls by itself: whoever reads it calls as himself, at his own expense (N-12).
func (d talkDoor) Ask(ctx context.Context, l *pbx.TalkLink, name, number, words string) error {
	h := d.House
	now := h.Config.Now().UTC()
	t := h.inform(notice{Happening: policy.Happening{Kind: policy.NoticeTalk, Users: h.behind(l, now)}, about: l.Ref(), page: "/talk-links",
		says: pbx.Says{Args: map[string]string{"name": name, "number": number, "words": words, "link": l.Name}}})
	f := event.New(event.TalkLinkAsked, now, policy.Guests(l), l.Ref(), nil)
	f.Revision = h.snapshot().Version
	stored, err := h.Store.Write(ctx, []event.Fact{f}, t.rows...)
	if err != nil {
		return err
	}
	h.spread(ctx, t)
	return h.publish(ctx, stored)
}

// behind are the people whom a link reaches: its person, those whom a ring group rings, agents of a queue, else who leads the department, else owners of the office.
func (h *House) behind(l *pbx.TalkLink, at time.Time) (all []pbx.UserID) {
	s := h.snapshot()
	switch l.To.Kind {
	case pbx.ToUser, pbx.ToMailbox:
		if u := s.Users[pbx.UserID(l.To.ID)]; u != nil {
			return people(u.ID)
		}
	case pbx.ToRing:
		all = s.People(s.Rings[pbx.RingID(l.To.ID)], at)
	case pbx.ToQueue:
		for _, a := range s.Queues[pbx.QueueID(l.To.ID)].Agents {
			all = append(all, a.User)
		}
	}
	if len(all) == 0 {
		all = s.Heads(s.TalkGroup(l.To, at), at)
	}
	if len(all) == 0 {
		for _, a := range s.Assignments {
			if a.Role == "system_owner" && a.Until.IsZero() && !slices.Contains(all, a.User) {
				all = append(all, a.User)
			}
		}
	}
	return all
}

// visitor is what people are shown of somebody who came by a link: what he said, and that nobody has checked it (PL-10).
func (h *House) visitor(l *pbx.TalkLink, name string) string {
	s, at := h.snapshot(), h.Config.Now()
	language := s.LanguageIn(s.TalkGroup(l.To, at))
	if u := s.Users[pbx.UserID(l.To.ID)]; l.To.Kind == pbx.ToUser && u != nil {
		language = s.LanguageOf(u.ID, at)
	}
	switch name = pbx.VisitorName(name); {
	case name == "":
		return h.Catalog.Say(language, i18n.T("talk.visitor_nameless"))
	case s.IsLikeColleague(name):
		return h.Catalog.Say(language, i18n.T("talk.visitor_alike"))
	}
	return h.Catalog.Say(language, i18n.T("talk.visitor", "name", name))
}

// Visited keeps what a visitor wrote.
func (d talkDoor) Visited(ctx context.Context, v pbx.Visit) (pbx.VisitID, error) {
	if v.IsEmpty() {
		return "", nil
	}
	v.ID = pbx.VisitID(NewID("vst"))
	return v.ID, d.Store.Keep(ctx, store.VisitKept{Visit: v})
}

// Shown is how a visitor will be called.
func (d talkDoor) Shown(l *pbx.TalkLink, name string) string { return d.visitor(l, name) }

// talkOrigins are the sites that may show the page of a link inside their own; none for what opens nothing, which counts as a guess here as it does everywhere.
func (h *House) talkOrigins(r *http.Request, key string) []string {
	l, err := h.Gate.Find(key, h.Auth.Addr(r), h.Config.Now())
	if err != nil {
		return nil
	}
	return l.Origins
}
