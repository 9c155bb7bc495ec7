package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// office is a real database with alice, who has a password, bob, who was invited, and carol, who is suspended.
type office struct {
	*Service
	store  *store.Tenant
	config atomic.Pointer[pbx.Snapshot]
	hashes atomic.Int64
	facts  []event.Fact
	warned []pbx.UserID
	mu     sync.Mutex
}

const good = "a lantern over the harbour"

// in runs a test in a time bubble: hours pass at once, and the database is real.
func in(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tandem.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), "sqlite:"+path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		o := &office{store: db.Tenant("main")}
		o.Service = New(Config{Store: o.store, View: o.config.Load,
			Publish: func(_ context.Context, facts []event.Fact) error {
				o.mu.Lock()
				defer o.mu.Unlock()
				o.facts = append(o.facts, facts...)
				return nil
			},
			Warn: func(u pbx.UserID, _ string, _ int) { o.warned = append(o.warned, u) },
		})
		o.spent = func() { o.hashes.Add(1) }
		defer o.Close()
		o.people(t)
		test(t, o)
	})
}

func (o *office) people(t *testing.T) {
	t.Helper()
	at := now()
	nouns := []pbx.Noun{&pbx.Tenant{Name: "Office", Claimed: at}, &pbx.Group{ID: "grp_default", Name: "Default", Default: true}}
	for _, name := range []string{"alice", "bob", "carol"} {
		u := &pbx.User{ID: pbx.UserID("usr_" + name), Name: name, Email: name + "@example.com", Created: at}
		if name == "carol" {
			u.Suspensions = []pbx.Interval{{From: at}}
		}
		nouns = append(nouns, u, &pbx.Membership{ID: pbx.MembershipID("mem_" + name), User: u.ID, Group: "grp_default", Role: "user", From: at})
	}
	nouns = append(nouns, &pbx.Token{ID: "tok_1", User: "usr_alice", Name: "program", Hash: pbx.HashSecret("tdm_secret"), Until: at.Add(time.Hour)},
		&pbx.Token{ID: "tok_2", User: "usr_carol", Name: "program", Hash: pbx.HashSecret("tdm_carol")})
	config, err := pbx.NewSnapshot(1, nouns...)
	if err != nil {
		t.Fatal(err)
	}
	o.config.Store(config)
	for _, u := range []pbx.UserID{"usr_alice", "usr_carol"} {
		hash, err := o.Hash(t.Context(), good)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.store.SetPassword(t.Context(), store.Login{User: u, Password: hash, Changed: at}, ""); err != nil {
			t.Fatal(err)
		}
	}
	o.hashes.Store(0)
}

func (o *office) count(k event.Kind) (n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.facts {
		if f.Kind == k {
			n++
		}
	}
	return n
}

func key(err error) string {
	var e *pbx.Error
	if errors.As(err, &e) {
		return e.Text.Key
	}
	return fmt.Sprint(err)
}

func from(addr string) Visit { return Visit{Addr: addr, Agent: "Test"} }

// with is a request with a session's cookie.
func with(method string, s SignedIn) *http.Request {
	r := httptest.NewRequest(method, "http://office.example/v1/users", nil)
	r.AddCookie(&http.Cookie{Name: Cookie, Value: s.Cookie})
	return r
}

func signIn(t *testing.T, o *office) SignedIn {
	t.Helper()
	s, err := o.SignIn(t.Context(), "Alice@Example.com ", good, from("192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSignIn(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		s := signIn(t, o)
		who, err := o.Who(with("GET", s))
		if err != nil || who.Kind != pbx.ActorUser || who.User != "usr_alice" || who.Via != "web" || who.Addr != "192.0.2.1" {
			t.Errorf("Who = %+v, %v", who, err)
		}
		if o.count(event.LoginSucceeded) != 1 {
			t.Errorf("facts %v", o.facts)
		}
		if strings.Contains(fmt.Sprint(s.Session), s.Cookie) {
			t.Error("the session keeps the cookie itself")
		}
		for _, r := range []*http.Request{with("GET", SignedIn{}), with("GET", SignedIn{Cookie: "guess"}), httptest.NewRequest("GET", "/", nil)} {
			if _, err := o.Who(r); key(err) != "login.signed_out" {
				t.Errorf("a stranger gets %v", err)
			}
		}
	})
}

