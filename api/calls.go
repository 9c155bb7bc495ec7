package api

import (
	"context"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
)

// walked is how many rows a total is counted up to when each has to be asked about.
const walked = 1000

// scope hands the reach of a right to the store, which selects by it; what it selects is asked about row by row.
func scope(r policy.Reach) store.Scope {
	if r.All() {
		return store.Scope{All: true}
	}
	return store.Scope{Users: r.Users(), Groups: r.Groups()}
}

// CallFilter narrows the call log; the list, its export and its days take the same.
type CallFilter struct {
	From   time.Time `query:"from" doc:"first moment of start inside"`
	Until  time.Time `query:"until" doc:"first moment of start outside"`
	User   string    `query:"user" doc:"only calls of this person"`
	Result string    `query:"result" enum:"answered,missed"`
	Link   string    `query:"link" maxLength:"64" doc:"only calls by this Talk link"`
}

type callsIn struct {
	List
	CallFilter
	Sort string `query:"sort" default:"-started" enum:"started,-started,ended,-ended,duration,-duration"`
}

// calls is the question to the store for exactly the records that call.detail reaches (BAR AZ-03). The store's search also
// knows names and numbers that are covered for this visitor; such a hit is left out, or the search would tell what the row
// does not. False: there cannot be any.
func (s *Server) calls(v *visit, f CallFilter, text string) (store.CallQuery, bool) {
	sees := v.sight(policy.CallDetail)
	q := store.CallQuery{Sight: scope(sees), From: f.From, Until: f.Until, User: pbx.UserID(f.User), Text: text, Result: f.Result, Link: pbx.TalkLinkID(f.Link)}
	q.Keep = func(c *report.CDR) bool {
		return sees.Sees(recordTarget(c)) && (text == "" || s.isFound(v, c, text)) && (f.Result != "missed" || v.missed(c))
	}
	return q, f.User == "" || v.knows(q.User)
}

// listCalls shows a page of the call log.
func (s *Server) listCalls(ctx context.Context, v *visit, in *callsIn) (Page[Call], error) {
	q, any := s.calls(v, in.CallFilter, in.Q)
	if !any {
		return Page[Call]{Items: []Call{}}, nil
	}
	q.Sort, q.Cursor, q.Limit = in.Sort, in.Cursor, min(in.Limit, 200)
	page, err := s.c.Store.Calls(ctx, q)
	if err != nil {
		return Page[Call]{}, err
	}
	out := Page[Call]{Items: make([]Call, 0, len(page.Items)), Next: page.Next}
	for i := range page.Items {
		v.shows(policy.CallDetail, recordTarget(&page.Items[i]))
		out.Items = append(out.Items, s.showCall(v, &page.Items[i]))
	}
	if err := tellVisitors(ctx, s, out.Items, wrote); err != nil {
		return Page[Call]{}, err
	}
	out.Total, err = s.countCalls(ctx, v, q, page, in.Cursor == "")
	return out, err
}

// missed reports whether somebody inside was called in vain. Who called in vain himself, or dialled what is nobody's, missed nothing.
func (v *visit) missed(c *report.CDR) bool {
	return c.Missed() && c.To.User != "" && c.From.User != v.who.User
}

// wrote is by which visit a call came, and where what its visitor wrote stands.
func wrote(c *Call) (pbx.VisitID, **Visitor) { return c.From.visit, &c.Visitor }

// isFound reports whether a search hits what the visitor sees of a record.
func (s *Server) isFound(v *visit, c *report.CDR, q string) bool {
	shown := s.showCall(v, c)
	texts := []string{shown.From.Name, shown.From.Number, shown.To.Name, shown.To.Number, shown.Dialled, shown.Reference}
	for _, l := range shown.Legs {
		texts = append(texts, l.Party.Name, l.Party.Number)
	}
	return matches(q, texts...)
}

// countCalls counts what the visitor may see, call by call, so that a total tells nothing about other ones.
func (s *Server) countCalls(ctx context.Context, v *visit, q store.CallQuery, page store.CallPage, first bool) (int, error) {
	if first && page.Next == "" {
		return len(page.Items), nil
	}
	if q.Sight.All && q.Text == "" && q.Result != "missed" {
		q.Cursor, q.Limit, q.Count, q.Keep = "", 1, true, nil
		p, err := s.c.Store.Calls(ctx, q)
		return p.Total, err
	}
	q.Cursor = ""
	if q.Text == "" && q.Result != "missed" { // then only whose a call is decides
		sees := v.sight(policy.CallDetail)
		return s.c.Store.CountSeen(ctx, q, walked, func(c store.Seen) bool { return sees.Sees(policy.Record(c.Call, c.Users, c.Groups, c.Started)) })
	}
	n := 0
	for _, err := range s.c.Store.EachCall(ctx, q) {
		if err != nil {
			return 0, err
		}
		if n++; n == walked {
			break
		}
	}
	return n, nil
}

// getCall shows one record; one that the visitor may not see does not exist for him.
func (s *Server) getCall(ctx context.Context, v *visit, in *callIn) (Call, error) {
	c, err := s.c.Store.Call(ctx, pbx.CallID(in.Call))
	if e, ok := asRefusal(err); ok && e.Code == pbx.NotFound {
		return Call{}, missing()
	}
	if err != nil {
		return Call{}, err
	}
	if !v.sight(policy.CallDetail).Sees(recordTarget(&c)) {
		return Call{}, missing()
	}
	shown := []Call{s.showCall(v, &c)}
	err = tellVisitors(ctx, s, shown, wrote)
	return shown[0], err
}

// factPage reads a page of facts with a total that counts only what the visitor may see.
func factPage(ctx context.Context, t *store.Tenant, q store.FactQuery, all bool) (store.FactPage, int, error) {
	page, err := t.Facts(ctx, q)
	if err != nil {
		return page, 0, err
	}
	if q.Cursor == "" && page.Next == "" {
		return page, len(page.Items), nil
	}
	count := q
	count.Cursor = ""
	if all {
		count.Limit, count.Count, count.Keep = 1, true, nil
		p, err := t.Facts(ctx, count)
		return page, p.Total, err
	}
	n := 0
	for count.Limit = 200; n < walked; {
		p, err := t.Facts(ctx, count)
		if err != nil {
			return page, 0, err
		}
		n += len(p.Items)
		if p.Next == "" {
			break
		}
		count.Cursor = p.Next
	}
	return page, n, nil
}

// auditSees reports whether a fact is about a person or a group whom the right reaches. Facts about the office itself are
// for those who read the whole log.
func auditSees(sees policy.Reach, f event.Fact) bool {
	user, group := about(f)
	switch {
	case user != "":
		return sees.Sees(policy.User(user))
	case group != "":
		return sees.Sees(policy.Group(group))
	}
	return false
}
