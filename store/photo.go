package store

import (
	"context"
	"encoding/base64"
	"time"
)

// Photo is a person's picture, kept under the hash of its bytes.
type Photo struct {
	Hash    string // SHA-256, hex
	Kind    string // media type
	Body    []byte
	Created time.Time
}

// PutPhoto writes a picture; the same one twice is kept once.
func (t *Tenant) PutPhoto(ctx context.Context, p Photo) error {
	return t.db.change(ctx, "write photo", func(x tx) error {
		_, err := x.exec(ctx, `INSERT INTO photos (tenant, hash, kind, body, created) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, hash) DO NOTHING`,
			t.id, p.Hash, p.Kind, base64.StdEncoding.EncodeToString(p.Body), ms(p.Created))
		return err
	})
}

// Photo reads a picture by its hash; pbx.NotFound without one.
func (t *Tenant) Photo(ctx context.Context, hash string) (Photo, error) {
	p := Photo{Hash: hash}
	err := t.db.view(ctx, "read photo", func(x tx) error {
		var body string
		var created int64
		err := x.row(ctx, `SELECT kind, body, created FROM photos WHERE tenant = $1 AND hash = $2`, t.id, clean(hash)).Scan(&p.Kind, &body, &created)
		if err != nil {
			return missing(err, "photo.unknown")
		}
		p.Created = moment(created)
		p.Body, err = base64.StdEncoding.DecodeString(body)
		return err
	})
	return p, err
}

// DropPhotos deletes the pictures that no user shows any more, except those made after a moment: they may be about to be used.
func (t *Tenant) DropPhotos(ctx context.Context, before time.Time) (int64, error) {
	var n int64
	err := t.db.change(ctx, "drop photos", func(x tx) error {
		var err error
		n, err = x.exec(ctx, `DELETE FROM photos WHERE tenant = $1 AND created < $2 AND NOT EXISTS
			(SELECT 1 FROM users u WHERE u.tenant = photos.tenant AND u.photo = photos.hash)`, t.id, ms(before))
		return err
	})
	return n, err
}
