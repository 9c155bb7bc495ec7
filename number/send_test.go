package number

import "testing"

func TestSend(t *testing.T) {
	for _, tt := range []struct {
		country string
		n       E164
		form    Form
		want    string
	}{
		{"DE", "+4989111222", "", "+4989111222"},
		{"DE", "+4989111222", FormPlus, "+4989111222"},
		{"DE", "+4989111222", FormDigits, "4989111222"},
		{"DE", "+4989111222", FormAbroad, "004989111222"},
		{"DE", "+4989111222", FormNational, "089111222"},
		{"DE", "+48221112223", FormNational, "0048221112223"},
		{"US", "+12125550100", FormNational, "12125550100"},
		{"US", "+4989111222", FormNational, "0114989111222"},
		{"PL", "+48221112223", FormNational, "221112223"},
		{"RU", "+74951112233", FormNational, "84951112233"},
	} {
		if got := Send(tt.country, tt.n, tt.form); got != tt.want {
			t.Errorf("%s for a carrier in %s as %q: %s, want %s", tt.n, tt.country, tt.form, got, tt.want)
		}
	}
}

func TestReceived(t *testing.T) {
	for _, tt := range []struct {
		country, text string
		want          E164
	}{
		{"DE", "+4989111222", "+4989111222"}, {"DE", "4989111222", "+4989111222"}, {"DE", "004989111222", "+4989111222"}, {"DE", "089111222", "+4989111222"},
		{"DE", "48221112223", "+48221112223"}, {"DE", "anonymous", ""}, {"DE", "", ""}, {"DE", "101", ""}, {"DE", "*123", ""}, {"DE", "+", ""},
		{"US", "12125550100", "+12125550100"}, {"US", "2125550100", "+12125550100"}, {"PL", "221112223", "+48221112223"},
	} {
		if got := Received(tt.country, tt.text); got != tt.want {
			t.Errorf("%s from a carrier in %s: %s, want %s", tt.text, tt.country, got, tt.want)
		}
	}
}

// What is sent in any form is read again as the same number.
func FuzzReceived(f *testing.F) {
	f.Add("DE", "+4989111222", 1)
	f.Fuzz(func(t *testing.T, country, text string, form int) {
		n := Received(country, text)
		if n == "" {
			return
		}
		if again := Received(country, string(n)); again != n {
			t.Fatalf("%s is read as %s", n, again)
		}
		forms := Forms()
		sent := Send(country, n, forms[(form%len(forms)+len(forms))%len(forms)])
		if _, ok := Clean(sent); !ok {
			t.Fatalf("%s cannot be dialled", sent)
		}
	})
}
