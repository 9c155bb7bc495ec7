package command

import (
	"slices"
	"strings"

	"tandem/pbx"
	"tandem/policy"
)

// SetProvider adds a place where people may sign in besides here, or changes one (D-007).
type SetProvider struct {
	ID     string
	Kind   pbx.ProviderKind
	Name   string
	Issuer string // Google has only one, which need not be named
	Client string
	Secret *string // nil keeps the old one, while issuer and client stay
}

// googleIssuer is the only issuer of Google accounts.
const googleIssuer = "https://accounts.google.com"

// Need asks for login.edit.
func (SetProvider) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.LoginEdit, policy.System()}}
}

// Change writes the list with the provider in its place. A kept secret follows nobody: for another issuer or client it has
// to be typed again.
func (c SetProvider) Change(w *Work) (pbx.Change, error) {
	name, err := cleanName("name", c.Name)
	if err != nil {
		return pbx.Change{}, err
	}
	p := pbx.Provider{ID: strings.TrimSpace(c.ID), Kind: c.Kind, Name: name, Client: strings.TrimSpace(c.Client),
		Issuer: strings.TrimSpace(c.Issuer)}
	if p.Kind == pbx.ProviderGoogle {
		p.Issuer = googleIssuer
	}
	t := w.Snapshot.Tenant
	t.Providers = slices.Clone(t.Providers)
	w.object = t.Ref()
	old := t.Provider(p.ID)
	switch {
	case c.Secret != nil:
		if p.Secret = strings.TrimSpace(*c.Secret); len(p.Secret) > 2000 {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "secret", "provider.secret_bad")
		}
	case old != nil && old.Issuer == p.Issuer && old.Client == p.Client:
		p.Secret = old.Secret
	}
	if p.Secret == "" {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "secret", "provider.secret_missing")
	}
	if old != nil {
		*old = p
	} else {
		t.Providers = append(t.Providers, p)
	}
	return pbx.Change{Put: []pbx.Noun{&t}}, nil
}

// RemoveProvider takes a provider away. Sessions that began there go on; people sign in with a password again.
type RemoveProvider struct{ ID string }

// Need asks for login.edit.
func (RemoveProvider) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.LoginEdit, policy.System()}}
}

// Change writes the list without the provider.
func (c RemoveProvider) Change(w *Work) (pbx.Change, error) {
	t := w.Snapshot.Tenant
	w.object = t.Ref()
	if t.Provider(c.ID) == nil {
		return pbx.Change{}, missing()
	}
	t.Providers = slices.DeleteFunc(slices.Clone(t.Providers), func(p pbx.Provider) bool { return p.ID == c.ID })
	return pbx.Change{Put: []pbx.Noun{&t}}, nil
}
