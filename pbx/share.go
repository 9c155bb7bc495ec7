package pbx

import "time"

// How long a link to a recording works, in days.
const (
	UsualShare = 7
	MaxShare   = 30
)

// The other bounds of links to recordings.
const (
	ShareTries = 10 // wrong passwords until a link closes for good
	MaxShares  = 20 // links of one recording at a time
)

// ShareID names a link to a recording; it opens nothing.
type ShareID string

// RecordingShare is a link by which whoever has it listens to a recording until it ends (B-070). It lends what its giver may do, and no more: when he
// may not, it opens nothing.
type RecordingShare struct {
	ID        ShareID     `json:"id"`
	Recording RecordingID `json:"recording"`
	By        UserID      `json:"by"`
	For       string      `json:"for"` // for whom and why, in the giver's words
	Created   time.Time   `json:"created"`
	Expires   time.Time   `json:"expires"`
	Tries     int         `json:"-"` // wrong passwords that are left; 0 closes it
	Heard     int         `json:"-"` // how often somebody listened
	Last      time.Time   `json:"-"` // when somebody did last
	Hash      string      `json:"-"` // of the secret
	Password  string      `json:"-"` // hash of it; empty: none is asked for
}
