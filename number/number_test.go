package number

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRead(t *testing.T) {
	tests := []struct {
		name, country, dialled string
		class                  Class
		digits                 string
		e164                   E164
	}{
		{"an extension", "DE", "101", Internal, "101", ""},
		{"an extension typed with spaces", "DE", " 1 0 1 ", Internal, "101", ""},
		{"two digits are an extension", "DE", "20", Internal, "20", ""},
		{"six digits are an extension", "DE", "123456", Internal, "123456", ""},
		{"one digit is nothing", "DE", "7", Malformed, "", ""},
		{"nothing is nothing", "DE", "", Malformed, "", ""},
		{"only separators are nothing", "DE", " -() ", Malformed, "", ""},
		{"police in Germany", "DE", "110", Emergency, "110", ""},
		{"112 in Germany", "DE", "112", Emergency, "112", ""},
		{"112 typed with separators", "DE", "1-1-2", Emergency, "112", ""},
		{"112 in an unknown country", "XX", "112", Emergency, "112", ""},
		{"112 in the United States", "US", "112", Emergency, "112", ""},
		{"911 in the United States", "US", "911", Emergency, "911", ""},
		{"911 in Germany is an extension", "DE", "911", Internal, "911", ""},
		{"fire brigade in Poland", "PL", "998", Emergency, "998", ""},
		{"two-digit emergency in Russia", "RU", "03", Emergency, "03", ""},
		{"ambulance in Indonesia", "ID", "118", Emergency, "118", ""},
		{"triple nought in Australia", "AU", "000", Emergency, "000", ""},
		{"Berlin from Germany", "DE", "030 / 123 45-67", National, "0301234567", "+49301234567"},
		{"Berlin from Poland", "PL", "0049301234567", International, "0049301234567", "+49301234567"},
		{"Berlin with plus from Germany", "DE", "+49 (0) 30 1234567", National, "+49301234567", "+49301234567"},
		{"a German mobile", "DE", "0170 1234567", Mobile, "01701234567", "+491701234567"},
		{"a German mobile with plus", "DE", "+49 170 1234567", Mobile, "+491701234567", "+491701234567"},
		{"German premium", "DE", "0900 1 234567", Premium, "09001234567", "+499001234567"},
		{"German number without area code", "DE", "1234567", Local, "1234567", ""},
		{"Warsaw from Poland", "PL", "22 123 45 67", National, "221234567", "+48221234567"},
		{"a Polish mobile", "PL", "501 234 567", Mobile, "501234567", "+48501234567"},
		{"a Polish number that is too short", "PL", "5012345", Malformed, "", ""},
		{"Moscow from Russia", "RU", "8 (495) 123-45-67", National, "84951234567", "+74951234567"},
		{"a Russian mobile with plus", "RU", "+7 916 123-45-67", Mobile, "+79161234567", "+79161234567"},
		{"abroad from Russia", "RU", "8 10 49 30 1234567", International, "81049301234567", "+49301234567"},
		{"Kazakhstan from Russia shares the code", "RU", "+7 701 234 5678", International, "+77012345678", "+77012345678"},
		{"Kazakhstan from Kazakhstan", "KZ", "+7 701 234 5678", Mobile, "+77012345678", "+77012345678"},
		{"an Indonesian mobile", "ID", "0812-3456-7890", Mobile, "081234567890", "+6281234567890"},
		{"abroad from Indonesia", "ID", "001 49 30 1234567", International, "00149301234567", "+49301234567"},
		{"New York with ten digits", "US", "(212) 555-0123", National, "2125550123", "+12125550123"},
		{"New York with eleven digits", "US", "1-212-555-0123", National, "12125550123", "+12125550123"},
		{"seven digits in the United States", "US", "555-0123", Local, "5550123", ""},
		{"Jamaica looks local and is abroad", "US", "1 876 555 0123", International, "18765550123", "+18765550123"},
		{"Jamaica with plus", "US", "+18765550123", International, "+18765550123", "+18765550123"},
		{"Jamaica from Germany", "DE", "+18765550123", International, "+18765550123", "+18765550123"},
		{"abroad from the United States", "US", "011 49 30 1234567", International, "01149301234567", "+49301234567"},
		{"a satellite", "DE", "+870 773 111 222", Satellite, "+870773111222", "+870773111222"},
		{"a satellite by prefix", "DE", "00881612345678", Satellite, "00881612345678", "+881612345678"},
		{"international premium", "DE", "+979 1 2345 6789", Premium, "+979123456789", "+979123456789"},
		{"Rome keeps its zero", "IT", "06 1234 5678", National, "0612345678", "+390612345678"},
		{"a feature code", "DE", "*31#0301234567", Feature, "*31#0301234567", ""},
		{"a hash inside is no number", "DE", "030#1234567", Malformed, "", ""},
		{"letters are no number", "DE", "alice", Malformed, "", ""},
		{"letters after digits are no number", "DE", "101x", Malformed, "", ""},
		{"Arabic digits are no number", "DE", "١٠١", Malformed, "", ""},
		{"full-width digits are no number", "DE", "１０１", Malformed, "", ""},
		{"a list is no number", "DE", "101&102", Malformed, "", ""},
		{"a pause is no number", "DE", "101,102", Malformed, "", ""},
		{"a parameter is no number", "DE", "101;phone-context=x", Malformed, "", ""},
		{"an escape is no number", "DE", "%2B491234567", Malformed, "", ""},
		{"a plus inside is no number", "DE", "10+1", Malformed, "", ""},
		{"a plus alone is no number", "DE", "+", Malformed, "", ""},
		{"no country code begins with zero", "DE", "+0301234567", Malformed, "", ""},
		{"sixteen digits are too many", "DE", "+4930123456789012", Malformed, "", ""},
		{"a very long text is no number", "DE", strings.Repeat("1 ", 40), Malformed, "", ""},
		{"a no-break space separates", "DE", "1\u00a001", Internal, "101", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Read(tt.country, tt.dialled)
			if want := (Number{tt.digits, tt.e164, tt.class, got.Country}); got != want {
				t.Errorf("Read(%s, %q) = %v %+v, want %v %+v", tt.country, tt.dialled, got.Class, got, want.Class, want)
			}
		})
	}
}

