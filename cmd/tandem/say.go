package main

import (
	"errors"

	"tandem/i18n"
	"tandem/pbx"
)

// say puts an error into words: expected refusals have a sentence in the catalogue, faults speak for themselves.
func say(err error) string {
	var refusal *pbx.Error
	if errors.As(err, &refusal) {
		if c, e := i18n.Load(); e == nil {
			return c.Say("en", refusal.Text)
		}
	}
	return err.Error()
}
