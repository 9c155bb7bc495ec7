package store

import (
	"context"
	"database/sql"
	"time"

	"tandem/pbx"
)

func blockRows() rows[pbx.Block] {
	return rows[pbx.Block]{
		table:   "blocks",
		columns: []string{"network", "since", "ends", "body"},
		values: func(b *pbx.Block) ([]any, error) {
			kept := *b
			kept.Reason, kept.Agent, kept.Tried = clean(b.Reason), clean(b.Agent), nil
			for _, name := range b.Tried {
				kept.Tried = append(kept.Tried, clean(name))
			}
			body, err := encode(kept)
			return []any{b.Network.String(), ms(b.Since), ms(b.Until), body}, err
		},
		scan: func(read scan) (*pbx.Block, error) {
			var b pbx.Block
			var network, body string
			var since, ends int64
			if err := read(&network, &since, &ends, &body); err != nil {
				return nil, err
			}
			return &b, decode(body, &b)
		},
	}
}

// BlockKept is an Also that writes a block, new or changed.
type BlockKept struct{ pbx.Block }

func (b BlockKept) write(ctx context.Context, t *Tenant, x tx) error {
	return put(ctx, x, t.id, blockRows(), []*pbx.Block{&b.Block})
}

// BlockGone is an Also that forgets one.
type BlockGone struct{ pbx.Block }

func (b BlockGone) write(ctx context.Context, t *Tenant, x tx) error {
	return remove(ctx, x, t.id, "blocks", "network", []string{b.Network.String()})
}

// Blocks reads the blocks that hold, the longest there first.
func (t *Tenant) Blocks(ctx context.Context, at time.Time) ([]*pbx.Block, error) {
	var list []*pbx.Block
	r := blockRows()
	err := t.db.view(ctx, "read blocks", func(x tx) error {
		return x.each(ctx, "SELECT network, since, ends, body FROM blocks WHERE tenant = $1 AND (ends = 0 OR ends > $2) ORDER BY since, network", []any{t.id, ms(at)}, func(s *sql.Rows) error {
			b, err := r.scan(s.Scan)
			list = append(list, b)
			return err
		})
	})
	return list, err
}

// DropBlocks forgets blocks that ended before a moment. How long the last one lasted is kept as long as the next one would be longer for it.
func (t *Tenant) DropBlocks(ctx context.Context, before time.Time) error {
	return t.db.change(ctx, "drop blocks", func(x tx) error {
		_, err := x.exec(ctx, "DELETE FROM blocks WHERE tenant = $1 AND ends > 0 AND ends <= $2", t.id, ms(before))
		return err
	})
}
