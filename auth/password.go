package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"tandem/pbx"
)

// cost is how much work a password hash is. The values are OWASP's for argon2id with little memory: one sign-in takes
// about 30 ms of one core and 19 MiB.
type cost struct {
	memory uint32 // KiB
	time   uint32
	lanes  uint8
}

var today = cost{memory: 19 * 1024, time: 2, lanes: 1}

// hashed is a password as it is kept: $argon2id$v=19$m=…,t=…,p=…$salt$key.
type hashed struct {
	cost
	salt, key []byte
}

// dummy is what passwords of unknown people are compared with, so that they cost the same work (WB-01). No password
// fits it.
var dummy = hashed{cost: today, salt: make([]byte, 16), key: make([]byte, 32)}

func (h hashed) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, h.lanes, b64(h.salt), b64(h.key))
}

// parseHash reads a kept password. Costs beyond reason are refused: they would come from a damaged row and take all memory.
func parseHash(text string) (h hashed, err error) {
	f := strings.Split(text, "$")
	var version int
	if len(f) != 6 || f[1] != "argon2id" {
		return h, errors.New("not an argon2id hash")
	}
	if _, err := fmt.Sscanf(f[2]+" "+f[3], "v=%d m=%d,t=%d,p=%d", &version, &h.memory, &h.time, &h.lanes); err != nil {
		return h, fmt.Errorf("parameters of a hash: %w", err)
	}
	if version != argon2.Version || h.memory < 8 || h.memory > 256*1024 || h.time < 1 || h.time > 10 || h.lanes < 1 || h.lanes > 16 {
		return h, errors.New("parameters of a hash are out of range")
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(f[4]); err != nil {
		return h, fmt.Errorf("salt of a hash: %w", err)
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(f[5]); err != nil {
		return h, fmt.Errorf("key of a hash: %w", err)
	}
	if len(h.salt) < 8 || len(h.key) < 16 || len(h.key) > 64 {
		return h, errors.New("salt or key of a hash has a strange length")
	}
	return h, nil
}

// derive does the work. It waits for its turn; when too many wait already, it refuses with pbx.Unavailable.
func (s *Service) derive(ctx context.Context, password string, h hashed) ([]byte, error) {
	if !s.queue.TryAcquire(1) {
		return nil, pbx.Refuse(pbx.Unavailable, "", "login.busy")
	}
	defer s.queue.Release(1)
	if err := s.hashes.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait to hash a password: %w", err)
	}
	defer s.hashes.Release(1)
	if s.spent != nil {
		s.spent()
	}
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.lanes, uint32(len(h.key))), nil
}

// matches compares a password with a kept one.
func (s *Service) matches(ctx context.Context, password string, h hashed) (bool, error) {
	key, err := s.derive(ctx, password, h)
	return err == nil && subtle.ConstantTimeCompare(key, h.key) == 1, err
}

// Fits compares a password, or a PIN, with what Hash made of it; what is no hash fits nothing, and takes as long (WB-01).
func (s *Service) Fits(ctx context.Context, typed, kept string) (bool, error) {
	h, err := parseHash(kept)
	if err != nil {
		h = dummy
	}
	ok, err2 := s.matches(ctx, cut(typed, 4*longest), h)
	return ok && err == nil, err2
}

// Hash makes of a password what is kept of it. The rules are Check's.
func (s *Service) Hash(ctx context.Context, password string) (string, error) {
	h := hashed{cost: today, salt: make([]byte, 16), key: make([]byte, 32)}
	rand.Read(h.salt)
	key, err := s.derive(ctx, password, h)
	if err != nil {
		return "", err
	}
	h.key = key
	return h.String(), nil
}

// The bounds of a password: characters, and bytes so that nobody makes us hash a book.
const (
	shortest = 10
	longest  = 256
)

// Check refuses passwords that are guessed first. The error is an *pbx.Error with the field "password".
func Check(password, email, name string) error {
	refuse := func(key string, pairs ...string) error { return pbx.Refuse(pbx.Invalid, "password", key, pairs...) }
	switch {
	case !utf8.ValidString(password) || len(password) > longest:
		return refuse("password.too_long", "max", fmt.Sprint(longest))
	case utf8.RuneCountInString(password) < shortest:
		return refuse("password.too_short", "min", fmt.Sprint(shortest))
	}
	folded := fold(password)
	local, _, _ := strings.Cut(fold(email), "@")
	for _, own := range []string{fold(email), local, fold(name)} {
		if own != "" && strings.Contains(folded, own) && strings.Trim(strings.ReplaceAll(folded, own, ""), "0123456789!.-_?@#$*+ ") == "" {
			return refuse("password.is_yours")
		}
	}
	if isCommon(folded) {
		return refuse("password.common")
	}
	return nil
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// isCommon knows the commonest passwords and those without imagination: few different characters, a run along the
// keyboard or the alphabet, a common word with digits behind.
func isCommon(folded string) bool {
	bare := strings.TrimRightFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) })
	seen := map[rune]bool{}
	for _, r := range folded {
		seen[r] = true
	}
	if len(seen) < 4 {
		return true
	}
	for _, row := range []string{"01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
		"qwertzuiopasdfghjklyxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn", "1q2w3e4r5t6y7u8i9o0p", "йцукенгшщзхъфывапролджэ"} {
		if strings.Contains(row, folded) || len(bare) > 5 && strings.Contains(row, bare) {
			return true
		}
	}
	for _, w := range commonest {
		if folded == w || bare == w || bare == w+w {
			return true
		}
	}
	return false
}

// commonest are the words that lists of stolen passwords begin with, where digits behind them make ten characters.
var commonest = []string{"password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd", "passwords", "password!", "letmein", "welcome",
	"willkommen", "iloveyou", "ichliebedich", "qwerty", "qwertz", "administrator", "admin", "changeme", "default", "football", "fussball",
	"baseball", "superman", "batman", "princess", "sunshine", "starwars", "whatever", "trustno", "dragon", "monkey", "shadow", "master",
	"michael", "jennifer", "hallo", "hallohallo", "schatz", "geheim", "sommer", "winter", "summer", "tandem", "telefon", "telephone",
	"haslo", "hasło", "polska", "zaq12wsx", "zaq1@wsx", "mojehaslo", "kochanie", "пароль", "привет", "любовь", "rahasia", "katasandi", "sayang",
	"bismillah", "indonesia", "testtest", "test", "company", "computer", "internet", "samsung", "google", "correcthorsebatterystaple"}
