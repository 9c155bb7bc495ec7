package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// LinkKind says what a one-time link is good for.
type LinkKind string

// The kinds of one-time links.
const (
	LinkSetup      LinkKind = "setup"      // claims a new system; belongs to nobody (BAR FX-01)
	LinkInvitation LinkKind = "invitation" // chooses the first password
	LinkReset      LinkKind = "reset"      // chooses another password
)

// Link is a secret that can be used once. The secret itself is never stored.
type Link struct {
	Hash    string // SHA-256 of the secret, hex
	Kind    LinkKind
	User    pbx.UserID // empty for set-up
	Created time.Time
	Expires time.Time
	Tries   int // wrong attempts that are left; 0 closes the link
}

const linkColumns = "hash, kind, user_id, created, expires, tries"

func (l *Link) scan(read scan) error {
	var created, expires int64
	err := read(&l.Hash, &l.Kind, &l.User, &created, &expires, &l.Tries)
	l.Created, l.Expires = moment(created), moment(expires)
	return err
}

// CreateLink writes a new link. Older links of the same kind for the same person end.
func (t *Tenant) CreateLink(ctx context.Context, l Link, facts ...event.Fact) ([]event.Fact, error) {
	return t.record(ctx, "create link", facts, func(x tx) error { return l.write(ctx, t, x) })
}

// write makes Link an Also.
func (l Link) write(ctx context.Context, t *Tenant, x tx) error {
	if _, err := x.exec(ctx, `DELETE FROM links WHERE tenant = $1 AND kind = $2 AND user_id = $3`, t.id, string(l.Kind), string(l.User)); err != nil {
		return err
	}
	_, err := x.exec(ctx, "INSERT INTO links (tenant, "+linkColumns+", used) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
		t.id, l.Hash, string(l.Kind), string(l.User), ms(l.Created), ms(l.Expires), l.Tries)
	return err
}

const linkIsOpen = "tenant = $1 AND used = 0 AND tries > 0 AND expires > $2"

// LinkByHash finds a link that can still be used; pbx.NotFound for every other, whatever the reason.
func (t *Tenant) LinkByHash(ctx context.Context, hash string, at time.Time) (Link, error) {
	var l Link
	err := t.db.view(ctx, "read link", func(x tx) error {
		row := x.row(ctx, "SELECT "+linkColumns+" FROM links WHERE "+linkIsOpen+" AND hash = $3", t.id, ms(at), clean(hash))
		return missing(l.scan(row.Scan), "link.unknown")
	})
	return l, err
}

// OpenLinks lists the links of a kind that can still be used, newest first.
func (t *Tenant) OpenLinks(ctx context.Context, k LinkKind, at time.Time) ([]Link, error) {
	var list []Link
	err := t.db.view(ctx, "list links", func(x tx) error {
		return x.each(ctx, "SELECT "+linkColumns+" FROM links WHERE "+linkIsOpen+" AND kind = $3 ORDER BY created DESC, hash",
			[]any{t.id, ms(at), string(k)}, func(s *sql.Rows) error {
				var l Link
				err := l.scan(s.Scan)
				list = append(list, l)
				return err
			})
	})
	return list, err
}

// MissLink counts a wrong attempt against every open link of a kind; at the last one they close. Only set-up links are
// guessed at as a kind, because there is one of them.
func (t *Tenant) MissLink(ctx context.Context, k LinkKind, at time.Time) error {
	return t.db.change(ctx, "count a wrong link", func(x tx) error {
		_, err := x.exec(ctx, "UPDATE links SET tries = tries - 1 WHERE "+linkIsOpen+" AND kind = $3", t.id, ms(at), string(k))
		return err
	})
}

// RedeemLink uses a link up, sets the person's password and ends all sessions, in one transaction. Of two who try at the
// same time one gets pbx.NotFound. The login's User is taken from the link.
func (t *Tenant) RedeemLink(ctx context.Context, hash string, l Login, facts ...event.Fact) ([]event.Fact, error) {
	return t.record(ctx, "redeem link", facts, func(x tx) error {
		used := LinkUsed{Hash: hash, At: l.Changed}
		u, err := used.take(ctx, t, x)
		if err != nil {
			return err
		}
		l.User = u
		if err := l.write(ctx, t, x); err != nil {
			return err
		}
		_, err = t.endSessions(ctx, x, u, "")
		return err
	})
}

// LinkUsed is an Also that uses up a link in the transaction of a change: the claim of a new system. A link that cannot
// be used refuses the whole change with pbx.NotFound.
type LinkUsed struct {
	Hash string
	At   time.Time
}

func (l LinkUsed) write(ctx context.Context, t *Tenant, x tx) error {
	_, err := l.take(ctx, t, x)
	return err
}

func (l LinkUsed) take(ctx context.Context, t *Tenant, x tx) (pbx.UserID, error) {
	var u pbx.UserID
	err := x.row(ctx, "UPDATE links SET used = $2 WHERE "+linkIsOpen+" AND hash = $3 RETURNING user_id", t.id, ms(l.At), clean(l.Hash)).Scan(&u)
	return u, missing(err, "link.unknown")
}

// ExpireLinks deletes the links that are used or over, and says how many.
func (t *Tenant) ExpireLinks(ctx context.Context, at time.Time) (int64, error) {
	var n int64
	err := t.db.change(ctx, "expire links", func(x tx) error {
		var err error
		n, err = x.exec(ctx, "DELETE FROM links WHERE tenant = $1 AND NOT (used = 0 AND tries > 0 AND expires > $2)", t.id, ms(at))
		return err
	})
	return n, err
}
