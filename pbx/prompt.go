package pbx

import (
	"strings"
	"time"

	"tandem/i18n"
)

// PromptID is language and key of a sentence: "de:say.goodbye".
type PromptID string

// NewPromptID names the sound of a sentence in a language.
func NewPromptID(language, key string) PromptID { return PromptID(language + ":" + key) }

// Prompt is an office's own sound for a sentence that the house says. Without one the built-in sound is heard.
type Prompt struct {
	ID       PromptID  `json:"id"`
	Blob     string    `json:"blob"` // samples of 16 bits, one channel
	Rate     int       `json:"rate"` // 8000 or 16000 a second
	Samples  int64     `json:"samples"`
	Replaced time.Time `json:"replaced"`
}

// PromptBlob begins the names of blobs that are own sounds of sentences.
const PromptBlob = "prm"

// LongestPrompt is how long an own sound may be.
const LongestPrompt = 5 * time.Minute

// Split is language and key of the sentence.
func (p PromptID) Split() (language, key string) {
	language, key, _ = strings.Cut(string(p), ":")
	return language, key
}

// Length is how long the sound lasts.
func (p *Prompt) Length() time.Duration {
	if p.Rate <= 0 {
		return 0
	}
	return time.Duration(p.Samples) * time.Second / time.Duration(p.Rate)
}

func checkPrompt(p *Prompt) error {
	language, key := p.ID.Split()
	if !i18n.Known(language) || !strings.HasPrefix(key, i18n.SayPrefix) || len(key) > 60 {
		return Refuse(Invalid, "prompt", "prompt.unknown")
	}
	if p.Blob == "" || p.Rate != 8000 && p.Rate != 16000 || p.Samples <= 0 || p.Length() > LongestPrompt {
		return Refuse(Invalid, "sound", "prompt.length", "minutes", "5")
	}
	return nil
}
