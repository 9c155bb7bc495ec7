package api

import (
	"fmt"
	"time"

	"tandem/i18n"
	"tandem/policy"
)

// ClockSet is how the clock of the machine was set.
type ClockSet struct {
	At time.Time
	By time.Duration // forward; less than zero: back
}

// Clock is a clock that was set as the first page shows it.
type Clock struct {
	At   time.Time `json:"at"`
	By   int       `json:"by" doc:"seconds forward; less than zero: back"`
	Text string    `json:"text" doc:"sentence"`
}

// clock is what is wrong with the clock of the machine, for who runs the system.
func (s *Server) clock(v *visit) *Clock {
	c := s.c.Clock()
	if c == nil || !v.can(policy.SettingEdit, policy.System()) {
		return nil
	}
	return &Clock{At: c.At.UTC(), By: int(c.By.Round(time.Second) / time.Second), Text: s.say(v, ClockText(c.By))}
}

// ClockText says by how much the clock was set.
func ClockText(by time.Duration) i18n.Text {
	key := "clock.forward"
	if by < 0 {
		key = "clock.back"
	}
	n := int(by.Abs().Round(time.Second) / time.Second)
	return i18n.T(key, "by", fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60))
}
