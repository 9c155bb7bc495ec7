package api

import (
	"slices"
	"testing"

	"tandem/pbx"
)

// Who takes part in the calls of a group by his role alone, and how: a receptionist and whoever administers the system or the group do not at all (X-104,
// X-087), a manager listens and joins, an owner of the group whispers too (X-101, G-014), the owner of the system also takes over. What the
// call's own button offers is what the interface does, and nothing else.
func TestRolesTakePart(t *testing.T) {
	all := []string{"listen", "whisper", "whisper_other", "barge", "steal"}
	for _, tt := range []struct {
		role   pbx.RoleID
		office bool // over the office, not in the group
		may    []string
	}{
		{"user", false, nil},
		{"receptionist", false, nil},
		{"group_admin", false, nil},
		{"manager", false, []string{"listen", "barge"}},
		{"group_owner", false, []string{"listen", "whisper", "whisper_other", "barge"}},
		{"system_admin", true, nil},
		{"system_owner", true, all},
	} {
		t.Run(string(tt.role), func(t *testing.T) {
			o := newOffice(t)
			switch {
			case tt.office:
				o.wants(201, "olga", "POST", "/v1/users/<tom>/assignments", `{"role":"`+string(tt.role)+`","scope":{"kind":"all"}}`)
			default:
				if r := o.ask("olga", "PUT", "/v1/groups/<support>/members/<tom>", `{"role":"`+string(tt.role)+`"}`); r.StatusCode != 200 {
					t.Fatalf("%d %s", r.StatusCode, r.body)
				}
			}
			extension := "155"
			o.person("agent", "support", "user", &extension)
			c := o.call("agent", "+4930123456789")
			o.dir.SetCall(c)
			var offered []string
			var page Page[LiveCall]
			o.ask("tom", "GET", "/v1/calls/live", "").json(t, &page)
			if len(page.Items) == 1 {
				for _, m := range page.Items[0].Can.Watch {
					offered = append(offered, string(m))
				}
			}
			if want := slices.Sorted(slices.Values(tt.may)); !slices.Equal(slices.Sorted(slices.Values(offered)), want) {
				t.Errorf("the call offers %v, not %v", offered, want)
			}
			for _, mode := range all {
				o.modes = nil
				r := o.ask("tom", "POST", "/v1/calls/live/"+string(c.ID)+"/watch", `{"mode":"`+mode+`"}`)
				may := slices.Contains(tt.may, mode)
				if may != (r.StatusCode == 202) || may != (len(o.modes) == 1) {
					t.Errorf("%s: %d %s, done %v", mode, r.StatusCode, r.body, o.modes)
				}
			}
		})
	}
}
