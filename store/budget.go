package store

import (
	"errors"

	"tandem/pbx"
)

func budgetRows() rows[pbx.Budget] {
	return rows[pbx.Budget]{
		table:   "budgets",
		columns: []string{"id", "name", "put_on", "each_one", "measure", "period", "most", "classes", "marks", "report", "raises", "off", "created"},
		values: func(b *pbx.Budget) ([]any, error) {
			on, err1 := encode(b.On)
			classes, err2 := encode(b.Classes)
			marks, err3 := encode(b.Marks)
			raises, err4 := encode(b.Raises)
			return []any{string(b.ID), b.Name, on, flag(b.Each), string(b.Measure), string(b.Period), b.Limit, classes, marks, flag(b.Report), raises, flag(b.Off), ms(b.Created)},
				errors.Join(err1, err2, err3, err4)
		},
		scan: func(s scan) (*pbx.Budget, error) {
			var b pbx.Budget
			var on, classes, marks, raises string
			var each, report, off, created int64
			if err := s(&b.ID, &b.Name, &on, &each, &b.Measure, &b.Period, &b.Limit, &classes, &marks, &report, &raises, &off, &created); err != nil {
				return nil, err
			}
			b.Each, b.Report, b.Off, b.Created = each != 0, report != 0, off != 0, moment(created)
			return &b, errors.Join(decode(on, &b.On), decode(classes, &b.Classes), decode(marks, &b.Marks), decode(raises, &b.Raises))
		},
	}
}
