// Package event is the catalogue of facts: what happened, when, by whom.
//
// It does not deliver them; package bus does.
package event

import (
	"encoding/json"
	"time"

	"tandem/pbx"
)

// Kind names a fact: noun, dot, verb in the past. A kind never changes its meaning.
type Kind string

// Fact is one thing that happened. Facts of changes are the audit log (BAR AU-01).
type Fact struct {
	Seq      int64           `json:"seq"` // position in the tenant's log, from 1; 0 before it is stored and for live facts
	At       time.Time       `json:"at"`
	Kind     Kind            `json:"kind"`
	Actor    pbx.Actor       `json:"actor"`
	Object   pbx.Ref         `json:"object"`
	Before   json.RawMessage `json:"before,omitempty"` // the object's JSON, without secrets
	After    json.RawMessage `json:"after,omitempty"`
	Reason   string          `json:"reason,omitempty"` // the actor's words
	Data     json.RawMessage `json:"data,omitempty"`   // typed payload of call facts
	Revision int64           `json:"revision"`         // version of the configuration it was decided on
}
