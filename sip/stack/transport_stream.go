package stack

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// pipe is what a connection is made of: a byte stream or a WebSocket.
type pipe interface {
	// write sends complete messages; it may wait for the far side until the deadline.
	write(data [][]byte) error
	close() error
}

// conn is a connection with one reader and, while there is something to write, one writer.
type conn struct {
	stack *Stack
	id    uint64
	flow  Flow
	pipe  pipe

	mu      sync.Mutex
	out     [][]byte
	waiting int // bytes in out
	writing bool
	over    bool
	last    bool // close when out is written
}

var (
	errStuck = errors.New("the far side does not read")
	errLimit = errors.New("too many connections")
)

// adopt takes a connection in; it is refused above the limits.
func (s *Stack) adopt(t Transport, local, remote netip.AddrPort, p pipe) (*conn, error) {
	remote = plain(remote)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if len(s.conns) >= s.limits.Conns || s.perIP[remote.Addr()] >= s.limits.ConnsPerIP {
		s.count.connsRefused.Add(1)
		return nil, errLimit
	}
	s.serial++
	c := &conn{stack: s, id: s.serial, pipe: p}
	c.flow = Flow{Transport: t, Local: plain(local), Remote: remote, link: c}
	s.conns[c.id] = c
	s.perIP[remote.Addr()]++
	s.count.conns.Add(1)
	return c, nil
}

// send queues a copy of a message for writing. A queue above Limits.Outbox closes the connection, so that a peer that does not read costs
// nobody else anything (SIP-22).
func (c *conn) send(_, _ netip.AddrPort, data []byte) error {
	c.mu.Lock()
	if c.over || c.last {
		c.mu.Unlock()
		return ErrFlowClosed
	}
	if c.waiting+len(data) > c.stack.limits.Outbox {
		c.mu.Unlock()
		c.stack.count.stuck.Add(1)
		go c.close(errStuck) // the caller may hold locks that OnFlowClosed wants
		return errStuck
	}
	c.out = append(c.out, append([]byte(nil), data...))
	c.waiting += len(data)
	start := !c.writing
	c.writing = true
	c.mu.Unlock()
	if start {
		go c.flush()
	}
	return nil
}

// flush writes what waits and ends.
func (c *conn) flush() {
	for {
		c.mu.Lock()
		batch := c.out
		c.out = nil
		if len(batch) == 0 || c.over {
			c.writing = false
			last := c.last
			c.mu.Unlock()
			if last {
				c.close(nil)
			}
			return
		}
		c.mu.Unlock()
		if err := c.pipe.write(batch); err != nil {
			c.close(err)
			return
		}
		c.mu.Lock()
		for _, b := range batch {
			c.waiting -= len(b)
		}
		c.mu.Unlock()
	}
}

// finish closes the connection after what waits has been written.
func (c *conn) finish() {
	c.mu.Lock()
	c.last = true
	writing := c.writing
	c.mu.Unlock()
	if !writing {
		c.close(nil)
	}
}

func (c *conn) alive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.over
}

func (c *conn) number() uint64 { return c.id }

// close ends the connection once and reports it.
func (c *conn) close(why error) {
	c.mu.Lock()
	if c.over {
		c.mu.Unlock()
		return
	}
	c.over = true
	c.out, c.waiting = nil, 0
	c.mu.Unlock()
	c.pipe.close()
	s := c.stack
	s.mu.Lock()
	delete(s.conns, c.id)
	if n := s.perIP[c.flow.Remote.Addr()]; n > 1 {
		s.perIP[c.flow.Remote.Addr()] = n - 1
	} else {
		delete(s.perIP, c.flow.Remote.Addr())
	}
	s.mu.Unlock()
	s.count.conns.Add(-1)
	s.log.Debug("connection closed", "flow", c.flow.String(), "why", why)
	s.flowGone(c)
	if s.cfg.OnFlowClosed != nil {
		s.cfg.OnFlowClosed(c.flow)
	}
}

// incoming handles one complete frame; false ends the connection.
func (c *conn) incoming(raw []byte) bool {
	s := c.stack
	if !s.welcome(c.flow.Transport, c.flow.Remote) {
		return true
	}
	return !errors.Is(s.receive(c.flow, raw, 0), ErrNotSIP)
}

// stream is a TCP or TLS connection as a pipe.
type stream struct {
	net.Conn
	patience time.Duration
}

func (p stream) write(data [][]byte) error {
	p.SetWriteDeadline(time.Now().Add(p.patience))
	bufs := net.Buffers(data)
	_, err := bufs.WriteTo(p.Conn)
	return err
}

func (p stream) close() error {
	p.SetDeadline(time.Now().Add(time.Second)) // TLS says good-bye, but not for ever
	return p.Conn.Close()
}

// ListenTCP opens a TCP address; port 0 picks one.
func (s *Stack) ListenTCP(addr string) (netip.AddrPort, error) { return s.listen(TCP, addr, nil) }

// ListenTLS opens a TLS address. Versions below 1.2 are refused whatever the configuration says (SA-17).
func (s *Stack) ListenTLS(addr string, config *tls.Config) (netip.AddrPort, error) {
	config = config.Clone()
	if config.MinVersion < tls.VersionTLS12 {
		config.MinVersion = tls.VersionTLS12
	}
	return s.listen(TLS, addr, config)
}

