package event

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// New makes a fact; data is its payload or nil. The moment is cut to milliseconds, which is what is stored.
// It panics if the payload cannot be JSON, which only a programming error can cause.
func New(k Kind, at time.Time, actor pbx.Actor, object pbx.Ref, data any) Fact {
	return Fact{At: at.UTC().Truncate(time.Millisecond), Kind: k, Actor: actor, Object: object, Data: raw(data)}
}

// Changed makes the fact of one difference. Secrets are not part of a noun's JSON and so not of the fact.
func Changed(k Kind, at time.Time, actor pbx.Actor, d pbx.Difference) Fact {
	f := New(k, at, actor, d.Ref, nil)
	if d.Before != nil {
		f.Before = raw(d.Before)
	}
	if d.After != nil {
		f.After = raw(d.After)
	}
	return f
}

func raw(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("event: payload %T: %v", v, err))
	}
	return b
}

// Encode writes a fact as JSON, as it goes to other nodes, webhooks and browsers.
func Encode(f Fact) ([]byte, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("event: encode %s: %w", f.Kind, err)
	}
	return b, nil
}

// Decode reads a fact that Encode wrote. Fields it does not know are ignored, kinds it does not know are not: a reader
// that is older than the writer may pass them on.
func Decode(b []byte) (Fact, error) {
	var f Fact
	if err := json.Unmarshal(b, &f); err != nil {
		return Fact{}, fmt.Errorf("event: decode: %w", err)
	}
	if f.Kind == "" {
		return Fact{}, fmt.Errorf("event: decode: a fact without kind")
	}
	f.At = f.At.UTC()
	for _, m := range []*json.RawMessage{&f.Before, &f.After, &f.Data} {
		if bytes.Equal(*m, []byte("null")) {
			*m = nil
		}
	}
	return f, nil
}

// Payload reads the typed payload of a fact, for instance Payload[Answered](f).
func Payload[T any](f Fact) (T, error) {
	var v T
	if err := json.Unmarshal(f.Data, &v); err != nil {
		return v, fmt.Errorf("event: payload of %s %d: %w", f.Kind, f.Seq, err)
	}
	return v, nil
}

// Name is what the object was called when the fact happened, as far as the fact tells; else its id.
func (f Fact) Name() string {
	for _, b := range []json.RawMessage{f.After, f.Before} {
		var v struct {
			Name string `json:"name"`
		}
		if len(b) > 0 && json.Unmarshal(b, &v) == nil && v.Name != "" {
			return v.Name
		}
	}
	return f.Object.ID
}

// Summary is the sentence of the fact for the audit log; actor and object are the names to show.
func (f Fact) Summary(actor, object string) i18n.Text {
	return i18n.T("fact."+string(f.Kind), "actor", actor, "object", object)
}
