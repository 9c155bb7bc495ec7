// Package sdp reads, writes and negotiates session descriptions as plain values (RFC 8866, RFC 3264).
//
// It opens no port, makes no key and decides nothing about users: ports and keys come in as arguments,
// and whether a leg may or must be encrypted is told to it as a Security.
//
// The way through the package for a call between two legs A and B:
//
//	a, err := sdp.Parse(offer)                      // what A sent
//	from, err := a.Audio(sdp.Plain)                 // A's audio line: address, codecs, direction, crypto
//	out := sdp.Offer(sdp.Local{… Codecs: from.Codecs …})  // to B, with A's payload numbers
//	b, err := sdp.Parse(answer)                     // what B said
//	to, err := b.Audio(sdp.Plain)
//	back, err := sdp.Answer(a, from, sdp.Local{… Codecs: sdp.Common(from.Codecs, to.Codecs) …})
package sdp
