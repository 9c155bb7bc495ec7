package api

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"tandem/command"
	"tandem/pbx"
	"tandem/store"
)

// Token is an API token without its secret.
type Token struct {
	ID      pbx.TokenID `json:"id"`
	Name    string      `json:"name"`
	Prefix  string      `json:"prefix" doc:"how the secret begins"`
	Rights  []string    `json:"rights" nullable:"false" doc:"none means all that a token may carry"`
	Created time.Time   `json:"created"`
	Expires time.Time   `json:"expires,omitzero"`

	Narrow   []Narrowed `json:"narrow,omitempty" nullable:"false" doc:"rights that reach less far than the owner's"`
	Networks []string   `json:"networks" nullable:"false" doc:"from which it may be used; none means everywhere"`
	Used     time.Time  `json:"used,omitzero" doc:"last use, exact to five minutes; absent: never"`
	From     string     `json:"from,omitempty" doc:"the address of the last use"`
	Budgets  []Budget   `json:"budgets" nullable:"false" doc:"what calls may take that are begun with it, beside those of its owner"`
}

// Narrowed is a right of a token that reaches less far than its owner's.
type Narrowed struct {
	Right string `json:"right"`
	Scope Scope  `json:"scope"`
	Where string `json:"where" doc:"scope in words"`
}

// NewToken is the answer to making a token.
type NewToken struct {
	Token  Token  `json:"token"`
	Secret string `json:"secret" doc:"shown once"`
}

func (s *Server) showToken(v *visit, t *pbx.Token, use store.TokenUse) Token {
	out := Token{ID: t.ID, Name: t.Name, Prefix: t.Prefix, Rights: append([]string{}, t.Rights...), Created: t.Created, Expires: t.Until, Networks: []string{}, Budgets: []Budget{}, Used: use.At, From: use.Addr}
	for _, name := range t.Rights {
		if c, ok := t.Narrow[name]; ok {
			out.Narrow = append(out.Narrow, Narrowed{name, Scope{c.Kind, string(c.Group), c.Refs}, s.scopeWords(v, c)})
		}
	}
	out.Networks = append(out.Networks, networkWords(t.Networks)...)
	for _, b := range v.s.Budgets {
		if b.On == t.Ref() {
			out.Budgets = append(out.Budgets, s.budget(v, b, ""))
		}
	}
	slices.SortFunc(out.Budgets, func(a, b Budget) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(string(a.ID), string(b.ID)))
	})
	return out
}

// listTokens shows the visitor's own tokens.
func (s *Server) listTokens(ctx context.Context, v *visit, _ *struct{}) (Page[Token], error) {
	page := Page[Token]{Items: []Token{}}
	uses, err := s.c.Store.TokenUses(ctx, v.who.User)
	if err != nil {
		return page, err
	}
	for _, t := range v.s.TokensOf(v.who.User) {
		page.Items = append(page.Items, s.showToken(v, t, uses[t.ID]))
	}
	page.Total = len(page.Items)
	return page, nil
}

type newToken struct {
	Body struct {
		Name    string    `json:"name"`
		Expires time.Time `json:"expires,omitempty" doc:"absent means in 90 days"`
		Rights  []string  `json:"rights,omitempty" nullable:"false"`

		Narrow   map[string]Scope `json:"narrow,omitempty" doc:"by right among these: how far it reaches at most; without an entry as far as the owner's"`
		Networks []string         `json:"networks,omitempty" nullable:"false" doc:"addresses and networks (CIDR) from which it may be used; absent means everywhere"`
		Budget   *TokenBudget     `json:"budget,omitempty" doc:"what calls may take that are begun with it; absent: as much as those of the owner"`
	}
}

// TokenBudget is what a new token may take.
type TokenBudget struct {
	Measure string `json:"measure" enum:"money,time"`
	Period  string `json:"period" enum:"day,week,month"`
	Limit   int64  `json:"limit" doc:"hundredths of the currency, or minutes"`
}

func (b *TokenBudget) read() *command.Budget {
	if b == nil {
		return nil
	}
	m, p := pbx.BudgetMeasure(b.Measure), pbx.Period(b.Period)
	return &command.Budget{Measure: &m, Period: &p, Limit: &b.Limit}
}

func (s *Server) createToken(ctx context.Context, v *visit, in *newToken) (NewToken, error) {
	narrow := map[string]pbx.Scope{}
	for right, c := range in.Body.Narrow {
		narrow[right] = c.read()
	}
	r, err := s.do(ctx, v, command.CreateToken{User: v.who.User, Name: in.Body.Name, Expires: in.Body.Expires, Rights: in.Body.Rights, Narrow: narrow, Networks: in.Body.Networks, Budget: in.Body.Budget.read()})
	if err != nil {
		return NewToken{}, err
	}
	return NewToken{s.showToken(v, v.s.Tokens[pbx.TokenID(r.Object.ID)], store.TokenUse{}), r.Secret}, nil
}

type tokenIn struct {
	Token string `path:"token"`
}

// deleteToken ends a token. One that is not the visitor's to end does not exist for him.
func (s *Server) deleteToken(ctx context.Context, v *visit, in *tokenIn) error {
	_, err := s.do(ctx, v, command.RevokeToken{Token: pbx.TokenID(in.Token)})
	return hideRefusal(err)
}

// hideRefusal makes a refusal look like a missing thing, for things whose existence is nobody else's business.
func hideRefusal(err error) error {
	if e, ok := asRefusal(err); ok && e.Code == pbx.Denied {
		return missing()
	}
	return err
}

// networkWords writes networks as people type them: a single address without its length.
func networkWords(all []netip.Prefix) (words []string) {
	for _, p := range all {
		if p.IsSingleIP() {
			words = append(words, p.Addr().String())
		} else {
			words = append(words, p.String())
		}
	}
	return words
}
