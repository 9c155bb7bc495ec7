package auth

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// post collects what would be mailed.
type post struct {
	mu      sync.Mutex
	links   []store.Link
	secrets []string
}

func (p *post) compose(l store.Link, secret string) (store.Mail, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.links, p.secrets = append(p.links, l), append(p.secrets, secret)
	return store.Mail{ID: "mai_" + secret[:8], Kind: string(l.Kind), User: l.User, To: "x@example.com", Secret: secret, State: store.MailKept, Created: l.Created}, nil
}

func admin() pbx.Actor { return pbx.Actor{Kind: pbx.ActorUser, User: "usr_alice", Via: "web"} }

func TestInvitation(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		var p post
		if err := o.Send(t.Context(), admin(), "usr_bob", false, p.compose); err != nil {
			t.Fatal(err)
		}
		if len(p.links) != 1 || p.links[0].Kind != store.LinkInvitation || o.count(event.InvitationSent) != 1 {
			t.Fatalf("%+v", p.links)
		}
		if strings.Contains(p.links[0].Hash, p.secrets[0]) {
			t.Error("the link keeps its secret")
		}
		time.Sleep(InvitationLife - time.Second)
		opened, err := o.Open(t.Context(), p.secrets[0])
		if err != nil || opened.User.ID != "usr_bob" || opened.Kind != store.LinkInvitation {
			t.Fatalf("%+v, %v", opened, err)
		}
		if _, err := o.Redeem(t.Context(), p.secrets[0], "short", from("192.0.2.2")); key(err) != "password.too_short" {
			t.Errorf("short password: %v", err)
		}
		s, err := o.Redeem(t.Context(), p.secrets[0], "bob likes long sentences", from("192.0.2.2"))
		if err != nil {
			t.Fatal(err)
		}
		if who, err := o.Who(with("GET", s)); err != nil || who.User != "usr_bob" {
			t.Errorf("%+v, %v", who, err)
		}
		if _, err := o.SignIn(t.Context(), "bob@example.com", "bob likes long sentences", from("192.0.2.2")); err != nil {
			t.Error(err)
		}
		if _, err := o.Redeem(t.Context(), p.secrets[0], "bob likes long sentences", from("192.0.2.2")); !isMissing(err) {
			t.Errorf("a second use: %v", err)
		}
	})
}

func TestLinksEnd(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		var p post
		for _, u := range []pbx.UserID{"usr_alice", "usr_bob", "usr_bob"} {
			if err := o.Send(t.Context(), admin(), u, false, p.compose); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := o.Open(t.Context(), p.secrets[1]); !isMissing(err) {
			t.Errorf("a newer invitation voids the older: %v", err)
		}
		if p.links[0].Kind != store.LinkReset {
			t.Errorf("who has a password gets a %s", p.links[0].Kind)
		}
		time.Sleep(ResetLife)
		if _, err := o.Open(t.Context(), p.secrets[0]); !isMissing(err) {
			t.Errorf("a reset at its end: %v", err)
		}
		if _, err := o.Open(t.Context(), p.secrets[2]); err != nil {
			t.Errorf("an invitation lives longer: %v", err)
		}
		time.Sleep(InvitationLife - ResetLife)
		if _, err := o.Open(t.Context(), p.secrets[2]); !isMissing(err) {
			t.Errorf("an invitation at its end: %v", err)
		}
		if _, err := o.Open(t.Context(), "guess"); !isMissing(err) {
			t.Errorf("a guess: %v", err)
		}
		if err := o.Send(t.Context(), admin(), "usr_nobody", false, p.compose); !isMissing(err) {
			t.Errorf("for nobody: %v", err)
		}
	})
}

func TestResetEndsSessions(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		before := signIn(t, o)
		var p post
		if err := o.Send(t.Context(), admin(), "usr_alice", false, p.compose); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Who(with("GET", before)); err != nil {
			t.Errorf("sending a link ends nothing: %v", err)
		}
		if _, err := o.Redeem(t.Context(), p.secrets[0], "another long sentence", from("192.0.2.2")); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Who(with("GET", before)); key(err) != "login.signed_out" {
			t.Errorf("a session from before the reset: %v", err)
		}
		again := signIn2(t, o, "another long sentence")
		if err := o.Send(t.Context(), admin(), "usr_alice", true, p.compose); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Who(with("GET", again)); key(err) != "login.signed_out" {
			t.Errorf("login.reset ends sessions: %v", err)
		}
	})
}

func signIn2(t *testing.T, o *office, password string) SignedIn {
	t.Helper()
	s, err := o.SignIn(t.Context(), "alice@example.com", password, from("192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLinkIsUsedOnce(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		var p post
		if err := o.Send(t.Context(), admin(), "usr_bob", false, p.compose); err != nil {
			t.Fatal(err)
		}
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := o.Redeem(t.Context(), p.secrets[0], "bob likes long sentences", from("192.0.2.2")); err == nil {
					won.Add(1)
				} else if !isMissing(err) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d of 8 used it", won.Load())
		}
	})
}

