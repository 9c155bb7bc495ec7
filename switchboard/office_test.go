package switchboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/report"
	"tandem/sdp"
)

// wire is the signalling side in memory: what the board asks for is logged and given to the phones,
// and every leg ends with exactly one SignalFailed or SignalEnded, as on a real wire.
type wire struct {
	mu     sync.Mutex
	board  *Board
	phones map[pbx.BindingID]func(p *phone)
	legs   map[pbx.LegID]*phone
	log    []string
	quiet  bool
}

// phone is one leg as the far side sees it.
type phone struct {
	w         *wire
	leg       pbx.LegID
	invite    call.Invite
	in        bool          // it is the caller
	up        bool          // answered
	over      bool          // its last signal is out
	confirmed bool          // of its own answer
	gone      chan struct{} // closed when over
	got       []byte        // last description from us
	replied   chan int      // statuses of Reply
	port      uint16
	speaks    []sdp.Codec   // empty for whatever it is offered
	ponders   time.Duration // before it answers a changed session
}

func (w *wire) say(format string, args ...any) {
	if !w.quiet {
		w.log = append(w.log, fmt.Sprintf(format, args...))
	}
}

func (w *wire) Dial(inv call.Invite) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.say("dial %s", inv.Binding.ID)
	script := w.phones[inv.Binding.ID]
	if script == nil {
		return errors.New("no such phone")
	}
	p := &phone{w: w, leg: inv.Leg, invite: inv, gone: make(chan struct{}), got: inv.Offer, replied: make(chan int, 9), port: 7000}
	w.legs[inv.Leg] = p
	go script(p)
	return nil
}

func (w *wire) do(leg pbx.LegID, f func(p *phone)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p := w.legs[leg]; p != nil {
		f(p)
	}
}

func (w *wire) Progress(leg pbx.LegID, status int, body []byte) {
	w.do(leg, func(p *phone) {
		w.say("progress %s %d", p.name(), status)
		if body != nil {
			p.got = body
		}
	})
}

func (w *wire) Accept(leg pbx.LegID, body []byte) {
	w.do(leg, func(p *phone) {
		w.say("accept %s", p.name())
		p.got, p.up = body, true
		if p.invite.Call == "late" {
			return // the script confirms
		}
		go p.send(call.Signal{Kind: call.SignalAnswered})
	})
}

func (w *wire) Confirm(leg pbx.LegID) {
	w.do(leg, func(p *phone) { p.confirmed = p.confirmed || !p.in })
}

func (w *wire) Refuse(leg pbx.LegID, cause pbx.Cause, text string) {
	w.do(leg, func(p *phone) {
		w.say("refuse %s %s: %s", p.name(), cause, text)
		p.end()
	})
}

func (w *wire) Deflect(leg pbx.LegID, number string) {
	w.do(leg, func(p *phone) {
		w.say("deflect %s %s", p.name(), number)
		p.end()
	})
}

func (w *wire) Hangup(leg pbx.LegID, cause pbx.Cause) {
	w.do(leg, func(p *phone) {
		w.say("hangup %s %s", p.name(), cause)
		if p.over {
			return
		}
		kind := call.SignalFailed
		if p.up {
			kind = call.SignalEnded
		}
		p.end()
		go w.board.Signal(call.Signal{Leg: p.leg, Kind: kind, Cause: cause, Status: 487})
	})
}

func (w *wire) Offer(leg pbx.LegID, body []byte) {
	w.do(leg, func(p *phone) {
		w.say("offer %s", p.name())
		p.got = body
		d, _ := sdp.Parse(body)
		st, err := p.hears(&d)
		if err != nil {
			go p.send(call.Signal{Kind: call.SignalReplied, Status: 488})
			return
		}
		answer := p.describe(st.Direction.Reverse(), st.Codecs, st.Crypto)
		go func() {
			if p.waits(p.ponders) {
				p.send(call.Signal{Kind: call.SignalReplied, Status: 200, SDP: answer})
			}
		}()
	})
}

