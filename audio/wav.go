package audio

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrWAV is told for files that are not WAV, or of a kind we do not read.
var ErrWAV = errors.New("audio: not a WAV file that can be read")

// WAV is the sound of one file.
type WAV struct {
	Rate    int // samples per second
	Samples []int16
}

// MaxWAV is the largest file that is read; about six hours at 8 kHz.
const MaxWAV = 350 << 20

// Forms of samples in a WAV file.
const (
	formLinear     = 1
	formALaw       = 6
	formMuLaw      = 7
	formExtensible = 0xfffe // the form stands in the extension
)

// ParseWAV reads a RIFF file with linear samples of 8, 16 or 24 bits, A-law or µ-law; two channels become one. Unknown chunks are
// skipped, and a data chunk that promises more than there is, as files that are still being written do, gives what there is.
func ParseWAV(b []byte) (WAV, error) {
	if len(b) > MaxWAV || len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return WAV{}, ErrWAV
	}
	var w WAV
	var f wavForm
	for b = b[12:]; len(b) >= 8; {
		name, size := string(b[:4]), uint64(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		chunk := b[:min(size, uint64(len(b)))]
		switch name {
		case "fmt ":
			if w.Rate = f.read(chunk); w.Rate == 0 {
				return WAV{}, ErrWAV
			}
		case "data":
			if w.Rate == 0 {
				return WAV{}, ErrWAV
			}
			w.Samples = f.samples(chunk)
			return w, nil
		}
		b = b[min(size+size%2, uint64(len(b))):]
	}
	return WAV{}, ErrWAV
}

// wavForm is how samples stand in a file.
type wavForm struct {
	form     uint16
	channels int
	octets   int // of one sample
}

// read takes a format chunk in and gives the rate; 0 for what is not read.
func (f *wavForm) read(chunk []byte) int {
	if len(chunk) < 16 {
		return 0
	}
	le := binary.LittleEndian
	f.form, f.channels = le.Uint16(chunk), int(le.Uint16(chunk[2:]))
	rate, width := le.Uint32(chunk[4:]), le.Uint16(chunk[14:])
	if f.form == formExtensible && len(chunk) >= 26 {
		f.form = le.Uint16(chunk[24:])
	}
	f.octets = int(width) / 8
	known := f.form == formLinear && (width == 8 || width == 16 || width == 24) || (f.form == formALaw || f.form == formMuLaw) && width == 8
	if !known || f.channels < 1 || f.channels > 2 || rate > 384000 {
		return 0
	}
	return int(rate)
}

// samples makes one channel of 16 bits of the bytes; what is cut off within a sample is left out.
func (f *wavForm) samples(b []byte) []int16 {
	whole := f.octets * f.channels
	out := make([]int16, len(b)/whole)
	for i := range out {
		sum := 0
		for c := range f.channels {
			sum += int(f.sample(b[i*whole+c*f.octets:]))
		}
		out[i] = int16(sum / f.channels)
	}
	return out
}

// sample is one sample of one channel; 8-bit files are unsigned.
func (f *wavForm) sample(b []byte) int16 {
	switch {
	case f.form == formALaw:
		return DecodeA(b[0])
	case f.form == formMuLaw:
		return DecodeMu(b[0])
	case f.octets == 1:
		return int16(int(b[0])-128) << 8
	case f.octets == 3:
		return int16(binary.LittleEndian.Uint16(b[1:])) // the lowest bits are below what anybody hears
	}
	return int16(binary.LittleEndian.Uint16(b))
}

// Encode writes the sound as a file of 16 bits.
func (w WAV) Encode() []byte { return w.encode(16) }

// Encode8 writes the sound as a file of 8 bits; the lower half of each sample is dropped.
func (w WAV) Encode8() []byte { return w.encode(8) }

// WAVHead is the length of the header that WAVHeader writes.
const WAVHead = 44

// WAVHeader is what stands before size bytes of 16-bit samples, those of the channels by turns, so that a file may be kept as bare samples and given out as WAV.
// Sizes beyond what the format can say (4 GiB) are written as the largest, which players read to the end.
func WAVHeader(rate, channels int, size int64) []byte {
	return header(make([]byte, 0, WAVHead), rate, 16, channels, size)
}

func header(b []byte, rate, width, channels int, size int64) []byte {
	le := binary.LittleEndian
	short := func(n int64) uint32 { return uint32(min(n, math.MaxUint32)) }
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, short(36+size+size%2))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(rate*channels*width/8))
	b = le.AppendUint16(b, uint16(channels*width/8))
	b = le.AppendUint16(b, uint16(width))
	b = append(b, "data"...)
	return le.AppendUint32(b, short(size))
}

func (w WAV) encode(width int) []byte {
	le := binary.LittleEndian
	size := len(w.Samples) * width / 8
	b := header(make([]byte, 0, WAVHead+size+1), w.Rate, width, 1, int64(size))
	for _, s := range w.Samples {
		if width == 8 {
			b = append(b, byte(int(s>>8)+128))
			continue
		}
		b = le.AppendUint16(b, uint16(s))
	}
	if size%2 == 1 {
		b = append(b, 0)
	}
	return b
}
