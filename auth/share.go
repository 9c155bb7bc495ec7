package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"tandem/pbx"
)

// passLife is how long somebody who typed the password of a link to a recording may go on listening.
const passLife = 4 * time.Hour

// sharedShortest is the shortest password of a link: tries at it are counted, which those at an account are not.
const sharedShortest = 6

// NewShare plans a link to a recording. The secret is shown once, to its giver; of it and of the password only hashes are kept.
func (s *Service) NewShare(ctx context.Context, share pbx.RecordingShare, password string) (pbx.RecordingShare, string, error) {
	if password != "" {
		if n := utf8.RuneCountInString(password); n < sharedShortest || len(password) > longest {
			return share, "", pbx.Refuse(pbx.Invalid, "password", "share.password_length", "least", strconv.Itoa(sharedShortest), "most", strconv.Itoa(longest))
		}
		hash, err := s.Hash(ctx, password)
		if err != nil {
			return share, "", err
		}
		share.Password = hash
	}
	value, hash := secret()
	share.ID, share.Hash, share.Tries = pbx.ShareID(newID("shr", share.Created)), hash, pbx.ShareTries
	return share, value, nil
}

// Share finds the link to a recording that a secret opens; pbx.NotFound for all that never were, are over or closed.
func (s *Service) Share(ctx context.Context, value string, at time.Time) (pbx.RecordingShare, error) {
	return s.c.Store.ShareByHash(ctx, pbx.HashSecret(value), at)
}

// ProveShare wants the password of a link, if it has one. Whoever fails too often waits, and pbx.ShareTries wrong ones close the link for good.
func (s *Service) ProveShare(ctx context.Context, share pbx.RecordingShare, password, addr string, at time.Time) error {
	if share.Password == "" {
		return nil
	}
	account := "share:" + string(share.ID)
	if wait, _ := s.guard.enter(account, addr, at); wait > 0 {
		return pbx.Refuse(pbx.Exhausted, "", "login.wait", "seconds", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	if err := s.c.Store.TryShare(ctx, share.ID); err != nil {
		return err
	}
	ok, err := s.Fits(ctx, password, share.Password)
	if err != nil {
		return err
	}
	if !ok || len(password) > longest {
		return pbx.Refuse(pbx.Denied, "password", "share.password_wrong")
	}
	s.guard.found(account, addr)
	return s.c.Store.ProveShare(ctx, share.ID)
}

// SharePass is what whoever typed the password of a link shows with every request for its sound. It ends after some hours, and with the process.
func (s *Service) SharePass(share pbx.RecordingShare, at time.Time) string {
	if share.Password == "" {
		return ""
	}
	return s.sealPass(share, at.Add(passLife).Unix())
}

// sealPass is the moment a pass ends, and a seal over it and the link with its password.
func (s *Service) sealPass(share pbx.RecordingShare, until int64) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(until))
	h := hmac.New(sha256.New, s.passes[:])
	h.Write(b)
	h.Write([]byte(share.Hash + "\n" + share.Password))
	return base64.RawURLEncoding.EncodeToString(h.Sum(b))
}

// HasPass reports whether a pass still opens a link; a link without a password needs none.
func (s *Service) HasPass(share pbx.RecordingShare, pass string, at time.Time) bool {
	if share.Password == "" {
		return true
	}
	b, err := base64.RawURLEncoding.DecodeString(pass)
	if err != nil || len(b) != 8+sha256.Size {
		return false
	}
	until := int64(binary.BigEndian.Uint64(b))
	return until > at.Unix() && hmac.Equal([]byte(s.sealPass(share, until)), []byte(pass))
}
