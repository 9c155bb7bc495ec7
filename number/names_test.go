package number

import (
	"slices"
	"testing"
)

// Names are dialled by the letters of a keypad, also those that no keypad has.
func TestSpellings(t *testing.T) {
	for _, row := range []struct {
		name string
		want []string
	}{
		{"Bob", []string{"262"}},
		{"Müller", []string{"685537", "6835537"}},
		{"Groß", []string{"47677", "4767"}},
		{"Łukasz", []string{"585279"}},
		{"Żółć", []string{"9652"}},
		{"Иванов", []string{"482668", "482669", "492668", "492669"}},
		{"Щука", []string{"7424852", "724852"}},
		{"O'Neil", []string{"66345"}},
		{"–", nil},
		{"", nil},
	} {
		got := Spellings(row.name)
		slices.Sort(got)
		slices.Sort(row.want)
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
	for range 2 {
		if n := len(Spellings("ЖХЦЩЮЯЖХЦЩЮЯ")); n > mostSpellings {
			t.Errorf("%d spellings", n)
		}
	}
}

func FuzzSpellings(f *testing.F) {
	f.Add("Żółć Müller")
	f.Fuzz(func(t *testing.T, name string) {
		for _, keys := range Spellings(name) {
			for i := range len(keys) {
				if keys[i] < '0' || keys[i] > '9' {
					t.Fatalf("%q is dialled %q", name, keys)
				}
			}
		}
	})
}
