package officetest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tandem/event"
	"tandem/house"
	"tandem/pbx"
	"tandem/store"
)

var (
	kills     = flag.Int("kills", 3, "how often the recording server is killed")
	killCalls = flag.Int("kill-calls", 6, "recorded calls at a time while it is killed")
)

// killedAt is the environment of the child: its data, its SIP address, and since when it tells of calls.
const killedAt = "TANDEM_KILL_CHILD"

// afterKill is what a server finds at its start of the life before.
type afterKill struct {
	Address string       `json:"address"`
	Calls   []killedCall `json:"calls"`
	Sounds  []killedFile `json:"sounds"`
	Parts   int          `json:"parts"` // files that nobody finished
}

type killedCall struct {
	ID       pbx.CallID `json:"id"`
	From     pbx.UserID `json:"from"`
	Answered bool       `json:"answered"`
	Cause    pbx.Cause  `json:"cause"`
	Sounds   int        `json:"sounds"` // recordings that it names
}

type killedFile struct {
	ID      pbx.RecordingID `json:"id"`
	Call    pbx.CallID      `json:"call"`
	Length  time.Duration   `json:"length"`
	Problem string          `json:"problem,omitempty"`
}

// A server that records is killed at random moments: at its next start every call that was answered has one record, every file plays to its end, and
// nothing half done lies about (CR-01, CR-04). How much sound a kill cost at most is told: from the answer, as the phone saw it, to the kill. Run with
// -kills=1000 for the long run.
func TestKilledWhileRecording(t *testing.T) {
	if child := os.Getenv(killedAt); child != "" {
		killedChild(t, child)
		return
	}
	data := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), patience+time.Duration(*kills)*patience)
	defer cancel()
	people := 2 * *killCalls
	if err := Seed(ctx, house.Config{Data: data, Log: slog.New(slog.DiscardHandler)}, people, 1); err != nil {
		t.Fatal(err)
	}
	alwaysRecord(t, data)
	address, since := "127.0.0.1:0", time.Now()
	var x *Exchange
	var phones []*Phone
	answered := map[pbx.UserID]time.Duration{}
	begun := make([]atomic.Int64, *killCalls)
	var lost []time.Duration
	counted := struct{ calls, answered, sounds int }{}
	for round := 0; ; round++ {
		c := spawn(ctx, t, data, address, since)
		for u, talked := range answered {
			if length, ok := c.length(u); ok {
				lost = append(lost, talked-length)
			}
			if !c.has(u) {
				t.Errorf("kill %d: the call of %s was answered and has no record", round, u)
			}
		}
		counted.calls, counted.sounds = counted.calls+len(c.found.Calls), counted.sounds+len(c.found.Sounds)
		counted.answered += len(answered)
		c.whole(t, round)
		if round == *kills || t.Failed() {
			c.kill()
			break
		}
		if x == nil {
			address = c.found.Address
			x, phones = killedPhones(ctx, t, address, people, begun)
			defer x.Close()
		}
		since = time.Now().Truncate(time.Millisecond) // as records tell time
		answered = c.converse(ctx, t, data, round%2 == 0, x, phones, begun)
	}
	t.Logf("%d kills: %d calls, %d answered as their phones saw it, %d recordings, all of them whole; sound lost: median %v, most %v", *kills, counted.calls, counted.answered, counted.sounds, median(lost), slices.Max(append(lost, 0)))
	if counted.answered == 0 || counted.sounds == 0 {
		t.Error("nothing was recorded")
	}
}

