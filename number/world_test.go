package number

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// Every example number of every country, dialled from inside as people there dial it and from elsewhere with its country code, is read to the
// same E.164 form, the country and the class that the numbering plan says.
func TestExampleNumbersOfAllCountries(t *testing.T) {
	kinds := []struct {
		kind         phonenumbers.PhoneNumberType
		home, abroad Class
	}{
		{phonenumbers.FIXED_LINE, National, International}, {phonenumbers.MOBILE, Mobile, International}, {phonenumbers.TOLL_FREE, TollFree, International},
		{phonenumbers.PREMIUM_RATE, Premium, Premium}, {phonenumbers.SHARED_COST, SharedCost, SharedCost}, {phonenumbers.PERSONAL_NUMBER, Premium, Premium},
		{phonenumbers.VOIP, National, International}, {phonenumbers.UAN, National, International}, {phonenumbers.PAGER, SharedCost, SharedCost},
	}
	numbers := 0
	for _, iso := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		for _, k := range kinds {
			p := phonenumbers.GetExampleNumberForType(iso, k.kind)
			if p == nil || phonenumbers.GetNationalSignificantNumber(p) == "" {
				continue
			}
			if real := phonenumbers.GetNumberType(p); real != k.kind && real != phonenumbers.FIXED_LINE_OR_MOBILE {
				continue // an example that stands in for another kind
			}
			if phonenumbers.GetRegionCodeForNumber(p) != iso {
				continue // likewise for another country of the same code
			}
			numbers++
			e164 := E164(phonenumbers.Format(p, phonenumbers.E164))
			away := "DE"
			if iso == away {
				away = "PL"
			}
			if n := Read(away, string(e164)); n.E164 != e164 || n.Country != iso || n.Class != k.abroad {
				t.Errorf("%s %v from %s: %s is read as %+v", iso, k.kind, away, e164, n)
			}
			home := k.home
			if n := Read(iso, string(e164)); n.E164 != e164 || n.Country != iso || !fits(n, home, p, iso) {
				t.Errorf("%s %v at home: %s is read as %+v", iso, k.kind, e164, n)
			}
			c := plan(iso)
			rest := phonenumbers.GetNationalSignificantNumber(p)
			if dialled := c.Trunk + rest; len(dialled) > longestExtension {
				if n := Read(iso, dialled); n.E164 != e164 || !fits(n, home, p, iso) {
					t.Errorf("%s %v dialled %s: %+v, want %s", iso, k.kind, dialled, n, e164)
				}
			}
			if n := Read(iso, c.Abroad[0]+string(e164[1:])); n.E164 != e164 {
				t.Errorf("%s %v dialled as from abroad: %+v, want %s", iso, k.kind, n, e164)
			}
		}
	}
	for code := range phonenumbers.GetSupportedGlobalNetworkCallingCodes() {
		p := phonenumbers.GetExampleNumberForNonGeoEntity(code)
		want := map[int]Class{800: TollFree, 808: SharedCost, 870: Satellite, 881: Satellite, 882: Satellite, 883: Satellite, 878: Premium, 888: Premium, 979: Premium}[code]
		if n := Read("DE", phonenumbers.Format(p, phonenumbers.E164)); n.Class != want || n.Country != "" {
			t.Errorf("+%d: %+v, want %v", code, n, want)
		}
	}
	if numbers < 800 {
		t.Errorf("only %d examples", numbers)
	}
	t.Logf("%d example numbers", numbers)
}

// fits reports whether a class is one that the kind may have at home: a row of our own may know mobile numbers among those that the metadata
// cannot tell from others, and premium numbers among them.
func fits(n Number, want Class, p *phonenumbers.PhoneNumber, iso string) bool {
	if n.Class == want {
		return true
	}
	rest := phonenumbers.GetNationalSignificantNumber(p)
	c := countries[iso]
	switch n.Class {
	case Premium:
		return hasPrefix(rest, c.Premium)
	case Mobile:
		return hasPrefix(rest, c.Mobile)
	case National:
		return want == Mobile && phonenumbers.GetNumberType(p) == phonenumbers.FIXED_LINE_OR_MOBILE
	}
	return false
}

// A trunk prefix behind the country code, an exit prefix twice and the prefixes of other carriers hide nothing (TF-02).
func TestTricksAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name, country, dialled string
		class                  Class
	}{
		{"premium behind the trunk prefix", "DE", "+49 0900 1234567", Premium},
		{"premium behind code and trunk prefix", "DE", "0049 0900 1234567", Premium},
		{"the exit prefix twice", "DE", "00004418761234567", Malformed},
		{"plus and exit prefix", "DE", "+00441876123456", Malformed},
		{"a carrier chosen by prefix", "DE", "010770044123456789", Malformed},
		{"a carrier chosen by prefix, short", "DE", "01077090012345", Unassigned},
		{"a carrier chosen by prefix in America", "US", "1010288 900 555 1234", Malformed},
		{"Jamaica like a call inside the country", "US", "1 876 926 1234", International},
		{"Jamaica without its one", "US", "876 926 1234", International},
		{"Canada is another country", "US", "1 416 555 0123", International},
		{"satellites", "DE", "+8816 123 45678", Satellite},
		{"no such country code", "DE", "+999 123 45678", Unassigned},
		{"withheld number and premium", "DE", "*31#09001234567", Feature},
		{"a pause letter", "DE", "0301234567p9", Malformed},
		{"a wait letter", "DE", "0301234567w9", Malformed},
		{"an extension parameter", "DE", "+49301234567;ext=9", Malformed},
		{"two targets", "DE", "101&0900123456", Malformed},
		{"percent and plus", "DE", "%2B49900123456", Malformed},
		{"Devanagari digits", "DE", "०९००१२३४५६", Malformed},
		{"a zero-width space", "DE", "0\u200b900123456", Malformed},
	} {
		if n := Read(tt.country, tt.dialled); n.Class != tt.class {
			t.Errorf("%s: %q in %s is %v %+v, want %v", tt.name, tt.dialled, tt.country, n.Class, n, tt.class)
		}
	}
}

// What is missing in front of a number is that of the place.
func TestLocalNumbersHaveAnArea(t *testing.T) {
	berlin := Place{Country: "DE", Area: "30"}
	if n := berlin.Read("901 820 00"); n.E164 != "+493090182000" || n.Class != Local || n.Country != "DE" {
		t.Errorf("in Berlin: %+v", n)
	}
	if n := berlin.Read("089 901 820 00"); n.E164 != "+498990182000" || n.Class != National {
		t.Errorf("from Berlin to Munich: %+v", n)
	}
	if n := berlin.Read("110"); n.Class != Emergency {
		t.Errorf("police: %+v", n)
	}
}

// The emergency numbers of every country are read as such there, and nothing may stand before them (TF-03, N-13).
func TestEmergencyNumbersOfAllCountries(t *testing.T) {
	found := 0
	for iso := range phonenumbers.GetSupportedRegions() {
		for i := range 1000 {
			digits := strconv.Itoa(i)
			if len(digits) >= 2 && phonenumbers.IsEmergencyNumber(digits, iso) {
				found++
				if n := Read(iso, digits); n.Class != Emergency {
					t.Errorf("%s: %s is %v", iso, digits, n.Class)
				}
			}
		}
	}
	if found < 400 {
		t.Errorf("only %d emergency numbers", found)
	}
}
