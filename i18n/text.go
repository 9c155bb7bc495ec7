// Package i18n names every sentence the system can say or show, and keeps the catalogues.
//
// Other packages speak in keys; only a catalogue holds words.
package i18n

import "strings"

// Text is a sentence by key, with the values for its placeholders.
type Text struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// T names a sentence; pairs are alternating names and values of its placeholders. An odd last name gets an empty value.
func T(key string, pairs ...string) Text {
	t := Text{Key: key}
	if len(pairs) > 0 {
		t.Args = make(map[string]string, (len(pairs)+1)/2)
		for i := 0; i < len(pairs); i += 2 {
			v := ""
			if i+1 < len(pairs) {
				v = pairs[i+1]
			}
			t.Args[pairs[i]] = v
		}
	}
	return t
}

// String shows the key and its values, for logs; people read a catalogue's sentence.
func (t Text) String() string {
	if len(t.Args) == 0 {
		return t.Key
	}
	var b strings.Builder
	b.WriteString(t.Key)
	for _, name := range sortedKeys(t.Args) {
		b.WriteString(" " + name + "=" + t.Args[name])
	}
	return b.String()
}