// WB-01: unknown people, people without a password, suspended ones and a wrong password cost the same work and get the
// same answer.
func TestStrangersLearnNothing(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		var answers []string
		for i, email := range []string{"alice@example.com", "bob@example.com", "carol@example.com", "nobody@example.com", ""} {
			before := o.hashes.Load()
			_, err := o.SignIn(t.Context(), email, "not the password", from(fmt.Sprintf("192.0.2.%d", i)))
			answers = append(answers, fmt.Sprint(err))
			if n := o.hashes.Load() - before; n != 1 {
				t.Errorf("%q: %d password hashes", email, n)
			}
		}
		for _, a := range answers {
			if a != answers[0] || a != "denied: login.wrong" {
				t.Errorf("answers differ: %q", answers)
			}
		}
		if _, err := o.SignIn(t.Context(), "carol@example.com", good, from("192.0.2.9")); key(err) != "login.suspended" {
			t.Errorf("who knows the password may know of the suspension: %v", err)
		}
		if o.count(event.LoginFailed) != 5 {
			t.Errorf("%d failures in the log", o.count(event.LoginFailed))
		}
		for _, f := range o.facts {
			if strings.Contains(string(f.Data)+f.Reason, "nobody@") {
				t.Errorf("what was typed stands in the log: %s", f.Data)
			}
		}
	})
}

// WB-02: guessing slows down, for everybody alike, and nobody is locked out for good.
func TestGuessingSlowsDown(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		try := func(addr, password string) string {
			_, err := o.SignIn(t.Context(), "alice@example.com", password, from(addr))
			return key(err)
		}
		began, hashed := time.Now(), o.hashes.Load()
		for time.Since(began) < time.Hour {
			if k := try("198.51.100.7", "wrong wrong"); k != "login.wrong" && k != "login.wait" {
				t.Fatal(k)
			}
			time.Sleep(time.Second)
		}
		if n := o.hashes.Load() - hashed; n > 20 {
			t.Errorf("%d guesses in an hour from one address", n)
		}
		if k := try("198.51.100.7", good); k != "login.wait" {
			t.Errorf("the right password passes by the wait: %s", k)
		}
		if k := try("192.0.2.1", good); k != "<nil>" {
			t.Errorf("alice at her own address: %s", k)
		}
		time.Sleep(15 * time.Minute)
		if k := try("198.51.100.7", good); k != "<nil>" {
			t.Errorf("after the longest wait: %s", k)
		}
		if len(o.warned) != 1 || o.warned[0] != "usr_alice" {
			t.Errorf("warned %v", o.warned)
		}
	})
}

func TestGuessingFromManyAddresses(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		signIn(t, o)
		hashed := o.hashes.Load()
		for i := range 400 {
			o.SignIn(t.Context(), "alice@example.com", "wrong wrong", from(fmt.Sprintf("198.51.%d.%d", i/200, i%200)))
		}
		if n := o.hashes.Load() - hashed; n > 30 {
			t.Errorf("%d guesses at once from 400 addresses", n)
		}
		if _, err := o.SignIn(t.Context(), "alice@example.com", good, from("192.0.2.1")); err != nil {
			t.Errorf("alice, where she signed in before: %v", err)
		}
		time.Sleep(31 * time.Second)
		if _, err := o.SignIn(t.Context(), "alice@example.com", good, from("203.0.113.5")); err != nil {
			t.Errorf("alice, from a new place, half a minute later: %v", err)
		}
	})
}

