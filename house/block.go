package house

import (
	"context"
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"tandem/event"
	"tandem/outbox"
	"tandem/pbx"
	"tandem/policy"
	"tandem/sip"
	"tandem/store"
)

// How often mails tell of attacks, at most, and how many people are told.
const (
	attackMails = 10 * time.Minute
	attackTold  = 5
)

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
	b, s := *f.Block, h.snapshot()
	also := []store.Also{store.BlockKept{Block: b}}
	now := h.Config.Now()
	if now.Sub(h.attackTold) >= attackMails {
		h.attackTold = now
		for _, m := range h.attackMails(s, b, now) {
			also = append(also, h.Mail.Write(m))
		}
	}
	fact := event.New(event.BlockMade, b.Since, pbx.Actor{Kind: pbx.ActorSystem, Via: "sip"}, b.Ref(), nil)
	if err := (blocklist{h}).write(ctx, fact, &b, also...); err != nil {
		h.log.ErrorContext(ctx, "a block cannot be written down; it does not outlive a restart", "network", b.Network, "error", err)
		return
	}
	if len(also) > 1 {
		h.Mail.Wake()
	}
}

// attackMails are the mails about a block, to the first of those who may change the settings of the office.
func (h *House) attackMails(s *pbx.Snapshot, b pbx.Block, now time.Time) (list []outbox.Message) {
	for _, id := range policy.Holders(s, policy.SettingEdit, policy.System(), now) {
		u := s.Users[id]
		if !getsMail(u, now) || len(list) >= attackTold {
			continue
		}
		list = append(list, h.mailFor(s, u, now, outbox.Attack, "/blocks", "network", b.Network.String(), "n", strconv.Itoa(b.Failed), "tried", strings.Join(b.Tried, ", "),
			"until", localTime(b.Until, s.ZoneOf(id, now))))
	}
	return list
}
