package command

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// TokenPrefix begins every API token, so that scanners for leaked secrets know it (BAR WB-08).
const TokenPrefix = "tdm_"

// Limits of tokens.
const (
	MaxTokens    = 50                   // of one person
	MaxTokenLife = 366 * 24 * time.Hour // a token that lives longer is renewed, not forgotten
	maxNetworks  = 20                   // that a token is bound to
)

// CreateToken lets a program act for the actor, with all rights that a token may carry or with a part of them. The secret is
// in the result, once; only its hash is kept. A token cannot make tokens: token.create is never carried by one.
type CreateToken struct {
	User    pbx.UserID
	Name    string
	Expires time.Time // zero means 90 days
	Rights  []string  // empty means all that a token may carry

	Narrow   map[string]pbx.Scope // by right among these: how far it reaches at most; without an entry as far as the owner's
	Networks []string             // addresses and networks from which it may be used; empty means everywhere (BAR TF-12)
	Budget   *Budget              // what calls may take that are begun with it; nil: as much as those of its owner
}

// Need asks for token.create over oneself.
func (c CreateToken) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.TokenCreate, policy.User(c.User)}}
}

// Change makes the token.
func (c CreateToken) Change(w *Work) (pbx.Change, error) {
	if w.Snapshot.Users[c.User] == nil {
		return pbx.Change{}, missing()
	}
	t := &pbx.Token{ID: pbx.TokenID(w.ID("tok")), User: c.User, Created: w.Now, Until: c.Expires.UTC().Truncate(time.Millisecond)}
	w.object = t.Ref()
	var err error
	if t.Name, err = cleanName("name", c.Name); err != nil {
		return pbx.Change{}, err
	}
	if c.Expires.IsZero() {
		t.Until = w.Now.Add(90 * 24 * time.Hour)
	}
	if !t.Until.After(w.Now) || t.Until.Sub(w.Now) > MaxTokenLife {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "expires", "token.expires_bad")
	}
	for _, name := range c.Rights {
		r, ok := policy.ParseRight(name)
		if !ok || !policy.ByToken(r) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "rights", "token.right_bad", "right", printable(name))
		}
		if !slices.Contains(t.Rights, name) {
			t.Rights = append(t.Rights, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Narrow)) {
		r, _ := policy.ParseRight(name)
		if !slices.Contains(t.Rights, name) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "narrow", "token.narrow_bad", "right", printable(name))
		}
		if !slices.Contains(r.Scopes(), c.Narrow[name].Kind) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "narrow", "grant.scope_unfit")
		}
		b, err := w.bounds(Bounds{Scope: c.Narrow[name]})
		if err != nil {
			return pbx.Change{}, err
		}
		if t.Narrow == nil {
			t.Narrow = map[string]pbx.Scope{}
		}
		t.Narrow[name] = b.Scope
	}
	if t.Networks, err = networks(c.Networks); err != nil {
		return pbx.Change{}, err
	}
	if len(w.Snapshot.TokensOf(c.User)) >= MaxTokens {
		return pbx.Change{}, pbx.Refuse(pbx.Exhausted, "", "token.too_many", "max", strconv.Itoa(MaxTokens))
	}
	w.secret = TokenPrefix + w.Word(25)
	t.Prefix = w.secret[:len(TokenPrefix)+6]
	t.Hash = pbx.HashSecret(w.secret)
	if c.Budget == nil {
		return pbx.Change{Put: []pbx.Noun{t}}, nil
	}
	b := *c.Budget
	b.Name = &t.Name
	change, err := b.write(w, newBudget(w, t.Ref()))
	w.object, change.Put = t.Ref(), append(change.Put, t)
	return change, err
}

// RevokeToken ends a token at once.
type RevokeToken struct{ Token pbx.TokenID }

// Need asks for login.reset over the owner, which everybody holds over himself: who lost the right to make tokens can
// still end those he has.
func (c RevokeToken) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	if t := s.Tokens[c.Token]; t != nil {
		return []Need{{policy.LoginReset, policy.User(t.User)}}
	}
	return []Need{{policy.TokenCreate, policy.Token(c.Token)}}
}

// Change deletes the row, and the budgets of the token with it.
func (c RevokeToken) Change(w *Work) (pbx.Change, error) {
	t := w.Snapshot.Tokens[c.Token]
	if t == nil {
		return pbx.Change{}, missing()
	}
	w.object = t.Ref()
	return pbx.Change{Delete: append(w.Snapshot.Cascade(t.Ref()), t.Ref())}, nil
}

// networks reads addresses and networks, each once.
func networks(typed []string) (all []netip.Prefix, err error) {
	for _, text := range typed {
		if strings.TrimSpace(text) == "" {
			continue
		}
		p, ok := pbx.ParseNetwork(text)
		if !ok {
			return nil, pbx.Refuse(pbx.Invalid, "networks", "token.network_bad", "network", printable(text))
		}
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	if len(all) > maxNetworks {
		return nil, pbx.Refuse(pbx.Invalid, "networks", "token.networks_many", "max", strconv.Itoa(maxNetworks))
	}
	return all, nil
}
