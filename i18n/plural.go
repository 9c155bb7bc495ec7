package i18n

import (
	"strconv"
	"strings"
)

// Plural is a CLDR plural category.
type Plural string

// The categories that our languages use.
const (
	One   Plural = "one"
	Few   Plural = "few"
	Many  Plural = "many"
	Other Plural = "other"
)

// Plurals lists the categories a language tells apart (L10N-02).
func Plurals(language string) []Plural {
	switch language {
	case "pl", "ru":
		return []Plural{One, Few, Many, Other}
	case "id":
		return []Plural{Other}
	}
	return []Plural{One, Other}
}

// PluralOf is the category of a number written in digits, by the CLDR cardinal rules (L10N-02). What is not a number
// counts as "other".
func PluralOf(language, number string) Plural {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(number, "-"), ".")
	n, err := strconv.ParseUint(whole, 10, 64)
	if err != nil || fraction != "" {
		return Other // every visible fraction is "other" in all five languages
	}
	switch language {
	case "en", "de":
		if n == 1 {
			return One
		}
		return Other
	case "pl":
		switch {
		case n == 1:
			return One
		case within(n%10, 2, 4) && !within(n%100, 12, 14):
			return Few
		}
		return Many
	case "ru":
		switch {
		case n%10 == 1 && n%100 != 11:
			return One
		case within(n%10, 2, 4) && !within(n%100, 12, 14):
			return Few
		}
		return Many
	}
	return Other
}

func within(n, low, high uint64) bool { return n >= low && n <= high }
