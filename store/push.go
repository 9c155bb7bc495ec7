package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/pbx"
)

// Push is a browser that can be told something while no page is open (RFC 8030). It belongs to a session and is gone with it.
type Push struct {
	Session  string
	User     pbx.UserID
	Endpoint string // address at the push service of the browser's maker
	P256dh   string // the browser's key (RFC 8291 §3.1), base64url
	Auth     string // its authentication secret, likewise
	Calls    bool   // the browser is a phone: calls are pushed to it, too
	Created  time.Time
}

const pushColumns = "session, user_id, endpoint, p256dh, auth, calls, created"

// PutPush keeps the one subscription of a session. A browser that was somebody else's before is his no more.
func (t *Tenant) PutPush(ctx context.Context, p Push) error {
	return t.db.change(ctx, "keep push subscription", func(x tx) error {
		if _, err := x.exec(ctx, "DELETE FROM pushes WHERE tenant = $1 AND (session = $2 OR endpoint = $3)", t.id, p.Session, clean(p.Endpoint)); err != nil {
			return err
		}
		_, err := x.exec(ctx, "INSERT INTO pushes (tenant, "+pushColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", t.id, p.Session, string(p.User), clean(p.Endpoint),
			clean(p.P256dh), clean(p.Auth), flag(p.Calls), ms(p.Created))
		return err
	})
}

// DropPush forgets the subscription of a session, and says whether there was one.
func (t *Tenant) DropPush(ctx context.Context, session string) (bool, error) {
	var n int64
	err := t.db.change(ctx, "forget push subscription", func(x tx) error {
		var err error
		n, err = x.exec(ctx, "DELETE FROM pushes WHERE tenant = $1 AND session = $2", t.id, session)
		return err
	})
	return n > 0, err
}

// pushLives keeps subscriptions whose session is there.
const pushLives = " AND EXISTS (SELECT 1 FROM sessions s WHERE s.tenant = pushes.tenant AND s.id = pushes.session AND s.user_id = pushes.user_id AND s.expires > "

// PushesOf lists the browsers of a person whose sessions have not ended.
func (t *Tenant) PushesOf(ctx context.Context, u pbx.UserID, at time.Time) ([]Push, error) {
	w := newWhere("pushes", t.id)
	w.and("user_id = " + w.arg(string(u)))
	return t.pushes(ctx, w, at)
}

// Pushes lists all of them.
func (t *Tenant) Pushes(ctx context.Context, at time.Time) ([]Push, error) {
	return t.pushes(ctx, newWhere("pushes", t.id), at)
}

func (t *Tenant) pushes(ctx context.Context, w *where, at time.Time) ([]Push, error) {
	var list []Push
	err := t.db.view(ctx, "list push subscriptions", func(x tx) error {
		return x.each(ctx, "SELECT "+pushColumns+" FROM pushes"+w.String()+pushLives+w.arg(ms(at))+") ORDER BY session", w.args, func(s *sql.Rows) error {
			var p Push
			var calls, created int64
			err := s.Scan(&p.Session, &p.User, &p.Endpoint, &p.P256dh, &p.Auth, &calls, &created)
			p.Calls, p.Created = calls != 0, moment(created)
			list = append(list, p)
			return err
		})
	})
	return list, err
}

// DropPushes forgets the subscriptions of sessions that have ended.
func (t *Tenant) DropPushes(ctx context.Context, at time.Time) error {
	return t.db.change(ctx, "drop push subscriptions", func(x tx) error {
		_, err := x.exec(ctx, `DELETE FROM pushes WHERE tenant = $1 AND NOT EXISTS
			(SELECT 1 FROM sessions s WHERE s.tenant = pushes.tenant AND s.id = pushes.session AND s.user_id = pushes.user_id AND s.expires > $2)`, t.id, ms(at))
		return err
	})
}
