package auth

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"strings"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// Opening is what a one-time link opens.
type Opening struct {
	Kind    store.LinkKind
	User    *pbx.User // nil for the set-up link
	Expires time.Time
}

// NewLink plans a one-time link of a person: an invitation while he has no password, later a reset. The secret is to be
// sent to him and to nobody else (I-15); the link is written by Send, or as an Also with the change that makes the person.
func NewLink(kind store.LinkKind, u pbx.UserID, at time.Time) (store.Link, string) {
	value, hash := secret()
	life := ResetLife
	if kind == store.LinkInvitation {
		life = InvitationLife
	}
	return store.Link{Hash: hash, Kind: kind, User: u, Created: at, Expires: at.Add(life), Tries: 1}, value
}

// Send makes a link for a person and writes it together with the mail that carries it, which compose is given the secret
// for. Who has no password yet is invited, the others may choose another. With end his sessions end, too.
func (s *Service) Send(ctx context.Context, who pbx.Actor, u pbx.UserID, end bool, compose func(store.Link, string) (store.Mail, error)) error {
	if s.c.View().Users[u] == nil {
		return pbx.Refuse(pbx.NotFound, "", "user.unknown")
	}
	at := now()
	kind := store.LinkReset
	if _, err := s.c.Store.Login(ctx, u); isMissing(err) {
		kind = store.LinkInvitation
	} else if err != nil {
		return err
	}
	link, value := NewLink(kind, u, at)
	mail, err := compose(link, value)
	if err != nil {
		return err
	}
	facts := []event.Fact{s.about(event.InvitationSent, who, u, at)}
	also := []store.Also{link, mail}
	if end {
		facts = append(facts, s.about(event.LoginSessionsEnded, who, u, at))
		also = append(also, store.SessionsEnded{User: u})
	}
	facts, err = s.c.Store.Write(ctx, facts, also...)
	if err != nil {
		return err
	}
	s.tell(ctx, facts)
	return nil
}

// Forgot sends a link to whoever forgot the password of an account. It answers before it has looked the account up, so
// that nothing tells whether there is one. Tries that come too early are left out silently.
func (s *Service) Forgot(ctx context.Context, email string, v Visit, compose func(store.Link, string) (store.Mail, error)) {
	wait, asked := s.guard.enter("forgot:"+cut(fold(email), 254), v.Addr, now())
	if wait > 0 || asked > 10 && asked&(asked-1) != 0 {
		return
	}
	ctx = context.WithoutCancel(ctx)
	s.work.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		user := s.c.View().ByEmail(email)
		if user == nil || user.IsSuspended(now()) {
			return
		}
		if err := s.Send(ctx, v.nobody(), user.ID, false, compose); err != nil {
			s.c.Log.ErrorContext(ctx, "send a link for a forgotten password", "error", err)
		}
	})
}

// unknownLink is the one answer for links that never were, are used or over.
func unknownLink() error { return pbx.Refuse(pbx.NotFound, "", "link.unknown") }

// Open looks a link from a mail up, without using it.
func (s *Service) Open(ctx context.Context, value string) (Opening, error) {
	at := now()
	l, err := s.c.Store.LinkByHash(ctx, pbx.HashSecret(value), at)
	if isMissing(err) || err == nil && l.Kind == store.LinkSetup {
		return Opening{}, unknownLink()
	}
	if err != nil {
		return Opening{}, err
	}
	user := active(s.c.View(), l.User, at)
	if user == nil {
		return Opening{}, unknownLink()
	}
	return Opening{Kind: l.Kind, User: user, Expires: l.Expires}, nil
}

