package house

import (
	"context"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/outbox"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// notice is something that somebody may have to know. Who must know it, and by which ways, is decided by policy.Readers.
type notice struct {
	policy.Happening
	about  pbx.Ref
	page   string // of the web app: where it leads
	says   pbx.Says
	sound  string // id of a message that goes along with mails
	noMail bool   // a setting of the thing itself says that no mail is written
}

// told is a notice in the hands of its readers: rows to be written together with the fact it tells of, and what is done afterwards.
type told struct {
	rows    []store.Also
	notices []pbx.Notice // under the bell
	pushed  []pbx.Notice
	mails   bool
}

// inform makes the notices and mails about something. Its rows go into the transaction of the fact; spread is called after it.
//
//	told := h.inform(notice{…})
//	stored, err := h.Store.Write(ctx, facts, told.rows...)
//	…
//	h.spread(ctx, told)
func (h *House) inform(n notice) told {
	s, now := h.snapshot(), h.Config.Now()
	var t told
	for _, r := range policy.Readers(s, n.Happening, now) {
		made := pbx.Notice{ID: pbx.NoticeID(NewID("ntc")), User: r.User, Kind: n.Kind, At: now.UTC().Truncate(time.Millisecond), About: n.about, Page: n.page, Says: n.says}
		if r.Web {
			t.rows = append(t.rows, store.NoticeKept{Notice: made})
			t.notices = append(t.notices, made)
		}
		if r.Push {
			t.pushed = append(t.pushed, made)
		}
		if u := s.Users[r.User]; r.Mail && !n.noMail && u.Email != "" {
			letter := h.Mail.Write(h.noticeMail(s, u, made, now))
			letter.Sound = n.sound
			t.rows, t.mails = append(t.rows, letter), true
		}
	}
	return t
}

// noticeMail is a notice as a mail.
func (h *House) noticeMail(s *pbx.Snapshot, u *pbx.User, n pbx.Notice, at time.Time) outbox.Message {
	m := h.mailFor(s, u, at, outbox.Kind(n.Kind), n.Page)
	m.Notice, m.Values = true, n.Says.In(func(t i18n.Text) string { return h.Catalog.Say(m.Language, t) }, m.Zone)
	return m
}

// spread lets what was written reach its readers.
func (h *House) spread(ctx context.Context, t told) {
	if t.mails {
		h.Mail.Wake()
	}
	for _, n := range t.pushed {
		h.pushNotice(ctx, n)
	}
	var facts []event.Fact
	for i := range t.notices {
		facts = append(facts, noticeMoved(&t.notices[i]))
	}
	if len(facts) == 0 {
		return
	}
	if err := h.publish(ctx, facts); err != nil {
		h.log.Error("telling of notices", "error", err)
	}
}

func noticeMoved(n *pbx.Notice) event.Fact {
	return event.New(event.NoticeMoved, n.At, pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, n.Ref(), event.Noticed{User: n.User})
}

// informNow tells of a fact that is written already.
func (h *House) informNow(n notice) {
	ctx := context.Background()
	t := h.inform(n)
	if err := h.Store.Keep(ctx, t.rows...); err != nil {
		h.log.Error("a notice cannot be written", "kind", n.Kind, "error", err)
		return
	}
	h.spread(ctx, t)
}

// people is a list of those who must know, without nobody.
func people(ids ...pbx.UserID) (all []pbx.UserID) {
	for _, id := range ids {
		if id != "" {
			all = append(all, id)
		}
	}
	return all
}
