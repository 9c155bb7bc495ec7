package sip

import (
	"strconv"
	"strings"
	"time"

	"tandem/sip/stack"
)

// Session timers (RFC 4028): a peer that vanished is found out within one interval.
const (
	sessionInterval = 1800 // seconds; what we ask for
	sessionMinimum  = 90   // seconds; the least we accept (RFC 4028 §4)
)

// sessionTimer is what both sides of a dialog agreed on. Zero means that nobody refreshes.
type sessionTimer struct {
	seconds uint32
	ours    bool // we refresh
}

// parseSessionExpires reads "1800;refresher=uac".
func parseSessionExpires(value string) (seconds uint32, refresher string, ok bool) {
	head, params, _ := strings.Cut(value, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(head), 10, 31)
	if err != nil || n == 0 {
		return 0, "", false
	}
	refresher, _ = stack.Params(params).Get("refresher")
	return uint32(n), strings.ToLower(refresher), true
}

// minSE reads a Min-SE header; absent or malformed it is the least that the RFC allows.
func minSE(m *stack.Message) uint32 {
	head, _, _ := strings.Cut(m.Get(stack.HeaderMinSE), ";")
	n, err := strconv.ParseUint(strings.TrimSpace(head), 10, 31)
	if err != nil || n < sessionMinimum {
		return sessionMinimum
	}
	return uint32(n)
}

// isTooBrief reports whether a request asks for a session interval that has to be answered with 422 (RFC 4028 §9).
func isTooBrief(req *stack.Message) bool {
	n, _, ok := parseSessionExpires(req.Get(stack.HeaderSessionExpires))
	return ok && n < sessionMinimum && req.Has(stack.HeaderSupported, "timer")
}

// acceptTimer decides as the answering side (RFC 4028 §9). A peer that does not know session timers is refreshed by us, so that
// a vanished one is noticed all the same.
func acceptTimer(req *stack.Message) sessionTimer {
	n, refresher, ok := parseSessionExpires(req.Get(stack.HeaderSessionExpires))
	t := sessionTimer{seconds: sessionInterval}
	if ok {
		t.seconds = max(min(n, sessionInterval), minSE(req))
	} else {
		t.seconds = max(t.seconds, minSE(req))
	}
	t.ours = !req.Has(stack.HeaderSupported, "timer") || refresher == "uas"
	return t
}

// write puts the agreement into the answer.
func (t sessionTimer) write(resp, req *stack.Message) {
	if t.seconds == 0 {
		return
	}
	if t.ours {
		resp.Set(stack.HeaderSessionExpires, strconv.FormatUint(uint64(t.seconds), 10)+";refresher=uas")
		return
	}
	resp.Set(stack.HeaderSessionExpires, strconv.FormatUint(uint64(t.seconds), 10)+";refresher=uac")
	if req.Has(stack.HeaderSupported, "timer") {
		resp.Set(stack.HeaderRequire, "timer")
	}
}

// agreedTimer reads the answer to a request of ours (RFC 4028 §7.2). Without a Session-Expires the peer knows no timers; then we refresh.
func agreedTimer(resp *stack.Message, asked uint32) sessionTimer {
	n, refresher, ok := parseSessionExpires(resp.Get(stack.HeaderSessionExpires))
	if !ok || n < sessionMinimum {
		return sessionTimer{seconds: asked, ours: true}
	}
	return sessionTimer{seconds: n, ours: refresher != "uas"}
}

// refreshAfter is when the refreshing side acts: half of the interval.
func (t sessionTimer) refreshAfter() time.Duration { return time.Duration(t.seconds) * time.Second / 2 }

// deadline is when the other side gives up: 32 s or a third before the end, whichever is shorter (RFC 4028 §10).
func (t sessionTimer) deadline() time.Duration {
	whole := time.Duration(t.seconds) * time.Second
	return whole - min(32*time.Second, whole/3)
}
