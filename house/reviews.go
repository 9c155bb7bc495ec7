package house

import (
	"context"
	"errors"
	"strconv"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// asked is how many of those who could decide a thing are told about it; everybody who could sees it.
const asked = 2

// tellReviews tells of reviews: when one begins, and when its time is up, to those who have something to decide, the
// least powerful first (N-8).
func (h *House) tellReviews() {
	h.stops = append(h.stops, h.Directory.Watch(func(old, next *pbx.Snapshot) {
		for id, r := range next.Reviews {
			before := old.Reviews[id]
			switch {
			case before == r:
			case before == nil && r.Ended.IsZero():
				h.tellReview(next, r, policy.NoticeReview)
			case before != nil && before.Reminded.IsZero() && !r.Reminded.IsZero():
				h.tellReview(next, r, policy.NoticeOverdue)
			}
		}
	}))
}

func (h *House) tellReview(s *pbx.Snapshot, r *pbx.Review, kind pbx.NoticeKind) {
	now := h.Config.Now()
	waiting := map[pbx.UserID]int{}
	for _, who := range policy.Reviewers(s, policy.Open(policy.Items(s, r, now)), now) {
		for _, u := range who[:min(len(who), asked)] {
			waiting[u]++
		}
	}
	by := "–"
	if u := s.Users[r.By]; u != nil {
		by = u.Name
	}
	for id, n := range waiting {
		h.informNow(notice{Happening: policy.Happening{Kind: kind, Users: people(id)}, about: r.Ref(), page: "/reviews?review=" + string(r.ID), says: pbx.Says{
			Args:  map[string]string{"by": by, "title": r.Name, "reason": r.Reason, "n": strconv.Itoa(n)},
			Times: map[string]time.Time{"until": r.Until}}})
	}
}

// remind notes which reviews are overdue; that they are told follows from the note, also after a restart.
func (h *House) remind(ctx context.Context, at time.Time) error {
	s, _ := h.Directory.View()
	var errs []error
	for id, r := range s.Reviews {
		if r.Ended.IsZero() && r.Reminded.IsZero() && !r.Until.After(at) {
			_, err := h.Desk.Do(ctx, pbx.Actor{Kind: pbx.ActorSystem, Via: "house"}, command.RemindReview{Review: id})
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
