package api

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"tandem/pbx"
)

// Blocks is what this door asks of who keeps the networks that phones may not be reached from.
type Blocks interface {
	Blocks() []pbx.Block
	Block(ctx context.Context, who pbx.Actor, b pbx.Block) error
	Release(ctx context.Context, who pbx.Actor, network netip.Prefix) error
}

// Block is a network that is shut out, or with allow one that never is by itself.
type Block struct {
	ID      string    `json:"id"`
	Network string    `json:"network" doc:"address or network"`
	Allow   bool      `json:"allow"`
	By      *Named    `json:"by,omitempty" doc:"who wanted it; absent: the house, after wrong secrets"`
	Reason  string    `json:"reason,omitempty" doc:"in the words of who wanted it"`
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until,omitzero" doc:"absent: it has no end"`
	First   time.Time `json:"first,omitzero" doc:"wrong secret from there"`
	Last    time.Time `json:"last,omitzero"`
	Failed  int       `json:"failed,omitempty" doc:"how many wrong secrets"`
	Tried   []string  `json:"tried" nullable:"false" doc:"accounts that were tried, the first of them"`
	Agent   string    `json:"agent,omitempty" doc:"what the far side called itself last"`
	Phones  int       `json:"phones" doc:"registered phones of the office that are reached there"`
}

// blockID is a network in a form that fits into a path.
func blockID(p netip.Prefix) string {
	return strings.NewReplacer("/", "_", ":", "-").Replace(p.String())
}

func (s *Server) showBlock(v *visit, b *pbx.Block) Block {
	out := Block{ID: blockID(b.Network), Network: b.Network.String(), Allow: b.Allow, Reason: b.Reason, Since: b.Since, Until: b.Until, First: b.First, Last: b.Last,
		Failed: b.Failed, Tried: append([]string{}, b.Tried...), Agent: b.Agent, Phones: pbx.PhonesIn(v.s, v.live, b.Network)}
	if b.Network.IsSingleIP() {
		out.Network = b.Network.Addr().String()
	}
	if b.By != "" {
		by := v.named(pbx.Ref{Kind: pbx.KindUser, ID: string(b.By)})
		out.By = &by
	}
	return out
}

type blocksIn struct{ List }

// listBlocks lists what is shut out and what never is.
func (s *Server) listBlocks(_ context.Context, v *visit, in *blocksIn) (Page[Block], error) {
	var rows []pbx.Block
	for _, b := range s.c.Blocks.Blocks() {
		if matches(in.Q, b.Network.String(), b.Reason, b.Agent) {
			rows = append(rows, b)
		}
	}
	key := func(b pbx.Block) string { return b.Since.UTC().Format(time.RFC3339Nano) }
	part, next, err := pageOf(rows, in.List, "since", key, func(b pbx.Block) string { return blockID(b.Network) })
	page := Page[Block]{Items: make([]Block, 0, len(part)), Next: next, Total: len(rows)}
	for i := range part {
		page.Items = append(page.Items, s.showBlock(v, &part[i]))
	}
	return page, err
}

type newBlock struct {
	Body struct {
		Network string    `json:"network" maxLength:"64" doc:"address or network, such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32; one IPv6 address stands for its /64"`
		Allow   bool      `json:"allow,omitempty" doc:"never shut out by itself, instead of shut out"`
		Reason  string    `json:"reason" maxLength:"200"`
		Until   time.Time `json:"until,omitzero" doc:"absent: it has no end"`
		Confirm bool      `json:"confirm,omitempty" doc:"shut out also one's own address, a private network, or one with registered phones"`
	}
}

func (s *Server) createBlock(ctx context.Context, v *visit, in *newBlock) (Block, error) {
	b := &in.Body
	network, ok := pbx.ParseNetwork(b.Network)
	switch reason := strings.TrimSpace(b.Reason); {
	case !ok:
		return Block{}, pbx.Refuse(pbx.Invalid, "network", "block.network_invalid")
	case reason == "":
		return Block{}, pbx.Refuse(pbx.Invalid, "reason", "block.reason_missing")
	case !b.Until.IsZero() && !b.Until.After(v.at):
		return Block{}, pbx.Refuse(pbx.Invalid, "until", "block.until_past")
	}
	if !b.Allow && !b.Confirm {
		if err := v.mayShut(network); err != nil {
			return Block{}, err
		}
	}
	made := pbx.Block{Network: network, Allow: b.Allow, By: v.who.User, Reason: strings.TrimSpace(b.Reason), Since: v.at.UTC().Truncate(time.Millisecond), Until: b.Until.UTC().Truncate(time.Millisecond)}
	if err := s.c.Blocks.Block(ctx, v.who, made); err != nil {
		return Block{}, err
	}
	return s.showBlock(v, &made), nil
}

// mayShut refuses what people shut out by mistake, until they confirm it (SA-16).
func (v *visit) mayShut(network netip.Prefix) error {
	if ip, err := netip.ParseAddr(v.who.Addr); err == nil && network.Contains(ip.Unmap()) {
		return pbx.Refuse(pbx.Conflict, "confirm", "block.own_address")
	}
	if pbx.PhonesIn(v.s, v.live, network) > 0 {
		return pbx.Refuse(pbx.Conflict, "confirm", "block.phones")
	}
	if a := network.Addr(); a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return pbx.Refuse(pbx.Conflict, "confirm", "block.private")
	}
	return nil
}

type blockIn struct {
	Block string `path:"block" doc:"id of the block"`
}

func (s *Server) deleteBlock(ctx context.Context, v *visit, in *blockIn) error {
	for _, b := range s.c.Blocks.Blocks() {
		if blockID(b.Network) == in.Block {
			return s.c.Blocks.Release(ctx, v.who, b.Network)
		}
	}
	return missing()
}