func TestParse(t *testing.T) {
	if e, ok := Parse("DE", "0170 1234567"); e != "+491701234567" || !ok {
		t.Errorf("Parse = %q %v", e, ok)
	}
	if e, ok := Parse("DE", "101"); ok {
		t.Errorf("an extension has no E.164 form, got %q", e)
	}
	if e, ok := Parse("XX", "+491701234567"); e != "+491701234567" || !ok {
		t.Errorf("Parse in an unknown country = %q %v", e, ok)
	}
}

func TestIsExtension(t *testing.T) {
	for s, want := range map[string]bool{"1": false, "10": true, "123456": true, "1234567": false, "1a": false, "": false, "+10": false, "012": true} {
		if IsExtension(s) != want {
			t.Errorf("IsExtension(%q) = %v", s, !want)
		}
	}
}

func TestEveryCountryIsSound(t *testing.T) {
	for iso, c := range countries {
		if len(iso) != 2 || c.Code == "" || len(c.Abroad) == 0 || c.Min <= 0 || c.Max < c.Min || len(c.Code)+c.Max > 15 {
			t.Errorf("%s: %+v", iso, c)
		}
		for _, e := range c.Emergency {
			if n := Read(iso, e); n.Class != Emergency {
				t.Errorf("%s: %s is read as %v", iso, e, n.Class)
			}
		}
	}
}

// check holds for whatever is dialled anywhere.
func check(t interface{ Errorf(string, ...any) }, country, dialled string) {
	n := Read(country, dialled)
	if (n.Class == Malformed) != (n.Digits == "") {
		t.Errorf("%q: class %v with digits %q", dialled, n.Class, n.Digits)
	}
	if n.E164 != "" && (n.E164[0] != '+' || len(n.E164) < 5 || len(n.E164) > 16 || !n.Class.IsOutside()) {
		t.Errorf("%q: E.164 %q of class %v", dialled, n.E164, n.Class)
	}
	if n.Class == Malformed {
		return
	}
	if again := Read(country, n.Digits); again != n {
		t.Errorf("%q: reading the digits again gives %+v, want %+v", dialled, again, n)
	}
	if n.E164 != "" {
		if e := Read(country, string(n.E164)); e.E164 != n.E164 || e.Class != n.Class {
			t.Errorf("%q in %s: its E.164 form is read as %+v, want class %v of %q", dialled, country, e, n.Class, n.E164)
		}
	}
}

func TestReadingIsStable(t *testing.T) {
	isos := []string{"XX"}
	for iso := range countries {
		isos = append(isos, iso)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.SampledFrom(isos).Draw(t, "country"), rapid.StringMatching(`\+?[0-9 ()*#./-]{0,20}`).Draw(t, "dialled"))
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"101", "112", "+49 (0) 30 1234567", "*31#", "8 10 49 30 1", "١٠١", "101;ext=2", "++", "(0)"} {
		f.Add("DE", s)
		f.Add("RU", s)
		f.Add("US", s)
	}
	f.Fuzz(func(t *testing.T, country, dialled string) { check(t, country, dialled) })
}

func BenchmarkRead(b *testing.B) {
	for name, dialled := range map[string]string{"extension": "101", "national": "030 1234567", "abroad": "+1 876 926 1234"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Read("DE", dialled)
			}
		})
	}
}