func TestTriesAtTheSameTimeAreCounted(t *testing.T) {
	var g guard
	var passed atomic.Int64
	var wg sync.WaitGroup
	at := time.Now()
	for range 100 {
		wg.Go(func() {
			if wait, _ := g.enter("alice", "192.0.2.1", at); wait == 0 {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	if n := passed.Load(); n > int64(together.free)+1 {
		t.Errorf("%d of 100 tries at the same time", n)
	}
}

func TestGuardIsBounded(t *testing.T) {
	var g guard
	at := time.Now()
	for i := range 3 * marksMost {
		g.enter(fmt.Sprint("account", i), fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), at)
	}
	if len(g.marks) > marksMost {
		t.Errorf("%d marks", len(g.marks))
	}
	if network("2001:db8::1") != network("2001:db8::2:3") || network("::ffff:192.0.2.1") != network("192.0.2.1") {
		t.Error("an IPv6 customer counts as many")
	}
}

// AU-05: a flood of failures does not fill the log.
func TestFloodsAreNotWrittenDown(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		for i := range 2000 {
			v := from(fmt.Sprintf("10.1.%d.%d", i/250, i%250))
			_, failed := o.guard.enter(fmt.Sprint("x", i), v.Addr, now())
			o.failed(t.Context(), nil, failed, v, now())
		}
		if n := o.count(event.LoginFailed); n > 61 {
			t.Errorf("%d facts", n)
		}
		time.Sleep(time.Minute)
		o.failed(t.Context(), nil, 1, from("10.2.0.1"), now())
		if last := o.facts[len(o.facts)-1]; !strings.Contains(string(last.Data), `"unsaid":19`) {
			t.Errorf("the log does not tell how many were left out: %s", last.Data)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		s := signIn(t, o)
		began := time.Now()
		for time.Since(began) < SessionLife-25*time.Hour { // used every day, it lives until its absolute end
			time.Sleep(24 * time.Hour)
			if _, err := o.Who(with("GET", s)); err != nil {
				t.Fatalf("after %s: %v", time.Since(began), err)
			}
		}
		time.Sleep(25 * time.Hour)
		if _, err := o.Who(with("GET", s)); key(err) != "login.signed_out" {
			t.Errorf("after its absolute end: %v", err)
		}
		idle := signIn(t, o)
		time.Sleep(SessionIdle - time.Second)
		if _, err := o.Session(with("GET", idle)); err != nil {
			t.Errorf("just before it is idle: %v", err)
		}
		time.Sleep(SessionIdle + time.Second)
		if _, err := o.Who(with("GET", idle)); key(err) != "login.signed_out" {
			t.Errorf("idle: %v", err)
		}
	})
}

func TestSignOut(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		var all []SignedIn
		for range 4 {
			all = append(all, signIn(t, o))
			time.Sleep(time.Second)
		}
		list, err := o.Sessions(t.Context(), "usr_alice")
		if err != nil || len(list) != 4 || list[0].ID != all[3].Session.ID || list[0].Agent != "Test" || list[0].Addr != "192.0.2.1" {
			t.Fatalf("%+v, %v", list, err)
		}
		if err := o.SignOut(with("DELETE", all[0])); err != nil {
			t.Error(err)
		}
		alice := pbx.Actor{Kind: pbx.ActorUser, User: "usr_alice"}
		if err := o.EndSession(t.Context(), alice, "usr_alice", all[1].Session.ID); err != nil {
			t.Error(err)
		}
		if err := o.EndSession(t.Context(), alice, "usr_bob", all[2].Session.ID); !isMissing(err) {
			t.Errorf("a session of somebody else: %v", err)
		}
		if err := o.SignOutEverywhere(t.Context(), alice, "usr_alice", all[3].Session.ID); err != nil {
			t.Error(err)
		}
		for i, s := range all {
			if _, err := o.Who(with("GET", s)); (err == nil) != (i == 3) {
				t.Errorf("session %d: %v", i, err)
			}
		}
		if o.count(event.LoginSessionsEnded) != 3 {
			t.Errorf("%d facts", o.count(event.LoginSessionsEnded))
		}
	})
}

// WB-07: suspension and deletion end everything at once, and it does not come back.
func TestSuspensionCutsSessions(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		s := signIn(t, o)
		before := o.config.Load()
		u := *before.Users["usr_alice"]
		u.Suspensions = []pbx.Interval{{From: now()}}
		next, err := before.Apply(pbx.Change{Put: []pbx.Noun{&u}})
		if err != nil {
			t.Fatal(err)
		}
		o.config.Store(next)
		if _, err := o.Who(with("GET", s)); key(err) != "login.signed_out" {
			t.Errorf("suspended: %v", err)
		}
		token := httptest.NewRequest("GET", "/", nil)
		token.Header.Set("Authorization", "Bearer tdm_secret")
		if _, err := o.Who(token); key(err) != "login.signed_out" {
			t.Errorf("token of a suspended person: %v", err)
		}
		if err := o.Cut(t.Context(), before, next); err != nil {
			t.Fatal(err)
		}
		o.config.Store(before) // restored
		if _, err := o.Who(with("GET", s)); key(err) != "login.signed_out" {
			t.Errorf("the session came back with the person: %v", err)
		}
	})
}

func TestTokens(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		ask := func(header string) (pbx.Actor, error) {
			r := httptest.NewRequest("POST", "/v1/users", nil)
			r.Header.Set("Authorization", header)
			return o.Who(r)
		}
		who, err := ask("Bearer tdm_secret")
		if err != nil || who.Kind != pbx.ActorToken || who.Token != "tok_1" || who.User != "usr_alice" || who.Via != "api" {
			t.Errorf("%+v, %v", who, err)
		}
		for _, h := range []string{"Bearer tdm_wrong", "Bearer secret", "Basic tdm_secret", "Bearer", "Bearer tdm_carol", "x"} {
			if _, err := ask(h); key(err) != "login.signed_out" {
				t.Errorf("%q: %v", h, err)
			}
		}
		time.Sleep(time.Hour)
		if _, err := ask("Bearer tdm_secret"); key(err) != "login.signed_out" {
			t.Errorf("at its end: %v", err)
		}
	})
}

