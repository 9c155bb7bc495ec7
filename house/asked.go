package house

import (
	"context"
	"strings"

	"tandem/i18n"
	"tandem/outbox"
	"tandem/pbx"
)

// tellWishes writes mails about wishes for rights, whatever door they came by: to those who are asked, and the answer to the
// one who asked (N-7).
func (h *House) tellWishes() {
	h.stops = append(h.stops, h.Directory.Watch(func(old, next *pbx.Snapshot) {
		for id, a := range next.Accesses {
			before := old.Accesses[id]
			switch {
			case before == a:
			case before == nil && a.Answer == pbx.AnswerOpen:
				for _, u := range a.To {
					h.tellWish(next, outbox.Asked, a, u)
				}
			case before != nil && before.Answer == pbx.AnswerOpen && a.Answer == pbx.AnswerApproved:
				h.tellWish(next, outbox.Approved, a, a.User)
			case before != nil && before.Answer == pbx.AnswerOpen && a.Answer == pbx.AnswerRefused:
				h.tellWish(next, outbox.Refused, a, a.User)
			}
		}
	}))
}

func (h *House) tellWish(s *pbx.Snapshot, kind outbox.Kind, a *pbx.Access, to pbx.UserID) {
	u, now := s.Users[to], h.Config.Now()
	if u == nil {
		return
	}
	lang := s.LanguageOf(to, now)
	name := func(id pbx.UserID) string {
		if p := s.Users[id]; p != nil {
			return p.Name
		}
		return "–"
	}
	right := strings.TrimSuffix(h.Catalog.Say(lang, i18n.T("right."+a.Grants[0].Right)), ".")
	m := h.mailFor(s, u, now, kind, "/requests", "asker", name(a.User), "by", name(a.By), "right", right, "reason", a.Reason, "words", a.Words)
	if _, err := h.Mail.Send(context.Background(), m); err != nil {
		h.log.Error("tell about a request for a right", "user", to, "error", err)
	}
}
