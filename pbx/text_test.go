package pbx_test

import (
	"errors"
	"testing"

	"tandem/number"
	"tandem/pbx"
)

// What the call path takes for an emergency call and what an extension may be called is one list: package number's. A second list
// would sooner or later let somebody's extension hide the fire brigade.
func TestNoExtensionHidesAnEmergencyNumber(t *testing.T) {
	for _, country := range []string{"", "XX", "AU", "BE", "CZ", "DE", "FR", "GB", "ID", "NO", "PL", "RU", "TR", "UA", "US", "ZA"} {
		found := 0
		for n := range 100_000 {
			digits := string([]byte{byte('0' + n/10000), byte('0' + n/1000%10), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
			for _, ext := range []string{digits, digits[2:], digits[3:]} {
				refused := pbx.CheckExtension(country, ext)
				if !number.IsEmergency(country, ext) {
					if refused != nil {
						t.Fatalf("%s in %q: %v", ext, country, refused)
					}
					continue
				}
				found++
				problem, ok := errors.AsType[*pbx.Error](refused)
				if !ok || problem.Text.Key != "user.extension_emergency" {
					t.Fatalf("%s in %q is an emergency number, yet: %v", ext, country, refused)
				}
				if n := number.Read(country, ext); n.Class != number.Emergency {
					t.Fatalf("%s in %q is dialled as %v", ext, country, n.Class)
				}
			}
		}
		if found == 0 {
			t.Errorf("%q has no emergency number, not even 112", country)
		}
	}
}
