package stack

import "sync/atomic"

// counters are written by all goroutines; the groups that different goroutines write most are apart.
type counters struct {
	received, malformed, refused, limited, blocked, scanners, notSIP atomic.Int64
	_                                                                [64]byte
	shedInvite, shedOther, dropped                                   atomic.Int64
	_                                                                [64]byte
	responsesOut, requestsOut, resent, repeated, stray, cancels      atomic.Int64
	serverTx, clientTx                                               atomic.Int64
	_                                                                [64]byte
	conns, connsRefused, stuck                                       atomic.Int64
}

// Stats is what the stack counted since its start, and what it holds now.
type Stats struct {
	Received     int64 // messages read
	Malformed    int64 // dropped or refused by the parser
	Refused      int64 // answered by Validate
	Limited      int64 // dropped by the rate limit
	Blocked      int64 // dropped by the block list
	Scanners     int64 // dropped by the scanner list
	NotSIP       int64 // foreign bytes
	ShedInvite   int64 // INVITEs answered 503 because of load
	ShedOther    int64 // other requests answered 503 because of load
	Dropped      int64 // messages dropped because a queue was full
	ResponsesOut int64
	RequestsOut  int64
	Resent       int64 // repetitions we sent
	Repeated     int64 // repetitions we got
	Stray        int64 // responses and ACKs that belong to nothing
	ServerTx     int64 // server transactions held
	ClientTx     int64 // client transactions held
	Conns        int64 // connections held
	ConnsRefused int64 // connections refused by a limit
	Stuck        int64 // connections closed because the far side does not read
	Waiting      int64 // messages in queues
	Lag          int64 // nanoseconds the slowest worker is behind
}

// Stats reads the counters.
func (s *Stack) Stats() Stats {
	c := &s.count
	out := Stats{
		Received: c.received.Load(), Malformed: c.malformed.Load(), Refused: c.refused.Load(), Limited: c.limited.Load(),
		Blocked: c.blocked.Load(), Scanners: c.scanners.Load(), NotSIP: c.notSIP.Load(), ShedInvite: c.shedInvite.Load(),
		ShedOther: c.shedOther.Load(), Dropped: c.dropped.Load(), ResponsesOut: c.responsesOut.Load(), RequestsOut: c.requestsOut.Load(),
		Resent: c.resent.Load(), Repeated: c.repeated.Load(), Stray: c.stray.Load(), ServerTx: c.serverTx.Load(),
		ClientTx: c.clientTx.Load(), Conns: c.conns.Load(), ConnsRefused: c.connsRefused.Load(), Stuck: c.stuck.Load(),
	}
	for _, sh := range s.shards {
		out.Waiting += sh.depth.Load()
		out.Lag = max(out.Lag, sh.lag.Load())
	}
	return out
}
