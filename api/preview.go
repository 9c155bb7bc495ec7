package api

import (
	"context"
	"net/http"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/policy"
)

// Preview is what a change would do, as a dry run answers: who gains and who loses which right over whom, and which lines
// the log would get. It travels as an error, because it takes the place of every answer.
type Preview struct {
	At       time.Time      `json:"at" doc:"the moment the rights are compared at: now, or when the change begins to count"`
	People   []PreviewShare `json:"people" nullable:"false" doc:"whose rights change; those who gain first"`
	Hidden   int            `json:"hidden" doc:"people whose rights change too, whom the visitor may not see"`
	Cost     *PreviewCost   `json:"cost,omitempty" doc:"where something billable changes, to those who may see costs"`
	Changes  []string       `json:"changes" nullable:"false" doc:"the lines of the log, as sentences"`
	Problems []Problem      `json:"problems" nullable:"false" doc:"rules that would lead nowhere afterwards"`
}

// PreviewShare is one person's part of a preview.
type PreviewShare struct {
	User   pbx.UserID     `json:"user"`
	Name   string         `json:"name"`
	Photo  string         `json:"photo,omitempty"`
	Gained []PreviewRight `json:"gained" nullable:"false"`
	Lost   []PreviewRight `json:"lost" nullable:"false"`
}

// PreviewRight is one right with the part of its reach that comes or goes.
type PreviewRight struct {
	Right string `json:"right"`
	Risk  string `json:"risk" enum:"low,medium,high"`
	Where string `json:"where" doc:"in words"`
}

// Error is never read: the door answers with the preview itself.
func (p *Preview) Error() string { return "dry run" }

// GetStatus makes the answer of a dry run a success.
func (p *Preview) GetStatus() int { return http.StatusOK }

// try plans a command without carrying it out, and tells what it would do.
func (s *Server) try(ctx context.Context, v *visit, c command.Command) (*Preview, error) {
	r, err := s.c.Desk.Try(ctx, v.who, c)
	if err != nil {
		return nil, err
	}
	p := &Preview{At: effective(v.at, r.Differences), Changes: []string{}}
	for _, f := range r.Facts {
		p.Changes = append(p.Changes, s.showEntry(v, f, v.readsWholeLog()).Summary)
	}
	p.Problems = s.broken(v, v.s, r.Snapshot).Problems
	p.People, p.Hidden = s.shares(v, v.s, r.Snapshot, p.At)
	p.Cost = s.costOf(v, r.Snapshot, p.At)
	return p, nil
}

// shares tells who gains and loses which rights, first who gains, and of how many the visitor may not know.
func (s *Server) shares(v *visit, before, after *pbx.Snapshot, at time.Time) (list []PreviewShare, hidden int) {
	list = []PreviewShare{}
	var losers []PreviewShare
	for _, e := range policy.Preview(before, after, at) {
		share, ok := s.showEffect(v, after, e)
		switch {
		case !ok:
			hidden++
		case len(share.Gained) > 0:
			list = append(list, share)
		default:
			losers = append(losers, share)
		}
	}
	return append(list, losers...), hidden
}

// showEffect tells what becomes of one person's rights, to those who may see his standing.
func (s *Server) showEffect(v *visit, after *pbx.Snapshot, e policy.Effect) (PreviewShare, bool) {
	u := v.s.Users[e.User]
	if u == nil {
		u = after.Users[e.User]
	}
	if !v.knows(e.User) && v.s.Users[e.User] != nil || v.s.Users[e.User] != nil && !policy.Fields(v.s, v.who, e.User, v.at).Has(policy.FieldStanding) {
		return PreviewShare{}, false
	}
	return PreviewShare{User: u.ID, Name: u.Name, Photo: photoOf(u), Gained: s.showReached(v, after, u.ID, e.Gained), Lost: s.showReached(v, v.s, u.ID, e.Lost)}, true
}

func (s *Server) showReached(v *visit, in *pbx.Snapshot, of pbx.UserID, all []policy.Reached) []PreviewRight {
	out := make([]PreviewRight, 0, len(all))
	for _, r := range all {
		out = append(out, PreviewRight{r.Right.String(), r.Right.Risk().String(), s.where(v, in, of, r.Extent)})
	}
	return out
}

// effective is the moment a change shows: now, or when the first row of it begins that lies in the future.
func effective(now time.Time, differences []pbx.Difference) time.Time {
	var first time.Time
	for _, d := range differences {
		var from time.Time
		switch n := d.After.(type) {
		case *pbx.Membership:
			from = n.From
		case *pbx.Assignment:
			from = n.From
		case *pbx.Grant:
			from = n.From
		default:
			return now
		}
		if !from.After(now) {
			if b, ok := d.After.(*pbx.Membership); ok && b.Until.After(now) {
				continue // it ends when another begins
			}
			return now
		}
		if first.IsZero() || from.Before(first) {
			first = from
		}
	}
	if first.IsZero() {
		return now
	}
	return first
}
