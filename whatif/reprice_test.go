package whatif

import (
	"reflect"
	"slices"
	"testing"

	"tandem/pbx"
)

// A draft of prices, budgets or ways is not asked for its rules a second time, and says the same as if it were.
func TestDraftOfPricesIsWhatHappens(t *testing.T) {
	now, _ := worlds(t)
	now = with(t, now, prices(600_000), &pbx.Budget{ID: "bud_0", Name: "A", On: everybody, Each: true, Measure: pbx.MeasureMoney, Period: pbx.PeriodDay, Limit: 2000})
	dear := prices(900_000)
	dear.Rates = pbx.NewRates([]pbx.Rate{{Prefix: "4930", Minute: 900_000, Setup: 50_000}, {Prefix: "48", Minute: 100_000}})
	open := &pbx.Budget{ID: "bud_0", Name: "A", On: everybody, Each: true, Measure: pbx.MeasureMoney, Period: pbx.PeriodDay, Limit: 2000, Off: true}
	for name, draft := range map[string]*pbx.Snapshot{
		"a budget":         applied(t, now, &pbx.Budget{ID: "bud_1", Name: "B", On: everybody, Measure: pbx.MeasureMoney, Period: pbx.PeriodMonth, Limit: 30_000}),
		"a list of prices": applied(t, now, dear),
		"no budget":        applied(t, now, open),
		"prices alone":     applied(t, now, dear, open),
	} {
		calls := history(5000, 300)
		quick, whole := New(now, draft), New(now, draft)
		if quick.rules {
			t.Fatalf("%s is taken for other rules", name)
		}
		whole.rules = true
		for c := range slices.Values(calls) {
			quick.See(&c)
			whole.See(&c)
		}
		if a, b := quick.Outcome(), whole.Outcome(); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %+v, want %+v", name, a.Count, b.Count)
		} else if a.All() == 0 && a.Cost == a.Would {
			t.Errorf("%s changes nothing: %+v", name, a.Count)
		}
	}
}
