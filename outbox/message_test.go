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
	for _, kind := range []outbox.Kind{outbox.Invitation, outbox.Reset, outbox.Test, outbox.Warning, outbox.Asked, outbox.Approved, outbox.Refused, outbox.Review, outbox.Overdue} {
		for _, part := range []string{"subject", "text"} {
			if key := "mail." + string(kind) + "." + part; !c.Has(key) {
				t.Errorf("no sentence for %s", key)
			}
		}
	}
}
