package sip

import (
	"strconv"

	"tandem/sip/stack"
)

// The event package of messages that wait, and the media type of its documents (RFC 3842).
const (
	SummaryEvent = "message-summary"
	SummaryType  = "application/simple-message-summary"
)

// Summary writes how many messages wait in a mailbox: those that nobody has heard, and the others. Nothing here is urgent.
func Summary(account, host string, fresh, old int) Document {
	waiting := "no"
	if fresh > 0 {
		waiting = "yes"
	}
	return Document{Body: []byte("Messages-Waiting: " + waiting + "\r\nMessage-Account: sip:" + stack.EscapeUser(account) + "@" + host +
		"\r\nVoice-Message: " + strconv.Itoa(fresh) + "/" + strconv.Itoa(old) + " (0/0)\r\n")}
}
