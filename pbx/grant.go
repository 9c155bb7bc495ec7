package pbx

import (
	"net/netip"
	"time"
)

// Scope says how far a right reaches.
type Scope struct {
	Kind  ScopeKind `json:"kind"`
	Group GroupID   `json:"group,omitempty"` // for group and tree
	Refs  []Ref     `json:"refs,omitempty"`  // for listed: people, groups (their direct members) and things
}

// ScopeKind is the form of a scope.
type ScopeKind string

// The forms of a scope, from narrow to wide.
const (
	ScopeNone   ScopeKind = ""
	ScopeSelf   ScopeKind = "self"
	ScopeGroup  ScopeKind = "group"
	ScopeTree   ScopeKind = "tree"
	ScopeListed ScopeKind = "listed"
	ScopeAll    ScopeKind = "all"
)

// Role is a custom role: a scope per right, by name (B-111). Built-in roles live in package policy.
type Role struct {
	ID    RoleID               `json:"id"`
	Name  string               `json:"name"`
	Class RoleClass            `json:"class,omitempty"` // how it is given; never changes
	Base  RoleID               `json:"base,omitempty"`  // the role it was copied from, which may be gone
	Cells map[string]ScopeKind `json:"cells"`
}

// RoleClass says how a custom role is given.
type RoleClass string

// The classes of custom roles; the empty one is RoleGroup. There is no custom role that only System Owners give.
const (
	RoleGroup RoleClass = "group" // by a membership; a cell says self, group or tree
	RoleLevel RoleClass = "level" // by an assignment; a cell says self or all, which is as far as the assignment reaches
)

// IsLevel reports whether the role is given by assignments and not by memberships.
func (r *Role) IsLevel() bool { return r.Class == RoleLevel }

// Fits reports whether a cell of the role may say so.
func (c RoleClass) Fits(k ScopeKind) bool {
	if c == RoleLevel {
		return k == ScopeSelf || k == ScopeAll
	}
	return k == ScopeSelf || k == ScopeGroup || k == ScopeTree
}

// Assignment gives a user an office-wide role, narrowed to a scope.
type Assignment struct {
	ID     AssignmentID `json:"id"`
	User   UserID       `json:"user"`
	Role   RoleID       `json:"role"`
	Scope  Scope        `json:"scope"`
	Except []Ref        `json:"except,omitempty"`
	Since  time.Time    `json:"since,omitzero"` // objects older than this stay out of reach
	From   time.Time    `json:"from"`
	Until  time.Time    `json:"until,omitzero"`
	Reason string       `json:"reason,omitempty"`
}

// Grant gives a user one right, or with Deny takes it away.
type Grant struct {
	ID     GrantID   `json:"id"`
	User   UserID    `json:"user"`
	Right  string    `json:"right"`
	Deny   bool      `json:"deny,omitempty"`
	Scope  Scope     `json:"scope"`
	Except []Ref     `json:"except,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"`
	Reason string    `json:"reason,omitempty"`
}

// Token lets a program act for its owner, never with more than the owner's rights.
type Token struct {
	ID      TokenID          `json:"id"`
	User    UserID           `json:"user"`
	Name    string           `json:"name"`
	Hash    string           `json:"-"`                // SHA-256 of the secret, hex
	Prefix  string           `json:"prefix"`           // first characters of the secret, to recognise it in a list
	Rights  []string         `json:"rights,omitempty"` // empty means every right of the owner that a token may carry
	Narrow  map[string]Scope `json:"narrow,omitempty"` // by name of the right; a right without an entry reaches as far as the owner's
	Created time.Time        `json:"created"`
	From    time.Time        `json:"from,omitzero"` // zero: from the beginning
	Until   time.Time        `json:"until,omitzero"`

	Networks []netip.Prefix `json:"networks,omitempty"` // from which it may be used; none: from everywhere
}

// ServesFrom reports whether the token may be used from a network address. One that is bound to networks may not be used from what is no address.
func (t *Token) ServesFrom(addr string) bool {
	at, err := netip.ParseAddr(addr)
	return len(t.Networks) == 0 || err == nil && within(t.Networks, at)
}
