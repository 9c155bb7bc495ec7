// Package audio works on samples: G.711 companding, tones and their detection, levels, WAV files.
//
// It opens no sockets and no files and negotiates nothing; samples are 16-bit linear, one channel.
package audio
