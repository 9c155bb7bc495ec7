package event

import "time"

// Applied tells what was deleted because its time was over (BAR PR-05).
type Applied struct {
	Calls   int       `json:"calls,omitempty"`   // records of calls
	Traces  int       `json:"traces,omitempty"`  // calls of which only the way through the house is forgotten
	Entries int       `json:"entries,omitempty"` // of the audit log
	Until   time.Time `json:"until"`             // when the round was over
}

// Thinned vouches for the gaps in the log: with its sum the chain can be verified across them, and a gap that nobody vouches for is a deleted row.
type Thinned struct {
	Rows int    `json:"rows"` // taken out this time
	Sum  string `json:"sum"`  // of all gaps, hex: see store/chain.go
}
