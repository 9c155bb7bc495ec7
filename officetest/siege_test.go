package officetest

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"tandem/house"
)

// Sixty addresses try one secret each: none of them tries often enough to be shut out, but after fifty the account opens only where it signed in before – to
// its owner's phone, and not to a stranger who knows the secret. Those who look after the office get a mail. After a restart under attack the owner is
// still known, before his phone has said a word (BAR SA-05).
func TestManyAddressesGuessOneAccount(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := start(t, func(c *house.Config) { c.Data, c.Exempt = data, nil })
	s.claim()
	_, bob := s.person("Bob", "101")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	registers := func(at [4]byte, secret string) error {
		x, err := NewExchangeAt(netip.AddrFrom4(at), netip.MustParseAddrPort(s.reach("udp")))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		return x.Add(bob.Username, secret).Register(ctx, 3600)
	}
	home, elsewhere := [4]byte{127, 0, 0, 1}, [4]byte{127, 200, 0, 1}
	besiege := func() {
		t.Helper()
		for i := range 60 {
			if err := registers([4]byte{127, 10, byte(i), 1}, "guess"); err == nil {
				t.Fatal("a guess was right")
			}
		}
		if err := registers(elsewhere, bob.Secret); err == nil {
			t.Error("a stranger signs in with the secret while it is guessed")
		}
		if err := registers(home, bob.Secret); err != nil {
			t.Errorf("the owner is locked out at home: %v", err)
		}
	}
	if err := registers(home, bob.Secret); err != nil {
		t.Fatal(err)
	}
	besiege()
	eventually(t, "a mail tells of it", func() bool {
		return slices.ContainsFunc(s.call(200, "GET", "/v1/mails", nil).Items(), func(m object) bool { return m.Text("kind") == "siege" })
	})
	if all := s.call(200, "GET", "/v1/blocks", nil).Items(); len(all) != 0 {
		t.Errorf("addresses with one try each are shut out: %v", all)
	}
	s.halt()
	s = start(t, func(c *house.Config) { c.Data, c.Exempt = data, nil })
	besiege()
}
