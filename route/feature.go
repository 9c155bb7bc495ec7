package route

import "strings"

// Feature is something that a code asks for which is dialled in place of a number.
type Feature struct {
	Kind   FeatureKind
	Number string // extension that the code names; empty where it names none
}

// FeatureKind names what a code asks for.
type FeatureKind string

// The features that are dialled.
const (
	NoFeature FeatureKind = ""
	Pickup    FeatureKind = "pickup"   // take a call that rings at a colleague; without a number at one's groups
	Intercom  FeatureKind = "intercom" // speak on a colleague's phone without it being picked up
)

// features are the codes, longer ones before shorter ones that they begin with.
var features = [...]struct {
	code   string
	kind   FeatureKind
	number bool // an extension follows
}{
	{"*80", Intercom, true},
	{"**", Pickup, true},
	{"*8", Pickup, false},
}

// Code is the feature that somebody dialled; none where it is a number.
func Code(dialled string) Feature {
	for _, f := range features {
		rest, ok := strings.CutPrefix(dialled, f.code)
		if ok && (rest != "") == f.number && strings.Trim(rest, "0123456789") == "" {
			return Feature{Kind: f.kind, Number: rest}
		}
	}
	return Feature{}
}
