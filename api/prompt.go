package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tandem/audio"
	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/prompt"
)

// promptOctets bounds an upload: five minutes at 48 kHz.
const promptOctets = 30 << 20

// Prompt is one sentence of the house in one language.
type Prompt struct {
	Key      string     `json:"key"`
	Language string     `json:"language"`
	Text     string     `json:"text"`
	Seconds  float64    `json:"seconds" doc:"how long the sound in force lasts"`
	Word     bool       `json:"word" doc:"a part of numbers, dates and times, no sentence"`
	Own      bool       `json:"own" doc:"the office has replaced the built-in sound"`
	Replaced *time.Time `json:"replaced,omitempty"`
	Sound    string     `json:"sound" doc:"address of the sound in force"`
}

type promptsIn struct {
	Language string `query:"language" maxLength:"10" doc:"default: the asker's"`
}

// listPrompts shows the sentences; the words of numbers and dates are prompts too, after them.
func (s *Server) listPrompts(_ context.Context, v *visit, in *promptsIn) (Page[Prompt], error) {
	if err := v.need(policy.MenuEdit, command.PromptTarget()); err != nil {
		return Page[Prompt]{}, err
	}
	language := in.Language
	if language == "" {
		language = v.lang
	}
	if !i18n.Known(language) {
		return Page[Prompt]{}, pbx.Refuse(pbx.Invalid, "language", "prompt.unknown")
	}
	page := Page[Prompt]{Items: []Prompt{}}
	words := i18n.Say(language).Words()
	keys := s.c.Catalog.Spoken(language)
	rank := func(key string) int {
		if _, isWord := slices.BinarySearch(words, key); isWord {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(keys, func(a, b string) int { return rank(a) - rank(b) })
	for _, key := range keys {
		page.Items = append(page.Items, s.showPrompt(v, language, key))
	}
	page.Total = len(page.Items)
	return page, nil
}

func (s *Server) showPrompt(v *visit, language, key string) Prompt {
	_, isWord := slices.BinarySearch(i18n.Say(language).Words(), key)
	out := Prompt{Key: key, Word: isWord, Language: language, Text: s.c.Catalog.Say(language, i18n.T(key)),
		Seconds: s.c.Prompts.Length(language, key).Seconds(), Sound: fmt.Sprintf("/v1/prompts/%s/%s/sound", language, key)}
	if own := v.s.Prompts[pbx.NewPromptID(language, key)]; own != nil {
		out.Own, out.Seconds, out.Replaced = true, own.Length().Seconds(), &own.Replaced
		out.Sound += "?v=" + strconv.FormatInt(own.Replaced.UnixMilli(), 36)
	}
	return out
}

type promptIn struct {
	Language string `path:"language" maxLength:"10"`
	Key      string `path:"key" maxLength:"60"`
}

// knows refuses who may not, and sentences that the house does not say.
func (s *Server) knows(v *visit, in promptIn) error {
	if err := v.need(policy.MenuEdit, command.PromptTarget()); err != nil {
		return err
	}
	if _, found := slices.BinarySearch(s.c.Catalog.Spoken(in.Language), in.Key); !found || !i18n.Known(in.Language) {
		return pbx.Refuse(pbx.NotFound, "", "error.not_found")
	}
	return nil
}

// getPromptSound sends the sound in force as WAV, in ranges if the browser asks for them.
func (s *Server) getPromptSound(_ context.Context, v *visit, in *promptIn) (writer, error) {
	if err := s.knows(v, *in); err != nil {
		return nil, err
	}
	if own := v.s.Prompts[pbx.NewPromptID(in.Language, in.Key)]; own != nil {
		return s.playBlob(own.Blob, own.Rate, own.Replaced)
	}
	c, _ := s.c.Prompts.Clip(in.Language, in.Key)
	return playWAV(bytes.NewReader(audio.WAV{Rate: prompt.Rate, Samples: c.Samples}.Encode()), time.Time{}, func() {}), nil
}

// playBlob sends samples that are kept as a file that browsers play.
func (s *Server) playBlob(id string, rate int, at time.Time) (writer, error) {
	b, err := s.c.Blobs.Open(id)
	if err != nil {
		return nil, err
	}
	head := audio.WAVHeader(rate, 1, b.Size())
	return playWAV(io.NewSectionReader(headed{head, b}, 0, int64(len(head))+b.Size()), at, func() { _ = b.Close() }), nil
}

func playWAV(sound io.ReadSeeker, at time.Time, done func()) writer {
	return func(w http.ResponseWriter, r *http.Request) {
		defer done()
		w.Header().Set("Content-Type", "audio/wav")
		w.Header().Set("Cache-Control", "private, no-cache")
		http.ServeContent(w, r, "", at, sound)
	}
}

// headed is a file that begins with a header that is not kept with the rest.
type headed struct {
	head []byte
	rest io.ReaderAt
}

func (h headed) ReadAt(b []byte, off int64) (int, error) {
	n := 0
	if off < int64(len(h.head)) {
		if n = copy(b, h.head[off:]); n == len(b) {
			return n, nil
		}
	}
	m, err := h.rest.ReadAt(b[n:], off+int64(n)-int64(len(h.head)))
	return n + m, err
}

type promptUp struct {
	Language string `path:"language" maxLength:"10"`
	Key      string `path:"key" maxLength:"60"`
	RawBody  []byte `contentType:"audio/wav"`
}

// putPrompt replaces a sound. The upload becomes 16 or 8 kHz; nothing of it is kept but its samples.
func (s *Server) putPrompt(ctx context.Context, v *visit, in *promptUp) (Prompt, error) {
	if err := s.knows(v, promptIn{in.Language, in.Key}); err != nil {
		return Prompt{}, err
	}
	id := pbx.NewPromptID(in.Language, in.Key)
	w, err := s.listenTo(ctx, in.RawBody)
	if err != nil {
		return Prompt{}, err
	}
	err = s.setSound(ctx, v.who, w, promptSound(id), func(c command.Command) error {
		_, err := s.do(ctx, v, c)
		return err
	})
	if err != nil {
		return Prompt{}, err
	}
	return s.showPrompt(v, in.Language, in.Key), nil
}

// promptSound makes the command that lets the house say a sentence with a sound.
func promptSound(id pbx.PromptID) func(pbx.Sound) command.Command {
	return func(sound pbx.Sound) command.Command {
		return command.SetPrompt{ID: id, Blob: sound.Blob, Rate: sound.Rate, Samples: sound.Samples}
	}
}

// setSound keeps a sound and does the command that puts it into force; nothing is kept of one that may not be.
func (s *Server) setSound(ctx context.Context, who pbx.Actor, w audio.WAV, set func(pbx.Sound) command.Command, do func(command.Command) error) error {
	var e [10]byte
	_, _ = rand.Read(e[:]) // never fails since Go 1.24
	sound := pbx.Sound{Blob: pbx.NewID(pbx.PromptBlob, s.c.Now(), e), Rate: w.Rate, Samples: int64(len(w.Samples))}
	c := set(sound)
	if _, err := s.c.Desk.Try(ctx, who, c); err != nil {
		return err
	}
	if err := s.keep(sound.Blob, w.Samples); err != nil {
		return err
	}
	if err := do(c); err != nil {
		return errors.Join(err, s.c.Blobs.Delete(sound.Blob))
	}
	return nil
}

// listenTo reads an upload, one at a time, and brings it to a rate of the house.
func (s *Server) listenTo(ctx context.Context, upload []byte) (audio.WAV, error) {
	select {
	case s.easel <- struct{}{}:
		defer func() { <-s.easel }()
	case <-ctx.Done():
		return audio.WAV{}, ctx.Err()
	}
	w, err := readSound(upload)
	if err == errLong {
		return w, pbx.Refuse(pbx.Invalid, "sound", "prompt.length", "minutes", strconv.Itoa(int(pbx.LongestPrompt/time.Minute)))
	}
	if err != nil {
		return w, pbx.Refuse(pbx.Invalid, "sound", "prompt.unreadable")
	}
	return housed(w)
}

// housed brings a sound to a rate of the house, unless it is too long or nothing can be heard in it.
func housed(w audio.WAV) (audio.WAV, error) {
	if w.Rate < 8000 {
		return w, pbx.Refuse(pbx.Invalid, "sound", "prompt.rate", "rate", strconv.Itoa(w.Rate))
	}
	long := time.Duration(len(w.Samples)) * time.Second / time.Duration(w.Rate)
	if long <= 0 || long > pbx.LongestPrompt {
		return w, pbx.Refuse(pbx.Invalid, "sound", "prompt.length", "minutes", strconv.Itoa(int(pbx.LongestPrompt/time.Minute)))
	}
	if audio.Level(w.Samples) < -60 {
		return w, pbx.Refuse(pbx.Invalid, "sound", "prompt.silent")
	}
	rate := 16000
	if w.Rate < 12000 {
		rate = 8000
	}
	return audio.WAV{Rate: rate, Samples: audio.Resample(w.Samples, w.Rate, rate)}, nil
}

// keep writes samples into a new blob.
func (s *Server) keep(id string, samples []int16) error {
	w, err := s.c.Blobs.Create(id)
	if err != nil {
		return err
	}
	raw := make([]byte, 0, 2*len(samples))
	for _, v := range samples {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
	}
	if _, err := w.Write(raw); err != nil {
		return errors.Join(err, w.Abort())
	}
	return w.Finish(w.Size())
}

func (s *Server) deletePrompt(ctx context.Context, v *visit, in *promptIn) error {
	if err := s.knows(v, *in); err != nil {
		return err
	}
	_, err := s.do(ctx, v, command.ResetPrompt{ID: pbx.NewPromptID(in.Language, in.Key)})
	return err
}
