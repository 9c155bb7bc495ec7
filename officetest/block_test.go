package officetest

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/house"
	"tandem/pbx"
	"tandem/store"
)

// The attackers' guesser finds no secret: after ten wrong ones nothing answers it any more. The block stands in the list with what was tried, in
// the audit log and in a mail; it outlives a restart, and is released by hand (BAR SA-04, SA-16).
func TestGuesserIsShutOut(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := Seed(t.Context(), house.Config{Data: data}, 20, 2); err != nil {
		t.Fatal(err)
	}
	s := start(t, func(c *house.Config) { c.Data, c.Exempt, c.Digests = data, nil, []string{"MD5"} }) // svcrack knows no other
	l := disguise(t, netip.MustParseAddrPort(s.reach("udp")), "Yealink SIP-T46S 66.85.0.5")
	words := filepath.Join(t.TempDir(), "words")
	list := make([]string, 0, 61)
	for i := range 60 {
		list = append(list, strings.Repeat("x", i%7+1)+string(rune('a'+i%26)))
	}
	list = append(list, "pu00001") // the right one, too late
	if err := os.WriteFile(words, []byte(strings.Join(list, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := tool(t, "svcrack", "-u", "u00001", "-d", words, "-p", port(l.addr), "-b", "127.0.0.1", "-t", "0.01", "127.0.0.1")
	if strings.Contains(out, "pu00001") {
		t.Errorf("the secret was found:\n%s", out)
	}
	var shut []pbx.Block
	eventually(t, "the guesser is shut out", func() bool {
		var err error
		shut2, err := s.Store.Blocks(t.Context(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		shut = shut[:0]
		for _, b := range shut2 {
			shut = append(shut, *b)
		}
		return len(shut) == 1
	})
	b := shut[0]
	if b.Network.String() != "127.0.0.1/32" || b.Failed < 10 || len(b.Tried) == 0 || b.Tried[0] != "u00001" || b.By != "" {
		t.Errorf("%+v", b)
	}
	facts, err := s.Store.Facts(t.Context(), store.FactQuery{Sight: everything, Kinds: []event.Kind{event.BlockMade}})
	if err != nil || len(facts.Items) != 1 || facts.Items[0].Object.ID != "127.0.0.1/32" {
		t.Errorf("%+v, %v", facts.Items, err)
	}
	s.halt()
	again := start(t, func(c *house.Config) { c.Data, c.Exempt = data, nil })
	if got := again.SIP.Blocks(time.Now()); len(got) != 1 || got[0].Network != b.Network || !got[0].Until.Equal(b.Until) {
		t.Errorf("after a restart: %+v", got)
	}
}
