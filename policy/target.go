package policy

import (
	"strings"
	"time"

	"tandem/pbx"
)

// Target is what somebody wants to do something to. It is a value; the usual targets are made without allocation.
// Users, groups, devices and tokens are looked up in the snapshot; calls, recordings and other things that are not
// configuration carry what has to be known about them. The zero value fits no right.
type Target struct {
	kind   Kind
	living bool          // call: it is up
	id     string        // of a thing
	user   pbx.UserID    // the person, or the owner of the thing
	group  pbx.GroupID   // the group, or the owning group of the thing
	users  []pbx.UserID  // call: everybody inside who rings, talks, rang or talked
	groups []pbx.GroupID // call: owners of the queues, menus and ring groups it passed
	start  time.Time     // call: when it began
	more   *more         // what only rare targets have
}

// more keeps the usual targets small.
type more struct {
	sound    *Sound
	part     pbx.Interval // of the recording, when only a part is asked for
	valid    pbx.Interval // of a link
	role     pbx.RoleID   // place: the new role; empty takes the person out
	right    Right        // override
	override pbx.Override
	grant    *pbx.Grant
	assign   *pbx.Assignment
	taken    bool // the grant or assignment is taken away, not given
	recent   bool // how far the grant or assignment reaches into the past is asked apart
	was, is  *pbx.Role
}

// User is one person.
func User(id pbx.UserID) Target { return Target{kind: KindUser, user: id} }

// Group is one group.
func Group(id pbx.GroupID) Target { return Target{kind: KindGroup, group: id} }

// System is the office as a whole; only the scope all reaches it.
func System() Target { return Target{kind: KindSystem} }

// Site is the web site, asked of the actor himself: it belongs to the rights website.access and admin.access.
func Site() Target { return Target{kind: KindSite} }

// Device is one phone; its owner stands in the snapshot.
func Device(id pbx.DeviceID) Target { return Target{kind: KindDevice, id: string(id)} }

// Token is one API token; its owner stands in the snapshot.
func Token(id pbx.TokenID) Target { return Target{kind: KindToken, id: string(id)} }

// Call is a call that is up.
func Call(c *pbx.LiveCall) Target {
	return Target{kind: KindCall, living: true, id: string(c.ID), users: c.Users, groups: c.Groups, start: c.Started}
}

// Record is a call that is over: users are everybody inside who rang or talked, groups the owners of the queues, menus
// and ring groups it passed.
func Record(id pbx.CallID, users []pbx.UserID, groups []pbx.GroupID, started time.Time) Target {
	return Target{kind: KindCall, id: string(id), users: users, groups: groups, start: started}
}

// Sound is what has to be known about a recording.
type Sound struct {
	ID     string
	Start  time.Time // of the call
	Voices []Voice
	Groups []pbx.GroupID // as for the call
	Host   pbx.UserID    // of a conference; empty for a call
}

// Voice is one person who can be heard, and when; without times he is heard from beginning to end.
type Voice struct {
	User pbx.UserID
	Span pbx.Interval
}

// Recording is the sound of a call.
func Recording(r *Sound) Target {
	return Target{kind: KindRecording, id: r.ID, groups: r.Groups, start: r.Start, more: &more{sound: r}}
}

// Part is a stretch of a recording, by the clock.
func Part(r *Sound, span pbx.Interval) Target {
	t := Recording(r)
	t.more.part = span
	return t
}

// Owned is a queue, menu, trunk, number, contact, voicemail box or workspace with its owner: a person, a group, or
// nobody, when it belongs to the house.
func Owned(kind Kind, id string, user pbx.UserID, group pbx.GroupID) Target {
	switch kind {
	case KindQueue, KindMenu, KindTrunk, KindNumber, KindContact, KindVoicemail, KindWorkspace:
		return Target{kind: kind, id: id, user: user, group: group}
	}
	return Target{}
}

