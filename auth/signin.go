package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// SignIn opens a session for who knows the password of an account. Whether the account exists, has no password yet or is
// another's cannot be told from the answer, its time or the work behind it (WB-01): pbx.Denied, login.wrong. Who fails too
// often waits: pbx.Exhausted, login.wait, with the seconds.
func (s *Service) SignIn(ctx context.Context, email, password string, v Visit) (SignedIn, error) {
	at := now()
	user, login, err := s.find(ctx, email)
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.prove(ctx, cut(fold(email), 254), user, login, password, v, at); err != nil {
		return SignedIn{}, err
	}
	if user.IsSuspended(at) {
		return SignedIn{}, pbx.Refuse(pbx.Denied, "", "login.suspended")
	}
	s.renew(ctx, login, password)
	in := v.open(user.ID, at)
	facts, err := s.c.Store.CreateSession(ctx, in.Session, s.about(event.LoginSucceeded, v.person(user.ID), user.ID, at))
	if err != nil {
		return SignedIn{}, err
	}
	s.tell(ctx, facts)
	return in, nil
}

// find looks an account up; user is nil when there is none, login empty when there is no password.
func (s *Service) find(ctx context.Context, email string) (*pbx.User, store.Login, error) {
	user := s.c.View().ByEmail(email)
	id := pbx.UserID("usr_nobody") // the database is asked for nobody, too
	if user != nil {
		id = user.ID
	}
	login, err := s.c.Store.Login(ctx, id)
	if isMissing(err) {
		err = nil
	}
	return user, login, err
}

// prove wants the password of an account. Every way through it hashes exactly once, but for tries that come too early.
func (s *Service) prove(ctx context.Context, account string, user *pbx.User, login store.Login, password string, v Visit, at time.Time) error {
	wait, failed := s.guard.enter(account, v.Addr, at)
	if wait > 0 {
		return pbx.Refuse(pbx.Exhausted, "", "login.wait", "seconds", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	kept, err := parseHash(login.Password)
	if err != nil {
		kept = dummy
	}
	ok, err2 := s.matches(ctx, cut(password, 4*longest), kept)
	if err2 != nil {
		return err2
	}
	if ok && err == nil && user != nil && len(password) <= longest {
		s.guard.found(account, v.Addr)
		return nil
	}
	s.failed(ctx, user, failed, v, at)
	return pbx.Refuse(pbx.Denied, "", "login.wrong")
}

// renew hashes a password again when it was kept at another cost than today's.
func (s *Service) renew(ctx context.Context, login store.Login, password string) {
	h, err := parseHash(login.Password)
	if err != nil || h.cost == today {
		return
	}
	fresh, err := s.Hash(ctx, password)
	if err == nil {
		err = s.c.Store.Rehash(ctx, login, fresh)
	}
	if err != nil {
		s.c.Log.WarnContext(ctx, "hash a password again", "error", err)
	}
}

// failure is the payload of login.failed.
type failure struct {
	Failed  int  `json:"failed"`            // in a row at this account
	Unsaid  int  `json:"unsaid,omitempty"`  // other failures that were not written since the last that was
	Account bool `json:"account,omitempty"` // there is such an account
}

// failed writes a failed sign-in down, but not each: a flood must not fill the log (AU-05). What was typed is not written:
// people type passwords into the wrong field.
func (s *Service) failed(ctx context.Context, user *pbx.User, failed int, v Visit, at time.Time) {
	if user != nil && failed == warnAfter && s.c.Warn != nil {
		s.c.Warn(user.ID, v.Addr, failed)
	}
	if failed > 4 && failed&(failed-1) != 0 || !s.events.AllowN(at, 1) {
		s.hidden.add()
		return
	}
	f := event.Fact{At: at, Kind: event.LoginFailed, Actor: v.nobody(), Object: pbx.Ref{Kind: pbx.KindSystem}, Revision: s.c.View().Version}
	if user != nil {
		f.Object = user.Ref()
	}
	s.note(ctx, f, failure{Failed: failed, Account: user != nil})
}

// warnAfter is how many failures in a row a person is told about (WB-02).
const warnAfter = 10

// PhoneRefused writes a refused phone registration down, as sparingly as failed sign-ins. It waits for the disk; whoever speaks with
// phones must not, and hands it to a queue.
func (s *Service) PhoneRefused(ctx context.Context, device pbx.DeviceID, addr, reason string) {
	at := now()
	_, failed := s.phones.enter(string(device), addr, at)
	if failed == 0 || failed > 4 && failed&(failed-1) != 0 || !s.events.AllowN(at, 1) {
		s.hidden.add()
		return
	}
	f := event.Fact{At: at, Kind: event.LoginFailed, Actor: pbx.Actor{Addr: addr, Via: "sip"}, Object: pbx.Ref{Kind: pbx.KindSystem},
		Reason: reason, Revision: s.c.View().Version}
	if d := s.c.View().Devices[device]; d != nil {
		f.Object = d.Ref()
	}
	s.note(ctx, f, failure{Failed: failed, Account: device != ""})
}

// note writes a failure down with the number of those that were not.
func (s *Service) note(ctx context.Context, f event.Fact, what failure) {
	var err error
	what.Unsaid = s.hidden.take()
	if f.Data, err = json.Marshal(what); err == nil {
		var facts []event.Fact
		if facts, err = s.c.Store.Append(ctx, nil, []event.Fact{f}); err == nil {
			s.tell(ctx, facts)
			return
		}
	}
	s.c.Log.ErrorContext(ctx, "write a failed sign-in down", "error", err)
}

// SetPassword changes a person's own password, who proves himself with the old one. Every session but one (keep is its
// id) ends. Refusals: pbx.Invalid with the field "old" or "password", pbx.Exhausted.
func (s *Service) SetPassword(ctx context.Context, u pbx.UserID, old, fresh, keep string, v Visit) error {
	user := s.c.View().Users[u]
	if user == nil {
		return signedOut()
	}
	if err := Check(fresh, user.Email, user.Name); err != nil {
		return err
	}
	at := now()
	_, login, err := s.find(ctx, user.Email)
	if err != nil {
		return err
	}
	if err := s.prove(ctx, fold(user.Email), user, login, old, v, at); err != nil {
		var e *pbx.Error
		if errors.As(err, &e) && e.Code == pbx.Denied {
			return pbx.Refuse(pbx.Invalid, "old", "password.old_wrong")
		}
		return err
	}
	hash, err := s.Hash(ctx, fresh)
	if err != nil {
		return err
	}
	facts, err := s.c.Store.SetPassword(ctx, store.Login{User: u, Password: hash, Changed: at}, keep,
		s.about(event.LoginPasswordSet, v.person(u), u, at))
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	s.tell(ctx, facts)
	return nil
}
