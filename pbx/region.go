package pbx

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"tandem/number"
)

// Region is a place where people of the office sit (B-113…B-116): numbers dialled there are completed by its country and area code, its
// emergency numbers are dialled there, and its lines carry its calls. Who is in no other region is in that of the office, OfficeRegion, whose
// row may be missing.
type Region struct {
	ID        RegionID     `json:"id"`
	Name      string       `json:"name"`
	Group     GroupID      `json:"group,omitempty"`     // whose it is: the office's when empty
	Country   string       `json:"country,omitempty"`   // ISO 3166 alpha-2; empty: the office's
	Area      string       `json:"area,omitempty"`      // area code without the prefix that stands before it; empty leaves local numbers local
	Members   []Ref        `json:"members,omitempty"`   // groups with all below, people, phones; what is gone is nobody
	Emergency []string     `json:"emergency,omitempty"` // numbers that are emergency calls there, beside those of the country
	Shows     string       `json:"shows,omitempty"`     // number that emergency calls show, on which help calls back; E.164 (N-13)
	Trunks    []TrunkID    `json:"trunks,omitempty"`    // lines of the place: they carry no calls of other regions, but for Lends
	Lends     []RegionID   `json:"lends,omitempty"`     // regions whose calls to numbers of this one go out here (local break-out)
	Calls     []RegionCall `json:"calls,omitempty"`     // to people of other regions; the others follow the standard
	Standard  *Standard    `json:"standard,omitempty"`  // of OfficeRegion only
	Created   time.Time    `json:"created"`
}

// RegionCall says how people of a region call those of another.
type RegionCall struct {
	To       RegionID `json:"to"`
	Crossing Crossing `json:"crossing"`
}

// Crossing is how a call goes from one region to another (B-114).
type Crossing string

// The ways. The zero value follows the standard, and there it is CrossInside.
const (
	CrossUsual   Crossing = ""
	CrossInside  Crossing = "inside"  // as everywhere in the house
	CrossOutside Crossing = "outside" // over the public network, to the number that leads to the person
	CrossNever   Crossing = "never"
)

// Standard is what all regions keep (B-116). What a region does otherwise is a Deviation.
type Standard struct {
	Crossing Crossing        `json:"crossing,omitempty"` // to people of other regions
	Number   bool            `json:"number,omitempty"`   // a number of the office is the region's
	Callback bool            `json:"callback,omitempty"` // emergency calls show a number of the place
	Trunks   int             `json:"trunks,omitempty"`   // at least so many lines
	Profiles []RestrictionID `json:"profiles,omitempty"` // restrictions that are put on it
}

// IsZero reports whether it asks for nothing.
func (t *Standard) IsZero() bool {
	return t.Crossing == CrossUsual && !t.Number && !t.Callback && t.Trunks == 0 && len(t.Profiles) == 0
}

// OfficeRegion is the region of who is in no other.
const OfficeRegion RegionID = "office"

// The most that a region can hold.
const (
	MaxRegions       = 200
	maxRegionMembers = 500
	maxRegionTrunks  = 20
)

func (s *Snapshot) checkRegion(r *Region) error {
	office := r.ID == OfficeRegion
	switch {
	case len(s.Regions) > MaxRegions || len(r.Members) > maxRegionMembers || len(r.Trunks) > maxRegionTrunks || len(r.Emergency) > 20 || len(r.Lends)+len(r.Calls) > 2*MaxRegions:
		return Refuse(Invalid, "members", "region.too_much")
	case office && (len(r.Members) > 0 || r.Group != "" || r.Country != ""):
		return Refuse(Invalid, "members", "region.office_members")
	case !office && r.Standard != nil:
		return Refuse(Invalid, "standard", "region.standard_elsewhere")
	case r.Country != "" && !number.IsCountry(r.Country):
		return Refuse(Invalid, "country", "settings.country_unknown", "country", r.Country)
	case len(r.Area) > 6 || strings.Trim(r.Area, "0123456789") != "":
		return Refuse(Invalid, "area", "region.area_bad")
	}
	if r.Group != "" {
		if err := s.hasGroup("group", r.Group); err != nil {
			return err
		}
	}
	for i, m := range r.Members {
		if !slices.Contains([]Kind{KindGroup, KindUser, KindDevice}, m.Kind) || m.ID == "" || slices.Contains(r.Members[:i], m) {
			return Refuse(Invalid, "members", "region.member_unknown")
		}
		if o := s.index.regions[m]; o != nil && o.ID != r.ID {
			return Refuse(Conflict, "members", "region.member_taken", "name", s.NameOf(m), "region", o.Name)
		}
	}
	for i, t := range r.Trunks {
		if s.Trunks[t] == nil || slices.Contains(r.Trunks[:i], t) {
			return Refuse(Invalid, "trunks", "trunk.unknown")
		}
		for _, o := range s.Regions {
			if o.ID != r.ID && slices.Contains(o.Trunks, t) {
				return Refuse(Conflict, "trunks", "region.trunk_taken", "name", s.Trunks[t].Name, "region", o.Name)
			}
		}
	}
	for i, o := range r.Lends {
		if !s.isRegion(o) || o == r.ID || slices.Contains(r.Lends[:i], o) {
			return Refuse(Invalid, "lends", "region.unknown")
		}
	}
	for i, c := range r.Calls {
		if !s.isRegion(c.To) || c.To == r.ID || slices.ContainsFunc(r.Calls[:i], func(o RegionCall) bool { return o.To == c.To }) {
			return Refuse(Invalid, "calls", "region.unknown")
		}
		if !isCrossing(c.Crossing) || c.Crossing == CrossUsual {
			return Refuse(Invalid, "calls", "region.crossing_unknown")
		}
	}
	for _, e := range r.Emergency {
		if len(e) < 2 || len(e) > number.MaxEmergency || strings.Trim(e, "0123456789") != "" {
			return Refuse(Invalid, "emergency", "region.emergency_bad", "number", e)
		}
	}
	at := s.placeIn(r)
	for extension := range s.index.extensions.All() {
		if at.IsEmergency(extension) {
			return Refuse(Conflict, "emergency", "user.extension_emergency", "extension", extension)
		}
	}
	if r.Standard != nil {
		if err := s.checkStandard(r.Standard); err != nil {
			return err
		}
	}
	return first(CheckName("name", r.Name), checkE164("shows", r.Shows))
}

