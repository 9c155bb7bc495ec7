package prompt

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"tandem/audio/opus"
)

//go:embed clips
var files embed.FS

// English is the language of last resort.
const English = "en"

// ending is that of the file of one language: a line of JSON that says where each sound lies, and then the sounds.
const ending = ".clips"

// Rate is the samples a second of every clip.
const Rate = 16000

// Clip is one sound.
type Clip struct {
	Samples []int16 // must not be changed
	Mark    string  // of the text and the voice it was made of
}

// Length is how long it lasts.
func (c Clip) Length() time.Duration { return time.Duration(len(c.Samples)) * time.Second / Rate }

// place is where a sound lies: Opus packets, each after two bytes that say how long it is.
type place struct {
	Mark string `json:"mark"`
	At   int    `json:"at"`
	Size int    `json:"size"`
	Skip int    `json:"skip"` // samples that the decoder needs to get going
	Long int    `json:"long"` // samples of the sound
}

// Library is all sounds in all languages. It may be shared; a sound is decoded when it is first asked for.
type Library struct {
	packs map[string]pack

	mu    sync.Mutex
	ready map[string]Clip // by mark
}

type pack struct {
	index map[string]place
	data  []byte
}

// Load reads the sounds that are built into the program. It fails only if a file is damaged, which this package's tests rule out.
func Load() (*Library, error) {
	names, err := fs.Glob(files, "clips/*"+ending)
	if err != nil {
		return nil, fmt.Errorf("prompt: %w", err)
	}
	l := &Library{packs: map[string]pack{}, ready: map[string]Clip{}}
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("prompt: %w", err)
		}
		p, err := open(b)
		if err != nil {
			return nil, fmt.Errorf("prompt: %s: %w", name, err)
		}
		l.packs[strings.TrimSuffix(strings.TrimPrefix(name, "clips/"), ending)] = p
	}
	return l, nil
}

// open reads the file of one language.
func open(b []byte) (pack, error) {
	head, data, _ := bytes.Cut(b, []byte("\n"))
	var p pack
	if err := json.Unmarshal(head, &p.index); err != nil {
		return pack{}, err
	}
	for id, at := range p.index {
		if at.At < 0 || at.Size <= 0 || at.At+at.Size > len(data) || at.Long <= 0 || at.Skip < 0 {
			return pack{}, fmt.Errorf("%s lies outside of the file", id)
		}
	}
	p.data = data
	return p, nil
}

// Clip finds a sound by its key in the catalogue. A language without it says it in English.
func (l *Library) Clip(language, id string) (Clip, bool) {
	for _, try := range []string{language, English} {
		p := l.packs[try]
		if at, ok := p.index[id]; ok {
			return l.decoded(p, at)
		}
	}
	return Clip{}, false
}

// Length is how long a sound lasts, without decoding it.
func (l *Library) Length(language, id string) time.Duration {
	return time.Duration(l.packs[language].index[id].Long) * time.Second / Rate
}

func (l *Library) decoded(p pack, at place) (Clip, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.ready[at.Mark]
	if !ok {
		samples, err := decode(p.data[at.At:at.At+at.Size], at.Skip, at.Long)
		if err != nil {
			return Clip{}, false // the tests of this package decode every sound
		}
		c = Clip{samples, at.Mark}
		l.ready[at.Mark] = c
	}
	return c, true
}

// decode reads the packets of a sound.
func decode(b []byte, skip, long int) ([]int16, error) {
	var m opus.Machine
	d, err := m.NewDecoder(Rate, 1)
	if err != nil {
		return nil, err
	}
	out := make([]int16, 0, skip+long+Rate)
	for len(b) >= 2 {
		n := int(b[0])<<8 | int(b[1])
		if b = b[2:]; n > len(b) {
			break
		}
		if out, err = m.Decode(d, out, b[:n]); err != nil {
			return nil, err
		}
		b = b[n:]
	}
	if len(out) < skip+long {
		return nil, fmt.Errorf("%d samples of %d", len(out), skip+long)
	}
	return out[skip : skip+long : skip+long], nil
}

// MarkOf is the mark of a text as a voice speaks it; a clip with another mark was made of another text.
func MarkOf(voice, text string) string {
	sum := sha256.Sum256([]byte(voice + "\n" + text))
	return hex.EncodeToString(sum[:6])
}
