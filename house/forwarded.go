package house

import (
	"context"
	"slices"
	"strings"

	"tandem/outbox"
	"tandem/pbx"
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
			if u := next.Users[id]; len(fresh) > 0 && getsMail(u, now) {
				m := h.mailFor(next, u, now, outbox.Forwarded, "/me/forwarding", "numbers", strings.Join(fresh, ", "), "at", localTime(now, next.ZoneOf(id, now)))
				if _, err := h.Mail.Send(context.Background(), m); err != nil {
					h.log.Error("tell that calls are sent to a new number", "user", id, "error", err)
				}
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
