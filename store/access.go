package store

import (
	"context"
	"errors"

	"tandem/event"
	"tandem/pbx"
)

// Write writes rows beside the configuration together with the facts about them, in one transaction.
func (t *Tenant) Write(ctx context.Context, facts []event.Fact, also ...Also) ([]event.Fact, error) {
	if len(facts) == 0 {
		return nil, errors.New("store: write: a change without facts would leave no trace")
	}
	return t.record(ctx, "write", facts, func(x tx) error {
		for _, a := range also {
			if err := a.write(ctx, t, x); err != nil {
				return err
			}
		}
		return nil
	})
}

// SessionsEnded is an Also that ends every session of a person but one (Keep is its id; empty ends all).
type SessionsEnded struct {
	User pbx.UserID
	Keep string
}

func (s SessionsEnded) write(ctx context.Context, t *Tenant, x tx) error {
	_, err := t.endSessions(ctx, x, s.User, s.Keep)
	return err
}

// Rehash keeps the same password in another form, unless it was changed meanwhile. Nothing happened to the person, so
// there is no fact.
func (t *Tenant) Rehash(ctx context.Context, old Login, fresh string) error {
	return t.db.change(ctx, "hash a password again", func(x tx) error {
		_, err := x.exec(ctx, `UPDATE logins SET password = $4 WHERE tenant = $1 AND user_id = $2 AND password = $3`,
			t.id, string(old.User), old.Password, fresh)
		return err
	})
}
