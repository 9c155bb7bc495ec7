package route

import (
	"strconv"
	"time"

	"tandem/number"
	"tandem/pbx"
)

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

// Code is the feature that somebody dialled, by the codes of the office; none where it is something else.
func Code(s *pbx.Snapshot, dialled string) Feature {
	n := number.Read(s.Tenant.Country, dialled)
	if n.Class != number.Feature {
		return Feature{}
	}
	switch action, argument, _ := s.Tenant.Codes.Read(n.Digits); {
	case action == pbx.CodePickup:
		return Feature{Kind: Pickup}
	case action == pbx.CodePickupAt && argument != "":
		return Feature{Kind: Pickup, Number: argument}
	case action == pbx.CodeIntercom && argument != "":
		return Feature{Kind: Intercom, Number: argument}
	}
	return Feature{}
}

// parkAt is the place that a code for parking means: the row of a person, or a position of it, by its number or by its place in the row.
func parkAt(s *pbx.Snapshot, u pbx.UserID, argument string, at time.Time) pbx.Destination {
	p := s.ParkOf(u, at)
	if p == nil {
		return pbx.Destination{}
	}
	if argument == "" {
		return p.At("")
	}
	positions := p.Positions()
	for i, n := range positions {
		if n == argument || argument == strconv.Itoa(i+1) {
			return p.At(n)
		}
	}
	return pbx.Destination{}
}