// alwaysRecord records every call without a word.
func alwaysRecord(t *testing.T, data string) {
	t.Helper()
	m, err := house.Open(t.Context(), house.Config{Data: data, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s, _ := m.Directory.View()
	change := pbx.Change{Put: []pbx.Noun{&pbx.RecordRule{ID: pbx.OfficeRule, Mode: pbx.RecordAlways, Notice: pbx.RecordSilent}}}
	if _, err := m.Store.Apply(t.Context(), s.Version, change, []event.Fact{{At: time.Now().UTC(), Kind: event.RecordRuleChanged, Actor: pbx.Actor{Kind: pbx.ActorSystem, Via: "test"}, Object: change.Put[0].Ref()}}); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
}

// killedPhones are phones that answer at once; begun tells since when the call of each pair is up, to one of its phones at least.
func killedPhones(ctx context.Context, t *testing.T, address string, people int, begun []atomic.Int64) (*Exchange, []*Phone) {
	t.Helper()
	x, err := NewExchange(netip.MustParseAddrPort(address))
	if err != nil {
		t.Fatal(err)
	}
	var phones []*Phone
	for i := range people {
		name := fmt.Sprintf("u%05d", i)
		p := x.Add(name, "p"+name)
		p.Ringing = func(talk *Talk) {
			go func() {
				_ = talk.Answer(ctx)
				select {
				case <-talk.Confirmed():
					begun[i/2].CompareAndSwap(0, time.Now().UnixNano())
				case <-talk.Ended():
				case <-ctx.Done():
				}
			}()
		}
		if err := p.Register(ctx, 86400); err != nil {
			t.Fatal(err)
		}
		phones = append(phones, p)
	}
	return x, phones
}

// killed is a server that is going to be killed.
type killed struct {
	cmd   *exec.Cmd
	out   io.ReadCloser
	found afterKill
}

// spawn starts a server and hears what it found.
func spawn(ctx context.Context, t *testing.T, data, address string, since time.Time) *killed {
	t.Helper()
	c := &killed{cmd: exec.CommandContext(ctx, os.Args[0], "-test.run=^TestKilledWhileRecording$", "-test.timeout=0")}
	c.cmd.Env = append(os.Environ(), killedAt+"="+strings.Join([]string{data, address, since.UTC().Format(time.RFC3339Nano)}, "|"))
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var err error
	if c.out, err = c.cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(c.out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &c.found)
	}
	if err != nil {
		t.Fatalf("the server did not start: %v\n%s", err, line)
	}
	return c
}

func (c *killed) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.out.Close()
	_ = c.cmd.Wait()
}

func median(list []time.Duration) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}

// length is how much of somebody's call was recorded.
func (c *killed) length(u pbx.UserID) (time.Duration, bool) {
	for _, call := range c.found.Calls {
		for _, f := range c.found.Sounds {
			if call.From == u && f.Call == call.ID {
				return f.Length, true
			}
		}
	}
	return 0, false
}

func (c *killed) has(u pbx.UserID) bool {
	for _, call := range c.found.Calls {
		if call.From == u {
			return true
		}
	}
	return false
}

// whole looks at what the server found.
func (c *killed) whole(t *testing.T, round int) {
	t.Helper()
	once := map[pbx.UserID]int{}
	for _, call := range c.found.Calls {
		once[call.From]++
	}
	for u, n := range once {
		if n != 1 {
			t.Errorf("kill %d: the call of %s has %d records", round, u, n)
		}
	}
	known := map[pbx.CallID]bool{}
	for _, call := range c.found.Calls {
		known[call.ID] = true
	}
	for _, f := range c.found.Sounds {
		if f.Problem != "" || !known[f.Call] {
			t.Errorf("kill %d: %+v, its call is known: %v", round, f, known[f.Call])
		}
	}
	if c.found.Parts > 0 {
		t.Errorf("kill %d: %d files are half done", round, c.found.Parts)
	}
}