// Redeem uses a link from a mail: the person chooses a password, his other sessions end, and he is signed in. Of two who
// use it at the same time one gets pbx.NotFound.
func (s *Service) Redeem(ctx context.Context, value, password string, v Visit) (SignedIn, error) {
	o, err := s.Open(ctx, value)
	if err != nil {
		return SignedIn{}, err
	}
	if err := Check(password, o.User.Email, o.User.Name); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.Hash(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	at := now()
	who := v.person(o.User.ID)
	facts, err := s.c.Store.RedeemLink(ctx, pbx.HashSecret(value), store.Login{Password: hash, Changed: at}, s.about(event.LoginPasswordSet, who, o.User.ID, at))
	if err != nil {
		return SignedIn{}, err
	}
	s.tell(ctx, facts)
	in := v.open(o.User.ID, at)
	facts, err = s.c.Store.CreateSession(ctx, in.Session, s.about(event.LoginSucceeded, who, o.User.ID, at))
	if err != nil {
		return SignedIn{}, err
	}
	s.tell(ctx, facts)
	return in, nil
}

var letters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// NewSetup makes the link that claims a fresh system: 128 random bits, valid for SetupLife and SetupTries wrong attempts.
// Older ones end. A claimed system has none: pbx.Conflict.
func (s *Service) NewSetup(ctx context.Context) (string, error) {
	if !s.c.View().Tenant.Claimed.IsZero() {
		return "", pbx.Refuse(pbx.Conflict, "", "setup.claimed")
	}
	var b [16]byte
	rand.Read(b[:])
	value, at := letters.EncodeToString(b[:]), now()
	_, err := s.c.Store.CreateLink(ctx, store.Link{Hash: pbx.HashSecret(value), Kind: store.LinkSetup, Created: at, Expires: at.Add(SetupLife), Tries: SetupTries})
	return value, err
}

// CheckSetup wants the set-up link. A wrong one is counted; after SetupTries the right one is closed as well.
func (s *Service) CheckSetup(ctx context.Context, value string) error {
	at := now()
	l, err := s.c.Store.LinkByHash(ctx, pbx.HashSecret(tidy(value)), at)
	if err == nil && l.Kind == store.LinkSetup {
		return nil
	}
	if err != nil && !isMissing(err) {
		return err
	}
	if err := s.c.Store.MissLink(ctx, store.LinkSetup, at); err != nil {
		return err
	}
	return unknownLink()
}

// tidy takes away what copying from a terminal adds.
func tidy(value string) string { return strings.ToLower(strings.TrimSpace(value)) }

// Keeper writes the claim of a system in one transaction: the configuration with the owner's password, his session, and
// the use of the link. It is the Store of the desk that carries the claim out.
type Keeper struct {
	s    *Service
	also []store.Also
	fact event.Fact
}

// Apply is command.Store's.
func (k Keeper) Apply(ctx context.Context, base int64, c pbx.Change, facts []event.Fact) ([]event.Fact, error) {
	if k.fact.Kind != "" {
		facts = append(facts[:len(facts):len(facts)], k.fact)
	}
	return k.s.c.Store.ApplyAlso(ctx, base, c, facts, k.also...)
}

// Claim makes the first account. An empty link is for the shell of the server itself, which needs none; it opens no
// session. The claim is carried out by claim, which gets the id of the new owner and the store to write it with; when it
// fails, nothing has happened, and the link is still good.
func (s *Service) Claim(ctx context.Context, link, email, name, password string, v Visit, claim func(owner pbx.UserID, k Keeper) error) (SignedIn, error) {
	if link != "" {
		if err := s.CheckSetup(ctx, link); err != nil {
			return SignedIn{}, err
		}
	}
	if err := Check(password, email, name); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.Hash(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	at := now()
	owner := pbx.UserID(newID("usr", at))
	k := Keeper{s: s, also: []store.Also{store.Login{User: owner, Password: hash, Changed: at}}}
	var in SignedIn
	if link != "" {
		in = v.open(owner, at)
		k.also = append(k.also, store.LinkUsed{Hash: pbx.HashSecret(tidy(link)), At: at}, in.Session)
		k.fact = s.about(event.LoginSucceeded, v.person(owner), owner, at)
	}
	if err := claim(owner, k); err != nil {
		return SignedIn{}, err
	}
	return in, nil
}
