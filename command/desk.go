package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
)

// Store keeps what a command decided: rows and facts in one transaction, or nothing (BAR AU-01, AU-04).
// It answers pbx.Conflict when base is not the stored version.
type Store interface {
	Apply(ctx context.Context, base int64, change pbx.Change, facts []event.Fact) ([]event.Fact, error)
}

// Directory holds the configuration of this moment; package directory's is the real one.
type Directory interface {
	View() (*pbx.Snapshot, *pbx.Presence)
	Set(*pbx.Snapshot)
}

// Command is one intended change.
type Command interface {
	// Need lists what the actor must be allowed; all of it is asked before Change.
	Need(s *pbx.Snapshot, who pbx.Actor) []Need
	// Change plans the rows, from the snapshot and the moment in w. It may be called again when somebody else was faster.
	Change(w *Work) (pbx.Change, error)
}

// Need is one right over one target.
type Need struct {
	Right  policy.Right
	Target policy.Target
}

// Desk carries commands out, one after the other. Its fields are set before the first command.
type Desk struct {
	Store     Store
	Directory Directory
	Load      func(context.Context) (*pbx.Snapshot, error)      // reads the stored configuration again after another process changed it
	Publish   func(context.Context, []event.Fact) error         // tells the bus; its failure does not undo the change
	Now       func() time.Time                                  // the clock
	Entropy   func([]byte)                                      // fills with bits that nobody can guess
	Fault     func(ctx context.Context, what string, err error) // told about failures that do not fail the command
	Used      policy.Used                                       // told which rights a command made use of; nil is told nothing

	queue sync.Mutex // one command at a time: the store has one writer anyway, and nobody plans in vain
}

// Result is what a command did, or with Try what it would do.
type Result struct {
	Object      pbx.Ref          // the thing the command is about
	Secret      string           // shown to the actor once, never again
	Snapshot    *pbx.Snapshot    // the configuration afterwards
	Differences []pbx.Difference // row by row
	Facts       []event.Fact     // as stored, with their positions; without positions after Try
	Rows        []Row            // of an import, also when it is refused
	Steps       []Step           // of rights applied as text, also when they are refused

	used []use // rights that were asked for and held
}

// attempts bounds how often a command is planned again because another process wrote in between.
const attempts = 50

// Do authorizes, plans and writes one command. Refusals are *pbx.Error: Denied, NotFound (also for what the actor may not
// know of), Invalid with a field, Conflict, Exhausted.
func (d *Desk) Do(ctx context.Context, who pbx.Actor, c Command) (Result, error) {
	d.queue.Lock()
	defer d.queue.Unlock()
	for n := 1; ; n++ {
		// gather
		s, _ := d.Directory.View()
		now := d.Now().UTC().Truncate(time.Millisecond)

		// decide
		r, change, err := d.plan(s, now, who, c, false)
		if err != nil || len(r.Differences) == 0 {
			return r, err
		}

		// perform
		r.Facts, err = d.Store.Apply(ctx, s.Version, change, r.Facts)
		if isConflict(err) && n < attempts {
			if err := d.catchUp(ctx, s.Version); err != nil {
				return Result{}, err
			}
			continue
		}
		if err != nil {
			return Result{}, fmt.Errorf("command %T: %w", c, err)
		}
		d.Directory.Set(r.Snapshot)
		d.note(who, now, r.used)
		if err := d.Publish(ctx, r.Facts); err != nil && d.Fault != nil {
			d.Fault(ctx, "publish", err)
		}
		return r, nil
	}
}

// Through is the desk writing through another store: one that writes more in the same transaction, as the claim of a system
// does with the password and the session of its owner.
func (d *Desk) Through(s Store) *Desk {
	return &Desk{Store: s, Directory: d.Directory, Load: d.Load, Publish: d.Publish, Now: d.Now, Entropy: d.Entropy, Fault: d.Fault, Used: d.Used}
}

// Try is Do without the last step: the same refusals, the same differences, and nothing written.
func (d *Desk) Try(_ context.Context, who pbx.Actor, c Command) (Result, error) {
	s, _ := d.Directory.View()
	r, _, err := d.plan(s, d.Now().UTC().Truncate(time.Millisecond), who, c, true)
	r.Secret = ""
	return r, err
}

// plan decides everything about a command and changes nothing.
func (d *Desk) plan(s *pbx.Snapshot, now time.Time, who pbx.Actor, c Command, trying bool) (Result, pbx.Change, error) {
	w := &Work{Snapshot: s, Who: who, Now: now, entropy: d.Entropy}
	for _, n := range c.Need(s, who) {
		if err := w.Ask(s, n.Right, n.Target); err != nil {
			return Result{}, pbx.Change{}, err
		}
	}
	change, err := c.Change(w)
	if err != nil {
		return Result{Rows: w.rows, Steps: w.steps}, pbx.Change{}, err
	}
	differences := s.Diff(change)
	next, err := s.Apply(change)
	if err != nil {
		return Result{Rows: w.rows, Steps: w.steps}, pbx.Change{}, err
	}
	if err := keepsGuessersOut(s, next, differences); err != nil {
		return Result{Rows: w.rows, Steps: w.steps}, pbx.Change{}, err
	}
	next.Version = s.Version + 1
	facts, err := w.facts(differences)
	if err != nil {
		return Result{}, pbx.Change{}, err
	}
	if !trying {
		if err := w.wantsReason(differences); err != nil {
			return Result{}, pbx.Change{}, err
		}
	}
	return Result{Object: w.object, Secret: w.secret, Snapshot: next, Differences: differences, Facts: facts, Rows: w.rows, Steps: w.steps, used: w.used}, change, nil
}

// use is a right that was asked for and held.
type use struct {
	right policy.Right
	via   string
}

// note tells which rights somebody made use of (N-8).
func (d *Desk) note(who pbx.Actor, now time.Time, all []use) {
	if d.Used == nil || who.User == "" {
		return
	}
	for _, u := range all {
		d.Used(who.User, u.right, u.via, now)
	}
}

// catchUp makes the directory show what another process has written.
func (d *Desk) catchUp(ctx context.Context, stale int64) error {
	if s, _ := d.Directory.View(); s.Version != stale {
		return nil
	}
	s, err := d.Load(ctx)
	if err != nil {
		return fmt.Errorf("read configuration again: %w", err)
	}
	d.Directory.Set(s)
	return nil
}

func isConflict(err error) bool {
	e, ok := asRefusal(err)
	return ok && e.Code == pbx.Conflict
}

// Revision names the present state of a noun; two states of a noun that differ in anything but secrets have different names.
func Revision(n pbx.Noun) string {
	b, err := json.Marshal(n)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Matching lets a command through only while an object is in the state that its author saw (If-Match).
type Matching struct {
	Object   pbx.Ref
	Revision string // as Revision gave it; empty lets everything through
	Command
}

// Change refuses with Conflict when the object has moved on.
func (m Matching) Change(w *Work) (pbx.Change, error) {
	if m.Revision != "" {
		n := w.Snapshot.Find(m.Object)
		if n == nil {
			return pbx.Change{}, missing()
		}
		if Revision(n) != m.Revision {
			return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "change.somebody_else")
		}
	}
	return m.Command.Change(w)
}

// missing is the one answer for things that are not there and things the actor may not know of (BAR AZ-01).
func missing() *pbx.Error { return pbx.Refuse(pbx.NotFound, "", "error.not_found") }
