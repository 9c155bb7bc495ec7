package store

import "tandem/pbx"

func promptRows() rows[pbx.Prompt] {
	return rows[pbx.Prompt]{
		table:   "prompts",
		columns: []string{"id", "blob", "rate", "samples", "replaced"},
		values: func(p *pbx.Prompt) ([]any, error) {
			return []any{string(p.ID), p.Blob, p.Rate, p.Samples, ms(p.Replaced)}, nil
		},
		scan: func(s scan) (*pbx.Prompt, error) {
			var p pbx.Prompt
			var replaced int64
			err := s(&p.ID, &p.Blob, &p.Rate, &p.Samples, &replaced)
			p.Replaced = moment(replaced)
			return &p, err
		},
	}
}
