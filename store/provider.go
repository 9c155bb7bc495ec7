package store

import "tandem/pbx"

// keptProvider is a provider with its secret, which a provider's own JSON leaves out.
type keptProvider struct {
	pbx.Provider
	Secret string `json:"secret"`
}

func writeProviders(list []pbx.Provider) (string, error) {
	kept := make([]keptProvider, 0, len(list))
	for _, p := range list {
		kept = append(kept, keptProvider{p, p.Secret})
	}
	return encode(kept)
}

func readProviders(text string) ([]pbx.Provider, error) {
	var kept []keptProvider
	err := decode(text, &kept)
	var list []pbx.Provider
	for _, k := range kept {
		k.Provider.Secret = k.Secret
		list = append(list, k.Provider)
	}
	return list, err
}
