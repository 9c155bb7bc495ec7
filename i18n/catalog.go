package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed *.json
var files embed.FS

// English is the language of last resort: every key has a sentence in it.
const English = "en"

// Languages lists the languages that have a catalogue, in the order in which people are offered them.
func Languages() []string { return []string{"en", "de", "pl", "ru", "id"} }

// Known reports whether a language has a catalogue.
func Known(language string) bool { return slices.Contains(Languages(), language) }

// Catalog holds every sentence in every language. It does not change after Load and may be shared.
type Catalog struct {
	sentences map[string]map[string]message
}

// Load reads the catalogues that are built into the program. It fails only if one of them cannot be parsed,
// which the tests of this package rule out for a released binary.
func Load() (*Catalog, error) {
	c := &Catalog{sentences: map[string]map[string]message{}}
	for _, language := range Languages() {
		raw, err := files.ReadFile(language + ".json")
		if err != nil {
			return nil, fmt.Errorf("i18n: catalogue %s: %w", language, err)
		}
		var plain map[string]string
		if err := json.Unmarshal(raw, &plain); err != nil {
			return nil, fmt.Errorf("i18n: catalogue %s: %w", language, err)
		}
		parsed := make(map[string]message, len(plain))
		for key, sentence := range plain {
			m, err := parse(sentence)
			if err != nil {
				return nil, fmt.Errorf("i18n: catalogue %s, key %s: %w", language, key, err)
			}
			parsed[key] = m
		}
		c.sentences[language] = parsed
	}
	return c, nil
}

// Say is the sentence of a text in a language. A language without the sentence says it in English; a key that no
// catalogue holds is shown as it is, because a support call can use it and an empty line cannot.
func (c *Catalog) Say(language string, t Text) string {
	for _, l := range []string{language, English} {
		if m, ok := c.sentences[l][t.Key]; ok {
			var b strings.Builder
			m.write(&b, l, t.Args, "")
			return b.String()
		}
	}
	return t.String()
}

// Has reports whether the English catalogue holds a key.
func (c *Catalog) Has(key string) bool { _, ok := c.sentences[English][key]; return ok }

// Keys lists the keys of the English catalogue in order.
func (c *Catalog) Keys() []string { return slices.Sorted(maps.Keys(c.sentences[English])) }

// Match chooses the language for an Accept-Language header (RFC 9110 §12.5.4): the known language with the highest
// weight, the earlier one among equals; "" when the header names none that is known.
func Match(accept string) string {
	best, weight := "", 0.0
	for part := range strings.SplitSeq(accept, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if _, err := fmt.Sscanf(v, "%g", &q); err != nil {
				continue
			}
		}
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if primary == "in" {
			primary = "id" // the tag of Indonesian before 1989; old Java programs still send it
		}
		if q > weight && Known(primary) {
			best, weight = primary, q
		}
	}
	return best
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
