package pbx

// Noun is a row of the configuration.
type Noun interface{ Ref() Ref }

// Change is what one command does to the configuration: rows to put, whole, and rows to delete.
// A nil Change does nothing.
type Change struct {
	Put    []Noun
	Delete []Ref
}

// Difference is one row of a change as the audit log keeps it; secrets are not part of a noun's JSON.
type Difference struct {
	Ref    Ref
	Before Noun // nil when created
	After  Noun // nil when deleted
}

// Ref names the row.
func (t *Tenant) Ref() Ref        { return Ref{KindSettings, "office"} }
func (u *User) Ref() Ref          { return Ref{KindUser, string(u.ID)} }
func (g *Group) Ref() Ref         { return Ref{KindGroup, string(g.ID)} }
func (r *Role) Ref() Ref          { return Ref{KindRole, string(r.ID)} }
func (m *Membership) Ref() Ref    { return Ref{KindMembership, string(m.ID)} }
func (a *Assignment) Ref() Ref    { return Ref{KindAssignment, string(a.ID)} }
func (g *Grant) Ref() Ref         { return Ref{KindGrant, string(g.ID)} }
func (d *Device) Ref() Ref        { return Ref{KindDevice, string(d.ID)} }
func (t *Token) Ref() Ref         { return Ref{KindToken, string(t.ID)} }
func (d *Duty) Ref() Ref          { return Ref{KindDuty, string(d.User)} }
func (c *Calendar) Ref() Ref      { return Ref{KindCalendar, string(c.User)} }
func (c *Choice) Ref() Ref        { return Ref{KindStatus, string(c.User)} }
func (f *Forwarding) Ref() Ref    { return Ref{KindForwarding, string(f.User)} }
func (g *RingGroup) Ref() Ref     { return Ref{KindRing, string(g.ID)} }
func (q *Queue) Ref() Ref         { return Ref{KindQueue, string(q.ID)} }
func (p *Park) Ref() Ref          { return Ref{KindPark, string(p.ID)} }
func (r *Room) Ref() Ref          { return Ref{KindRoom, string(r.ID)} }
func (m *Menu) Ref() Ref          { return Ref{KindMenu, string(m.ID)} }
func (a *Access) Ref() Ref        { return Ref{KindAccess, string(a.ID)} }
func (r *Review) Ref() Ref        { return Ref{KindReview, string(r.ID)} }
func (v *Verdict) Ref() Ref       { return Ref{KindVerdict, string(v.ID)} }
func (e *Entrance) Ref() Ref      { return Ref{KindEntrance, string(e.Group)} }
func (b *Mailbox) Ref() Ref       { return Ref{KindMailbox, string(b.ID)} }
func (r *RecordRule) Ref() Ref    { return Ref{KindRecordRule, string(r.ID)} }
func (p *Prompt) Ref() Ref        { return Ref{KindPrompt, string(p.ID)} }
func (t *Trunk) Ref() Ref         { return Ref{KindTrunk, string(t.ID)} }
func (d *DID) Ref() Ref           { return Ref{KindDID, string(d.ID)} }
func (o *OutRoute) Ref() Ref      { return Ref{KindOutRoute, string(o.ID)} }
func (r *Restriction) Ref() Ref   { return Ref{KindRestriction, string(r.ID)} }
func (d *Deck) Ref() Ref          { return Ref{KindDeck, string(d.ID)} }
func (b *Budget) Ref() Ref        { return Ref{KindBudget, string(b.ID)} }
func (c *Contact) Ref() Ref       { return Ref{KindContact, string(c.ID)} }
func (a *Alarm) Ref() Ref         { return Ref{KindAlarm, string(a.ID)} }
func (r *Region) Ref() Ref        { return Ref{KindRegion, string(r.ID)} }
func (t *Timetable) Ref() Ref     { return Ref{KindHours, string(t.ID)} }
func (o *HoursOverride) Ref() Ref { return Ref{KindOverride, string(o.ID)} }