func (s *Snapshot) checkStandard(t *Standard) error {
	if !isCrossing(t.Crossing) {
		return Refuse(Invalid, "standard.crossing", "region.crossing_unknown")
	}
	if t.Trunks < 0 || t.Trunks > maxRegionTrunks || len(t.Profiles) > 50 {
		return Refuse(Invalid, "standard.trunks", "region.too_much")
	}
	return nil
}

func isCrossing(c Crossing) bool {
	return slices.Contains([]Crossing{CrossUsual, CrossInside, CrossOutside, CrossNever}, c)
}

// isRegion reports whether there is such a region; that of the office there always is.
func (s *Snapshot) isRegion(id RegionID) bool { return id == OfficeRegion || s.Regions[id] != nil }

// usesRegion reports whether a number or another region names a region.
func (s *Snapshot) usesRegion(id RegionID) bool {
	for _, d := range s.DIDs {
		if d.Region == id {
			return true
		}
	}
	for _, r := range s.Regions {
		if slices.Contains(r.Lends, id) || slices.ContainsFunc(r.Calls, func(c RegionCall) bool { return c.To == id }) {
			return true
		}
	}
	return false
}

// CheckExtension refuses what is no extension, and what is an emergency number anywhere in the office: nobody may stand before help (TF-03).
func (s *Snapshot) CheckExtension(extension string) error {
	if err := CheckExtension(s.Tenant.Country, extension); err != nil || len(s.Regions) == 0 {
		return err
	}
	for _, r := range s.Regions {
		if at := s.placeIn(r); at.IsEmergency(extension) {
			return Refuse(Invalid, "extension", "user.extension_emergency", "extension", extension)
		}
	}
	return nil
}

// indexRegions sorts the regions by their members. There are few of them.
func (s *Snapshot) indexRegions() {
	s.index.regions = nil
	for _, id := range slices.Sorted(maps.Keys(s.Regions)) {
		r := s.Regions[id]
		for _, m := range r.Members {
			if s.index.regions == nil {
				s.index.regions = map[Ref]*Region{}
			}
			if s.index.regions[m] == nil {
				s.index.regions[m] = r
			}
		}
	}
}

func (s *Snapshot) mendRegions(t *touch) {
	for _, r := range t.rows {
		n := r.new
		if n == nil {
			n = r.old
		}
		if _, ok := n.(*Region); ok {
			s.indexRegions()
			return
		}
	}
}

// RegionOf is where somebody is with a phone: the region of the phone, else his own, else that of the nearest of his main group and those
// above, else the office's; nil where that has no row.
func (s *Snapshot) RegionOf(u UserID, d DeviceID, at time.Time) *Region {
	if len(s.Regions) == 0 {
		return nil
	}
	if len(s.index.regions) > 0 {
		if r := s.index.regions[Ref{KindDevice, string(d)}]; r != nil && d != "" {
			return r
		}
		if r := s.index.regions[Ref{KindUser, string(u)}]; r != nil {
			return r
		}
		if m := s.MainMembership(u, at); m != nil {
			return s.regionOfGroup(m.Group)
		}
	}
	return s.Regions[OfficeRegion]
}

