package api

import (
	"testing"
	"time"
)

// TZ-07: who runs the system sees on the first page that the clock of the machine was set, until it is right again; nobody else does.
func TestOverviewShowsTheClock(t *testing.T) {
	o := live(t)
	shown := func(who string) *Clock {
		var view Overview
		o.ask(who, "GET", "/v1/overview", "").json(t, &view)
		return view.Clock
	}
	if c := shown("olga"); c != nil {
		t.Errorf("nobody set it: %+v", c)
	}
	for by, want := range map[time.Duration]string{
		time.Hour + 4*time.Second: "The clock of the server was set forward by 1:00:04",
		-90 * time.Minute:         "The clock of the server was set back by 1:30:00",
	} {
		o.clockSet = &ClockSet{At: start, By: by}
		if c := shown("olga"); c == nil || c.Text != want || c.By != int(by/time.Second) || !c.At.Equal(start) {
			t.Errorf("%v: %+v", by, c)
		}
		if c := shown("uwe"); c != nil {
			t.Errorf("told to somebody who does not run the system: %+v", c)
		}
	}
	o.clockSet = nil
	if c := shown("olga"); c != nil {
		t.Errorf("right again: %+v", c)
	}
}
