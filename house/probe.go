package house

import (
	"context"
	"sync"
	"time"

	"tandem/api"
	"tandem/pbx"
	"tandem/sip"
)

// probes are the trials of lines that people asked for: what came out of the latest of each.
type probes struct {
	mu      sync.Mutex
	ctx     context.Context // ends with the house
	stop    context.CancelFunc
	running sync.WaitGroup
	of      map[pbx.TrunkID]*api.LineTrial
}

func newProbes() *probes {
	p := &probes{of: map[pbx.TrunkID]*api.LineTrial{}}
	p.ctx, p.stop = context.WithCancel(context.Background())
	return p
}

// end gives up what is under way.
func (p *probes) end() {
	p.mu.Lock() // nothing begins after this
	p.stop()
	p.mu.Unlock()
	p.running.Wait()
}

// A trial ends in time, and only so many run at once.
const (
	probeLongest = time.Minute
	probesMost   = 8
)

// tryLine begins the trial of a line, unless one is under way, and tells how the latest goes.
func (h *House) tryLine(t *pbx.Trunk) {
	p := h.probes
	p.mu.Lock()
	defer p.mu.Unlock()
	busy := 0
	for id, r := range p.of {
		if r.Running {
			busy++
		} else if h.snapshot().Trunks[id] == nil {
			delete(p.of, id)
		}
	}
	if r := p.of[t.ID]; r != nil && r.Running || busy >= probesMost || p.ctx.Err() != nil {
		return
	}
	report := &api.LineTrial{Running: true, Begun: h.Config.Now()}
	p.of[t.ID] = report
	wire := wireTrunk(t)
	p.running.Go(func() {
		ctx, cancel := context.WithTimeout(p.ctx, probeLongest)
		defer cancel()
		h.SIP.ProbeTrunk(ctx, wire, func(s sip.TrunkStep) {
			step := api.LineStep{Kind: s.Kind, State: s.State, Problem: string(s.Problem), Status: s.Status, Target: s.Target, Detail: s.Detail, Took: s.Took}
			p.mu.Lock()
			defer p.mu.Unlock()
			if n := len(report.Steps); n > 0 && report.Steps[n-1].State == "running" {
				report.Steps[n-1] = step
			} else {
				report.Steps = append(report.Steps, step)
			}
		})
		p.mu.Lock()
		defer p.mu.Unlock()
		report.Running = false
	})
}

// lineTrial is how the latest trial of a line goes; false when there was none.
func (h *House) lineTrial(id pbx.TrunkID) (api.LineTrial, bool) {
	h.probes.mu.Lock()
	defer h.probes.mu.Unlock()
	r := h.probes.of[id]
	if r == nil {
		return api.LineTrial{}, false
	}
	out := *r
	out.Steps = append([]api.LineStep{}, r.Steps...)
	return out, true
}
