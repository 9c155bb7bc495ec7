package sip

import (
	"testing"
	"time"

	"tandem/sip/stack"
)

func TestAcceptTimer(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		expires, least, does string
		want                 sessionTimer
		answer, require      string
	}{
		{"caller refreshes by itself", "600;refresher=uac", "", "timer", sessionTimer{600, false}, "600;refresher=uac", "timer"},
		{"caller leaves the choice", "600", "", "timer", sessionTimer{600, false}, "600;refresher=uac", "timer"},
		{"caller wants us to", "600;refresher=uas", "", "timer", sessionTimer{600, true}, "600;refresher=uas", ""},
		{"caller knows no timers", "", "", "", sessionTimer{1800, true}, "1800;refresher=uas", ""},
		{"caller asks for hours", "86400", "", "timer", sessionTimer{1800, false}, "1800;refresher=uac", "timer"},
		{"caller's proxy insists on hours", "86400", "7200", "timer", sessionTimer{7200, false}, "7200;refresher=uac", "timer"},
		{"nonsense counts as nothing", "soon", "x", "timer", sessionTimer{1800, false}, "1800;refresher=uac", "timer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req := stack.NewRequest("INVITE", uri("sip:x"), address("<sip:a>"), address("<sip:b>"), "c", 1)
			for name, v := range map[string]string{"Session-Expires": tt.expires, "Min-SE": tt.least, "Supported": tt.does} {
				if v != "" {
					req.Set(name, v)
				}
			}
			got := acceptTimer(req)
			resp := stack.NewResponse(req, 200, "")
			got.write(resp, req)
			if got != tt.want || resp.Get("Session-Expires") != tt.answer || resp.Get("Require") != tt.require {
				t.Errorf("%+v: %s, Require %q", got, resp.Get("Session-Expires"), resp.Get("Require"))
			}
		})
	}
}

func TestAgreedTimer(t *testing.T) {
	for answer, want := range map[string]sessionTimer{
		"": {1800, true}, "600;refresher=uas": {600, false}, "600;refresher=uac": {600, true}, "600": {600, true}, "5": {1800, true},
	} {
		resp := stack.NewResponse(stack.NewRequest("INVITE", uri("sip:x"), address("<sip:a>"), address("<sip:b>"), "c", 1), 200, "")
		if answer != "" {
			resp.Set("Session-Expires", answer)
		}
		if got := agreedTimer(resp, 1800); got != want {
			t.Errorf("%q: %+v, want %+v", answer, got, want)
		}
	}
	if d := (sessionTimer{90, false}).deadline(); d != time.Minute {
		t.Errorf("deadline of 90 s = %v, want a third earlier", d)
	}
	if d := (sessionTimer{1800, false}).deadline(); d != 1768*time.Second {
		t.Errorf("deadline of 1800 s = %v, want 32 s earlier", d)
	}
}
