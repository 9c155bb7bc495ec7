package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // people upload screenshots
	"net/http"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // and what phones save

	"tandem/command"
	"tandem/pbx"
	"tandem/store"
)

const (
	photoSide   = 256      // pixels of the picture that is kept
	photoOctets = 2 << 20  // of an upload
	photoPixels = 24 << 20 // a few octets can say as many of them as they like, and each takes up to eight in memory
)

type photoUp struct {
	User    string `path:"user"`
	RawBody []byte `contentType:"image/*"`
}

// putPhoto keeps a picture as a square JPEG. Nothing of the upload survives but its pixels: no place, no camera, no script.
func (s *Server) putPhoto(ctx context.Context, v *visit, in *photoUp) (User, error) {
	photo, err := s.paint(ctx, in.RawBody)
	if err != nil {
		return User{}, err
	}
	sum := sha256.Sum256(photo)
	hash := hex.EncodeToString(sum[:])
	edit := command.EditUser{User: pbx.UserID(in.User), Photo: &hash}
	if _, err := s.c.Desk.Try(ctx, v.who, edit); err != nil {
		return User{}, err // before anything is kept
	}
	if err := s.c.Store.PutPhoto(ctx, store.Photo{Hash: hash, Kind: "image/jpeg", Body: photo, Created: v.at}); err != nil {
		return User{}, err
	}
	if _, err := s.do(ctx, v, edit); err != nil {
		return User{}, err
	}
	return s.getUser(ctx, v, &userIn{in.User})
}

// paint makes the picture that is kept, one at a time: an upload of two megabytes may need a hundred times as much while it is worked on, and
// telephone calls live in the same memory.
func (s *Server) paint(ctx context.Context, upload []byte) ([]byte, error) {
	select {
	case s.easel <- struct{}{}:
		defer func() { <-s.easel }()
		return square(upload)
	case <-ctx.Done():
		return nil, pbx.Refuse(pbx.Unavailable, "", "photo.busy")
	}
}

// square cuts the middle out of a picture and scales it.
func square(upload []byte) ([]byte, error) {
	bad := pbx.Refuse(pbx.Invalid, "photo", "photo.unreadable")
	config, _, err := image.DecodeConfig(bytes.NewReader(upload))
	if err != nil {
		return nil, bad
	}
	if config.Width < 1 || config.Height < 1 || config.Width > photoPixels/config.Height {
		return nil, pbx.Refuse(pbx.Invalid, "photo", "photo.too_large")
	}
	from, _, err := image.Decode(bytes.NewReader(upload))
	if err != nil {
		return nil, bad
	}
	b := from.Bounds()
	side := min(b.Dx(), b.Dy())
	middle := image.Rect(0, 0, side, side).Add(b.Min).Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	to := image.NewRGBA(image.Rect(0, 0, photoSide, photoSide))
	draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src) // under what is transparent
	draw.CatmullRom.Scale(to, to.Bounds(), from, middle, draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, to, &jpeg.Options{Quality: 85}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// getPhoto sends the picture; its address changes with it, so browsers may keep it.
func (s *Server) getPhoto(ctx context.Context, v *visit, in *userIn) (writer, error) {
	u := v.s.Users[pbx.UserID(in.User)]
	if u == nil || u.Photo == "" {
		return nil, missing()
	}
	photo, err := s.c.Store.Photo(ctx, u.Photo)
	if err != nil {
		return nil, hideMissing(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
		_, _ = w.Write(photo.Body)
	}, nil
}

func (s *Server) deletePhoto(ctx context.Context, v *visit, in *userIn) error {
	none := ""
	_, err := s.do(ctx, v, command.EditUser{User: pbx.UserID(in.User), Photo: &none})
	return err
}
