package toll

import (
	"slices"
	"testing"

	"tandem/number"
	"tandem/pbx"
)

// Calls that a program begins draw on the budget of its token beside those of whoever pays; calls that he dials, and those of another token, do not. A budget
// of money has to know the price of what the program calls, and of nothing else (BAR TF-12, TF-05).
func TestBudgetOfToken(t *testing.T) {
	program := &pbx.Budget{ID: "bud_t", Name: "Program", On: pbx.Ref{Kind: pbx.KindToken, ID: "tok_1"}, Measure: pbx.MeasureMoney, Period: pbx.PeriodDay, Limit: 100, Classes: []string{"national", "international"}}
	own := &pbx.Budget{ID: "bud_u", Name: "Bob", On: pbx.Ref{Kind: pbx.KindUser, ID: "usr_bob"}, Measure: pbx.MeasureTime, Period: pbx.PeriodMonth, Limit: 100}
	s := priced(t, deck("dck_a", "", noon.AddDate(-1, 0, 0), "49", 10_000), program, own)
	for _, tt := range []struct {
		name, dialled string
		token         pbx.TokenID
		want          []pbx.BudgetID
		ok            bool
	}{
		{"the program", "089 901820", "tok_1", []pbx.BudgetID{"bud_t", "bud_u"}, true},
		{"by hand", "089 901820", "", []pbx.BudgetID{"bud_u"}, true},
		{"another program", "089 901820", "tok_2", []pbx.BudgetID{"bud_u"}, true},
		{"a number that the budget is not about", "0170 1234567", "tok_1", []pbx.BudgetID{"bud_u"}, true},
		{"inside", "102", "tok_1", nil, true},
		{"help", "112", "tok_1", nil, true},
		{"a number without a price, by the program", "+43 1 234567", "tok_1", []pbx.BudgetID{"bud_t", "bud_u"}, false},
		{"and by hand", "+43 1 234567", "", []pbx.BudgetID{"bud_u"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := Question{Payer: "usr_bob", Token: tt.token, To: number.Read("DE", tt.dialled), At: noon}
			draws := Draws(s, &q)
			if !slices.EqualFunc(draws, tt.want, func(d Draw, id pbx.BudgetID) bool { return d.Budget.ID == id }) {
				t.Errorf("draws on %+v, want %v", draws, tt.want)
			}
			if v := Decide(s, q); v.OK != tt.ok || !tt.ok && v.Code != Unpriced {
				t.Errorf("%+v", v)
			}
			lacks := Short(draws, pbx.Price{Minute: 10_000}, func(a Account) int64 {
				if a.Budget == "bud_t" {
					return Limit(program, "", noon) - 9_999
				}
				return 0
			})
			if drawn := len(draws) == 2; (lacks != nil) != drawn || drawn && lacks.Budget.ID != "bud_t" {
				t.Errorf("with nothing left: %+v", lacks)
			}
		})
	}
}
