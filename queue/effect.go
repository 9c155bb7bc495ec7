package queue

import (
	"time"

	"tandem/pbx"
)

// Effect is something the shell has to do. The list is closed; effects are carried out in order.
type Effect interface{ effect() }

// Ring rings the phones of agents for a waiting call. Of a caller who wants to be called back, the agent is rung first.
type Ring struct {
	Call   pbx.CallID
	Agents []pbx.UserID
	Back   bool // nobody is on the line: who takes it calls
}

// Stop ends the ringing at agents.
type Stop struct {
	Call   pbx.CallID
	Agents []pbx.UserID
	Cause  pbx.Cause
}

// Announce tells a caller his position, from 1, and how long it may take; 0 is not said.
type Announce struct {
	Call     pbx.CallID
	Position int
	Wait     time.Duration
	Callback bool // … and that he may be called back
}

// Why says why a call leaves a queue without an agent.
type Why string

// The reasons.
const (
	Full   Why = "full"   // there was no place
	Nobody Why = "nobody" // no agent is logged in
	Waited Why = "waited" // it took too long
)

// Send takes a call out of the queue to where it goes on; the zero destination ends it.
type Send struct {
	Call pbx.CallID
	To   pbx.Destination
	Why  Why
}

// Dismiss takes an agent out of the queue who missed too many calls in a row.
type Dismiss struct {
	Agent  pbx.UserID
	Missed int
}

// NoteKind is what is written about a call in a queue.
type NoteKind string

// The notes.
const (
	Joined    NoteKind = "joined"
	Offered   NoteKind = "offered"
	Missed    NoteKind = "missed"   // an agent let it ring, or declined
	Answered  NoteKind = "answered" // by Agent, after Waited
	Abandoned NoteKind = "abandoned"
	Sent      NoteKind = "sent"
	Late      NoteKind = "late" // it waits longer than promised
	Finished  NoteKind = "finished"

	// of places that are kept for calls back
	Held    NoteKind = "held"
	Unheld  NoteKind = "unheld"  // it cannot be: there are too many
	Found   NoteKind = "found"   // he was reached, and talks to Agent
	Failed  NoteKind = "failed"  // a try did not reach him
	GaveUp  NoteKind = "gave_up" // … the last one
	Expired NoteKind = "expired"
	Refused NoteKind = "refused" // he may not be called
	Again   NoteKind = "again"   // he called again, and waits or talks
	Dropped NoteKind = "dropped"
)

// Note writes a fact about a call in the queue.
type Note struct {
	Kind   NoteKind
	Call   pbx.CallID
	Agent  pbx.UserID
	From   pbx.Party // of Abandoned: who it was, for he is no longer in the queue
	Waited time.Duration
}

// SetTimer starts the queue's timer, in place of the one that runs; the zero moment stops it.
type SetTimer struct{ At time.Time }

func (Ring) effect()     {}
func (Stop) effect()     {}
func (Announce) effect() {}
func (Send) effect()     {}
func (Dismiss) effect()  {}
func (Note) effect()     {}
func (SetTimer) effect() {}
