package store_test

import (
	"net/netip"
	"reflect"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// Blocks are written with their facts, read while they hold, changed, released and dropped.
func TestBlocks(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		furnish(t, open(t, address))
		office, at := open(t, address).Tenant("main"), time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
		made := func(network string, until time.Time) pbx.Block {
			b := pbx.Block{Network: netip.MustParsePrefix(network), Reason: "a\x00b", Since: at, Until: until, First: at, Last: at, Failed: 10, Tried: []string{"101", "admin"}, Agent: "guesser", Span: time.Hour}
			if _, err := office.Write(t.Context(), []event.Fact{event.New(event.BlockMade, at, pbx.Actor{Kind: pbx.ActorSystem}, b.Ref(), nil)}, store.BlockKept{Block: b}); err != nil {
				t.Fatal(err)
			}
			return b
		}
		short, long := made("192.0.2.7/32", at.Add(time.Minute)), made("2001:db8::/64", time.Time{})
		list, err := office.Blocks(t.Context(), at)
		if err != nil || len(list) != 2 {
			t.Fatalf("%v, %v", list, err)
		}
		long.Reason = list[1].Reason
		if list[1].Network != long.Network || !reflect.DeepEqual(list[1].Tried, long.Tried) || list[1].Span != time.Hour || !list[1].Since.Equal(at) || !list[1].Until.IsZero() {
			t.Errorf("%+v", list[1])
		}
		if list, err := office.Blocks(t.Context(), at.Add(time.Hour)); err != nil || len(list) != 1 {
			t.Errorf("after an hour: %v, %v", list, err)
		}
		if err := office.DropBlocks(t.Context(), at.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, err := office.Write(t.Context(), []event.Fact{event.New(event.BlockReleased, at, pbx.Actor{Kind: pbx.ActorSystem}, long.Ref(), nil)}, store.BlockGone{Block: long}); err != nil {
			t.Fatal(err)
		}
		if list, err := office.Blocks(t.Context(), at); err != nil || len(list) != 0 {
			t.Errorf("all are gone: %v, %v; %v", list, err, short.Network)
		}
	})
}
