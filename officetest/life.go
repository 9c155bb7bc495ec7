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

// Live registers the phones and lets them call each other until the context ends: some answer, some are busy, decline or do not hear.
// The seed makes a run repeatable.
func Live(ctx context.Context, log *slog.Logger, phones map[string][]*Phone, seed uint64) {
	extensions := slices.Sorted(maps.Keys(phones))
	var all sync.WaitGroup
	defer all.Wait()
	for i, ext := range extensions {
		for j, p := range phones[ext] {
			dice := rand.New(rand.NewPCG(seed, uint64(i*10+j)))
			p.Ringing = answering(ctx, &all, dice)
			all.Go(func() { stayRegistered(ctx, log, p) })
			if j == 0 {
				others := slices.DeleteFunc(slices.Clone(extensions), func(o string) bool { return o == ext })
				all.Go(func() { keepCalling(ctx, log, p, others, rand.New(rand.NewPCG(seed, uint64(1000+i)))) })
			}
		}
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

func keepCalling(ctx context.Context, log *slog.Logger, p *Phone, others []string, dice *rand.Rand) {
	for wait := between(dice, 1, 90); pause(ctx, wait); wait = between(dice, 10, 150) {
		number := others[dice.IntN(len(others))]
		switch dice.IntN(25) {
		case 0:
			number = "999" // nobody has it
		case 1, 2, 3, 4, 5, 6:
			number = SupportLine
		case 7, 8, 9:
			number = Conference
		}
		t, err := p.Dial(ctx, number)
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