func (w *wire) Report(leg pbx.LegID, how call.Progress) {
	w.do(leg, func(p *phone) {
		if how.Cause != "" {
			w.say("report %s %s: %s", p.name(), how.Cause, how.Text)
			return
		}
		w.say("report %s %d", p.name(), how.Status)
	})
}

func (w *wire) Reply(leg pbx.LegID, status int, body []byte) {
	w.do(leg, func(p *phone) {
		w.say("reply %s %d", p.name(), status)
		if body != nil {
			p.got = body
		}
		select {
		case p.replied <- status:
		default:
		}
	})
}

func (p *phone) name() string {
	if p.in {
		return "caller"
	}
	return string(p.invite.Binding.ID)
}

// end is called under the wire's lock.
func (p *phone) end() {
	if !p.over {
		p.over = true
		close(p.gone)
	}
}

// send reports something; a final signal only once.
func (p *phone) send(s call.Signal) {
	s.Leg = p.leg
	p.w.mu.Lock()
	if s.Kind == call.SignalFailed || s.Kind == call.SignalEnded {
		if p.over {
			p.w.mu.Unlock()
			return
		}
		p.end()
	}
	if s.Kind == call.SignalAnswered {
		p.up = true
	}
	p.w.mu.Unlock()
	p.w.board.Signal(s)
}

func (p *phone) describe(d sdp.Direction, codecs []sdp.Codec, keys []sdp.Crypto) []byte {
	l := sdp.Local{ID: 5, Version: 1, Addr: netip.MustParseAddr("192.0.2.7"), Port: p.port, Codecs: codecs, Direction: d}
	if len(keys) > 0 {
		l.Crypto = []sdp.Crypto{{Tag: keys[0].Tag, Key: [16]byte{7}}}
	}
	return sdp.Offer(l).Encode()
}

// rings, answers … are what phones do.
func (p *phone) rings() { p.send(call.Signal{Kind: call.SignalRang}) }
func (p *phone) fails(c pbx.Cause, st int) {
	p.send(call.Signal{Kind: call.SignalFailed, Cause: c, Status: st})
}
func (p *phone) hangsUp() { p.send(call.Signal{Kind: call.SignalEnded, Cause: pbx.CauseHangup}) }
func (p *phone) answers() {
	d, _ := sdp.Parse(p.invite.Offer)
	st, err := p.hears(&d)
	if err != nil {
		p.fails(pbx.CauseNoCodec, 488)
		return
	}
	p.send(call.Signal{Kind: call.SignalAnswered, SDP: p.describe(sdp.SendRecv, st.Codecs, st.Crypto)})
}

// hears is what of an offer the phone can do.
func (p *phone) hears(d *sdp.Session) (sdp.Stream, error) {
	st, err := d.Audio(sdp.Optional)
	if err == nil && p.speaks != nil {
		if st.Codecs = sdp.Common(st.Codecs, p.speaks); !sdp.HasVoice(st.Codecs) {
			err = sdp.ErrNoAudio
		}
	}
	return st, err
}

// waits sleeps unless the leg ends before; it reports whether the leg is still there.
func (p *phone) waits(d time.Duration) bool {
	select {
	case <-p.gone:
		return false
	case <-time.After(d):
		return true
	}
}

// sound is the media side in memory.
type sound struct {
	mu      sync.Mutex
	streams []*stream
	bridges int
	rooms   []*mix
	full    bool
	kept    []*keptTalk
}

type stream struct {
	mu     sync.Mutex
	port   uint16
	flow   media.Flow
	watch  func(media.Event)
	keys   string // that were played to the far side
	wound  []string
	plays  []media.Playlist
	tape   *media.Record
	closed bool
	shut   bool
	places int // how often a browser was told of a new way
}

