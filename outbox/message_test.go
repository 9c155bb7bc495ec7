package outbox_test

import (
	"testing"

	"tandem/i18n"
	"tandem/outbox"
)

// Every kind of mail has its words in every language.
func TestEveryMailHasWords(t *testing.T) {
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []outbox.Kind{outbox.Invitation, outbox.Reset, outbox.Test} {
		for _, part := range []string{"subject", "text"} {
			if key := "mail." + string(kind) + "." + part; !c.Has(key) {
				t.Errorf("no sentence for %s", key)
			}
		}
	}
	m := outbox.Message{Kind: "waiting", Notice: true, Language: "de", Link: "https://pbx.example/queues/que_1", Values: map[string]string{"caller": "Ada", "queue": "Service"}}
	if got := outbox.Compose(c, m); got.Subject != "Ada wartet in Service" || got.Kind != "waiting" {
		t.Errorf("a notice as a mail: %+v", got)
	}
}
