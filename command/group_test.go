package command

import (
	"bytes"
	"slices"
	"testing"

	"tandem/pbx"
)

// A group that has lines and numbers of its own can be deleted: they belong to the group above afterwards, a way out loses the
// group, one that was for nobody else is switched off, and all of it comes back (X-113, B-101, N-17).
func TestDeletedGroupLeavesItsLines(t *testing.T) {
	o := full(t)
	olga := o.actor("olga")
	north, support := o.group("north"), o.group("support")
	trunk := pbx.TrunkID(o.must(olga, CreateTrunk{Trunk{Name: p("Line"), Host: p("192.0.2.9"), Group: &north}}).Object.ID)
	number := pbx.DIDID(o.must(olga, CreateDID{DID{Number: p("+4930100200"), Group: &north, To: &pbx.Destination{Kind: pbx.ToUser, ID: string(o.user("uwe"))}}}).Object.ID)
	both := pbx.OutRouteID(o.must(olga, CreateOutRoute{OutRoute{Name: p("Both"), Groups: &[]pbx.GroupID{north, support}, Trunks: &[]pbx.Way{{Trunk: trunk}}}}).Object.ID)
	alone := pbx.OutRouteID(o.must(olga, CreateOutRoute{OutRoute{Name: p("Alone"), Groups: &[]pbx.GroupID{north}, Trunks: &[]pbx.Way{{Trunk: trunk}}}}).Object.ID)
	before := rows(t, o.view())
	gone := o.must(olga, DeleteGroup{Group: north})
	s := o.view()
	if s.Trunks[trunk].Group != o.group("sales") || s.DIDs[number].Group != o.group("sales") {
		t.Errorf("they belong to %q and %q", s.Trunks[trunk].Group, s.DIDs[number].Group)
	}
	if !slices.Equal(s.OutRoutes[both].Groups, []pbx.GroupID{support}) || s.OutRoutes[alone].Groups != nil || !s.OutRoutes[alone].Off {
		t.Errorf("ways out: %+v, %+v", s.OutRoutes[both], s.OutRoutes[alone])
	}
	o.must(olga, Undo{Facts: gone.Facts})
	if !bytes.Equal(before, rows(t, o.view())) {
		t.Error("undo leaves something else")
	}
}
