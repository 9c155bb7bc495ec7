package api

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"tandem/command"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/store"
)

// Entry is one line of the audit log: who did what, before, after, from where.
type Entry struct {
	Seq     int64           `json:"seq"`
	At      time.Time       `json:"at"`
	Actor   EntryActor      `json:"actor"`
	Kind    string          `json:"kind"`
	Object  EntryObject     `json:"object"`
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	Summary string          `json:"summary" doc:"as a sentence"`
	Undo    bool            `json:"undo,omitempty" doc:"the change can be taken back, as far as the line tells"`
	Undoes  int64           `json:"undoes,omitempty" doc:"the line of the change that this one took back"`
}

// EntryActor is who did it.
type EntryActor struct {
	Kind pbx.ActorKind `json:"kind"`
	Name string        `json:"name"`
	User pbx.UserID    `json:"user,omitempty"`
	Addr string        `json:"addr,omitempty"`
	Via  string        `json:"via,omitempty"`
}

// EntryObject is what it was done to.
type EntryObject struct {
	Kind pbx.Kind `json:"kind"`
	ID   string   `json:"id"`
	Name string   `json:"name"`
}

type auditIn struct {
	List
	Actor  string    `query:"actor" doc:"id of a user"`
	Object string    `query:"object" doc:"kind:id, or a kind"`
	About  string    `query:"about" doc:"id of a user: what was done to him, his places, rights and phones"`
	Kind   string    `query:"kind"`
	From   time.Time `query:"from"`
	Until  time.Time `query:"until"`
}

// listAudit shows the entries about people and groups whom audit.read reaches; who reads the whole log also sees those
// about the office.
func (s *Server) listAudit(ctx context.Context, v *visit, in *auditIn) (Page[Entry], error) {
	sees, whole := v.sight(policy.AuditRead), v.readsWholeLog()
	q := store.FactQuery{Sight: scope(sees), Keep: func(f event.Fact) bool { return auditSees(sees, f) }, Actor: pbx.UserID(in.Actor), About: pbx.UserID(in.About),
		From: in.From, Until: in.Until, Text: in.Q, Cursor: in.Cursor, Limit: min(in.Limit, 200)}
	if in.Kind != "" {
		q.Kinds = []event.Kind{event.Kind(in.Kind)}
	}
	if in.Object != "" {
		q.Object = readRef(in.Object)
	}
	if whole {
		q.Sight, q.Keep = store.Scope{All: true}, nil
	}
	page, total, err := factPage(ctx, s.c.Store, q, whole)
	if err != nil {
		return Page[Entry]{}, err
	}
	out := Page[Entry]{Items: make([]Entry, 0, len(page.Items)), Next: page.Next, Total: total}
	for _, f := range page.Items {
		if user, group := about(f); user != "" {
			v.shows(policy.AuditRead, policy.User(user))
		} else if group != "" {
			v.shows(policy.AuditRead, policy.Group(group))
		}
		out.Items = append(out.Items, s.showEntry(v, f, whole))
	}
	return out, nil
}

// about finds the person, or else the group, that a fact is about: itself, or whose membership, phone or token it is.
func about(f event.Fact) (pbx.UserID, pbx.GroupID) {
	switch f.Object.Kind {
	case pbx.KindUser:
		return pbx.UserID(f.Object.ID), ""
	case pbx.KindGroup:
		return "", pbx.GroupID(f.Object.ID)
	case pbx.KindHours, pbx.KindOverride:
		switch {
		case strings.HasPrefix(f.Object.ID, "usr_"):
			return pbx.UserID(f.Object.ID), ""
		case strings.HasPrefix(f.Object.ID, "grp_"):
			return "", pbx.GroupID(f.Object.ID)
		}
		return "", ""
	}
	for _, b := range []json.RawMessage{f.After, f.Before} {
		var row struct {
			User  pbx.UserID  `json:"user"`
			Group pbx.GroupID `json:"group"`
		}
		if len(b) > 0 && json.Unmarshal(b, &row) == nil && (row.User != "" || row.Group != "") {
			return row.User, row.Group
		}
	}
	return "", ""
}

