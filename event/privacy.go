package event

// Rewritten tells of facts from which somebody was taken out what they read now, so that the chain of the log still tells whether they were changed (BAR PR-06).
type Rewritten struct {
	Rows []RewrittenRow `json:"rows"`
}

// RewrittenRow is one of them.
type RewrittenRow struct {
	Seq int64  `json:"seq"`
	Sum string `json:"sum"` // SHA-256 of its columns, hex
}
