package number

import (
	"strings"
	"unicode"
)

// keypad has the key for every letter from a to z (ITU-T E.161).
const keypad = "22233344455566677778889999"

// latin writes letters in those from a to z: as they look, and after a bar as they are also written. Cyrillic letters stand for how they sound.
var latin = map[rune]string{
	'ä': "a|ae", 'ö': "o|oe", 'ü': "u|ue", 'ß': "ss|s", 'å': "a|aa", 'æ': "ae", 'ø': "o|oe", 'œ': "oe", 'à': "a", 'á': "a", 'â': "a", 'ã': "a", 'ą': "a", 'ă': "a",
	'ç': "c", 'ć': "c", 'č': "c", 'ď': "d", 'đ': "d", 'è': "e", 'é': "e", 'ê': "e", 'ë': "e", 'ę': "e", 'ě': "e", 'ğ': "g", 'ì': "i", 'í': "i", 'î': "i", 'ï': "i",
	'ı': "i", 'ł': "l", 'ľ': "l", 'ñ': "n", 'ń': "n", 'ň': "n", 'ò': "o", 'ó': "o", 'ô': "o", 'õ': "o", 'ő': "o", 'ř': "r", 'ś': "s", 'š': "s", 'ş': "s", 'ș': "s",
	'ť': "t", 'ţ': "t", 'ț': "t", 'ù': "u", 'ú': "u", 'û': "u", 'ů': "u", 'ű': "u", 'ý': "y", 'ÿ': "y", 'ź': "z", 'ż': "z", 'ž': "z", 'þ': "th", 'ð': "d",
	'а': "a", 'б': "b", 'в': "v|w", 'г': "g", 'д': "d", 'е': "e", 'ё': "e|yo", 'ж': "zh|j", 'з': "z", 'и': "i", 'й': "y|i", 'к': "k", 'л': "l", 'м': "m", 'н': "n",
	'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh|h", 'ц': "ts|c", 'ч': "ch", 'ш': "sh", 'щ': "shch|sch", 'ъ': "", 'ы': "y", 'ь': "",
	'э': "e", 'ю': "yu|ju", 'я': "ya|ja", 'і': "i", 'ї': "yi|i", 'є': "ye|e", 'ґ': "g",
}

// mostSpellings bounds how many ways to dial one word are tried.
const mostSpellings = 16

// Spellings are the keys by which a word is dialled on the letters of a keypad: several where its letters can be written in several ways, as
// Müller by 6855 37 and 68355 37. What is no letter is left out.
func Spellings(word string) []string {
	all := []string{""}
	for _, r := range strings.ToLower(word) {
		written, known := latin[r]
		switch {
		case r >= 'a' && r <= 'z':
			written = string(r)
		case unicode.IsDigit(r) && r < 128:
			for i := range all {
				all[i] += string(r)
			}
			continue
		case !known:
			continue
		}
		var next []string
		for _, way := range strings.Split(written, "|") {
			keys := make([]byte, len(way))
			for i := range len(way) {
				keys[i] = keypad[way[i]-'a']
			}
			for _, before := range all {
				if len(next) < mostSpellings {
					next = append(next, before+string(keys))
				}
			}
		}
		all = next
	}
	if all[0] == "" {
		return nil
	}
	return all
}

// Latin writes a word with the letters a to z and digits, each letter as it is written most; what is neither is left out.
func Latin(word string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(word) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			out.WriteRune(r)
			continue
		}
		first, _, _ := strings.Cut(latin[r], "|")
		out.WriteString(first)
	}
	return out.String()
}
