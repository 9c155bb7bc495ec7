package policy

import (
	"math/bits"

	"tandem/i18n"
	"tandem/pbx"
)

// Right is one verb on one noun, such as call.listen. Only the rights of the catalogue exist; anything else is refused
// (AZ-06).
type Right uint8

// Risk says how carefully a right is to be given.
type Risk uint8

// The risks. RiskHigh asks a person to confirm who he is when his last proof is older than five minutes.
const (
	RiskLow Risk = iota + 1
	RiskMedium
	RiskHigh
)

func (r Risk) String() string { return [...]string{"", "low", "medium", "high"}[r] }

// row is one line of the catalogue.
type row struct {
	name     string
	noun     noun
	scopes   bits8
	risk     Risk
	billable bool
	implies  rights
	needs    rights
	area     string
}

type rights []Right

// scope is a pbx.ScopeKind that fits into a table.
type scope uint8

const (
	noScope scope = iota
	selfScope
	groupScope
	treeScope
	listedScope
	allScope
)

type bits8 uint8

const (
	selfBit   bits8 = 1 << selfScope
	groupBit  bits8 = 1 << groupScope
	treeBit   bits8 = 1 << treeScope
	listedBit bits8 = 1 << listedScope
	allBit    bits8 = 1 << allScope
)

var scopeKinds = [...]pbx.ScopeKind{pbx.ScopeNone, pbx.ScopeSelf, pbx.ScopeGroup, pbx.ScopeTree, pbx.ScopeListed, pbx.ScopeAll}

func (c scope) kind() pbx.ScopeKind { return scopeKinds[c] }

func scopeOf(k pbx.ScopeKind) scope {
	switch k {
	case pbx.ScopeSelf:
		return selfScope
	case pbx.ScopeGroup:
		return groupScope
	case pbx.ScopeTree:
		return treeScope
	case pbx.ScopeListed:
		return listedScope
	case pbx.ScopeAll:
		return allScope
	}
	return noScope
}

func (c bits8) has(k scope) bool { return c&(1<<k) != 0 }

// set is a set of rights.
type set [2]uint64

func (s set) has(r Right) bool { return s[r>>6]&(1<<(r&63)) != 0 }

func (s *set) add(r Right) { s[r>>6] |= 1 << (r & 63) }

func (s set) and(o set) set { return set{s[0] & o[0], s[1] & o[1]} }

func (s set) isEmpty() bool { return s[0]|s[1] == 0 }

// pop takes the first right out of the set; NoRight when it is empty.
func (s *set) pop() Right {
	for i := range s {
		if s[i] != 0 {
			n := bits.TrailingZeros64(s[i])
			s[i] &^= 1 << n
			return Right(i<<6 | n)
		}
	}
	return NoRight
}

func setOf(list ...Right) (s set) {
	for _, r := range list {
		s.add(r)
	}
	return s
}

// direct holds for each right the rights whose catalogue rows name it as implied.
var direct = func() (all [rightCount]set) {
	for r := Right(1); r < rightCount; r++ {
		for _, x := range catalogue[r].implies {
			all[x].add(r)
		}
	}
	return all
}()

// impliers holds for each right all rights that imply it, directly or through others.
var impliers = closure()

func closure() [rightCount]set {
	all := direct
	for changed := true; changed; {
		changed = false
		for r := range all {
			before := all[r]
			for more := before; !more.isEmpty(); {
				x := more.pop()
				all[r][0] |= all[x][0]
				all[r][1] |= all[x][1]
			}
			changed = changed || all[r] != before
		}
	}
	return all
}

var byName = func() map[string]Right {
	m := make(map[string]Right, rightCount)
	for r := Right(1); r < rightCount; r++ {
		m[catalogue[r].name] = r
	}
	return m
}()

// ParseRight finds a right by its name.
func ParseRight(name string) (Right, bool) {
	r, ok := byName[name]
	return r, ok
}

// AllRights lists the catalogue in its order.
func AllRights() []Right {
	all := make([]Right, 0, rightCount-1)
	for r := Right(1); r < rightCount; r++ {
		all = append(all, r)
	}
	return all
}