// converse lets every second phone call the next one, kills the server at some moment – a late one when there is sound on disk –, and says how long the calls that were
// answered, or of which a phone had its answer confirmed, had lasted.
func (c *killed) converse(ctx context.Context, t *testing.T, data string, late bool, x *Exchange, phones []*Phone, begun []atomic.Int64) map[pbx.UserID]time.Duration {
	t.Helper()
	var talks []*Talk
	for i := range begun {
		begun[i].Store(0)
	}
	for i := 0; i < len(phones); i += 2 {
		talk, err := phones[i].Dial(ctx, fmt.Sprint(10000+i+1))
		if err != nil {
			t.Fatal(err)
		}
		talks = append(talks, talk)
		go func() {
			select {
			case <-talk.Answered():
				begun[i/2].CompareAndSwap(0, time.Now().UnixNano())
			case <-ctx.Done():
			}
		}()
	}
	select {
	case <-talks[rand.IntN(len(talks))].Answered(): // some moment from then on, so that there is sound to lose
	case <-ctx.Done():
		t.Fatal("no call was answered")
	}
	if late {
		eventually(t, "sound on disk", func() bool { return onDisk(t, data) })
	}
	within := 60 // milliseconds: the first moments after the answer, when its call may not be on disk
	if late {
		within = 1500
	}
	select {
	case <-time.After(time.Duration(rand.IntN(within)) * time.Millisecond): // the random moment is what is tested
	case <-ctx.Done():
	}
	answered := map[pbx.UserID]time.Duration{}
	for i := range talks {
		if at := begun[i].Load(); at > 0 {
			answered[pbx.UserID(fmt.Sprintf("usr_u%05d", 2*i))] = time.Since(time.Unix(0, at))
		}
	}
	c.kill()
	x.Cut()
	return answered
}

// onDisk reports whether a recording that runs has had a second of its sound written.
func onDisk(t *testing.T, data string) bool {
	t.Helper()
	parts, err := filepath.Glob(filepath.Join(data, "sound", "*", "*.part"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range parts {
		if f, err := os.Stat(path); err == nil && f.Size() > 16_000 {
			return true
		}
	}
	return false
}

// killedChild is the server: it tells what it finds, and runs until it is killed.
func killedChild(t *testing.T, where string) {
	data, rest, _ := strings.Cut(where, "|")
	address, begun, _ := strings.Cut(rest, "|")
	since, err := time.Parse(time.RFC3339Nano, begun)
	if err != nil {
		t.Fatal(err)
	}
	c := house.Config{Data: data, HTTP: "127.0.0.1:0", SIP: address, Public: "127.0.0.1", RTP: "31000-38999", Version: "test", Log: slog.New(slog.DiscardHandler),
		Exempt: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	h, err := house.Build(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	found, err := findings(t.Context(), h, data, since)
	if err != nil {
		t.Fatal(err)
	}
	found.Address = (&server{House: h, t: t}).reach("udp")
	go func() {
		line, _ := json.Marshal(found)
		fmt.Println(string(line))
	}()
	if err := h.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// findings are the calls and recordings since a moment, each recording heard to its end.
func findings(ctx context.Context, h *house.House, data string, since time.Time) (afterKill, error) {
	out := afterKill{Calls: []killedCall{}, Sounds: []killedFile{}}
	q := store.CallQuery{Sight: store.Scope{All: true}, From: since, Limit: 200}
	for more := true; more; more = q.Cursor != "" {
		page, err := h.Store.Calls(ctx, q)
		if err != nil {
			return out, err
		}
		for _, c := range page.Items {
			out.Calls = append(out.Calls, killedCall{c.ID, c.From.User, !c.Answered.IsZero(), c.Cause, len(c.Recordings)})
		}
		q.Cursor = page.Next
	}
	sounds := store.RecordingQuery{Sight: store.Scope{All: true}, From: since, Limit: 200}
	for more := true; more; more = sounds.Cursor != "" {
		page, err := h.Store.Recordings(ctx, sounds)
		if err != nil {
			return out, err
		}
		for i := range page.Items {
			r := &page.Items[i]
			f := killedFile{ID: r.ID, Call: r.Call, Length: r.Length}
			if err := plays(h, r); err != nil {
				f.Problem = err.Error()
			}
			out.Sounds = append(out.Sounds, f)
		}
		sounds.Cursor = page.Next
	}
	err := filepath.WalkDir(data, func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".part") {
			out.Parts++
		}
		return err
	})
	return out, err
}

// plays hears a recording to its end.
func plays(h *house.House, r *pbx.Recording) error {
	if r.Running {
		return errors.New("it still runs")
	}
	p, err := h.Playback(r.ID)
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }()
	n, err := io.Copy(io.Discard, p)
	if want := int64(r.Length / time.Millisecond); err == nil && n < want*32 { // two sides of at least 8,000 samples a second, and the head of the file
		err = fmt.Errorf("%d octets for %v", n, r.Length)
	}
	return err
}
