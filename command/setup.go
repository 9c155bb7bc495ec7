package command

import (
	"tandem/pbx"
)

// Claim makes an office out of a fresh system: the settings, the group Default, and its first person, who becomes
// System Owner. The door has checked the set-up link; there is nobody yet whose rights could be asked.
type Claim struct {
	ID        pbx.UserID // of the first person, so that the password can be kept before the claim; empty makes one
	Name      string
	Email     string
	Company   string
	Country   string
	Zone      string
	Language  string
	Extension *string // nil takes the first one
	Digits    int     // 0 means 3
}

// Need asks nothing: only Tandem itself may claim, see Change.
func (Claim) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change makes everything at once; a second claim is refused.
func (c Claim) Change(w *Work) (pbx.Change, error) {
	if w.Who.Kind != pbx.ActorSystem {
		return pbx.Change{}, pbx.Refuse(pbx.Denied, "", "setup.only_by_link")
	}
	if !w.Snapshot.Tenant.Claimed.IsZero() {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "setup.claimed")
	}
	office, err := c.office(w)
	if err != nil {
		return pbx.Change{}, err
	}
	w.object = office.Ref()
	u := &pbx.User{ID: c.ID, Created: w.Now}
	if u.ID == "" {
		u.ID = pbx.UserID(w.ID("usr"))
	}
	if u.Name, err = cleanName("name", c.Name); err != nil {
		return pbx.Change{}, err
	}
	if u.Email, err = cleanEmail(c.Email); err != nil {
		return pbx.Change{}, err
	}
	if c.Extension != nil {
		u.Extension, err = cleanExtension(*c.Extension, office.Country)
	} else {
		fresh := *w.Snapshot
		fresh.Tenant = *office
		u.Extension, err = NextExtension(&fresh)
	}
	if err != nil {
		return pbx.Change{}, err
	}
	g := &pbx.Group{ID: pbx.GroupID(w.ID("grp")), Name: "Default", Default: true, Created: w.Now}
	m := &pbx.Membership{ID: pbx.MembershipID(w.ID("mem")), User: u.ID, Group: g.ID, Role: "user", From: w.Now, Main: true}
	a := &pbx.Assignment{ID: pbx.AssignmentID(w.ID("asg")), User: u.ID, Role: "system_owner", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: w.Now}
	return pbx.Change{Put: []pbx.Noun{office, g, u, m, a}}, nil
}

func (c Claim) office(w *Work) (*pbx.Tenant, error) {
	t := w.Snapshot.Tenant
	t.Claimed = w.Now
	var err error
	if t.Name, err = cleanName("company", c.Company); err != nil {
		return nil, err
	}
	if t.Country, err = cleanCountry(c.Country); err != nil {
		return nil, err
	}
	if t.Zone, err = cleanZone(c.Zone); err != nil {
		return nil, err
	}
	if t.Zone == "" {
		t.Zone = "UTC"
	}
	if t.Language, err = cleanLanguage(c.Language); err != nil {
		return nil, err
	}
	if t.Language == "" {
		t.Language = "en"
	}
	if t.Digits = c.Digits; t.Digits == 0 {
		t.Digits = 3
	}
	t.Digits, err = cleanDigits(t.Digits)
	return &t, err
}
