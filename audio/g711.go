package audio

import "math/bits"

// bias is added before µ-law finds the segment, so that every segment begins at a power of two (ITU-T G.711 §3).
const bias = 0x84

// clip is the largest magnitude µ-law can say.
const clip = 32635

// EncodeMu compresses one sample to µ-law, the codec PCMU (ITU-T G.711, RFC 3551 §4.5.14).
func EncodeMu(sample int16) byte {
	v, sign := int32(sample), byte(0)
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, clip) + bias
	segment := bits.Len32(uint32(v)) - 8
	return ^(sign | byte(segment)<<4 | byte(v>>(segment+3))&0x0f)
}

// DecodeMu expands one byte of PCMU.
func DecodeMu(b byte) int16 { return muTable[b] }

// EncodeA compresses one sample to A-law, the codec PCMA (ITU-T G.711, RFC 3551 §4.5.14).
func EncodeA(sample int16) byte {
	v, sign := int32(sample)>>3, byte(0xd5)
	if v < 0 {
		v, sign = ^v, 0x55
	}
	segment := max(bits.Len32(uint32(v))-5, 0)
	return sign ^ (byte(segment)<<4 | byte(v>>max(segment, 1))&0x0f)
}

// DecodeA expands one byte of PCMA.
func DecodeA(b byte) int16 { return aTable[b] }

var muTable, aTable = expand()

// expand computes both decoders once; 256 values each.
func expand() (mu, a [256]int16) {
	for i := range 256 {
		b := ^byte(i)
		v := (int32(b&0x0f)<<3+bias)<<(b>>4&7) - bias
		if b&0x80 != 0 {
			v = -v
		}
		mu[i] = int16(v)

		b = byte(i) ^ 0x55
		v = int32(b&0x0f)<<4 + 8
		if segment := b >> 4 & 7; segment > 0 {
			v = (v + 0x100) << (segment - 1)
		}
		if b&0x80 == 0 {
			v = -v
		}
		a[i] = int16(v)
	}
	return mu, a
}

// ToMu compresses samples and appends them to dst.
func ToMu(dst []byte, samples []int16) []byte {
	for _, s := range samples {
		dst = append(dst, EncodeMu(s))
	}
	return dst
}

// FromMu expands PCMU and appends the samples to dst.
func FromMu(dst []int16, b []byte) []int16 {
	for _, c := range b {
		dst = append(dst, muTable[c])
	}
	return dst
}

// ToA compresses samples and appends them to dst.
func ToA(dst []byte, samples []int16) []byte {
	for _, s := range samples {
		dst = append(dst, EncodeA(s))
	}
	return dst
}

// FromA expands PCMA and appends the samples to dst.
func FromA(dst []int16, b []byte) []int16 {
	for _, c := range b {
		dst = append(dst, aTable[c])
	}
	return dst
}
