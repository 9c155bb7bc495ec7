package main

import (
	"errors"

	"tandem/i18n"
	"tandem/pbx"
)

// say puts an error into words: expected refusals have a sentence in the catalogue, faults speak for themselves. What lies behind a
// refusal, such as the address that does not answer, stands below it: who types a command can mend it.
func say(err error) string {
	var refusal *pbx.Error
	if !errors.As(err, &refusal) {
		return err.Error()
	}
	c, e := i18n.Load()
	if e != nil {
		return err.Error()
	}
	sentence := c.Say("en", refusal.Text)
	if err == error(refusal) {
		return sentence
	}
	return sentence + "\n(" + err.Error() + ")"
}
