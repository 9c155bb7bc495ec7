package store

import "context"

// Version is the stored version of the configuration, to see whether another process changed it.
func (t *Tenant) Version(ctx context.Context) (int64, error) {
	var version int64
	err := t.db.view(ctx, "version", func(x tx) error {
		return missing(x.row(ctx, `SELECT version FROM tenants WHERE id = $1`, t.id).Scan(&version), "tenant.unknown")
	})
	return version, err
}
