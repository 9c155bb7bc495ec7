package officetest

import (
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Live registers the phones and lets them call each other, and people outside, until the context ends: some answer, some are busy, decline or do not hear. People
// outside call the company. The seed makes a run repeatable.
func (c *Company) Live(ctx context.Context, log *slog.Logger, seed uint64) {
	extensions, outside := slices.Sorted(maps.Keys(c.Phones)), slices.Sorted(maps.Keys(c.Customers))
	var all sync.WaitGroup
	defer all.Wait()
	for i, ext := range extensions {
		for j, p := range c.Phones[ext] {
			p.Ringing = answering(ctx, &all, rand.New(rand.NewPCG(seed, uint64(i*10+j))))
			all.Go(func() { stayRegistered(ctx, log, p) })
			if j == 0 {
				others := slices.DeleteFunc(slices.Clone(extensions), func(o string) bool { return o == ext })
				dice := rand.New(rand.NewPCG(seed, uint64(1000+i)))
				all.Go(func() { keepCalling(ctx, log, p, dice, 150, func() string { return colleague(dice, others, outside) }) })
			}
		}
	}
	for i, p := range c.Guests {
		p.Ringing = answering(ctx, &all, rand.New(rand.NewPCG(seed, uint64(2000+i))))
		all.Go(func() { stayRegistered(ctx, log, p) })
	}
	for i, number := range outside {
		p, dice := c.Customers[number], rand.New(rand.NewPCG(seed, uint64(3000+i)))
		p.Ringing = answering(ctx, &all, dice)
		numbers := []string{MainMenu, MainMenu, SalesLine, SupportLine, SupportLine, "103", "114"}
		calls := rand.New(rand.NewPCG(seed, uint64(4000+i)))
		all.Go(func() {
			keepCalling(ctx, log, p, calls, 400, func() string { return lines + numbers[calls.IntN(len(numbers))] })
		})
	}
}

func stayRegistered(ctx context.Context, log *slog.Logger, p *Phone) {
	for ctx.Err() == nil {
		if err := p.Register(ctx, 300); err != nil && ctx.Err() == nil {
			log.Warn("simulated phone", "user", p.Username, "error", err)
			pause(ctx, 10*time.Second)
			continue
		}
		pause(ctx, 200*time.Second)
	}
}

// colleague is what somebody inside dials next.
func colleague(dice *rand.Rand, others, outside []string) string {
	switch n := dice.IntN(25); {
	case n == 0:
		return "999" // nobody has it
	case n < 6:
		return SupportLine
	case n < 8:
		return Conference
	case n < 14:
		return outside[dice.IntN(len(outside))]
	case n == 14:
		return "+12125550123" // where the company does not call
	}
	return others[dice.IntN(len(others))]
}

// keepCalling dials one number after the other, the first one soon, the others with at most so many seconds between.
func keepCalling(ctx context.Context, log *slog.Logger, p *Phone, dice *rand.Rand, seconds int, next func() string) {
	for wait := between(dice, 1, 25); pause(ctx, wait); wait = between(dice, 10, seconds) {
		t, err := p.Dial(ctx, next())
		if err != nil {
			log.Warn("simulated call", "user", p.Username, "error", err)
			continue
		}
		patience := time.NewTimer(between(dice, 12, 25))
		select {
		case <-t.Answered():
			talk := time.NewTimer(between(dice, 8, 120))
			select {
			case <-t.Ended():
			case <-talk.C:
				t.Hangup()
			case <-ctx.Done():
				t.Hangup()
			}
			talk.Stop()
		case <-t.Ended():
		case <-patience.C:
			t.Hangup()
		case <-ctx.Done():
			t.Hangup()
		}
		patience.Stop()
	}
}

// answering is how a person reacts to a ringing phone.
func answering(ctx context.Context, all *sync.WaitGroup, dice *rand.Rand) func(*Talk) {
	var mu sync.Mutex
	return func(t *Talk) {
		mu.Lock()
		mood, wait, talk := dice.IntN(100), between(dice, 2, 9), between(dice, 20, 150)
		mu.Unlock()
		all.Go(func() {
			select {
			case <-t.Ended():
				return
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
			switch {
			case mood < 8:
				t.Decline(603)
			case mood < 16:
				t.Decline(486)
			case mood < 30: // nobody is at the desk
			default:
				if t.Answer(ctx) != nil {
					return
				}
				select {
				case <-t.Ended():
				case <-ctx.Done():
				case <-time.After(talk):
					t.Hangup()
				}
			}
		})
	}
}

func between(dice *rand.Rand, low, high int) time.Duration {
	return time.Duration(low+dice.IntN(high-low)) * time.Second
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
