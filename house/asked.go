package house

import (
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// tellWishes tells of wishes for rights, whatever door they came by: to those who are asked, and the answer to the
// one who asked (N-7).
func (h *House) tellWishes() {
	h.stops = append(h.stops, h.Directory.Watch(func(old, next *pbx.Snapshot) {
		for id, a := range next.Accesses {
			before := old.Accesses[id]
			switch {
			case before == a:
			case before == nil && a.Answer == pbx.AnswerOpen:
				for _, u := range a.To {
					h.tellWish(next, policy.NoticeAsked, a, u)
				}
			case before != nil && before.Answer == pbx.AnswerOpen && a.Answer == pbx.AnswerApproved:
				h.tellWish(next, policy.NoticeApproved, a, a.User)
			case before != nil && before.Answer == pbx.AnswerOpen && a.Answer == pbx.AnswerRefused:
				h.tellWish(next, policy.NoticeRefused, a, a.User)
			}
		}
	}))
}

func (h *House) tellWish(s *pbx.Snapshot, kind pbx.NoticeKind, a *pbx.Access, to pbx.UserID) {
	name := func(id pbx.UserID) string {
		if p := s.Users[id]; p != nil {
			return p.Name
		}
		return "–"
	}
	h.informNow(notice{Happening: policy.Happening{Kind: kind, Users: people(to)}, about: a.Ref(), page: "/requests", says: pbx.Says{
		Args:  map[string]string{"asker": name(a.User), "by": name(a.By), "reason": a.Reason, "words": a.Words},
		Words: map[string]i18n.Text{"right": i18n.T("right." + a.Grants[0].Right)}}})
}