func (s *Stack) listen(t Transport, addr string, config *tls.Config) (netip.AddrPort, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return addrPort(ln.Addr()), s.ServeListener(t, ln, config)
}

// ServeListener takes over a listener for TCP, or for TLS with its configuration.
func (s *Stack) ServeListener(t Transport, ln net.Listener, config *tls.Config) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		ln.Close()
		return ErrClosed
	}
	s.addrs = append(s.addrs, Addr{t, addrPort(ln.Addr())})
	s.closers = append(s.closers, func() { ln.Close() })
	s.group.Go(func() {
		for {
			nc, err := ln.Accept()
			if errors.Is(err, net.ErrClosed) || s.ctx.Err() != nil {
				return
			}
			if err != nil { // out of descriptors: give the others time to end
				select {
				case <-time.After(50 * time.Millisecond):
				case <-s.ctx.Done():
				}
				continue
			}
			s.accept(t, nc, config)
		}
	})
	return nil
}

func (s *Stack) accept(t Transport, nc net.Conn, config *tls.Config) {
	remote := plain(addrPort(nc.RemoteAddr()))
	if !s.welcome(t, remote) {
		nc.Close()
		return
	}
	raw := nc
	if config != nil {
		nc = tls.Server(nc, config)
	}
	c, err := s.adopt(t, addrPort(raw.LocalAddr()), remote, stream{nc, s.limits.Frame})
	if err != nil {
		raw.Close()
		return
	}
	s.group.Go(func() { c.read(nc) })
}

// HandshakeError is a TLS handshake that failed on a connection which stood.
type HandshakeError struct{ Err error }

func (e *HandshakeError) Error() string { return e.Err.Error() }

// Unwrap gives what TLS said, or how the connection ended.
func (e *HandshakeError) Unwrap() error { return e.Err }

// Dial opens a connection for requests of ours, for a trunk. The server name is for TLS.
func (s *Stack) Dial(ctx context.Context, t Transport, to netip.AddrPort, config *tls.Config) (Flow, error) {
	if t != TCP && t != TLS {
		return Flow{}, errors.New("only TCP and TLS are dialled")
	}
	var d net.Dialer
	nc, err := d.DialContext(ctx, "tcp", to.String())
	if err != nil {
		return Flow{}, err
	}
	local := addrPort(nc.LocalAddr())
	if t == TLS {
		secure := tls.Client(nc, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			nc.Close()
			return Flow{}, &HandshakeError{err}
		}
		nc = secure
	}
	c, err := s.adopt(t, local, to, stream{nc, s.limits.Frame})
	if err != nil {
		nc.Close()
		return Flow{}, err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		c.close(ErrClosed)
		return Flow{}, ErrClosed
	}
	s.group.Go(func() { c.read(nc) })
	s.mu.Unlock()
	return c.flow, nil
}

var pong = []byte("\r\n")

// read is the reader of a byte stream. Deadlines bound the handshake, the first message, half messages and silence.
func (c *conn) read(nc net.Conn) {
	s := c.stack
	limits := &s.limits
	f := Framer{Head: limits.Head, Body: limits.Body}
	space := make([]byte, 4096)
	fresh, half := true, false
	nc.SetReadDeadline(time.Now().Add(limits.Fresh))
	for {
		n, err := nc.Read(space)
		if err != nil {
			var late net.Error
			if (half || fresh) && errors.As(err, &late) && late.Timeout() {
				s.abuse(AbuseSlow, c.flow.Transport, c.flow.Remote, "")
			}
			c.close(err)
			return
		}
		f.Write(space[:n])
		got := false
		for {
			raw, ping, err := f.Next()
			if err != nil {
				c.giveUp(raw, err, !fresh || got)
				return
			}
			if ping {
				c.send(c.flow.Local, c.flow.Remote, pong)
				got = true
				continue
			}
			if raw == nil {
				break
			}
			got = true
			if !c.incoming(raw) {
				c.linger(!fresh)
				return
			}
		}
		pending := f.Pending()
		switch {
		case pending && (!half || got): // a message began
			if !fresh || got {
				nc.SetReadDeadline(time.Now().Add(limits.Frame))
			}
		case !pending && (half || got):
			nc.SetReadDeadline(time.Now().Add(limits.Idle))
		}
		half = pending
		fresh = fresh && !got
	}
}

// linger closes the connection; if it carried good messages before, their answers get a moment to leave.
func (c *conn) linger(good bool) {
	if !good {
		c.finish()
		return
	}
	time.AfterFunc(farewell, c.finish)
}

const farewell = 300 * time.Millisecond

// giveUp closes a stream whose next message cannot be found, after telling why if there is a request to answer.
func (c *conn) giveUp(raw []byte, err error, good bool) {
	s := c.stack
	problem, ok := errors.AsType[*Problem](err)
	if !ok {
		s.count.notSIP.Add(1)
		s.abuse(AbuseNotSIP, c.flow.Transport, c.flow.Remote, "")
		c.linger(good)
		return
	}
	s.count.malformed.Add(1)
	if m, _ := Parse(raw); m != nil && m.IsRequest() {
		m.Flow = c.flow
		m.arrive()
		s.refuse(m, problem)
	}
	c.linger(good)
}
