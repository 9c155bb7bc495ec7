package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// Session is one signed-in browser. The cookie itself is never stored.
type Session struct {
	ID      string
	Hash    string // SHA-256 of the cookie, hex
	User    pbx.UserID
	Agent   string
	Addr    string
	Created time.Time
	Seen    time.Time
	Expires time.Time
}

const sessionColumns = "id, hash, user_id, agent, addr, created, seen, expires"

func (s *Session) scan(read scan) error {
	var created, seen, expires int64
	err := read(&s.ID, &s.Hash, &s.User, &s.Agent, &s.Addr, &created, &seen, &expires)
	s.Created, s.Seen, s.Expires = moment(created), moment(seen), moment(expires)
	return err
}

// CreateSession writes a new session.
func (t *Tenant) CreateSession(ctx context.Context, s Session, facts ...event.Fact) ([]event.Fact, error) {
	return t.record(ctx, "create session", facts, func(x tx) error { return s.write(ctx, t, x) })
}

// write makes Session an Also.
func (s Session) write(ctx context.Context, t *Tenant, x tx) error {
	_, err := x.exec(ctx, "INSERT INTO sessions (tenant, "+sessionColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		t.id, s.ID, s.Hash, string(s.User), clean(s.Agent), clean(s.Addr), ms(s.Created), ms(s.Seen), ms(s.Expires))
	return err
}

// SessionByHash finds the session of a cookie that has not expired; pbx.NotFound without one.
func (t *Tenant) SessionByHash(ctx context.Context, hash string, at time.Time) (Session, error) {
	var s Session
	err := t.db.view(ctx, "read session", func(x tx) error {
		row := x.row(ctx, "SELECT "+sessionColumns+" FROM sessions WHERE tenant = $1 AND hash = $2 AND expires > $3", t.id, clean(hash), ms(at))
		return missing(s.scan(row.Scan), "session.unknown")
	})
	return s, err
}

// SessionsOf lists the sessions of a person that have not expired, the one used last first.
func (t *Tenant) SessionsOf(ctx context.Context, u pbx.UserID, at time.Time) ([]Session, error) {
	var list []Session
	err := t.db.view(ctx, "list sessions", func(x tx) error {
		return x.each(ctx, "SELECT "+sessionColumns+" FROM sessions WHERE tenant = $1 AND user_id = $2 AND expires > $3 ORDER BY seen DESC, id",
			[]any{t.id, string(u), ms(at)}, func(rows *sql.Rows) error {
				var s Session
				err := s.scan(rows.Scan)
				list = append(list, s)
				return err
			})
	})
	return list, err
}

// TouchSession notes that a session was used, and until when it lives now. One that has ended stays ended.
func (t *Tenant) TouchSession(ctx context.Context, id, addr string, seen, expires time.Time) error {
	return t.db.change(ctx, "touch session", func(x tx) error {
		_, err := x.exec(ctx, `UPDATE sessions SET addr = $3, seen = $4, expires = $5 WHERE tenant = $1 AND id = $2`,
			t.id, id, clean(addr), ms(seen), ms(expires))
		return err
	})
}

// EndSession ends one session of a person; pbx.NotFound if there is none with the id.
func (t *Tenant) EndSession(ctx context.Context, u pbx.UserID, id string, facts ...event.Fact) ([]event.Fact, error) {
	return t.record(ctx, "end session", facts, func(x tx) error {
		n, err := x.exec(ctx, `DELETE FROM sessions WHERE tenant = $1 AND user_id = $2 AND id = $3`, t.id, string(u), id)
		if err == nil && n == 0 {
			err = pbx.Refuse(pbx.NotFound, "", "session.unknown")
		}
		return err
	})
}

// EndSessions ends every session of a person but one (keep is its id; empty ends all), and says how many.
func (t *Tenant) EndSessions(ctx context.Context, u pbx.UserID, keep string, facts ...event.Fact) (int64, []event.Fact, error) {
	var n int64
	stored, err := t.record(ctx, "end sessions", facts, func(x tx) error {
		var err error
		n, err = t.endSessions(ctx, x, u, keep)
		return err
	})
	return n, stored, err
}

func (t *Tenant) endSessions(ctx context.Context, x tx, u pbx.UserID, keep string) (int64, error) {
	return x.exec(ctx, `DELETE FROM sessions WHERE tenant = $1 AND user_id = $2 AND id <> $3`, t.id, string(u), keep)
}

// ExpireSessions deletes the sessions that are over, and says how many.
func (t *Tenant) ExpireSessions(ctx context.Context, at time.Time) (int64, error) {
	var n int64
	err := t.db.change(ctx, "expire sessions", func(x tx) error {
		var err error
		n, err = x.exec(ctx, `DELETE FROM sessions WHERE tenant = $1 AND expires <= $2`, t.id, ms(at))
		return err
	})
	return n, err
}
