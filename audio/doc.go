// Package audio works on samples: the codecs G.711 and G.722, rates, tones and their detection, keys, levels, WAV files.
//
// It opens no sockets and no files and negotiates nothing; samples are 16-bit linear, one channel.
package audio
