package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/pbx"
)

const shareColumns = "id, recording_id, hash, user_id, receiver, password, created, expires, tries, heard, last"

func scanShare(read scan) (s pbx.RecordingShare, err error) {
	var created, expires, last int64
	err = read(&s.ID, &s.Recording, &s.Hash, &s.By, &s.For, &s.Password, &created, &expires, &s.Tries, &s.Heard, &last)
	s.Created, s.Expires, s.Last = moment(created), moment(expires), moment(last)
	return s, err
}

// ShareMade is an Also that writes a new link to a recording. One more than pbx.MaxShares is refused with pbx.Conflict.
type ShareMade struct{ pbx.RecordingShare }

func (m ShareMade) write(ctx context.Context, t *Tenant, x tx) error {
	s := m.RecordingShare
	var open int
	err := x.row(ctx, "SELECT COUNT(*) FROM recording_shares WHERE tenant = $1 AND recording_id = $2 AND expires > $3", t.id, string(s.Recording), ms(s.Created)).Scan(&open)
	if err == nil && open >= pbx.MaxShares {
		return pbx.Refuse(pbx.Conflict, "", "share.too_many")
	}
	if err != nil {
		return err
	}
	_, err = x.exec(ctx, "INSERT INTO recording_shares (tenant, "+shareColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		t.id, string(s.ID), string(s.Recording), s.Hash, string(s.By), clean(s.For), s.Password, ms(s.Created), ms(s.Expires), int64(s.Tries), int64(s.Heard), ms(s.Last))
	return err
}

// ShareEnded is an Also that takes a link to a recording away; pbx.NotFound without one.
type ShareEnded struct {
	Recording pbx.RecordingID
	ID        pbx.ShareID
}

func (e ShareEnded) write(ctx context.Context, t *Tenant, x tx) error {
	n, err := x.exec(ctx, "DELETE FROM recording_shares WHERE tenant = $1 AND recording_id = $2 AND id = $3", t.id, string(e.Recording), clean(string(e.ID)))
	if err == nil && n == 0 {
		return pbx.Refuse(pbx.NotFound, "", "share.unknown")
	}
	return err
}

// ShareHeard is an Also that counts one listening.
type ShareHeard struct {
	ID pbx.ShareID
	At time.Time
}

func (h ShareHeard) write(ctx context.Context, t *Tenant, x tx) error {
	_, err := x.exec(ctx, "UPDATE recording_shares SET heard = heard + 1, last = $3 WHERE tenant = $1 AND id = $2", t.id, string(h.ID), ms(h.At))
	return err
}

// Shares lists the links to a recording whose time is not over, the newest first.
func (t *Tenant) Shares(ctx context.Context, r pbx.RecordingID, at time.Time) ([]pbx.RecordingShare, error) {
	var list []pbx.RecordingShare
	err := t.db.view(ctx, "list links to a recording", func(x tx) error {
		return x.each(ctx, "SELECT "+shareColumns+" FROM recording_shares WHERE tenant = $1 AND recording_id = $2 AND expires > $3 ORDER BY created DESC, id DESC",
			[]any{t.id, string(r), ms(at)}, func(rows *sql.Rows) error {
				s, err := scanShare(rows.Scan)
				list = append(list, s)
				return err
			})
	})
	return list, err
}

// ShareByHash finds the link of a secret that still works; pbx.NotFound for every other, whatever the reason.
func (t *Tenant) ShareByHash(ctx context.Context, hash string, at time.Time) (s pbx.RecordingShare, err error) {
	err = t.db.view(ctx, "read link to a recording", func(x tx) error {
		row := x.row(ctx, "SELECT "+shareColumns+" FROM recording_shares WHERE tenant = $1 AND hash = $2 AND tries > 0 AND expires > $3", t.id, clean(hash), ms(at))
		s, err = scanShare(row.Scan)
		return missing(err, "share.unknown")
	})
	return s, err
}

// TryShare takes one try for the password of a link before it is looked at, so that tries at the same time cannot slip through; pbx.NotFound
// when none is left. A right password gives it back.
func (t *Tenant) TryShare(ctx context.Context, id pbx.ShareID) error {
	return t.db.change(ctx, "count a try at a link", func(x tx) error {
		n, err := x.exec(ctx, "UPDATE recording_shares SET tries = tries - 1 WHERE tenant = $1 AND id = $2 AND tries > 0", t.id, string(id))
		if err == nil && n == 0 {
			return pbx.Refuse(pbx.NotFound, "", "share.unknown")
		}
		return err
	})
}

// ProveShare gives the try of a right password back.
func (t *Tenant) ProveShare(ctx context.Context, id pbx.ShareID) error {
	return t.db.change(ctx, "give a try at a link back", func(x tx) error {
		_, err := x.exec(ctx, "UPDATE recording_shares SET tries = tries + 1 WHERE tenant = $1 AND id = $2 AND tries < $3", t.id, string(id), int64(pbx.ShareTries))
		return err
	})
}

// DropShares forgets links whose time is over.
func (t *Tenant) DropShares(ctx context.Context, at time.Time) error {
	return t.db.change(ctx, "drop links to recordings", func(x tx) error {
		_, err := x.exec(ctx, "DELETE FROM recording_shares WHERE tenant = $1 AND expires <= $2", t.id, ms(at))
		return err
	})
}
