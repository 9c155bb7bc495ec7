package house

import (
	"context"
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
	"tandem/sip"
	"tandem/store"
)

// attackEvery is how often notices tell of attacks, at most.
const attackEvery = 10 * time.Minute

// blocklist keeps the networks that phones may not be reached from: what the SIP side shuts out by itself is written down, and what people want is
// carried out (SA-04, SA-16).
type blocklist struct{ *House }

// loadBlocks puts the blocks of before a restart back in force.
func (h *House) loadBlocks(ctx context.Context) error {
	list, err := h.Store.Blocks(ctx, h.Config.Now())
	if err != nil {
		return err
	}
	for _, b := range list {
		h.SIP.Block(*b)
	}
	return nil
}

// Blocks lists them.
func (l blocklist) Blocks() []pbx.Block { return l.SIP.Blocks(l.Config.Now()) }

// Block shuts a network out for somebody, or allows it.
func (l blocklist) Block(ctx context.Context, who pbx.Actor, b pbx.Block) error {
	named := 0
	for _, o := range l.Blocks() {
		if (o.By != "" || o.Allow) && o.Network != b.Network {
			named++
		}
	}
	if named >= pbx.BlockMost {
		return pbx.Refuse(pbx.Exhausted, "network", "block.too_many", "most", strconv.Itoa(pbx.BlockMost))
	}
	kind := event.BlockMade
	if b.Allow {
		kind = event.BlockAllowed
	}
	f := event.New(kind, b.Since, who, b.Ref(), nil)
	f.Reason = b.Reason
	if err := l.write(ctx, f, &b, store.BlockKept{Block: b}); err != nil {
		return err
	}
	l.SIP.Block(b)
	return nil
}

// Release takes a block back; pbx.NotFound without one.
func (l blocklist) Release(ctx context.Context, who pbx.Actor, network netip.Prefix) error {
	now := l.Config.Now().UTC()
	for _, b := range l.Blocks() {
		if b.Network != network {
			continue
		}
		if err := l.write(ctx, event.New(event.BlockReleased, now, who, b.Ref(), nil), &b, store.BlockGone{Block: b}); err != nil {
			return err
		}
		l.SIP.Release(network, now)
		return nil
	}
	return pbx.Refuse(pbx.NotFound, "", "block.not_found")
}

func (l blocklist) write(ctx context.Context, f event.Fact, b *pbx.Block, also ...store.Also) error {
	f.Revision = l.snapshot().Version
	row, err := json.Marshal(b)
	if err != nil {
		return err
	}
	if f.Kind == event.BlockReleased {
		f.Before = row
	} else {
		f.After = row
	}
	stored, err := l.Store.Write(ctx, []event.Fact{f}, also...)
	if err != nil {
		return err
	}
	return l.publish(ctx, stored)
}

// blocked writes a block of the house down and tells those who look after the office, but not of each of many.
func (h *House) blocked(ctx context.Context, f sip.AuthFailure) {
	b := *f.Block
	var t told
	if now := h.Config.Now(); now.Sub(h.attackTold) >= attackEvery {
		h.attackTold = now
		t = h.inform(notice{Happening: policy.Happening{Kind: policy.NoticeAttack, Over: policy.System()}, about: b.Ref(), page: "/blocks", says: pbx.Says{
			Args:  map[string]string{"network": b.Network.String(), "n": strconv.Itoa(b.Failed), "tried": strings.Join(b.Tried, ", ")},
			Times: map[string]time.Time{"until": b.Until}}})
	}
	fact := event.New(event.BlockMade, b.Since, pbx.Actor{Kind: pbx.ActorSystem, Via: "sip"}, b.Ref(), nil)
	if err := (blocklist{h}).write(ctx, fact, &b, append(t.rows, store.BlockKept{Block: b})...); err != nil {
		h.log.ErrorContext(ctx, "a block cannot be written down; it does not outlive a restart", "network", b.Network, "error", err)
		return
	}
	h.spread(ctx, t)
}

// besieged tells of an account that is guessed from many addresses, but not of each of many (SA-05).
func (h *House) besieged(ctx context.Context, f sip.AuthFailure) {
	s, now := h.snapshot(), h.Config.Now()
	d := s.Devices[f.Device]
	if d == nil || now.Sub(h.siegeTold) < attackEvery {
		return
	}
	h.siegeTold = now
	h.log.WarnContext(ctx, "account_besieged", "user", f.Username, "failures", f.Siege)
	h.informNow(notice{Happening: policy.Happening{Kind: policy.NoticeSiege, Users: []pbx.UserID{d.User}, Over: policy.System()}, about: d.Ref(), page: "/blocks", says: pbx.Says{
		Args: map[string]string{"phone": d.Name, "name": s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(d.User)}), "n": strconv.Itoa(f.Siege)}}})
}
