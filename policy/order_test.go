package policy

import (
	"slices"
	"testing"
)

// The questions told one by one are those of the decision: the first that fails has its code, and none fails when it allows.
func TestOrderIsDecide(t *testing.T) {
	met := map[CheckKind]int{}
	for seed := range uint64(offices(t, 300)) {
		d := throw(seed)
		s := d.snapshot(t)
		for range 80 {
			r := d.request()
			told, all := Decide(s, r), Order(s, r)
			first := slices.IndexFunc(all, func(c Check) bool { return c.Code != "" })
			if len(all) == 0 || told.OK != (first < 0) || first >= 0 && all[first].Code != told.Code {
				t.Fatalf("%s: the questions say %+v, the decision %s: %s", d.name, all, told.Code, describe(s, r))
			}
			if first >= 0 {
				met[all[first].Kind]++
			}
		}
	}
	for _, k := range []CheckKind{CheckKnown, CheckActive, CheckCarried, CheckOther, CheckDenied, CheckGranted, CheckNeeded, CheckRule} {
		if met[k] == 0 {
			t.Errorf("no question %q decided anything", k)
		}
	}
}
