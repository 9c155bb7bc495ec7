package officetest

import (
	"context"
	"errors"

	"tandem/sip/stack"
)

// Replaces names the call as another INVITE would that wants to take its place (RFC 3891).
func (t *Talk) Replaces() (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.dialog != nil:
		return t.callID + ";to-tag=" + t.dialog.To().Tag() + ";from-tag=" + t.dialog.From().Tag(), nil
	case t.invite != nil:
		return t.callID + ";to-tag=" + t.invite.Request.From().Tag() + ";from-tag=" + stack.LocalTag(t.invite.Request), nil
	}
	return "", errors.New("the call is not up")
}

// Transfer sends the other side on to a number, or connects it with another talk of the same person. It returns what the server answered.
func (t *Talk) Transfer(ctx context.Context, number string, other *Talk) (int, error) {
	to := t.phone.uri(number)
	if other != nil {
		r, err := other.Replaces()
		if err != nil {
			return 0, err
		}
		to.Headers = "Replaces=" + stack.EscapeUser(r)
	}
	t.mu.Lock()
	dialog := t.dialog
	t.mu.Unlock()
	if dialog == nil {
		return 0, errors.New("only who called can send on")
	}
	refer := stack.NewRequest(stack.MethodRefer, dialog.Contact().URI, dialog.From(), dialog.To(), t.callID, 50)
	refer.Add(stack.HeaderContact, "<"+t.phone.contact()+">")
	refer.Add(stack.HeaderReferTo, "<"+to.String()+">")
	a, err := t.phone.ask(ctx, refer)
	if err != nil {
		return 0, err
	}
	return a.Status, nil
}
