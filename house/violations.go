package house

import (
	"context"
	"strconv"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
	"tandem/toll"
)

// violationsTold is from which violation of one day on somebody is told of (B-067).
const violationsTold = 5

// breach is a call of somebody that the rules refused.
type breach struct {
	user pbx.UserID
	at   time.Time
}

// noteViolation hands a call that broke the rules to whoever counts them; the journal does not wait.
func (h *House) noteViolation(c *report.CDR) {
	who := c.AnswersFor()
	if who == "" || !c.IsViolation() {
		return
	}
	select {
	case h.breaches <- breach{who, c.Started}:
	default: // the next one counts them all
		h.log.Warn("too many refused calls at once; one is counted with the next", "user", who)
	}
}

// tellViolations tells who breaks the rules again and again, until ctx ends.
func (h *House) tellViolations(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case b := <-h.breaches:
			if err := h.countViolations(ctx, b); err != nil && ctx.Err() == nil {
				h.log.Error("counting calls that the rules refused", "user", b.user, "error", err)
			}
		}
	}
}

// countViolations counts the violations of somebody on a day of his, and tells of them once in a day, also over a restart: the fact says that it was told.
func (h *House) countViolations(ctx context.Context, b breach) error {
	s := h.snapshot()
	u := s.Users[b.user]
	if u == nil {
		return nil
	}
	zone, err := time.LoadLocation(s.ZoneOf(b.user, b.at))
	if err != nil {
		zone = time.UTC
	}
	day := toll.Window(pbx.PeriodDay, b.at, zone)
	until := toll.Next(pbx.PeriodDay, day)
	told, err := h.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Kinds: []event.Kind{event.RulesBroken}, Object: u.Ref(), From: day, Until: until, Limit: 1})
	if err != nil || len(told.Items) > 0 {
		return err
	}
	calls, last := 0, time.Time{}
	all := store.CallQuery{Sight: store.Scope{All: true}, User: b.user, From: day, Until: until, Cause: pbx.CauseDenied}
	for c, err := range h.Store.EachCall(ctx, all) {
		if err != nil {
			return err
		}
		if c.AnswersFor() == b.user && c.IsViolation() {
			calls++
			if c.Started.After(last) {
				last = c.Started
			}
		}
	}
	if calls < violationsTold {
		return nil
	}
	f := event.New(event.RulesBroken, b.at, pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}, u.Ref(), event.Broken{Calls: calls, Last: last})
	news := h.inform(notice{Happening: policy.Happening{Kind: policy.NoticeViolations, Over: policy.User(b.user)}, about: u.Ref(), page: "/compliance?met=refused&user=" + string(b.user),
		says: pbx.Says{Args: map[string]string{"name": u.Name, "n": strconv.Itoa(calls)}, Times: map[string]time.Time{"at": last}}})
	stored, err := h.Store.Write(ctx, []event.Fact{f}, news.rows...)
	if err != nil {
		return err
	}
	h.log.Warn("rules_broken", "user", b.user, "calls", calls)
	h.spread(ctx, news)
	return h.publish(ctx, stored)
}
