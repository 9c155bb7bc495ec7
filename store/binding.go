package store

import (
	"context"
	"time"

	"tandem/pbx"
)

// Binding is a registration as it is kept over a restart: what everybody sees of it, and what the registrar needs to go on (BAR CR-07).
type Binding struct {
	pbx.Binding
	Params   string // of the Contact header, without expires
	Instance string // +sip.instance and reg-id; empty without
	CallID   string // of the last REGISTER
	Seq      uint32 // its CSeq
	Local    string // address and port of ours that it came to
	Proof    string // of the secret it was registered with; another one means that the registration is void
}

func bindingRows() rows[Binding] {
	return rows[Binding]{
		table: "bindings",
		columns: []string{"id", "device_id", "contact", "params", "instance", "source", "local", "transport", "agent", "call_id", "seq", "proof",
			"since", "expires"},
		values: func(b *Binding) ([]any, error) {
			return []any{string(b.ID), string(b.Device), clean(b.Contact), clean(b.Params), clean(b.Instance), b.Source, b.Local, b.Transport,
				clean(b.Agent), clean(b.CallID), int64(b.Seq), b.Proof, ms(b.Since), ms(b.Expires)}, nil
		},
		scan: func(read scan) (*Binding, error) {
			var b Binding
			var since, expires int64
			err := read(&b.ID, &b.Device, &b.Contact, &b.Params, &b.Instance, &b.Source, &b.Local, &b.Transport, &b.Agent, &b.CallID, &b.Seq,
				&b.Proof, &since, &expires)
			b.Since, b.Expires = moment(since), moment(expires)
			return &b, err
		},
	}
}

// KeepBindings writes registrations that are new or were refreshed and forgets those that are gone, in one transaction. It can be repeated.
// Registrations are no configuration and no history, so there is no fact.
func (t *Tenant) KeepBindings(ctx context.Context, kept []*Binding, gone []pbx.BindingID) error {
	if len(kept)+len(gone) == 0 {
		return nil
	}
	ids := make([]string, len(gone))
	for i, id := range gone {
		ids[i] = string(id)
	}
	return t.db.change(ctx, "keep registrations", func(x tx) error {
		if err := put(ctx, x, t.id, bindingRows(), kept); err != nil {
			return err
		}
		return remove(ctx, x, t.id, "bindings", "id", ids)
	})
}

// Bindings reads the registrations that are kept, those that are over too.
func (t *Tenant) Bindings(ctx context.Context) ([]*Binding, error) {
	var list []*Binding
	err := t.db.view(ctx, "read registrations", func(x tx) (err error) {
		list, err = all(ctx, x, t.id, bindingRows())
		return err
	})
	return list, err
}

// ExpireBindings forgets the registrations that were over at a moment, and says how many.
func (t *Tenant) ExpireBindings(ctx context.Context, at time.Time) (int64, error) {
	var n int64
	err := t.db.change(ctx, "expire registrations", func(x tx) error {
		var err error
		n, err = x.exec(ctx, `DELETE FROM bindings WHERE tenant = $1 AND expires <= $2`, t.id, ms(at))
		return err
	})
	return n, err
}