func (r Right) known() bool { return r != NoRight && r < rightCount }

// String is the name in the catalogue, such as "call.listen"; the sentence for people is the i18n key "right.<name>".
func (r Right) String() string {
	if !r.known() {
		return "unknown"
	}
	return catalogue[r].name
}

// TextOf is the sentence that says what a right lets one do.
func TextOf(r Right) i18n.Text { return i18n.T("right." + r.String()) }

// Risk is how carefully the right is to be given.
func (r Right) Risk() Risk { return catalogue[r].risk }

// IsBillable reports whether the right raises the cost of the system, so that billing.assign is needed to give it.
func (r Right) IsBillable() bool { return catalogue[r].billable }

// Area is the chapter of the catalogue the right stands in.
func (r Right) Area() string { return catalogue[r].area }

// Noun is what the right speaks about.
func (r Right) Noun() string { return catalogue[r].noun.String() }

// Scopes lists the scopes the right may be given at, from narrow to wide.
func (r Right) Scopes() []pbx.ScopeKind {
	var all []pbx.ScopeKind
	for c := selfScope; c <= allScope; c++ {
		if catalogue[r].scopes.has(c) {
			all = append(all, c.kind())
		}
	}
	return all
}

// Implies lists the rights that come with this one, directly.
func (r Right) Implies() []Right { return catalogue[r].implies }

// ImpliedBy lists all rights that bring this one along, directly or through others.
func (r Right) ImpliedBy() []Right {
	var all []Right
	for s := impliers[r]; !s.isEmpty(); {
		all = append(all, s.pop())
	}
	return all
}

// Needs lists the rights that have to be held besides this one.
func (r Right) Needs() []Right { return catalogue[r].needs }

// phone is what a device may do for its user; everything else asks for a person (B-105).
var phone = setOf(CallReceive, CallPlace, CallOut, CallSee, CallDivert, CallTransfer, CallPickup, CallPark, CallIntercom,
	CallHangup, CallNumber, PresenceSee, PresenceSet, ForwardingEdit, ForwardingOutside, ReminderSet, VoicemailPlay, VoicemailEdit, HoursOverride, RecordingControl, UserSee,
	CallListen, CallWhisper, CallBarge, CallSteal, RoomAssign)

// neverByToken is what no program may do for its owner (I-16).
var neverByToken = setOf(TokenCreate, LoginEdit, RoleSystem, BackupRestore, DelegateGive, ClientUse, WebsiteAccess, AdminAccess)

// live are the rights over a call that is up.
var live = setOf(CallSee, CallDivert, CallTransfer, CallPickup, CallPark, CallMenu, CallHangup, CallListen, CallWhisper,
	CallBarge, CallSteal, RecordingControl)

// recalling are the rights that speak about calls and recordings of the past, and those that bring one along.
var recalling = func() (all set) {
	for r := Right(1); r < rightCount; r++ {
		if live.has(r) || !fitting[catalogue[r].noun].has(KindCall) && !fitting[catalogue[r].noun].has(KindRecording) {
			continue
		}
		all.add(r)
		all[0] |= impliers[r][0]
		all[1] |= impliers[r][1]
	}
	return all
}()

// Recalls reports whether the right reaches calls and recordings of the past, so that it matters since when (N-5).
func (r Right) Recalls() bool { return recalling.has(r) }

// doors are implied by holding any right that names them.
var doors = setOf(WebsiteAccess, AdminAccess)

// lendable is what a person may lend to a deputy (N-21).
var lendable = setOf(PresenceSet, ForwardingEdit, VoicemailPlay, VoicemailEdit, CallSee, CallPickup, CallDivert,
	CallTransfer, CallOriginate)

// ByToken reports whether an API token may carry the right at all.
func ByToken(r Right) bool { return r.known() && !neverByToken.has(r) }

// ByDevice reports whether a phone may use the right for its user.
func ByDevice(r Right) bool { return r.known() && phone.has(r) }
