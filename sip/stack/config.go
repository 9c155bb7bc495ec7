package stack

import (
	"log/slog"
	"net/netip"
	"time"
)

// Config is what a Stack needs to know. Callbacks concerning one Call-ID come one after the other, in the order of arrival, from one
// worker; they must not wait for anything slow. Callbacks of different Call-IDs may run at the same time.
type Config struct {
	Log *slog.Logger // nil discards

	// OnRequest gets every new valid request but ACK and CANCEL. It answers with tx.Respond, now or later from any goroutine, or now with
	// tx.ReplyStateless, which leaves no state behind. What is neither answered nor kept would be lost: a transaction that stays
	// unanswered ends after 64·T1 (INVITE: never, the layer above owns its ringing time).
	OnRequest func(tx *ServerTx)

	// OnAck gets the first ACK of a 2xx that tx sent. The stack repeats 2xx until then.
	OnAck func(tx *ServerTx, ack *Message)

	// OnUnacked reports a 2xx that was not acknowledged within 64·T1; the layer above sends BYE (RFC 3261 §13.3.1.4).
	OnUnacked func(tx *ServerTx)

	// OnCancel reports that an unanswered INVITE was cancelled. The CANCEL itself has been answered; the handler responds 487.
	OnCancel func(tx *ServerTx, cancel *Message)

	// OnFlowClosed reports a connection that is gone. It comes from the goroutine of the connection.
	OnFlowClosed func(f Flow)

	// OnAbuse reports what only an attacker or a broken device does (SIP-14, SA-01). It comes from a reader and must be quick.
	OnAbuse func(a Abuse)

	Policy Policy // what Validate demands of a request before OnRequest sees it

	Blocked func(netip.Addr) bool // block list; asked for every datagram and connection; nil blocks nobody
	Trusted func(netip.Addr) bool // exempt from the rate limit; nil trusts nobody

	// Advertise says under which host and port we are reached over a flow: for Via and Contact. nil means the local address.
	Advertise func(f Flow) (host string, port uint16)

	Timers  Timers
	Limits  Limits
	Workers int // goroutines that run transactions and callbacks; 0 means 4
	Sockets int // UDP sockets per address, where the system can share a port; 0 means one per processor, at most 4
}

// Timers are the base times of RFC 3261 §17; zero values mean the defaults of the RFC.
type Timers struct {
	T1     time.Duration // 500 ms
	T2     time.Duration // 4 s
	T4     time.Duration // 5 s
	Trying time.Duration // 200 ms until an INVITE is answered 100
}

func (t Timers) withDefaults() Timers {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&t.T1, 500*time.Millisecond)
	def(&t.T2, 4*time.Second)
	def(&t.T4, 5*time.Second)
	def(&t.Trying, 200*time.Millisecond)
	return t
}

// Limits bound what strangers can make us keep. Zero values mean the defaults in the comments, negative ones no limit where that is said.
type Limits struct {
	Datagram    int           // bytes of a datagram: 65535
	Head        int           // bytes of start line and headers of a stream message: 64 KiB (SIP-12)
	Body        int           // bytes of a stream message's body: 256 KiB (SIP-12)
	Rate        float64       // messages per second and source (IPv6: /64): 1000; negative for none (SA-13)
	Burst       float64       // messages a source may send at once: 4000
	Sources     int           // sources the rate limit remembers: 16384
	Conns       int           // connections together: 16384
	ConnsPerIP  int           // connections of one source: 1024
	Queue       int           // messages waiting per worker: 8192
	LagInvite   time.Duration // waiting time above which new INVITEs are answered 503: 100 ms
	LagRegister time.Duration // the same for REGISTER and other requests outside dialogs: 300 ms
	Completed   int           // finished transactions kept to repeat their answer: 65536; the oldest go first
	Outbox      int           // bytes waiting to be written to a connection before it is closed: 256 KiB (SIP-22)
	Frame       time.Duration // time to complete a message on a connection: 10 s
	Fresh       time.Duration // time until the first complete message of a connection: 5 s (SIP-14)
	Idle        time.Duration // silence after which a connection is closed: 65 min
}

func (l Limits) withDefaults() Limits {
	num := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	dur := func(p *time.Duration, v time.Duration) {
		if *p == 0 {
			*p = v
		}
	}
	num(&l.Datagram, 65535)
	num(&l.Head, 64<<10)
	num(&l.Body, 256<<10)
	num(&l.Sources, 16384)
	num(&l.Conns, 16384)
	num(&l.ConnsPerIP, 1024)
	num(&l.Queue, 8192)
	num(&l.Completed, 65536)
	num(&l.Outbox, 256<<10)
	dur(&l.LagInvite, 100*time.Millisecond)
	dur(&l.LagRegister, 300*time.Millisecond)
	dur(&l.Frame, 10*time.Second)
	dur(&l.Fresh, 5*time.Second)
	dur(&l.Idle, 65*time.Minute)
	if l.Rate == 0 {
		l.Rate = 1000
	}
	if l.Burst == 0 {
		l.Burst = 4000
	}
	return l
}

// AbuseKind says what a source did.
type AbuseKind uint8

// The kinds of abuse a stack sees by itself.
const (
	AbuseNotSIP  AbuseKind = iota + 1 // bytes that are no SIP on a SIP port
	AbuseScanner                      // a User-Agent of the scanner list
	AbuseFlood                        // above the rate limit
	AbuseSlow                         // a connection that did not complete its message in time
)

var abuseNames = [...]string{"", "not_sip", "scanner", "flood", "slow"}

// String is the word for logs and the block list.
func (k AbuseKind) String() string { return abuseNames[k] }

// Abuse is one observation for the block list.
type Abuse struct {
	Kind      AbuseKind
	Source    netip.AddrPort
	Transport Transport
	Detail    string // the User-Agent of a scanner
}
