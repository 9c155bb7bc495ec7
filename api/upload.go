package api

import (
	"bytes"
	"errors"
	"io"

	"github.com/hajimehoshi/go-mp3"
	"github.com/mewkiz/flac"

	"tandem/audio"
	"tandem/audio/opus"
	"tandem/pbx"
)

// mostUploaded bounds what an upload becomes: as many samples of one channel as its longest time at the highest usual rate.
const mostUploaded = int(pbx.LongestPrompt/1e9+1) * 48000

var errLong = errors.New("api: a sound is too long")

// readSound reads an upload by what it is, whatever it is called: WAV, MP3, FLAC or Ogg Opus, in one channel.
func readSound(b []byte) (audio.WAV, error) {
	switch {
	case bytes.HasPrefix(b, []byte("fLaC")):
		return readFLAC(b)
	case bytes.HasPrefix(b, []byte("OggS")):
		return readOgg(b)
	case bytes.HasPrefix(b, []byte("ID3")), len(b) > 1 && b[0] == 0xff && b[1]&0xe0 == 0xe0:
		return readMP3(b)
	}
	return audio.ParseWAV(b)
}

// readOgg decodes Opus at the rate at which the house keeps sound.
func readOgg(b []byte) (audio.WAV, error) {
	w := audio.WAV{Rate: 16000}
	most := mostUploaded / 3
	var err error
	if w.Samples, err = opus.ReadFile(b, w.Rate, most); err == nil && len(w.Samples) > most {
		err = errLong
	}
	return w, err
}

// readMP3 decodes MPEG layer III, which the decoder gives in two channels.
func readMP3(b []byte) (audio.WAV, error) {
	d, err := mp3.NewDecoder(bytes.NewReader(b))
	if err != nil {
		return audio.WAV{}, err
	}
	w := audio.WAV{Rate: d.SampleRate()}
	raw := make([]byte, 1<<15)
	for {
		n, err := io.ReadFull(d, raw)
		for i := 0; i+3 < n; i += 4 {
			left, right := int16(uint16(raw[i])|uint16(raw[i+1])<<8), int16(uint16(raw[i+2])|uint16(raw[i+3])<<8)
			w.Samples = append(w.Samples, int16((int(left)+int(right))/2))
		}
		switch {
		case len(w.Samples) > mostUploaded:
			return w, errLong
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return w, nil
		case err != nil:
			return w, err
		}
	}
}

func readFLAC(b []byte) (audio.WAV, error) {
	f, err := flac.New(bytes.NewReader(b))
	if err != nil {
		return audio.WAV{}, err
	}
	w := audio.WAV{Rate: int(f.Info.SampleRate)}
	depth := int(f.Info.BitsPerSample)
	if w.Rate == 0 || depth == 0 {
		return w, errors.New("api: a FLAC file without a rate")
	}
	for {
		frame, err := f.ParseNext()
		if err == io.EOF && uint64(len(w.Samples)) >= f.Info.NSamples {
			return w, nil
		}
		if err != nil {
			return w, err
		}
		for i := range int(frame.BlockSize) {
			sum := 0
			for _, channel := range frame.Subframes {
				sum += int(channel.Samples[i])
			}
			sum /= len(frame.Subframes)
			if depth > 16 {
				sum >>= depth - 16
			} else {
				sum <<= 16 - depth
			}
			w.Samples = append(w.Samples, int16(sum))
		}
		if len(w.Samples) > mostUploaded {
			return w, errLong
		}
	}
}
