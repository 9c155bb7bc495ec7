package pbx

import "hash/fnv"

// Reference is the short number of a call that was refused: people read it out to whoever can help, who finds the call by it (N-18). It is made of
// the call's id, so that it need not be stored to be spoken; two calls may share one, and whoever looks sees both.
func (id CallID) Reference() string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // never fails
	n := h.Sum64() % 900_000
	digits := [6]byte{}
	for i, rest := len(digits)-1, n+100_000; i >= 0; i, rest = i-1, rest/10 {
		digits[i] = byte('0' + rest%10)
	}
	return string(digits[:])
}
