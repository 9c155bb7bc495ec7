package pbx_test

import (
	"testing"

	"tandem/pbx"
)

// A change of nothing but a PIN is a change, although no log shows it: it was once thrown away as none (TF-11).
func TestANewPINIsAChange(t *testing.T) {
	for _, pair := range [][2]pbx.Noun{
		{&pbx.Room{ID: "rom_1", Name: "Daily", PIN: "1234"}, &pbx.Room{ID: "rom_1", Name: "Daily", PIN: "123456789"}},
		{&pbx.Room{ID: "rom_1", Name: "Daily", HostPIN: "1234"}, &pbx.Room{ID: "rom_1", Name: "Daily", HostPIN: "98765"}},
	} {
		s, err := office(t).Apply(pbx.Change{Put: pair[:1]})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Diff(pbx.Change{Put: pair[1:]}); len(got) != 1 {
			t.Errorf("%+v is no change of %+v", pair[1], pair[0])
		}
		if got := s.Diff(pbx.Change{Put: pair[:1]}); len(got) != 0 {
			t.Errorf("the same is a change: %+v", got)
		}
	}
}
