package pbx

import (
	"net/url"
	"slices"
	"strings"
)

// ProviderKind says what is known about a provider beyond the standard.
type ProviderKind string

// The kinds of providers.
const (
	ProviderMicrosoft ProviderKind = "microsoft"
	ProviderGoogle    ProviderKind = "google"
	ProviderOther     ProviderKind = "other" // any that speaks OpenID Connect
)

// Provider lets people sign in with the account of another house (D-007).
type Provider struct {
	ID     string       `json:"id"` // short word in addresses
	Kind   ProviderKind `json:"kind"`
	Name   string       `json:"name"`   // on the button
	Issuer string       `json:"issuer"` // OpenID Connect issuer, an https address
	Client string       `json:"client"` // id of this installation at the provider
	Secret string       `json:"-"`
}

// MaxProviders bounds the buttons on the sign-in page.
const MaxProviders = 10

// Provider finds a provider; nil if there is none.
func (t *Tenant) Provider(id string) *Provider {
	for i := range t.Providers {
		if t.Providers[i].ID == id {
			return &t.Providers[i]
		}
	}
	return nil
}

func checkProviders(list []Provider) error {
	if len(list) > MaxProviders {
		return Refuse(Exhausted, "", "provider.too_many")
	}
	for i := range list {
		p := &list[i]
		if slices.IndexFunc(list, func(o Provider) bool { return o.ID == p.ID }) != i {
			return Refuse(Conflict, "id", "provider.taken", "id", p.ID)
		}
		if p.ID == "" || len(p.ID) > 40 || strings.Trim(p.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return Refuse(Invalid, "id", "provider.id_bad")
		}
		if err := CheckName("name", p.Name); err != nil {
			return err
		}
		if p.Client == "" || len(p.Client) > 500 {
			return Refuse(Invalid, "client", "provider.client_bad")
		}
		if err := checkIssuer(p); err != nil {
			return err
		}
	}
	return nil
}

// checkIssuer takes https only, but for a provider on the same machine. Microsoft's issuers for everybody are refused: in
// their tokens anybody's directory may name any address.
func checkIssuer(p *Provider) error {
	u, err := url.Parse(p.Issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(p.Issuer) > 500 {
		return Refuse(Invalid, "issuer", "provider.issuer_bad")
	}
	local := u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" || u.Hostname() == "localhost"
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return Refuse(Invalid, "issuer", "provider.issuer_bad")
	}
	switch p.Kind {
	case ProviderMicrosoft:
		for _, all := range []string{"common", "organizations", "consumers"} {
			if slices.Contains(strings.Split(u.Path, "/"), all) {
				return Refuse(Invalid, "issuer", "provider.issuer_everybody")
			}
		}
	case ProviderGoogle, ProviderOther:
	default:
		return Refuse(Invalid, "kind", "provider.kind_bad")
	}
	return nil
}
