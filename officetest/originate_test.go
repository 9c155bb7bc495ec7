package officetest

import (
	"context"
	"testing"
)

// Olga clicks on a number in a real Chromium: her desk phone rings, and when she picks up a carrier's phone rings; they hear each other, and the record is
// that of a call she dialled. What she may not call rings nowhere, and a link to a telephone only fills the field (D-049, TF-0, TF-16).
func TestOriginateInTheBrowser(t *testing.T) {
	needsApp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 6*patience)
	defer cancel()
	o := startOutside(t, ctx)
	me := o.call(200, "GET", "/v1/session", nil)
	a := o.phone(me.Text("user", "id"))
	a.Server, a.Transport = o.reach("udp"), "udp"
	desk := o.phoneAt(ctx, "olga", a, 1000)
	o.conducts(ctx, "originate", map[string]func(){
		"asked": func() {
			expect(t, ctx, desk, "CALL_INCOMING")
			if n := len(o.far.Heard()); n > 0 {
				t.Error("the far phone rings before hers was picked up")
			}
			do(t, desk, "accept", "")
			expect(t, ctx, o.far, "CALL_INCOMING")
			do(t, o.far, "accept", "")
			expect(t, ctx, o.far, "CALL_ESTABLISHED")
			heard(t, desk, 700)
			heard(t, o.far, 1000)
			do(t, desk, "hangup", "")
			expect(t, ctx, o.far, "CALL_CLOSED")
		},
		"refused": func() {
			eventually(t, "both records", func() bool { return len(o.call(200, "GET", "/v1/calls", nil).Items()) == 2 })
			calls := o.call(200, "GET", "/v1/calls?sort=started", nil).Items()
			talked := o.call(200, "GET", "/v1/calls/"+calls[0].Text("id"), nil)
			if talked.Text("from", "user") != me.Text("user", "id") || talked.Text("dialled") != "089111222" || talked.Text("ruling", "payer", "id") != me.Text("user", "id") || talked.At("answered") == nil {
				t.Errorf("%v", talked)
			}
			if refused := calls[1]; refused.Text("cause") != "denied" || refused.At("answered") != nil {
				t.Errorf("%v", refused)
			}
		},
		"linked": func() {},
	})
	if n := len(o.call(200, "GET", "/v1/calls/live", nil).Items()); n != 0 {
		t.Errorf("%d calls are up", n)
	}
}
