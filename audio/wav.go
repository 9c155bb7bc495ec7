package audio

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrWAV is told for files that are not WAV, or of a kind we do not read.
var ErrWAV = errors.New("audio: not a WAV file of one channel with 8 or 16 bits")

// WAV is the sound of one file.
type WAV struct {
	Rate    int // samples per second
	Samples []int16
}

// MaxWAV is the largest file that is read; about six hours at 8 kHz.
const MaxWAV = 350 << 20

// ParseWAV reads a RIFF file with linear samples of 8 or 16 bits and one channel. Unknown chunks are skipped, and a data
// chunk that promises more than there is, as files that are still being written do, gives what there is.
func ParseWAV(b []byte) (WAV, error) {
	if len(b) > MaxWAV || len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return WAV{}, ErrWAV
	}
	var w WAV
	wide := false
	for b = b[12:]; len(b) >= 8; {
		name, size := string(b[:4]), uint64(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		chunk := b[:min(size, uint64(len(b)))]
		switch name {
		case "fmt ":
			if len(chunk) < 16 {
				return WAV{}, ErrWAV
			}
			kind, channels := binary.LittleEndian.Uint16(chunk), binary.LittleEndian.Uint16(chunk[2:])
			rate, width := binary.LittleEndian.Uint32(chunk[4:]), binary.LittleEndian.Uint16(chunk[14:])
			if kind != 1 || channels != 1 || rate == 0 || rate > 384000 || width != 8 && width != 16 {
				return WAV{}, ErrWAV
			}
			w.Rate, wide = int(rate), width == 16
		case "data":
			if w.Rate == 0 {
				return WAV{}, ErrWAV
			}
			w.Samples = linear(chunk, wide)
			return w, nil
		}
		b = b[min(size+size%2, uint64(len(b))):]
	}
	return WAV{}, ErrWAV
}

// linear makes samples of 16 bits of the bytes; 8-bit files are unsigned.
func linear(b []byte, wide bool) []int16 {
	if !wide {
		out := make([]int16, len(b))
		for i, c := range b {
			out[i] = int16(int(c)-128) << 8
		}
		return out
	}
	out := make([]int16, len(b)/2)
	for i := range out {
		out[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return out
}

// Encode writes the sound as a file of 16 bits.
func (w WAV) Encode() []byte { return w.encode(16) }

// Encode8 writes the sound as a file of 8 bits; the lower half of each sample is dropped.
func (w WAV) Encode8() []byte { return w.encode(8) }

// WAVHead is the length of the header that WAVHeader writes.
const WAVHead = 44

// WAVHeader is what stands before size bytes of 16-bit samples, so that a file may be kept as bare samples and given out as WAV.
// Sizes beyond what the format can say (4 GiB) are written as the largest, which players read to the end.
func WAVHeader(rate int, size int64) []byte { return header(make([]byte, 0, WAVHead), rate, 16, size) }

func header(b []byte, rate, width int, size int64) []byte {
	le := binary.LittleEndian
	short := func(n int64) uint32 { return uint32(min(n, math.MaxUint32)) }
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, short(36+size+size%2))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(rate*width/8))
	b = le.AppendUint16(b, uint16(width/8))
	b = le.AppendUint16(b, uint16(width))
	b = append(b, "data"...)
	return le.AppendUint32(b, short(size))
}

func (w WAV) encode(width int) []byte {
	le := binary.LittleEndian
	size := len(w.Samples) * width / 8
	b := header(make([]byte, 0, WAVHead+size+1), w.Rate, width, int64(size))
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
