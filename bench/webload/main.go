// Command webload calls between browsers as pion plays them: SIP over WebSocket with a digest, ICE, DTLS-SRTP, Opus of 20 ms both ways. It prints what
// arrived and what processor time the server took for each leg and second.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pion/rtp"
)

var (
	server  = flag.String("server", "ws://127.0.0.1:8080/sip", "where SIP over WebSocket is spoken")
	domain  = flag.String("domain", "127.0.0.1", "of the accounts")
	account = flag.String("account", "u%05d", "user name of a person's phone")
	number  = flag.String("number", "1%04d", "extension of a person")
	pass    = flag.String("pass", "p{user}", "secret; {user} stands for the user name")
	skip    = flag.Int("skip", 0, "people left out before the first")
	n       = flag.Int("n", 50, "calls; each has two legs")
	cps     = flag.Float64("cps", 10, "calls begun in a second")
	dur     = flag.Duration("dur", 10*time.Second, "measured window")
	size    = flag.Int("size", 60, "bytes of Opus in a packet; 60 are 24 kbit/s")
	pids    = flag.String("pids", "", "process ids of the server, with commas")
	asJSON  = flag.Bool("json", false, "one line of JSON only")
)

// stopwatch is the processor time of this process and of the server's, in seconds, and the moment.
type stopwatch struct {
	at           time.Time
	server, self float64
	sent, got    uint64
}

var sent, got atomic.Uint64

func look() stopwatch {
	w := stopwatch{at: time.Now(), sent: sent.Load(), got: got.Load()}
	for pid := range strings.SplitSeq(*pids, ",") {
		b, _ := os.ReadFile("/proc/" + pid + "/stat")
		if f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:])); len(f) > 12 {
			u, _ := strconv.ParseFloat(f[11], 64)
			s, _ := strconv.ParseFloat(f[12], 64)
			w.server += (u + s) / 100
		}
	}
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	w.self = float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
	return w
}

// rss is the server's resident memory in kB.
func rss() (kb float64) {
	for pid := range strings.SplitSeq(*pids, ",") {
		b, _ := os.ReadFile("/proc/" + pid + "/status")
		for line := range strings.Lines(string(b)) {
			if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				v, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
				kb += v
			}
		}
	}
	return kb
}

func main() {
	flag.Parse()
	ctx := context.Background()
	var phones []*phone
	for i := range 2 * *n {
		p, err := dial(ctx, fmt.Sprintf(*account, *skip+i), fmt.Sprintf(*number, *skip+i))
		if err == nil {
			err = p.register(ctx) // as every browser does: who says nothing for five seconds is hung up on
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "webload:", err)
			os.Exit(1)
		}
		phones = append(phones, p)
	}
	before, began := rss(), look()
	go speak(phones)
	up, failed, why := 0, 0, map[string]bool{}
	var took []float64
	var mu sync.Mutex
	var calls sync.WaitGroup
	for i := range *n { // as people call: nobody waits until another one has got through
		time.Sleep(time.Until(began.at.Add(time.Duration(float64(i) / *cps * float64(time.Second)))))
		calls.Go(func() {
			at := time.Now()
			err := phones[2*i].call(ctx, phones[2*i+1])
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				up++
				took = append(took, 1000*time.Since(at).Seconds())
				return
			}
			failed++
			reason := err.Error()
			if reason = reason[strings.LastIndexByte(reason, ':')+1:]; !why[reason] { // each once
				why[reason] = true
				fmt.Fprintln(os.Stderr, "webload:", err)
			}
		})
	}
	calls.Wait()
	settled := look()
	slices.Sort(took)
	if len(took) == 0 {
		took = []float64{0}
	}
	time.Sleep(2 * time.Second)
	from := look()
	time.Sleep(*dur)
	to := look()
	during := rss()
	seconds, legs := to.at.Sub(from.at).Seconds(), float64(max(2*up, 1))
	figures := map[string]any{
		"up": up, "failed": failed, "answered_ms_p50": took[len(took)/2], "answered_ms_p99": took[len(took)*99/100], "window_s": seconds, "sent": to.sent - from.sent, "got": to.got - from.got,
		"loss_pct":             100 * (1 - float64(to.got-from.got)/float64(max(to.sent-from.sent, 1))),
		"cpu_ms_per_leg_s":     1000 * (to.server - from.server) / seconds / legs,
		"setup_cpu_ms_per_leg": 1000 * (settled.server - began.server) / legs, // with the sound of those who are up already
		"kb_per_leg":           (during - before) / legs,
		"self_cores":           (to.self - from.self) / seconds, "server_cores": (to.server - from.server) / seconds,
	}
	if *asJSON {
		b, _ := json.Marshal(figures)
		fmt.Println(string(b))
		return
	}
	for _, k := range []string{"up", "failed", "answered_ms_p50", "answered_ms_p99", "window_s", "sent", "got", "loss_pct", "cpu_ms_per_leg_s", "setup_cpu_ms_per_leg", "kb_per_leg", "server_cores", "self_cores"} {
		fmt.Printf("%-22s %v\n", k, figures[k])
	}
}

// speak sends a packet of every phone that is up each 20 ms, spread over them.
func speak(phones []*phone) {
	const slices = 10
	tick := time.NewTicker(20 * time.Millisecond / slices)
	payload := make([]byte, *size)
	payload[0] = 0x48 // SILK at 16 kHz, 20 ms
	for turn := 0; ; turn = (turn + 1) % slices {
		<-tick.C
		for i := turn; i < len(phones); i += slices {
			p := phones[i]
			if !p.up.Load() {
				continue
			}
			p.packet.SequenceNumber++
			p.packet.Timestamp += 960
			if p.track.WriteRTP(&rtp.Packet{Header: p.packet, Payload: payload}) == nil {
				sent.Add(1)
			}
		}
	}
}
