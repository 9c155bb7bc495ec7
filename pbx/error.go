package pbx

import "tandem/i18n"

// Code is one of the six expected refusals; every door maps them once.
type Code string

// The expected refusals.
const (
	Invalid     Code = "invalid"     // the request makes no sense; Field says where
	Denied      Code = "denied"      // the actor may not, and may know that
	NotFound    Code = "not_found"   // there is no such thing, or the actor may not know that there is
	Conflict    Code = "conflict"    // somebody else changed it, or a name or number is taken
	Unavailable Code = "unavailable" // a part that is needed does not answer; trying later helps
	Exhausted   Code = "exhausted"   // a limit is reached
)

// Error is an expected refusal. Anything else that fails is a fault and is wrapped with the operation's name.
type Error struct {
	Code  Code
	Text  i18n.Text
	Field string // JSON name of the field at fault, with Invalid and Conflict
	Right string // with Denied: the right that was asked for …
	About Ref    // … over this; nothing where it cannot be named
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Text.String() }

// Refuse makes an Error; pairs are alternating names and values for the text.
func Refuse(code Code, field, key string, pairs ...string) *Error {
	return &Error{Code: code, Field: field, Text: i18n.T(key, pairs...)}
}