// showEntry is a fact as a line of the log; ids become names. Who reads a part of the log is told by name who did it, because that is what the log
// is for, but not who and where he is beyond the name, unless he may see him.
func (s *Server) showEntry(v *visit, f event.Fact, whole bool) Entry {
	e := Entry{Seq: f.Seq, At: f.At, Kind: string(f.Kind), Before: f.Before, After: f.After, Reason: f.Reason,
		Actor:  EntryActor{Kind: f.Actor.Kind, User: f.Actor.User, Addr: f.Actor.Addr, Via: f.Actor.Via, Name: s.actorName(v, f.Actor)},
		Object: EntryObject{Kind: f.Object.Kind, ID: f.Object.ID, Name: s.objectName(v, f)}, Undo: command.IsUndoable(f), Undoes: undoes(f)}
	if !whole && f.Actor.User != "" && !v.knows(f.Actor.User) {
		e.Actor.User, e.Actor.Addr = "", ""
	}
	e.Summary = s.say(v, f.Summary(e.Actor.Name, e.Object.Name))
	return e
}

func (s *Server) actorName(v *visit, a pbx.Actor) string {
	if u := v.s.Users[a.User]; u != nil {
		return u.Name
	}
	if a.User != "" {
		return s.say(v, i18n.T("audit.actor_gone"))
	}
	return s.say(v, i18n.T("audit.actor_"+cmp.Or(string(a.Kind), "nobody")))
}

// objectName is what the object was called at that time; for what has no name of its own, whose it is.
func (s *Server) objectName(v *visit, f event.Fact) string {
	if name := f.Name(); name != f.Object.ID {
		return name
	}
	switch f.Object.Kind {
	case pbx.KindSettings, pbx.KindSystem:
		return v.s.Tenant.Name
	}
	user, group := about(f)
	if f.Object.ID == string(pbx.OfficeHours) {
		return v.s.Tenant.Name
	}
	if g := v.s.Groups[group]; g != nil && user == "" {
		return g.Name
	}
	if u := v.s.Users[user]; u != nil {
		if g := v.s.Groups[group]; g != nil {
			return u.Name + " – " + g.Name
		}
		return u.Name
	}
	return f.Object.ID
}

// readRef reads "kind:id", or a kind alone.
func readRef(s string) pbx.Ref {
	kind, id, _ := strings.Cut(s, ":")
	return pbx.Ref{Kind: pbx.Kind(kind), ID: id}
}

// Verification says whether the hash chain of the audit log holds.
type Verification struct {
	OK       bool   `json:"ok"`
	Entries  int64  `json:"entries"`
	FirstBad int64  `json:"first_bad,omitempty"`
	Problem  string `json:"problem,omitempty" doc:"as a sentence"`
	Head     string `json:"head" doc:"hash of the last entry"`
}

// readsWholeLog reports whether the visitor holds audit.read over everything. He then also reads the entries about himself
// and about the office: a log with holes could not be told from one that was tampered with.
func (v *visit) readsWholeLog() bool {
	return policy.Can(v.s, v.who, v.at)[policy.AuditRead.String()] == pbx.ScopeAll
}

// verifyAudit reads the whole log, so it is for those who may see the whole log.
func (s *Server) verifyAudit(ctx context.Context, v *visit, _ *struct{}) (Verification, error) {
	if !v.readsWholeLog() {
		return Verification{}, pbx.Refuse(pbx.Denied, "", "denied.no_grant")
	}
	var outside []store.Checkpoint
	if s.c.Checkpoints != nil {
		var err error
		if outside, err = s.c.Checkpoints(); err != nil {
			return Verification{}, err
		}
	}
	r, err := s.c.Store.Verify(ctx, outside...)
	if err != nil {
		return Verification{}, err
	}
	out := Verification{OK: r.OK, Entries: r.Entries, FirstBad: r.FirstBad, Head: r.Head.Hash}
	if r.Problem != "" {
		out.Problem = s.say(v, i18n.T(r.Problem))
	}
	return out, nil
}
