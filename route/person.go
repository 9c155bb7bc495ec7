package route

import (
	"strconv"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// person rings all phones of the person an extension belongs to, except the one that calls: whoever calls
// his own extension reaches his other phones.
func person(s *pbx.Snapshot, live *pbx.Presence, r Request, p Plan, callee *pbx.User) Plan {
	p.To = party(callee)
	p.because(i18n.T("route.extension_of", "extension", callee.Extension, "name", callee.Name))
	if callee.IsSuspended(r.At) {
		return p.refuse(pbx.CauseSuspended, i18n.T("route.suspended", "name", callee.Name))
	}
	targets, devices, others := phones(s, live, r, p.To)
	self := callee.ID == r.Caller.User
	switch {
	case len(targets) > 0:
	case self:
		return p.refuse(pbx.CauseOffline, i18n.T("route.self", "name", callee.Name))
	case others == 0:
		return p.refuse(pbx.CauseOffline, i18n.T("route.no_device", "name", callee.Name))
	default:
		return p.refuse(pbx.CauseOffline, i18n.T("route.offline", "name", callee.Name, "devices", strconv.Itoa(others)))
	}
	if self {
		p.because(i18n.T("route.own_devices", "name", callee.Name))
	}
	p.because(i18n.T("route.registered", "name", callee.Name, "devices", strconv.Itoa(devices)))
	p.because(i18n.T("route.rings", "name", callee.Name, "seconds", seconds(RingTime)))
	p.Attempts = []Attempt{{Targets: targets, Ring: RingTime}}
	return p
}

// phones lists the places where a person's devices are registered now, how many devices that are,
// and how many devices there are at all; the calling device is not among them.
func phones(s *pbx.Snapshot, live *pbx.Presence, r Request, who pbx.Party) (targets []Target, registered, all int) {
	for _, d := range s.DevicesOf(who.User) {
		if d.ID == r.Caller.Device {
			continue
		}
		all++
		before := len(targets)
		for _, b := range live.Bindings(d.ID) {
			if b.Expires.After(r.At) {
				targets = append(targets, Target{Party: who, Binding: b})
			}
		}
		if len(targets) > before {
			registered++
		}
	}
	return targets, registered, all
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
