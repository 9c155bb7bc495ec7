package stack

import (
	"hash/maphash"
)

// key names a transaction. It is a keyed hash of 128 bits, so that tables hold no pointers into old messages and nobody outside can
// make two transactions meet.
type key [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func hashed(parts []byte) key {
	return key{maphash.Bytes(seeds[0], parts), maphash.Bytes(seeds[1], parts)}
}

// serverKey is the transaction a request belongs to (RFC 3261 §17.2.3). ACK and CANCEL give the key of their INVITE when asked with
// that method. Requests of RFC 2543, without the magic branch, are matched by what stays the same in them.
func serverKey(m *Message, method string) key {
	var space [512]byte
	via := m.Via()
	buf := append(append(space[:0], method...), 0)
	if branch := via.Branch(); len(branch) > len(magic) && branch[:len(magic)] == magic {
		buf = append(append(buf, branch...), 0)
		buf = append(append(buf, via.Host...), byte(via.Port>>8), byte(via.Port))
		return hashed(buf)
	}
	buf = m.URI.Append(buf)
	buf = append(append(append(buf, 0), m.From().Tag()...), 0)
	buf = append(append(buf, m.CallID()...), 0)
	n, _ := m.CSeq()
	buf = append(buf, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	return hashed(via.Append(buf))
}

// clientKey is the transaction a response belongs to (RFC 3261 §17.1.3).
func clientKey(branch, method string) key {
	var space [256]byte
	return hashed(append(append(append(space[:0], method...), 1), branch...))
}

// ackKey finds the INVITE a 2xx of ours belongs to from the ACK the far side sends (RFC 3261 §13.2.2.4).
func ackKey(callID, localTag string, seq uint32) key {
	var space [512]byte
	buf := append(append(space[:0], 2), callID...)
	buf = append(append(append(buf, 0), localTag...), 0)
	return hashed(append(buf, byte(seq>>24), byte(seq>>16), byte(seq>>8), byte(seq)))
}

// mergeKey is what two branches of one forked INVITE have in common (RFC 3261 §8.2.2.2).
func mergeKey(m *Message) key {
	var space [512]byte
	n, _ := m.CSeq()
	buf := append(append(space[:0], 3), m.CallID()...)
	buf = append(append(append(buf, 0), m.From().Tag()...), 0)
	return hashed(append(buf, byte(n>>24), byte(n>>16), byte(n>>8), byte(n)))
}