func (s *stream) Web(again bool) media.Place {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places == 0 || again {
		s.places++
	}
	return media.Place{Ufrag: fmt.Sprintf("ours%d", s.places), Pwd: "0123456789abcdefghijkl", Fingerprint: [32]byte{1}}
}

func (s *sound) Open() (Stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return nil, media.ErrExhausted
	}
	st := &stream{port: uint16(20000 + 2*(len(s.streams)%10000))}
	s.streams = append(s.streams, st)
	return st, nil
}

func (s *sound) Bridge(a, b Stream) { s.mu.Lock(); s.bridges++; s.mu.Unlock() }
func (s *sound) Part(Stream)        {}
func (s *sound) Capture(sink io.Writer, tell func(media.Captured)) Capture {
	c := &keptTalk{s: s, sink: sink, tell: tell}
	s.mu.Lock()
	s.kept = append(s.kept, c)
	s.mu.Unlock()
	return c
}

// keptTalk is a conversation that is being kept; its log tells of whom.
type keptTalk struct {
	s    *sound
	sink io.Writer
	tell func(media.Captured)
	log  []string
}

func (c *keptTalk) say(format string, args ...any) {
	c.s.mu.Lock()
	c.log = append(c.log, fmt.Sprintf(format, args...))
	c.s.mu.Unlock()
}

// talks are the conversations that were kept.
func (s *sound) talks() []*keptTalk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.kept)
}

func (c *keptTalk) port(s Stream) int        { return (int(s.Port()) - 20000) / 2 }
func (c *keptTalk) Hear(s Stream, track int) { c.say("hear %d on %d", c.port(s), track) }
func (c *keptTalk) Leave(s Stream)           { c.say("leave %d", c.port(s)) }
func (c *keptTalk) Pause(on bool)            { c.say("pause %v", on) }
func (c *keptTalk) End() {
	c.say("end")
	_, err := c.sink.Write(make([]byte, 100))
	go c.tell(media.Captured{Length: 9 * time.Second, Err: err})
}

func (s *sound) Room() Mixer {
	m := &mix{apart: map[[2]Stream]bool{}, muted: map[Stream]bool{}, kept: map[Stream]bool{}}
	s.mu.Lock()
	s.rooms = append(s.rooms, m)
	s.mu.Unlock()
	return m
}
func (s *sound) joined() int      { s.mu.Lock(); defer s.mu.Unlock(); return s.bridges }
func (s *sound) Addr() netip.Addr { return netip.MustParseAddr("198.51.100.1") }

func (s *sound) open() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.streams {
		st.mu.Lock()
		if !st.closed {
			n++
		}
		st.mu.Unlock()
	}
	return n
}

func (s *stream) Port() uint16     { return s.port }
func (s *stream) Press(digit byte) { s.mu.Lock(); s.keys += string(digit); s.mu.Unlock() }
func (s *stream) Set(f media.Flow) error {
	s.mu.Lock()
	s.flow = f
	s.mu.Unlock()
	return nil
}
func (s *stream) Watch(f func(media.Event)) { s.watch = f }
func (s *stream) Stats() media.Stats {
	return media.Stats{Received: media.Count{Lost: 3, Jitter: 4 * time.Millisecond}}
}
func (s *stream) Close() {
	s.EndRecord()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
}

// Play is over when the sounds would be.
func (s *stream) Play(l media.Playlist) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plays = append(s.plays, l)
	n := len(s.plays)
	if l.Loop {
		return nil
	}
	var d time.Duration
	for i := range l.Sounds {
		d += l.Sounds[i].Length()
	}
	time.AfterFunc(d, func() {
		s.mu.Lock()
		over := len(s.plays) == n && !s.closed
		s.mu.Unlock()
		if over {
			s.watch(media.Event{Kind: media.EventPlayed, Tag: l.Tag})
		}
	})
	return nil
}

