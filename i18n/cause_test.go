package i18n

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
)

// Every way in which a call may end has a word of its own in the call log, in every language.
func TestCausesHaveWords(t *testing.T) {
	source, err := os.ReadFile("../pbx/cause.go")
	if err != nil {
		t.Fatal(err)
	}
	causes := regexp.MustCompile(`Cause += "(\w+)"`).FindAllSubmatch(source, -1)
	if len(causes) < 20 {
		t.Fatalf("%d causes found", len(causes))
	}
	for _, language := range []string{"en", "de", "pl", "ru", "id"} {
		raw, err := os.ReadFile(language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]any
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatal(err)
		}
		for _, c := range causes {
			for _, key := range []string{"cause." + string(c[1]), "app.cause." + string(c[1])} {
				if words[key] == nil {
					t.Errorf("%s lacks %s", language, key)
				}
			}
		}
	}
}
