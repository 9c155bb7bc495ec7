package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// Login is how a person signs in. A person without one was invited and has not chosen a password yet.
type Login struct {
	User     pbx.UserID
	Password string // argon2id, encoded with salt and parameters
	Changed  time.Time
}

// Login reads the login of a person; pbx.NotFound without one.
func (t *Tenant) Login(ctx context.Context, u pbx.UserID) (Login, error) {
	l := Login{User: u}
	err := t.db.view(ctx, "read login", func(x tx) error {
		var changed int64
		err := x.row(ctx, `SELECT password, changed FROM logins WHERE tenant = $1 AND user_id = $2`, t.id, string(u)).Scan(&l.Password, &changed)
		l.Changed = moment(changed)
		return missing(err, "login.unknown")
	})
	return l, err
}

// Logins tells since when people have a password; those without one are not in the map. No users asks for everybody.
func (t *Tenant) Logins(ctx context.Context, users ...pbx.UserID) (map[pbx.UserID]time.Time, error) {
	found := map[pbx.UserID]time.Time{}
	w := newWhere("logins", t.id)
	if len(users) > 0 {
		w.and("user_id IN " + w.list(Scope{Users: users}.parts()))
	}
	err := t.db.view(ctx, "list logins", func(x tx) error {
		return x.each(ctx, "SELECT user_id, changed FROM logins"+w.String(), w.args, func(s *sql.Rows) error {
			var u pbx.UserID
			var changed int64
			err := s.Scan(&u, &changed)
			found[u] = moment(changed)
			return err
		})
	})
	return found, err
}

// SetPassword writes a password and ends every session of the person but one (keep is its id; empty ends all).
func (t *Tenant) SetPassword(ctx context.Context, l Login, keep string, facts ...event.Fact) ([]event.Fact, error) {
	return t.record(ctx, "set password", facts, func(x tx) error {
		if err := l.write(ctx, t, x); err != nil {
			return err
		}
		_, err := t.endSessions(ctx, x, l.User, keep)
		return err
	})
}

// write makes Login an Also. Links that were sent before end with the password they would have replaced: whoever changes it because somebody
// reads his mail must not be overtaken by an older mail.
func (l Login) write(ctx context.Context, t *Tenant, x tx) error {
	if err := remove(ctx, x, t.id, "links", "user_id", []string{string(l.User)}); err != nil {
		return err
	}
	_, err := x.exec(ctx, `INSERT INTO logins (tenant, user_id, password, changed) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant, user_id) DO UPDATE SET password = excluded.password, changed = excluded.changed`,
		t.id, string(l.User), l.Password, ms(l.Changed))
	return err
}

// record runs a write and appends its facts in one transaction.
func (t *Tenant) record(ctx context.Context, op string, facts []event.Fact, f func(tx) error) ([]event.Fact, error) {
	var stored []event.Fact
	err := t.db.change(ctx, op, func(x tx) error {
		if err := f(x); err != nil {
			return err
		}
		var err error
		stored, err = t.append(ctx, x, facts)
		return err
	})
	return stored, err
}