func (s *stream) Pause(on bool) {
	s.mu.Lock()
	s.wound = append(s.wound, fmt.Sprint("pause ", on))
	s.mu.Unlock()
}
func (s *stream) Wind(by time.Duration) {
	s.mu.Lock()
	s.wound = append(s.wound, by.String())
	s.mu.Unlock()
}
func (s *stream) tones() int   { s.mu.Lock(); defer s.mu.Unlock(); return len(s.plays) }
func (s *stream) isShut() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.shut }
func (s *stream) Gag(on bool)  { s.mu.Lock(); s.shut = on; s.mu.Unlock() }
func (s *stream) Stop()        { s.mu.Lock(); s.plays = append(s.plays, media.Playlist{}); s.mu.Unlock() }

func (s *stream) Record(r media.Record) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tape = &r
	return 8000, nil
}

func (s *stream) EndRecord() {
	s.mu.Lock()
	r := s.tape
	s.tape = nil
	s.mu.Unlock()
	if r != nil {
		s.watch(media.Event{Kind: media.EventRecorded, Tag: r.Tag, Recorded: &media.Recorded{End: media.EndAsked, Level: -90}})
	}
}

// says lets the far side speak into the recording that runs, and end it.
func (s *stream) says(d time.Duration) {
	s.mu.Lock()
	r := s.tape
	s.tape = nil
	s.mu.Unlock()
	told := &media.Recorded{End: media.EndDigit, Rate: 8000, Length: d, Size: int64(d/time.Millisecond) * 16, Level: -20}
	_, told.Err = r.Sink.Write(make([]byte, told.Size))
	s.watch(media.Event{Kind: media.EventRecorded, Tag: r.Tag, Recorded: told})
}

// shelf keeps sound in memory, and mailboxes.
type shelf struct {
	mu       sync.Mutex
	sounds   map[string]*recording
	box      call.Box
	open     call.Unlocked
	asked    []string // by who fetches messages
	messages []pbx.Message
	broken   int    // so many more tries to store fail
	pin      string // that is right
}

type recording struct {
	data     []byte
	finished int64
	aborted  bool
}

func (r *recording) Write(b []byte) (int, error) { r.data = append(r.data, b...); return len(b), nil }
func (r *recording) Finish(size int64) error     { r.finished = size; return nil }
func (r *recording) Abort() error                { r.aborted = true; return nil }

func (s *shelf) Create(name string) (Recording, error) {
	r := &recording{}
	s.mu.Lock()
	s.sounds[name] = r
	s.mu.Unlock()
	return r, nil
}

func (s *shelf) Open(string) (media.Sound, func(), error) {
	return media.Sound{Quiet: 2 * time.Second}, func() {}, nil
}

func (s *shelf) Fetch(_ context.Context, r Reader, e call.Effect) (call.Input, pbx.BoxID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, fmt.Sprintf("%s %T%v said %d", r.Box, e, e, len(r.Said.Samples)))
	switch e := e.(type) {
	case call.Unlock:
		return s.open, "usr_alice", nil
	case call.Treat:
		return nil, "", nil
	case call.CheckPIN:
		return call.PINChecked{OK: e.PIN == s.pin}, "", nil
	}
	return call.Done{OK: true}, r.Box, nil
}

func (s *shelf) Box(context.Context, pbx.Destination, pbx.Cause) (call.Box, error) { return s.box, nil }

func (s *shelf) Keep(_ context.Context, m pbx.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken > 0 {
		s.broken--
		return errors.New("no database")
	}
	s.messages = append(s.messages, m)
	return nil
}
func (s *stream) now() media.Flow {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flow
}

// ledger is the store in memory; it can fail.
type ledger struct {
	mu     sync.Mutex
	broken bool
	cdrs   []report.CDR
	facts  []event.Fact
}

func (l *ledger) append(_ context.Context, cdrs []report.CDR, facts []event.Fact) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		return errors.New("disk full")
	}
	l.cdrs, l.facts = append(l.cdrs, cdrs...), append(l.facts, facts...)
	return nil
}

