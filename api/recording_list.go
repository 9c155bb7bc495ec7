package api

import (
	"context"
	"slices"
	"time"

	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// RecordingFilter narrows recordings; the list, its table and its archive take the same.
type RecordingFilter struct {
	Q         string    `query:"q" maxLength:"200" doc:"in names and numbers"`
	From      time.Time `query:"from" doc:"first moment of start inside"`
	Until     time.Time `query:"until" doc:"first moment of start outside"`
	User      string    `query:"user" doc:"only those in which this person can be heard"`
	Group     string    `query:"group" doc:"only those of this group and the groups below: of people who were in it then, and of its queues and menus"`
	Number    string    `query:"number" maxLength:"64" doc:"only those with this number on either side, however it is written"`
	Direction string    `query:"direction" enum:"in,out,internal" doc:"as the office sees it"`
	Kind      string    `query:"kind" enum:"always,demand,room" doc:"how they came to be"`
	Shortest  int       `query:"shortest" minimum:"0" doc:"seconds that they last at least"`
	Longest   int       `query:"longest" minimum:"0" doc:"seconds that they last at most"`
	Held      bool      `query:"held" doc:"only those that are kept for good"`
	Call      string    `query:"call" doc:"only those of this call"`
}

type recordingsIn struct {
	RecordingFilter
	Cursor  string `query:"cursor" maxLength:"1000" doc:"where to go on: next of the page before"`
	Limit   int    `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"rows in a page"`
	Deleted bool   `query:"deleted" doc:"what was deleted and can be taken back"`
}

// RecordingPage is a page of recordings, the newest first.
type RecordingPage struct {
	Items []Recording `json:"items" nullable:"false"`
	Next  string      `json:"next,omitempty"`
}

// recordings is the question to the store for exactly the recordings that recording.list reaches, and one more right of the same kind (B-046…B-049,
// BAR AZ-03). The store also finds by names and numbers that are covered for this visitor; such a hit is left out, or the search would tell
// what the row does not. False: there cannot be any.
func (s *Server) recordings(v *visit, f RecordingFilter, right policy.Right) (store.RecordingQuery, bool) {
	lists, sees := v.sight(policy.RecordingList), v.sight(right)
	q := store.RecordingQuery{Sight: scope(sees), From: f.From, Until: f.Until, User: pbx.UserID(f.User), Call: pbx.CallID(f.Call), Text: f.Q, Kind: pbx.RecordingKind(f.Kind),
		Direction: pbx.RecordingDirection(f.Direction), Shortest: time.Duration(f.Shortest) * time.Second, Longest: time.Duration(f.Longest) * time.Second, Held: f.Held}
	if f.Number != "" {
		q.Number = readNumber(v.s, f.Number)
	}
	var of *recordingGroup
	if f.Group != "" {
		if of = v.recordingGroup(pbx.GroupID(f.Group)); of == nil {
			return q, false
		}
		q.Group = of.parts
	}
	q.Keep = func(r *pbx.Recording) bool {
		t := recordingTarget(r)
		if !lists.Sees(t) || !sees.Sees(t) || of != nil && !of.holds(r) {
			return false
		}
		if f.Q == "" && q.Number == "" {
			return true
		}
		shown := s.showRecording(v, r)
		return (q.Number == "" || shown.From.Number == q.Number || shown.To.Number == q.Number) && matches(f.Q, shown.From.Name, shown.From.Number, shown.To.Name, shown.To.Number)
	}
	return q, f.User == "" || v.knows(q.User)
}

// readNumber is a number as calls keep it.
func readNumber(s *pbx.Snapshot, typed string) string {
	if e, ok := number.Parse(s.Tenant.Country, typed); ok {
		return string(e)
	}
	if digits, ok := number.Clean(typed); ok {
		return digits
	}
	return typed
}

// recordingGroup is a group, with those below it, as something that recordings belong to.
type recordingGroup struct {
	s     *pbx.Snapshot
	node  *pbx.Node
	parts []string // the groups, and everybody who is or was in one of them
}

// recordingGroup finds a group that the visitor may see; nil without one.
func (v *visit) recordingGroup(id pbx.GroupID) *recordingGroup {
	g := &recordingGroup{s: v.s, node: v.s.Node(id)}
	if g.node == nil || !v.can(policy.GroupSee, policy.Group(id)) {
		return nil
	}
	for id := range v.s.Groups {
		if n := v.s.Node(id); n != nil && g.node.Holds(n) {
			g.parts = append(g.parts, string(id))
			for _, m := range v.s.Members(id) {
				g.parts = append(g.parts, string(m.User))
			}
		}
	}
	slices.Sort(g.parts)
	g.parts = slices.Compact(g.parts)
	return g
}

// holds reports whether the recording passed one of the groups, or somebody who can be heard was in one when the call took place (N-5).
func (g *recordingGroup) holds(r *pbx.Recording) bool {
	in := func(id pbx.GroupID) bool { n := g.s.Node(id); return n != nil && g.node.Holds(n) }
	return slices.ContainsFunc(r.Groups, in) || slices.ContainsFunc(r.Voices, func(voice pbx.RecordingVoice) bool {
		return slices.ContainsFunc(g.s.MembershipsOf(voice.User), func(m *pbx.Membership) bool { return m.IsActive(r.Began) && in(m.Group) })
	})
}

// listRecordings shows a page of the recordings that recording.list reaches; the bin is for who may delete.
func (s *Server) listRecordings(ctx context.Context, v *visit, in *recordingsIn) (RecordingPage, error) {
	right := policy.RecordingList
	if in.Deleted {
		right = policy.RecordingDelete
	}
	q, any := s.recordings(v, in.RecordingFilter, right)
	if !any {
		return RecordingPage{Items: []Recording{}}, nil
	}
	q.Cursor, q.Limit, q.Deleted = in.Cursor, in.Limit, in.Deleted
	page, err := s.c.Store.Recordings(ctx, q)
	if err != nil {
		return RecordingPage{}, err
	}
	out := RecordingPage{Items: make([]Recording, 0, len(page.Items)), Next: page.Next}
	for i := range page.Items {
		v.shows(policy.RecordingList, recordingTarget(&page.Items[i]))
		out.Items = append(out.Items, s.showRecording(v, &page.Items[i]))
	}
	return out, nil
}