// regionOfGroup is the region of a group, else that of the nearest of those above, else the office's.
func (s *Snapshot) regionOfGroup(id GroupID) *Region {
	if len(s.index.regions) > 0 {
		for g, n := s.Groups[id], 0; g != nil && n < Depth; g, n = s.Groups[g.Parent], n+1 {
			if r := s.index.regions[g.Ref()]; r != nil {
				return r
			}
		}
	}
	return s.Regions[OfficeRegion]
}

// RegionOfTrunk is the region whose line it is; nil for one that is everybody's.
func (s *Snapshot) RegionOfTrunk(t TrunkID) *Region {
	for _, r := range s.Regions {
		if slices.Contains(r.Trunks, t) {
			return r
		}
	}
	return nil
}

// PlaceOf is where somebody dials with a phone.
func (s *Snapshot) PlaceOf(u UserID, d DeviceID, at time.Time) number.Place {
	return s.placeIn(s.RegionOf(u, d, at))
}

// PlaceOfGroup is where the people of a group are whose main group it is; with an empty one the office.
func (s *Snapshot) PlaceOfGroup(g GroupID) number.Place { return s.placeIn(s.regionOfGroup(g)) }

// PlaceOfTrunk is where a line is: numbers come and go there as they are written in its country.
func (s *Snapshot) PlaceOfTrunk(t TrunkID) number.Place { return s.placeIn(s.RegionOfTrunk(t)) }

// PlaceOfDID is where calls for a number of the office come in: at the place of its line, else at its own.
func (s *Snapshot) PlaceOfDID(d *DID) number.Place {
	r := s.RegionOfTrunk(d.Trunk)
	if r == nil {
		r = s.Regions[d.Region]
	}
	return s.placeIn(r)
}

func (s *Snapshot) placeIn(r *Region) number.Place {
	if r == nil {
		return number.Place{Country: s.Tenant.Country}
	}
	return number.Place{Country: cmp.Or(r.Country, s.Tenant.Country), Area: r.Area, Emergency: r.Emergency}
}

// Covers reports whether a number is one of a region's: of its country, and of its area where it has one.
func (s *Snapshot) Covers(r *Region, n number.Number) bool {
	return n.E164 != "" && s.placeIn(r).Covers(n.E164)
}

// CrossingOf is how people of a region call those of another; nil is the office's. Within a region nothing is asked.
func (s *Snapshot) CrossingOf(from, to *Region) Crossing {
	if idOf(from) == idOf(to) {
		return CrossInside
	}
	if from != nil {
		for _, c := range from.Calls {
			if c.To == idOf(to) {
				return c.Crossing
			}
		}
	}
	if o := s.Regions[OfficeRegion]; o != nil && o.Standard != nil && o.Standard.Crossing != CrossUsual {
		return o.Standard.Crossing
	}
	return CrossInside
}

func idOf(r *Region) RegionID {
	if r == nil {
		return OfficeRegion
	}
	return r.ID
}

// RegionsInOrder lists the regions by name, the office's first.
func (s *Snapshot) RegionsInOrder() []*Region {
	all := slices.Collect(maps.Values(s.Regions))
	slices.SortFunc(all, func(a, b *Region) int {
		if (a.ID == OfficeRegion) != (b.ID == OfficeRegion) {
			if a.ID == OfficeRegion {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Deviation is one thing that a region does otherwise than the standard.
type Deviation struct {
	Kind    string        // number, callback, trunks, crossing, profile
	Region  RegionID      // with crossing: to which the call goes
	Profile RestrictionID // with profile: that is not put on it
	Want    int           // with trunks
	Have    int
}

// DeviationsOf lists what a region does otherwise than all should, in a fixed order.
func (s *Snapshot) DeviationsOf(r *Region) []Deviation {
	office := s.Regions[OfficeRegion]
	if office == nil || office.Standard == nil {
		return nil
	}
	t := office.Standard
	var all []Deviation
	if t.Number && !s.hasNumber(r.ID) {
		all = append(all, Deviation{Kind: "number"})
	}
	if t.Callback && r.Shows == "" {
		all = append(all, Deviation{Kind: "callback"})
	}
	if len(r.Trunks) < t.Trunks {
		all = append(all, Deviation{Kind: "trunks", Want: t.Trunks, Have: len(r.Trunks)})
	}
	usual := cmp.Or(t.Crossing, CrossInside)
	for _, c := range r.Calls {
		if c.Crossing != usual {
			all = append(all, Deviation{Kind: "crossing", Region: c.To})
		}
	}
	for _, id := range t.Profiles {
		if p := s.Restrictions[id]; p != nil && (p.Off || !slices.Contains(p.On, s.Tenant.Ref()) && !slices.Contains(p.On, r.Ref())) {
			all = append(all, Deviation{Kind: "profile", Profile: id})
		}
	}
	return all
}

func (s *Snapshot) hasNumber(id RegionID) bool {
	for _, d := range s.DIDs {
		if d.Region == id {
			return true
		}
	}
	return false
}