func (l *ledger) breaks(b bool) { l.mu.Lock(); l.broken = b; l.mu.Unlock() }

func (l *ledger) kinds() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []string
	for _, f := range l.facts {
		all = append(all, strings.TrimPrefix(string(f.Kind), "call."))
	}
	return all
}

// office is a board with everything around it in memory.
type office struct {
	t      testing.TB
	s      *pbx.Snapshot
	board  *Board
	wire   *wire
	sound  *sound
	ledger *ledger
	logs   *strings.Builder
	shelf  *shelf

	caller, callee string // where signalling comes from

	mu     sync.Mutex
	live   *pbx.Presence
	phases []string
}

var began = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // the moment at which time bubbles begin

// newOffice has alice (101), bob (102) with two phones and mona (103), an office-wide owner. Change config before the first call.
func newOffice(t testing.TB, change func(*Config)) *office {
	o := &office{
		caller: "192.0.2.6:5060", callee: "192.0.2.7:5060",
		t: t, sound: &sound{}, ledger: &ledger{}, live: &pbx.Presence{}, logs: &strings.Builder{},
		shelf: &shelf{sounds: map[string]*recording{}, box: call.Box{Greeting: []call.Clip{{Sound: "greeting"}}, Max: 2 * time.Minute}},
		wire:  &wire{phones: map[pbx.BindingID]func(*phone){}, legs: map[pbx.LegID]*phone{}},
	}
	nouns := []pbx.Noun{
		&pbx.Tenant{Name: "Lindenhof", Country: "DE", Zone: "Europe/Berlin", Language: "en", Digits: 3},
		&pbx.Group{ID: "grp_all", Name: "Default", Default: true},
	}
	for i, name := range []string{"alice", "bob", "mona"} {
		u := pbx.UserID("usr_" + name)
		nouns = append(nouns,
			&pbx.User{ID: u, Name: name, Email: name + "@example.org", Extension: fmt.Sprint(101 + i)},
			&pbx.Mailbox{ID: pbx.BoxID(u), Off: true}, // a call that nobody answers ends, unless a test says otherwise
			&pbx.Membership{ID: pbx.MembershipID("mem_" + name), User: u, Group: "grp_all", Role: "user", From: began.Add(-time.Hour)})
		for _, d := range []string{"1", "2"} {
			id := pbx.DeviceID("dev_" + name + d)
			nouns = append(nouns, &pbx.Device{ID: id, User: u, Name: name + d, Kind: pbx.DeviceDesk, Username: name + d})
		}
	}
	nouns = append(nouns, &pbx.Assignment{ID: "asg_mona", User: "usr_mona", Role: "system_owner", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: began.Add(-time.Hour)})
	s, err := pbx.NewSnapshot(7, nouns...)
	if err != nil {
		t.Fatal(err)
	}
	o.s = s
	c := Config{
		View: func() (*pbx.Snapshot, *pbx.Presence) { o.mu.Lock(); defer o.mu.Unlock(); return o.s, o.live },
		SetCall: func(c *pbx.LiveCall) {
			o.mu.Lock()
			o.live = o.live.WithCall(c)
			o.phases = append(o.phases, string(c.Phase))
			o.mu.Unlock()
		},
		EndCall: func(id pbx.CallID) {
			o.mu.Lock()
			o.live = o.live.WithoutCall(id)
			o.phases = append(o.phases, "ended")
			o.mu.Unlock()
		},
		Legs: o.wire, Sound: o.sound, Journal: o.ledger.append,
		Say:    func(language string, t i18n.Text) string { return language + " " + t.String() },
		Sounds: o.shelf, Boxes: o.shelf,
		Log: slog.New(slog.NewTextHandler(o.logs, nil)),
	}
	if _, ok := t.(*testing.B); ok {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if change != nil {
		change(&c)
	}
	o.board = New(c)
	o.wire.board = o.board
	return o
}

// phone registers a phone: "b1" is bob's first, "b2" his second; a third registration of the second is "b2x".
func (o *office) phone(binding string, secure bool, script func(p *phone)) {
	who := map[byte]string{'a': "alice", 'b': "bob", 'c': "carol", 'm': "mona"}[binding[0]]
	d := pbx.DeviceID("dev_" + who + binding[1:2])
	o.mu.Lock()
	o.live = o.live.WithBindings(d, append(slices.Clone(o.live.Bindings(d)), pbx.Binding{
		ID: pbx.BindingID(binding), Device: d, Secure: secure, Source: o.callee, Expires: began.AddDate(500, 0, 0),
	}))
	o.mu.Unlock()
	o.wire.phones[pbx.BindingID(binding)] = script
}

var (
	pcmu   = sdp.Codec{Payload: 0, Name: "PCMU", Clock: 8000}
	pcma   = sdp.Codec{Payload: 8, Name: "PCMA", Clock: 8000}
	g722   = sdp.Codec{Payload: 9, Name: "G722", Clock: 8000}
	g729   = sdp.Codec{Payload: 18, Name: "G729", Clock: 8000}
	opus   = sdp.Codec{Payload: 96, Name: "opus", Clock: 48000, Channels: 2}
	event8 = sdp.Codec{Payload: 101, Name: "telephone-event", Clock: 8000, Params: "0-16"}
)

// dial makes alice's phone call; offer may be nil for an INVITE without description.
func (o *office) dial(dialled string, secure bool, offer []byte) *phone {
	p := &phone{w: o.wire, in: true, gone: make(chan struct{}), replied: make(chan int, 9), port: 6000}
	o.wire.mu.Lock()
	p.leg = pbx.LegID(fmt.Sprintf("leg_in%d", len(o.wire.legs)))
	if offer == nil {
		p.invite.Call = "late"
	}
	o.wire.legs[p.leg] = p
	o.wire.mu.Unlock()
	o.board.Incoming(call.Incoming{
		Leg: p.leg, Actor: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice", Device: "dev_alice1", Via: "sip"},
		Dialled: dialled, Offer: offer, Secure: secure, Source: netip.MustParseAddrPort(o.caller),
	})
	return p
}

func offer(codecs ...sdp.Codec) []byte {
	return (&phone{port: 6000}).describe(sdp.SendRecv, codecs, nil)
}

// drain ends the office; nothing may be left behind.
func (o *office) drain() {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	if err := o.board.Drain(ctx); err != nil {
		o.t.Error(err)
	}
	if n := o.sound.open(); n > 0 {
		o.t.Errorf("%d streams are still open", n)
	}
	if n := o.board.Calls(); n > 0 {
		o.t.Errorf("%d calls are still counted", n)
	}
	o.board.legs.Range(func(leg, _ any) bool { o.t.Errorf("%s is still known", leg); return true })
	for range o.live.Calls() {
		o.t.Error("a call is still live")
	}
}

// only is the record of the only call.
func (o *office) only() report.CDR {
	o.t.Helper()
	o.ledger.mu.Lock()
	defer o.ledger.mu.Unlock()
	if len(o.ledger.cdrs) != 1 {
		o.t.Fatalf("%d records\n%s", len(o.ledger.cdrs), strings.Join(o.wire.log, "\n"))
	}
	return o.ledger.cdrs[0]
}

func (o *office) expectLog(want ...string) {
	o.t.Helper()
	o.wire.mu.Lock()
	defer o.wire.mu.Unlock()
	if !slices.Equal(o.wire.log, want) {
		o.t.Errorf("signalling:\n%s\nwant\n%s\n%s", strings.Join(o.wire.log, "\n"), strings.Join(want, "\n"), o.logs)
	}
}

// bubble runs a test in a time bubble of its own, in which waiting takes no time.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

// pause lets time pass and then everything happen that was due.
func pause(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
