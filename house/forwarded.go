package house

import (
	"slices"
	"strings"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// tellForwarded writes a mail to a person when a rule of his leads to a number outside it did not lead to before, whoever set it and by whatever door: a
// stolen session is noticed by this (TF-07).
func (h *House) tellForwarded() {
	h.stops = append(h.stops, h.Directory.Watch(func(old, next *pbx.Snapshot) {
		now := h.Config.Now()
		for id, f := range next.Forwardings {
			before := old.Forwardings[id]
			if before == f {
				continue
			}
			known := outsideOf(before)
			fresh := slices.DeleteFunc(outsideOf(f), func(n string) bool { return slices.Contains(known, n) })
			if len(fresh) > 0 {
				h.informNow(notice{Happening: policy.Happening{Kind: policy.NoticeForwarded, Users: people(id)}, about: f.Ref(), page: "/me/forwarding",
					says: pbx.Says{Args: map[string]string{"numbers": strings.Join(fresh, ", ")}, Times: map[string]time.Time{"at": now}}})
			}
		}
	}))
}

// outsideOf lists the numbers outside that somebody's rules lead to.
func outsideOf(f *pbx.Forwarding) (all []string) {
	if f == nil {
		return nil
	}
	for l := range f.Leads {
		if l.To.Kind == pbx.ToOutside && !slices.Contains(all, l.To.Number) {
			all = append(all, l.To.Number)
		}
	}
	return all
}
