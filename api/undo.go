package api

import (
	"context"
	"encoding/json"
	"slices"

	"tandem/command"
	"tandem/event"
	"tandem/policy"
)

type changeIn struct {
	Seq int64 `path:"seq" minimum:"1" doc:"of any line of the log that belongs to the change"`
}

// undoChange takes a change back. Who made it, and who reads of it in the log, may try; every right is asked again.
func (s *Server) undoChange(ctx context.Context, v *visit, in *changeIn) error {
	facts, err := s.c.Store.Change(ctx, in.Seq)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(facts, func(f event.Fact) bool { return v.readsFact(f) }) {
		return missing()
	}
	_, err = s.do(ctx, v, command.Undo{Facts: facts})
	return err
}

// undoes is the change that a fact took back; 0 when it is no undo.
func undoes(f event.Fact) int64 {
	var u command.Undone
	if len(f.Data) == 0 || json.Unmarshal(f.Data, &u) != nil {
		return 0
	}
	return u.Undoes
}

// readsFact reports whether the visitor may know of a line of the log: he caused it, or audit.read reaches it.
func (v *visit) readsFact(f event.Fact) bool {
	return v.who.User != "" && f.Actor.User == v.who.User || v.readsWholeLog() || auditSees(v.sight(policy.AuditRead), f)
}
