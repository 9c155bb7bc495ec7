package pbx

import "strings"

// IsOutside reports whether a number leads out of the house: longer than every extension.
func IsOutside(number string) bool {
	digits := 0
	for _, r := range number {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+ -/().*#", r):
			return false
		}
	}
	return digits > 6
}

// Mask dots the last three digits.
func Mask(number string) string {
	out, left := []rune(number), 3
	for i := len(out) - 1; i >= 0 && left > 0; i-- {
		if out[i] >= '0' && out[i] <= '9' {
			out[i] = '•'
			left--
		}
	}
	return string(out)
}
