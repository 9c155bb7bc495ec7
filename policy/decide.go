package policy

import (
	"time"

	"tandem/pbx"
)

// Request asks whether an actor may do something to a target at a moment.
type Request struct {
	Actor  pbx.Actor
	Right  Right
	Target Target
	At     time.Time
}

// Code says how a decision came about, in one word; the first that strikes in the order of the constants is told.
type Code string

// The codes of refusals. Their sentences are the i18n keys "denied.<code>".
const (
	Unknown       Code = "unknown"        // no such right, actor or target, or the right does not speak about it
	Suspended     Code = "suspended"      // the actor is suspended
	Guest         Code = "guest"          // a guest may use his one link only
	Expired       Code = "expired"        // the link or token is not valid now
	Trunk         Code = "trunk"          // a trunk holds no rights
	Phone         Code = "phone"          // a phone may not do this for its user
	ByTokenOnly   Code = "token"          // the token does not carry the right so far
	Deny          Code = "deny"           // an explicit deny
	Excluded      Code = "excluded"       // the only grants exclude somebody in the target
	NoGrant       Code = "no_grant"       // nothing allows it
	Needs         Code = "needs"          // another right that is needed besides is missing
	WrongState    Code = "wrong_state"    // the call is not up, or not over
	NotShared     Code = "not_shared"     // the person does not share this
	Standing      Code = "standing"       // the person stands above the actor (I-4)
	LastOwner     Code = "last_owner"     // it is the last System Owner (I-3)
	OutOfSpan     Code = "interval"       // of a conference, only one's own interval
	Oneself       Code = "oneself"        // never to oneself (I-2)
	Ceiling       Code = "ceiling"        // more than the actor holds himself (I-1)
	NotAssignable Code = "not_assignable" // the role is not the actor's to give
	PullIn        Code = "pull_in"        // the person belongs to groups the actor does not run (I-6)
	DefaultGroup  Code = "default_group"  // the default group carries no heads (I-7)
	Billing       Code = "billing"        // it costs, and billing.assign is missing (I-9)
	Deputy        Code = "deputy"         // not a right one can lend, or without an end (N-21)
)

// The codes of allowing.
const (
	ByRole       Code = "allow.role"
	ByGrant      Code = "allow.grant"
	ByOverride   Code = "allow.override"
	ByImplied    Code = "allow.implied"
	ByPublished  Code = "allow.published"
	ByDelegation Code = "allow.delegation"
	ByInterval   Code = "allow.interval" // only one's own interval of a conference
	ByLink       Code = "allow.link"
)

// Decision is an answer with its reason. The zero value refuses.
type Decision struct {
	OK     bool
	Hidden bool // refused, and the actor may not even know that the target exists: answer as for a missing one
	Code   Code
	way    way
	need   Right // with Needs: the right that is missing
}

// way is the grant a decision rests on.
type way struct {
	right      Right // the right granted: the one asked for, or one that implies it
	scope      scope
	membership *pbx.Membership
	assignment *pbx.Assignment
	grant      *pbx.Grant
	published  pbx.GroupID
}

// Decide answers a request on a snapshot. It allocates nothing.
func Decide(s *pbx.Snapshot, r Request) Decision {
	return Decision{Code: Unknown, Hidden: true}
}
