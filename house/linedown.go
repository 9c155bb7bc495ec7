package house

import (
	"context"
	"time"

	"tandem/api"
	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/sip"
)

// downEvery is how often lines are looked at, and downAfter how many tries in a row have failed before somebody is told of a line (CR-11): one that only
// stumbles is nobody's business.
const (
	downEvery = 20 * time.Second
	downAfter = 2
)

// downLines are the lines that somebody was told are down, and since when they are.
type downLines map[pbx.TrunkID]time.Time

// watchDown tells of lines that are down, and of those that work again, until ctx ends.
func (h *House) watchDown(ctx context.Context) {
	told := downLines{}
	h.every(ctx, downEvery, "telling of trunks that are down", func() error { return h.tellDown(ctx, told, h.SIP.Trunks(), time.Now()) })
}

// tellDown tells once of every line that is down, and once when it works again. A line that is switched off or deleted is told of no more; after a restart
// one that is still down is told of again.
func (h *House) tellDown(ctx context.Context, told downLines, states []sip.TrunkState, at time.Time) error {
	s := h.snapshot()
	used := make(map[pbx.TrunkID]bool, len(states))
	for _, st := range states {
		t := s.Trunks[st.Trunk]
		if t == nil || t.Off {
			continue
		}
		used[t.ID] = true
		since, down := told[t.ID]
		switch {
		case !down && !st.Up && st.Failures >= downAfter:
			since = at
		case down && st.Up:
		default:
			continue
		}
		news := h.inform(lineNotice(t, st, since, at))
		if err := h.Store.Keep(ctx, news.rows...); err != nil {
			return err
		}
		if told[t.ID] = since; st.Up {
			delete(told, t.ID)
		}
		h.spread(ctx, news)
	}
	for id := range told {
		if !used[id] {
			delete(told, id)
		}
	}
	return nil
}

// lineNotice tells that a line is down and why, or that it works again.
func lineNotice(t *pbx.Trunk, st sip.TrunkState, since, at time.Time) notice {
	words := map[string]i18n.Text{"state": i18n.T("trunk.told.up"), "why": i18n.T("trunk.told.over")}
	if st.Up {
		since = at
	} else {
		why, known := api.ProblemText(string(st.Problem), t.Host, st.Status)
		if !known {
			why = i18n.T("trunk.problem.silent", "host", t.Host)
		}
		words["state"], words["why"] = i18n.T("trunk.told.down"), why
	}
	return notice{Happening: policy.Happening{Kind: policy.NoticeLine, Over: command.TrunkTarget(t.ID, t.Group)}, about: t.Ref(), page: "/trunks?peek=" + string(t.ID),
		says: pbx.Says{Args: map[string]string{"line": t.Name}, Words: words, Times: map[string]time.Time{"since": since}}}
}
