package house

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"tandem/pbx"
	"tandem/sip"
	"tandem/store"
)

// How registrations are written down. The SIP side never waits for it.
const (
	keepAfter = time.Second // changes within it share a transaction; it is all a crash can cost
	keepMost  = 2048        // rows of one transaction
)

// keeper writes down where phones are registered, so that they ring after a restart without registering again (BAR CR-07). What it holds
// is one batch that could not be written yet; everything else waits in the registrar, which holds it anyway.
type keeper struct {
	store *store.Tenant
	view  func() *pbx.Snapshot
	log   *slog.Logger
	wake  chan struct{} // something changed

	mu   sync.Mutex // held by who writes
	kept []*store.Binding
	gone []pbx.BindingID
	met  []store.Acquaintance
}

func newKeeper(m *Memory) *keeper {
	return &keeper{store: m.Store, view: m.snapshot, log: m.log, wake: make(chan struct{}, 1)}
}

// poke says that something changed; it does not wait.
func (k *keeper) poke() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// load reads the registrations of an earlier process, of devices that still exist, may register and have the same secret.
func (k *keeper) load(ctx context.Context, now time.Time) ([]sip.Stored, error) {
	if _, err := k.store.ExpireBindings(ctx, now); err != nil {
		return nil, err
	}
	rows, err := k.store.Bindings(ctx)
	if err != nil {
		return nil, err
	}
	s := k.view()
	var list []sip.Stored
	var gone []pbx.BindingID
	for _, r := range rows {
		d := s.Devices[r.Device]
		if d == nil || proof(d) != r.Proof || suspended(s, d.User, now) {
			gone = append(gone, r.ID)
			continue
		}
		local, _ := netip.ParseAddrPort(r.Local) // without one any of our sockets will do
		list = append(list, sip.Stored{Binding: r.Binding, Params: r.Params, Instance: r.Instance, CallID: r.CallID, Seq: r.Seq, Local: local})
	}
	return list, k.store.KeepBindings(ctx, nil, gone)
}

// known reads from which networks accounts signed in within the memory of the SIP side.
func (k *keeper) known(ctx context.Context, now time.Time) ([]sip.Acquaintance, error) {
	rows, err := k.store.Acquaintances(ctx, now.Add(-sip.Memory))
	list := make([]sip.Acquaintance, 0, len(rows))
	for _, r := range rows {
		list = append(list, sip.Acquaintance(r))
	}
	return list, err
}

// proof is what a registration was made with, without telling it: when the secret is renewed, the registration is void.
func proof(d *pbx.Device) string {
	sum := sha256.Sum256([]byte("registration\x00" + d.SHA256))
	return hex.EncodeToString(sum[:16])
}

// changer is the registrar: it hands out what changed since it was last asked.
type changer interface {
	Changes(limit int) (kept []sip.Stored, gone []pbx.BindingID)
	Met(limit int) []sip.Acquaintance
}

// run writes what changed until ctx ends.
func (k *keeper) run(ctx context.Context, server changer) {
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.wake:
		}
		pause := time.NewTimer(keepAfter)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		err := k.flush(ctx, server)
		switch {
		case err == nil && failing:
			k.log.Info("registrations are written down again")
		case err != nil && !failing && ctx.Err() == nil:
			k.log.Error("registrations cannot be written down; phones that registered since must do it again after a restart", "error", err)
		}
		if failing = err != nil; failing {
			k.poke()
		}
	}
}

// flush writes everything that changed. A batch that fails is written again by the next flush, before anything newer.
func (k *keeper) flush(ctx context.Context, server changer) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		if len(k.kept)+len(k.gone)+len(k.met) == 0 && !k.take(server) {
			return nil
		}
		if err := k.store.KeepBindings(ctx, k.kept, k.gone); err != nil {
			return err
		}
		k.kept, k.gone = nil, nil
		if err := k.store.KeepAcquaintances(ctx, k.met); err != nil {
			return err
		}
		k.met = nil
	}
}

// take asks the registrar for the next batch; false when there is none.
func (k *keeper) take(server changer) bool {
	list, gone := server.Changes(keepMost)
	k.gone = gone
	k.kept = make([]*store.Binding, 0, len(list))
	s := k.view()
	for _, b := range list {
		d := s.Devices[b.Device]
		if d == nil {
			continue // deleted a moment ago; the registrar is being told
		}
		k.kept = append(k.kept, &store.Binding{Binding: b.Binding, Params: b.Params, Instance: b.Instance, CallID: b.CallID, Seq: b.Seq,
			Local: b.Local.String(), Proof: proof(d)})
	}
	for _, a := range server.Met(keepMost) {
		k.met = append(k.met, store.Acquaintance(a))
	}
	return len(list)+len(gone)+len(k.met) > 0
}

// bound takes a report of the registrar: everybody sees it at once, and it is written down soon.
func (h *House) bound(device pbx.DeviceID, list []pbx.Binding) {
	s, live := h.Directory.View()
	fresh := appeared(live.Bindings(device), list)
	h.Directory.SetBindings(device, list)
	h.keeper.poke()
	if len(fresh) > 0 && h.SIP != nil {
		h.pushWaiting(s, device)
		h.wakes.registered(device, fresh)
	}
}