// Link is a Talk or Meet link with its owner; a revoked link's interval ends at the revocation.
func Link(id string, user pbx.UserID, group pbx.GroupID, valid pbx.Interval) Target {
	return Target{kind: KindLink, id: id, user: user, group: group, more: &more{valid: valid}}
}

// Place is the wish that a person is in a group with a role, whether he is in it already or not.
func Place(user pbx.UserID, group pbx.GroupID, role pbx.RoleID) Target {
	return Target{kind: KindMembership, user: user, group: group, more: &more{role: role}}
}

// TakeOut is the wish that a person leaves a group.
func TakeOut(user pbx.UserID, group pbx.GroupID) Target {
	return Target{kind: KindMembership, user: user, group: group, more: &more{}}
}

// Override is the wish that a right of a person inside one group is allowed, denied or, with an empty value, left to his
// role again.
func Override(user pbx.UserID, group pbx.GroupID, right Right, value pbx.Override) Target {
	return Target{kind: KindMembership, user: user, group: group, more: &more{right: right, override: value}}
}

// Give is the wish that a grant, allowing or denying, comes into being.
func Give(g *pbx.Grant) Target {
	return Target{kind: KindGrant, user: g.User, more: &more{grant: g}}
}

// Withdraw is the wish that a grant ends.
func Withdraw(g *pbx.Grant) Target {
	return Target{kind: KindGrant, user: g.User, more: &more{grant: g, taken: true}}
}

// Appoint is the wish that a person gets an office-wide role, level or permission.
func Appoint(a *pbx.Assignment) Target {
	return Target{kind: KindRole, user: a.User, more: &more{assign: a}}
}

// Dismiss is the wish that a person loses an office-wide role, level or permission.
func Dismiss(a *pbx.Assignment) Target {
	return Target{kind: KindRole, user: a.User, more: &more{assign: a, taken: true}}
}

// Recent is the wish for a grant or assignment as far as it needs nothing of the past: how far back it reaches is asked once
// it is known.
func (t Target) Recent() Target {
	m := *t.more
	m.recent, t.more = true, &m
	return t
}

// Shape is the wish that a custom role becomes another one: was is nil when it comes into being, is when it goes.
func Shape(was, is *pbx.Role) Target {
	return Target{kind: KindTemplate, more: &more{was: was, is: is}}
}

// Of is the target a reference points at, for the audit log and other lists of mixed things; what cannot be told from
// the reference alone is the system as a whole.
func Of(r pbx.Ref) Target {
	switch r.Kind {
	case pbx.KindUser:
		return User(pbx.UserID(r.ID))
	case pbx.KindGroup:
		return Group(pbx.GroupID(r.ID))
	case pbx.KindHours, pbx.KindOverride, pbx.KindMailbox, pbx.KindRecordRule:
		switch {
		case strings.HasPrefix(r.ID, "usr_"):
			return User(pbx.UserID(r.ID))
		case strings.HasPrefix(r.ID, "grp_"):
			return Group(pbx.GroupID(r.ID))
		}
	case pbx.KindDevice:
		return Device(pbx.DeviceID(r.ID))
	case pbx.KindToken:
		return Token(pbx.TokenID(r.ID))
	}
	return System()
}

// Ref names a target in one word and an id, to ask about it later; what is a wish, or was looked up elsewhere, has none.
func (t Target) Ref() pbx.Ref {
	switch t.kind {
	case KindUser:
		return pbx.Ref{Kind: pbx.KindUser, ID: string(t.user)}
	case KindGroup:
		return pbx.Ref{Kind: pbx.KindGroup, ID: string(t.group)}
	case KindSystem:
		return pbx.Ref{Kind: pbx.KindSystem}
	case KindDevice, KindToken, KindCall, KindMenu:
		return pbx.Ref{Kind: pbx.Kind(t.kind.String()), ID: t.id}
	}
	return pbx.Ref{}
}