// A token that is bound to networks serves a thief elsewhere nothing, and its owner sees when and from where it was used last (BAR TF-12).
func TestTokensAreBoundToNetworks(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		config, err := o.config.Load().Apply(pbx.Change{Put: []pbx.Noun{&pbx.Token{ID: "tok_3", User: "usr_alice", Name: "CRM", Hash: pbx.HashSecret("tdm_bound"), Until: time.Now().Add(time.Hour),
			Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/64")}}}})
		if err != nil {
			t.Fatal(err)
		}
		o.config.Store(config)
		ask := func(from string) error {
			r := httptest.NewRequest("GET", "/v1/users", nil)
			r.RemoteAddr = from
			r.Header.Set("Authorization", "Bearer tdm_bound")
			_, err := o.Who(r)
			return err
		}
		used := func() store.TokenUse {
			all, err := o.store.TokenUses(t.Context(), "usr_alice")
			if err != nil {
				t.Fatal(err)
			}
			return all["tok_3"]
		}
		for from, want := range map[string]string{"198.51.100.7:4000": "login.signed_out", "[2001:db9::1]:80": "login.signed_out", "@": "login.signed_out"} {
			if err := ask(from); key(err) != want {
				t.Errorf("%s: %v, want %s", from, err, want)
			}
		}
		if u := used(); !u.At.IsZero() {
			t.Errorf("refused uses are noted: %+v", u)
		}
		for i, step := range []struct {
			from string
			at   time.Duration // of the last use that is noted
		}{{"192.0.2.9:4000", 0}, {"[::ffff:192.0.2.9]:80", 0}, {"[2001:db8::7]:80", 2 * time.Minute}, {"[2001:db8::7]:80", 2 * time.Minute}, {"[2001:db8::7]:80", 2 * time.Minute}, {"[2001:db8::7]:80", 2 * time.Minute}, {"[2001:db8::7]:80", 2 * time.Minute}, {"[2001:db8::7]:80", 7 * time.Minute},
			{"192.0.2.9:4000", 8 * time.Minute}, {"[2001:db8::7]:80", 8 * time.Minute}} {
			began := time.Now().Add(-time.Duration(i) * time.Minute)
			if err := ask(step.from); err != nil {
				t.Errorf("%s: %v", step.from, err)
			}
			if u := used(); !u.At.Equal(began.Add(step.at).UTC().Truncate(time.Millisecond)) {
				t.Errorf("use %d from %s: %+v", i, step.from, u)
			}
			time.Sleep(time.Minute)
		}
	})
}

// WB-04: other sites cannot use the cookie.
func TestForeignOrigins(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		s := signIn(t, o)
		for _, tt := range []struct {
			name, method, site, origin string
			upgrade, ok                bool
		}{
			{"own page", "POST", "same-origin", "http://office.example", false, true},
			{"own page, old browser", "POST", "", "http://office.example", false, true},
			{"other site", "POST", "cross-site", "https://evil.example", false, false},
			{"other site, old browser", "POST", "", "https://evil.example", false, false},
			{"sandboxed frame", "DELETE", "", "null", false, false},
			{"neighbour on the same domain", "PUT", "same-site", "http://other.example", false, false},
			{"reading by a link", "GET", "cross-site", "", false, true},
			{"program", "POST", "", "", false, true},
			{"own web socket", "GET", "same-origin", "http://office.example", true, true},
			{"foreign web socket", "GET", "cross-site", "https://evil.example", true, false},
			{"foreign web socket, old browser", "GET", "", "https://evil.example", true, false},
		} {
			r := with(tt.method, s)
			if tt.site != "" {
				r.Header.Set("Sec-Fetch-Site", tt.site)
			}
			if tt.origin != "" {
				r.Header.Set("Origin", tt.origin)
			}
			if tt.upgrade {
				r.Header.Set("Upgrade", "websocket")
			}
			if _, err := o.Who(r); (err == nil) != tt.ok || !tt.ok && key(err) != "login.foreign_origin" {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
	})
}

// A phone that keeps failing is written down sparingly, and slows nobody down who signs in from the same address.
func TestRefusedPhones(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		for range 3000 {
			o.PhoneRefused(t.Context(), "dev_1", "192.0.2.1", "wrong_secret")
			time.Sleep(time.Second)
		}
		o.Close()
		if n := o.count(event.LoginFailed); n < 3 || n > 20 {
			t.Errorf("%d facts", n)
		}
		signIn(t, o)
	})
}
