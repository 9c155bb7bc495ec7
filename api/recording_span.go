package api

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"time"

	"tandem/audio"
	"tandem/pbx"
	"tandem/policy"
)

// ownSpans is what the visitor may hear of the recording of a conference that he hears only because he took part, where the host's group says so; nil is all of it (D-040).
// A copy is no way around that.
func (v *visit) ownSpans(r *pbx.Recording) []pbx.Interval {
	if r.Room == "" {
		return nil
	}
	d := policy.Decide(v.s, policy.Request{Actor: v.who, Right: policy.RecordingPlay, Target: recordingTarget(r), At: v.at})
	if d.OK && d.Code != policy.ByInterval {
		return nil
	}
	spans := []pbx.Interval{} // who took part in nothing of it hears nothing
	for _, voice := range r.Voices {
		if voice.User == v.who.User {
			spans = append(spans, pbx.Interval{From: voice.From, Until: voice.Until})
		}
	}
	return spans
}

// playback opens what the visitor may hear of a recording; one whose call goes on, or whose sound is gone, does not exist.
func (s *Server) playback(v *visit, r *pbx.Recording) (Playback, error) {
	if r.Running {
		return nil, missing()
	}
	file, err := s.c.Playback(r.ID)
	if err != nil {
		return nil, missing()
	}
	part, err := within(file, r, v.ownSpans(r))
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return part, nil
}

// within is a playback that is silent outside some spans; with nil it stays as it is.
func within(p Playback, r *pbx.Recording, spans []pbx.Interval) (Playback, error) {
	if spans == nil {
		return p, nil
	}
	var head [audio.WAVHead]byte
	if _, err := io.ReadFull(p, head[:]); err != nil {
		return nil, err
	}
	if _, err := p.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	size, second := int64(binary.LittleEndian.Uint32(head[40:])), int64(binary.LittleEndian.Uint32(head[28:]))
	place := func(at time.Time) int64 {
		since := max(at.Sub(r.Started), 0)
		return min(int64(since.Seconds()*float64(second))/frameOctets*frameOctets, size)
	}
	w := &spanned{Playback: p, size: size}
	for _, s := range spans {
		until := size
		if !s.Until.IsZero() {
			until = place(s.Until)
		}
		w.heard = append(w.heard, [2]int64{place(s.From), until})
	}
	return w, nil
}

// frameOctets is what one moment takes: two channels of 16 bits.
const frameOctets = 4

// spanned is a playback of which only parts are heard; where they lie is counted in octets behind the head.
type spanned struct {
	Playback
	size  int64
	heard [][2]int64
	at    int64
}

func (w *spanned) isHeard(at int64) bool {
	return slices.ContainsFunc(w.heard, func(s [2]int64) bool { return s[0] <= at && at < s[1] })
}

// Seek implements io.Seeker.
func (w *spanned) Seek(offset int64, whence int) (int64, error) {
	at, err := w.Playback.Seek(offset, whence)
	if err == nil {
		w.at = at
	}
	return at, err
}

// Read reads, and silences what may not be heard.
func (w *spanned) Read(b []byte) (int, error) {
	n, err := w.Playback.Read(b)
	for i := max(0, min(audio.WAVHead-w.at, int64(n))); i < int64(n); {
		at := w.at + i - audio.WAVHead
		end := i + w.stretch(at)
		if part := b[i:min(end, int64(n))]; !w.isHeard(at) {
			clear(part)
		}
		i = end
	}
	w.at += int64(n)
	return n, err
}

// stretch is how many octets from there on are all heard, or none of them is.
func (w *spanned) stretch(at int64) int64 {
	next := int64(math.MaxInt32) + at
	for _, s := range w.heard {
		for _, edge := range s {
			if edge > at {
				next = min(next, edge)
			}
		}
	}
	return next - at
}

// Peaks shows nothing of what may not be heard.
func (w *spanned) Peaks(n int) (sides [2][]float32, err error) {
	if sides, err = w.Playback.Peaks(n); err != nil {
		return sides, err
	}
	for i := range n {
		if from, until := w.size*int64(i)/int64(n), w.size*int64(i+1)/int64(n); !w.isHeard(from) || !w.isHeard(max(until-1, from)) {
			sides[0][i], sides[1][i] = 0, 0
		}
	}
	return sides, nil
}
