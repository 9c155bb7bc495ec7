package pbx

// LampState is how far a call is at the one who is watched.
type LampState string

// The states of a lamp's call.
const (
	LampCalling LampState = "calling" // he calls somebody who has not answered
	LampRings   LampState = "rings"   // it rings where he is
	LampTalks   LampState = "talks"
	LampHeld    LampState = "held"
)

// Lamp is what somebody who watches a person may see of him now (BL-01, BL-02).
type Lamp struct{ Calls []LampCall }

// LampCall is one call of the person who is watched. Who may see that somebody is busy need not see with whom.
type LampCall struct {
	Call     CallID
	State    LampState
	Incoming bool
	Other    Party // the other side; empty when the watcher may not see it
	Pickup   bool  // the watcher may pick it up while it rings
}
