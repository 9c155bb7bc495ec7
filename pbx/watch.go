package pbx

import "time"

// Watch is how somebody takes part in a live call of others (G-014, D-035).
type Watch string

// The ways to take part. Taking over ends the part of whom it is about.
const (
	WatchListen       Watch = "listen"        // hears both, is heard by nobody
	WatchWhisper      Watch = "whisper"       // is heard by the colleague whom it is about
	WatchWhisperOther Watch = "whisper_other" // … by whom he talks to
	WatchBarge        Watch = "barge"         // is heard by both
	WatchSteal        Watch = "steal"         // takes the call over
)

// Watches lists them, the quietest first.
func Watches() []Watch {
	return []Watch{WatchListen, WatchWhisper, WatchWhisperOther, WatchBarge, WatchSteal}
}

// LiveWatch is somebody who takes part in a live call of others.
type LiveWatch struct {
	By    Party     `json:"by"`
	About UserID    `json:"about"`
	Mode  Watch     `json:"mode"`
	Since time.Time `json:"since"`
}

// Watcher finds how somebody takes part in a call of others; nil when he does not.
func (c *LiveCall) Watcher(u UserID) *LiveWatch {
	for i := range c.Watches {
		if u != "" && c.Watches[i].By.User == u {
			return &c.Watches[i]
		}
	}
	return nil
}
