package officetest

import (
	"context"
	"fmt"
	"time"

	"tandem/event"
	"tandem/house"
	"tandem/pbx"
)

// Seed fills an empty data directory with an office for measurements and tests: people u00000, u00001, … with extensions 10000, 10001, …
// and one phone each, whose user name is the person's name and whose secret is that with a p before it. The first owns the office.
func Seed(ctx context.Context, c house.Config, people, groups int) error {
	m, err := house.Open(ctx, c)
	if err != nil {
		return err
	}
	defer m.Close()
	now := time.Now().UTC().Truncate(time.Millisecond)
	s, _ := m.Directory.View()
	office := s.Tenant
	office.Name, office.Country, office.Zone, office.Language, office.Digits, office.Claimed = "Bench", "DE", "Europe/Berlin", "en", 4, now
	put := []pbx.Noun{&office, &pbx.Group{ID: "grp_default", Name: "Default", Default: true, Created: now}}
	for g := range groups {
		put = append(put, &pbx.Group{ID: group(g), Name: fmt.Sprintf("Group %d", g), Created: now})
	}
	for i := range people {
		name := fmt.Sprintf("u%05d", i)
		user := pbx.UserID("usr_" + name)
		md5, sha := pbx.HA1(name, "p"+name)
		put = append(put,
			&pbx.User{ID: user, Name: "Person " + name, Email: name + "@bench.example", Extension: fmt.Sprint(10000 + i), Created: now},
			&pbx.Membership{ID: pbx.MembershipID("mem_" + name), User: user, Group: group(i % max(groups, 1)), Role: "user", From: now, Main: true},
			&pbx.Device{ID: pbx.DeviceID("dev_" + name), User: user, Name: "Phone", Kind: pbx.DeviceDesk, Username: name, MD5: md5, SHA256: sha, Created: now})
	}
	put = append(put, &pbx.Room{ID: "rom_bench", Name: "Conference", Extension: "9000", Quiet: true, Most: pbx.MaxRoom, Created: now})
	put = append(put, &pbx.Assignment{ID: "asg_owner", User: "usr_u00000", Role: "system_owner", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: now})
	change := pbx.Change{Put: put}
	if _, err := s.Apply(change); err != nil {
		return err
	}
	_, err = m.Store.Apply(ctx, s.Version, change, []event.Fact{{At: now, Kind: event.SetupClaimed, Actor: pbx.Actor{Kind: pbx.ActorSystem, Via: "bench"}, Object: office.Ref()}})
	return err
}

func group(i int) pbx.GroupID { return pbx.GroupID(fmt.Sprintf("grp_%d", i)) }
