package auth

import (
	"context"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tandem/store"
)

func TestPasswordRules(t *testing.T) {
	for password, want := range map[string]string{
		"":                                  "password.too_short",
		"short one":                         "password.too_short",
		"ünïcödé":                           "password.too_short", // counted in characters
		strings.Repeat("long ", 60):         "password.too_long",
		"password123":                       "password.common",
		"Password1234!":                     "password.common",
		"1234567890":                        "password.common",
		"qwertyuiop":                        "password.common",
		"aaaaaaaaaaaa":                      "password.common",
		"abababababab":                      "password.common",
		"Passwort2026":                      "password.common",
		"zaq12wsx2026":                      "password.common",
		"rahasia123456":                     "password.common",
		"anna.nowak@example.com":            "password.is_yours",
		"ANNA.NOWAK2026!":                   "password.is_yours",
		"Anna Nowak 1":                      "password.is_yours",
		"correct horse battery staple lamp": "<nil>",
		"a lantern over the harbour":        "<nil>",
		"Gründlich-ölig-7":                  "<nil>",
		"мой дядя самых честных":              "<nil>",
		"annas lantern in the nowak kitchen":  "<nil>",
		"9f8a7c6e5b4d":                        "<nil>",
		"password is what i never would take": "<nil>",
	} {
		if got := key(Check(password, "anna.nowak@example.com", "Anna Nowak")); got != want {
			t.Errorf("%q: %s, want %s", password, got, want)
		}
	}
}

func TestHashes(t *testing.T) {
	s := New(Config{})
	a, err := s.Hash(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := s.Hash(t.Context(), good)
	if a == b {
		t.Error("two hashes of one password are equal")
	}
	h, err := parseHash(a)
	if err != nil || h.String() != a {
		t.Fatalf("%v, %v", h, err)
	}
	for password, want := range map[string]bool{good: true, good + " ": false, "": false} {
		if ok, err := s.matches(t.Context(), password, h); ok != want || err != nil {
			t.Errorf("%q: %v, %v", password, ok, err)
		}
	}
	if ok, _ := s.matches(t.Context(), good, dummy); ok {
		t.Error("a password fits the dummy")
	}
	if dummy.cost != today {
		t.Error("the dummy costs something else")
	}
}

func TestDamagedHashesAreRefused(t *testing.T) {
	for _, text := range []string{"", "x", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA", "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA",
		"$argon2id$v=19$m=99999999,t=2,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA", "$argon2id$v=18$m=19456,t=2,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA"} {
		if _, err := parseHash(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add(dummy.String())
	f.Add("$argon2id$v=19$m=1,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parseHash(text)
		if err != nil {
			return
		}
		if again, err := parseHash(h.String()); err != nil || again.cost != h.cost {
			t.Errorf("%q became %q: %v", text, h, err)
		}
	})
}

// An older hash is made again at today's cost when its owner signs in.
func TestOldHashesAreRenewed(t *testing.T) {
	in(t, func(t *testing.T, o *office) {
		old := hashed{cost: cost{memory: 8 * 1024, time: 1, lanes: 1}, salt: []byte("saltsaltsaltsalt"), key: make([]byte, 32)}
		old.key, _ = o.derive(t.Context(), good, old)
		login := store.Login{User: "usr_alice", Password: old.String(), Changed: now()}
		if _, err := o.store.SetPassword(t.Context(), login, ""); err != nil {
			t.Fatal(err)
		}
		signIn(t, o)
		kept, err := o.store.Login(t.Context(), "usr_alice")
		if h, _ := parseHash(kept.Password); err != nil || h.cost != today {
			t.Errorf("kept at %+v, %v", h.cost, err)
		}
		signIn(t, o)
	})
}

// Hashing never takes more memory than a few sign-ins, and who waits too long is told.
func TestHashingIsBounded(t *testing.T) {
	s := New(Config{})
	if !s.queue.TryAcquire(waiting) {
		t.Fatal("the queue is smaller than said")
	}
	if _, err := s.Hash(t.Context(), good); key(err) != "login.busy" {
		t.Errorf("a full queue: %v", err)
	}
	s.queue.Release(waiting)
	if !s.hashes.TryAcquire(parallel) {
		t.Fatal("fewer in parallel than said")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Hash(ctx, good); err == nil {
		t.Error("hashed without a turn")
	}
}

func TestClientAddress(t *testing.T) {
	s := New(Config{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}})
	for _, tt := range []struct {
		name, remote, forwarded, proto, want string
		secure                               bool
	}{
		{"direct", "192.0.2.1:4000", "", "", "192.0.2.1", false},
		{"a stranger lies", "192.0.2.1:4000", "203.0.113.9", "https", "192.0.2.1", false},
		{"by our proxy", "10.0.0.2:4000", "203.0.113.9", "https", "203.0.113.9", true},
		{"by two proxies", "10.0.0.2:4000", "203.0.113.9, 10.0.0.3", "http", "203.0.113.9", false},
		{"the client lies to our proxy", "10.0.0.2:4000", "1.2.3.4, 203.0.113.9", "", "203.0.113.9", false},
		{"nonsense from our proxy", "10.0.0.2:4000", "somewhere", "", "10.0.0.2", false},
		{"IPv6 by our proxy", "[::1]:4000", "[2001:db8::7]", "HTTPS", "2001:db8::7", true},
		{"mapped", "[::ffff:192.0.2.1]:4000", "", "", "192.0.2.1", false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.remote
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		r.Header.Set("X-Forwarded-Proto", tt.proto)
		if got := s.Addr(r); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		w := httptest.NewRecorder()
		s.SetCookie(w, r, SignedIn{Cookie: "value"})
		c := w.Result().Cookies()[0]
		if c.Secure != tt.secure || !c.HttpOnly || c.Name != Cookie || c.Path != "/" {
			t.Errorf("%s: cookie %v", tt.name, c)
		}
	}
}

func TestWaitsNeverShrinkAndNeverLock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 1<<40).Draw(t, "failures")
		for _, r := range []rule{together, anywhere, fromHere} {
			a, b := r.wait(&tries{failed: n}), r.wait(&tries{failed: n + 1})
			if a < 0 || b < a || b > r.most {
				t.Fatalf("%d failures wait %s, one more %s", n, a, b)
			}
		}
	})
}

func BenchmarkHash(b *testing.B) {
	s := New(Config{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Hash(b.Context(), good); err != nil {
			b.Fatal(err)
		}
	}
}
