package house

import (
	"context"
	"strconv"
	"time"

	"tandem/api"
	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
)

// qualityEvery is how often the calls over lines are judged.
const qualityEvery = time.Minute

// watchQuality judges the calls over lines, until ctx ends.
func (h *House) watchQuality(ctx context.Context) {
	h.every(ctx, qualityEvery, "judging the calls over trunks", func() error { return h.judgeLines(ctx, time.Now()) })
}

// judgeLines judges every line by its calls (B-104), writes down what is wrong with it now, and tells of what began or is over.
func (h *House) judgeLines(ctx context.Context, at time.Time) error {
	at = at.UTC().Truncate(time.Millisecond)
	before, err := h.Store.QualityAlerts(ctx)
	if err != nil {
		return err
	}
	s := h.snapshot()
	for id := range before {
		if t := s.Trunks[id]; t == nil || t.Off {
			if err := h.Store.Keep(ctx, store.QualityAlert{Trunk: id}); err != nil {
				return err
			}
			delete(before, id)
		}
	}
	now := make(map[pbx.TrunkID]report.Alert, len(before))
	for _, t := range s.TrunksInOrder() {
		if t.Off {
			continue
		}
		limits := t.QualityLimits()
		legs, err := h.Store.TrunkLegs(ctx, t.ID, at.Add(-time.Duration(limits.Window)*time.Minute))
		if err != nil {
			return err
		}
		var q report.Quality
		for i := range legs {
			q.Add(&legs[i])
		}
		was, is := before[t.ID], report.Judge(before[t.ID], &q, limits, at)
		if len(is.Faults) > 0 {
			now[t.ID] = is
		}
		if is.Is(was) {
			continue
		}
		var news told
		if (len(was.Faults) == 0) != (len(is.Faults) == 0) {
			news = h.inform(qualityNotice(t, was, is))
			h.log.Warn("trunk_quality", "trunk", t.ID, "faults", is.Faults)
		}
		if err := h.Store.Keep(ctx, append(news.rows, store.QualityAlert{Trunk: t.ID, Alert: is})...); err != nil {
			return err
		}
		h.spread(ctx, news)
	}
	h.quality.Store(&now)
	return nil
}

// openQuality takes in what was wrong with lines when the house was closed.
func (h *House) openQuality(ctx context.Context) error {
	all, err := h.Store.QualityAlerts(ctx)
	h.quality.Store(&all)
	return err
}

// qualityNotice tells that the calls over a line are bad, or good again.
func qualityNotice(t *pbx.Trunk, was, is report.Alert) notice {
	words := map[string]i18n.Text{"state": i18n.T("quality.bad")}
	worst, since := is.Faults, is.Since
	if len(is.Faults) == 0 {
		words["state"] = i18n.T("quality.over")
		worst, since = was.Faults, was.Since
	}
	words["what"] = api.FaultText(worst[0])
	return notice{Happening: policy.Happening{Kind: policy.NoticeQuality, Over: command.TrunkTarget(t.ID, t.Group)}, about: t.Ref(), page: "/trunks?tab=quality&peek=" + string(t.ID),
		says: pbx.Says{Args: map[string]string{"line": t.Name, "n": strconv.Itoa(len(worst))}, Words: words, Times: map[string]time.Time{"since": since}}}
}