func TestForgot(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		var p post
		for _, email := range []string{"alice@example.com", "carol@example.com", "nobody@example.com"} {
			o.Forgot(t.Context(), email, from("192.0.2.1"), p.compose)
		}
		synctest.Wait()
		o.Close()
		if len(p.links) != 1 || p.links[0].User != "usr_alice" || p.links[0].Kind != store.LinkReset {
			t.Errorf("%+v", p.links)
		}
		for range 50 {
			o.Forgot(t.Context(), "alice@example.com", from("192.0.2.1"), p.compose)
		}
		o.Close()
		if len(p.links) > 5 {
			t.Errorf("%d mails at once", len(p.links))
		}
	})
}

func TestSetPassword(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		one, two := signIn(t, o), signIn(t, o)
		set := func(old, fresh string) string {
			return key(o.SetPassword(t.Context(), "usr_alice", old, fresh, one.Session.ID, from("192.0.2.1")))
		}
		if k := set("wrong wrong", "a quite different one"); k != "password.old_wrong" {
			t.Error(k)
		}
		if k := set(good, "alice@example.com"); k != "password.is_yours" {
			t.Error(k)
		}
		if k := set(good, "a quite different one"); k != "<nil>" {
			t.Error(k)
		}
		if _, err := o.Who(with("GET", one)); err != nil {
			t.Errorf("the session that asked: %v", err)
		}
		if _, err := o.Who(with("GET", two)); key(err) != "login.signed_out" {
			t.Errorf("the other session: %v", err)
		}
		if _, err := o.SignIn(t.Context(), "alice@example.com", good, from("192.0.2.1")); key(err) != "login.wrong" {
			t.Errorf("the old password: %v", err)
		}
	})
}

// FX-01: one link, 24 hours, five wrong ones, one use.
func TestSetup(t *testing.T) {
	fresh := func(t *testing.T, o *office) string {
		t.Helper()
		o.config.Store(&pbx.Snapshot{})
		link, err := o.NewSetup(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return link
	}
	t.Run("claimed systems have none", func(t *testing.T) {
		in(t, func(t *testing.T, o *office) {
			if _, err := o.NewSetup(t.Context()); key(err) != "setup.claimed" {
				t.Error(err)
			}
		})
	})
	t.Run("five wrong ones close it", func(t *testing.T) {
		in(t, func(t *testing.T, o *office) {
			link := fresh(t, o)
			if len(link) != 26 {
				t.Errorf("%d characters", len(link))
			}
			for i := range SetupTries {
				if err := o.CheckSetup(t.Context(), link); err != nil {
					t.Fatalf("after %d wrong ones: %v", i, err)
				}
				if err := o.CheckSetup(t.Context(), "wrong"); !isMissing(err) {
					t.Error(err)
				}
			}
			if err := o.CheckSetup(t.Context(), link); !isMissing(err) {
				t.Errorf("still open: %v", err)
			}
		})
	})
	t.Run("a day closes it", func(t *testing.T) {
		in(t, func(t *testing.T, o *office) {
			link := fresh(t, o)
			time.Sleep(SetupLife - time.Second)
			if err := o.CheckSetup(t.Context(), " "+strings.ToUpper(link)+"\n"); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Second)
			if err := o.CheckSetup(t.Context(), link); !isMissing(err) {
				t.Error(err)
			}
		})
	})
	t.Run("a claim is whole or nothing", func(t *testing.T) {
		in(t, func(t *testing.T, o *office) {
			link := fresh(t, o)
			claim := func(link string, fail bool) (SignedIn, error) {
				return o.Claim(t.Context(), link, "owner@example.com", "Owner", good, from("192.0.2.1"), func(id pbx.UserID, k Keeper) error {
					if fail {
						return pbx.Refuse(pbx.Invalid, "company", "name.empty")
					}
					return keep(t.Context(), k, id)
				})
			}
			if _, err := claim("wrong", false); !isMissing(err) {
				t.Error(err)
			}
			if _, err := claim(link, true); key(err) != "name.empty" {
				t.Error(err)
			}
			s, err := claim(link, false)
			if err != nil {
				t.Fatal(err)
			}
			config, err := o.store.Load(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			o.config.Store(config)
			if who, err := o.Who(with("GET", s)); err != nil || config.Users[who.User].Email != "owner@example.com" {
				t.Errorf("%+v, %v", who, err)
			}
			if _, err := o.SignIn(t.Context(), "owner@example.com", good, from("192.0.2.1")); err != nil {
				t.Error(err)
			}
			if _, err := claim(link, false); !isMissing(err) {
				t.Errorf("a second claim: %v", err)
			}
		})
	})
}

// keep writes the smallest claimed office.
func keep(ctx context.Context, k Keeper, id pbx.UserID) error {
	at := now()
	c := pbx.Change{Put: []pbx.Noun{&pbx.Tenant{Name: "Office", Claimed: at}, &pbx.Group{ID: "grp_default", Name: "Default", Default: true, Created: at},
		&pbx.User{ID: id, Name: "Owner", Email: "owner@example.com", Created: at},
		&pbx.Membership{ID: "mem_owner", User: id, Group: "grp_default", Role: "user", From: at}}}
	_, err := k.Apply(ctx, 0, c, []event.Fact{{At: at, Kind: event.SetupClaimed, Object: c.Put[0].Ref()}})
	return err
}
