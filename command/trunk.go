package command

import (
	"net"
	"slices"
	"strings"

	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
)

// Trunk is what is typed about a line to a carrier (B-101); nil fields of a change stay. Who may edit a trunk sees everything of it
// but its secret.
type Trunk struct {
	Name      *string
	Group     *pbx.GroupID
	Host      *string
	Transport *string
	Domain    *string
	Register  *bool
	Username  *string
	AuthName  *string
	Secret    *string // nil keeps the old one, while host and names stay
	Expires   *int
	Ping      *int
	Sources   *[]string
	Trusted   *bool
	Account   *bool
	Encrypt   *bool
	Calls     *int
	Sends     *number.Form
	Prefix    *string
	Shows     *string
	Deflects  *bool
	Onward    *pbx.Onward
	Limits    *pbx.QualityLimits
	Off       *bool

	Authorities *string   // PEM of those who vouch for the far side
	Pins        *[]string // fingerprints of its certificates, or the certificates themselves in PEM
}

// TrunkTarget is a trunk as something that belongs to a group or to the office.
func TrunkTarget(id pbx.TrunkID, group pbx.GroupID) policy.Target {
	return policy.Owned(policy.KindTrunk, string(id), "", group)
}

// CreateTrunk adds a trunk.
type CreateTrunk struct{ Trunk }

// Need asks for trunk.edit where it is to belong.
func (c CreateTrunk) Need(*pbx.Snapshot, pbx.Actor) []Need {
	group := pbx.GroupID("")
	if c.Group != nil {
		group = *c.Group
	}
	return []Need{{policy.TrunkEdit, TrunkTarget("new", group)}}
}

// Change makes the trunk.
func (c CreateTrunk) Change(w *Work) (pbx.Change, error) {
	t := pbx.Trunk{ID: pbx.TrunkID(w.ID("trk")), Created: w.Now}
	w.object = t.Ref()
	if c.Name == nil {
		c.Name = new(string)
	}
	return c.write(w, t)
}

// EditTrunk changes a trunk.
type EditTrunk struct {
	ID pbx.TrunkID
	Trunk
}

// Need asks for trunk.edit where it belongs and where it is to belong.
func (c EditTrunk) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	t := s.Trunks[c.ID]
	if t == nil {
		return nil
	}
	needs := []Need{{policy.TrunkEdit, TrunkTarget(t.ID, t.Group)}}
	if c.Group != nil && *c.Group != t.Group {
		needs = append(needs, Need{policy.TrunkEdit, TrunkTarget(t.ID, *c.Group)})
	}
	return needs
}

// Change writes the new fields. A kept secret follows nobody: for another host or name it has to be typed again.
func (c EditTrunk) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Trunks[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

func (c Trunk) write(w *Work, t pbx.Trunk) (pbx.Change, error) {
	old := t
	var err error
	if c.Name != nil {
		if t.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	for _, f := range []struct {
		from *string
		to   *string
	}{{c.Host, &t.Host}, {c.Transport, &t.Transport}, {c.Domain, &t.Domain}, {c.Username, &t.Username}, {c.AuthName, &t.AuthName}, {c.Prefix, &t.Prefix}} {
		set(f.to, trimmed(f.from))
	}
	set(&t.Group, c.Group)
	set(&t.Register, c.Register)
	set(&t.Expires, c.Expires)
	set(&t.Ping, c.Ping)
	set(&t.Trusted, c.Trusted)
	set(&t.Account, c.Account)
	set(&t.Encrypt, c.Encrypt)
	set(&t.Calls, c.Calls)
	set(&t.Sends, c.Sends)
	set(&t.Deflects, c.Deflects)
	set(&t.Onward, c.Onward)
	set(&t.Off, c.Off)
	if c.Limits != nil {
		l := *c.Limits
		if t.Limits = &l; l == pbx.UsualQualityLimits() {
			t.Limits = nil
		}
	}
	if c.Authorities != nil {
		if t.Authorities, err = cleanAuthorities(*c.Authorities); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Pins != nil {
		if t.Pins, err = cleanPins(*c.Pins); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Sources != nil {
		t.Sources = cleanSources(*c.Sources)
	}
	if c.Shows != nil {
		if t.Shows, err = w.ownNumber("shows", *c.Shows); err != nil {
			return pbx.Change{}, err
		}
	}
	switch {
	case c.Secret != nil:
		t.Secret = strings.TrimSpace(*c.Secret)
	case old.Secret != "" && (old.Host != t.Host || old.Domain != t.Domain || old.Username != t.Username || old.AuthName != t.AuthName):
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "secret", "trunk.secret_again")
	}
	if t.Register && t.Secret == "" {
		return pbx.Change{}, pbx.Refuse(pbx.Invalid, "secret", "trunk.secret_missing")
	}
	return pbx.Change{Put: []pbx.Noun{&t}}, nil
}

// set writes what was typed; nil leaves the old value.
func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func trimmed(s *string) *string {
	if s == nil {
		return nil
	}
	t := strings.TrimSpace(*s)
	return &t
}

// cleanSources takes single addresses for networks of one.
func cleanSources(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if ip := net.ParseIP(s); ip != nil && ip.To4() != nil {
			s += "/32"
		} else if ip != nil {
			s += "/128"
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// ownNumber reads a number as people of the office write it, into E.164.
func (w *Work) ownNumber(field, text string) (string, error) {
	if text = strings.TrimSpace(text); text == "" {
		return "", nil
	}
	n, ok := number.Parse(w.Snapshot.Tenant.Country, text)
	if !ok {
		return "", pbx.Refuse(pbx.Invalid, field, "number.not_e164", "value", text)
	}
	return string(n), nil
}

// DeleteTrunk takes a trunk out. Numbers and ways out that name it have to be changed first.
type DeleteTrunk struct{ ID pbx.TrunkID }

// Need asks for trunk.edit.
func (c DeleteTrunk) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	t := s.Trunks[c.ID]
	if t == nil {
		return nil
	}
	return []Need{{policy.TrunkEdit, TrunkTarget(t.ID, t.Group)}}
}

// Change deletes the row.
func (c DeleteTrunk) Change(w *Work) (pbx.Change, error) {
	t := w.Snapshot.Trunks[c.ID]
	if t == nil {
		return pbx.Change{}, missing()
	}
	w.object = t.Ref()
	return pbx.Change{Delete: []pbx.Ref{t.Ref()}}, nil
}
