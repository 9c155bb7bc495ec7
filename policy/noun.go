package policy

// noun is what a right speaks about.
type noun uint8

const (
	nounUser noun = iota + 1
	nounChat
	nounAudit
	nounGroup
	nounReport
	nounQueue
	nounMenu
	nounTrunk
	nounNumber
	nounRoute
	nounDevice
	nounContact
	nounLink
	nounVoicemail
	nounWorkspace
	nounToken
	nounWebhook
	nounChannel
	nounCall
	nounRecording
	nounMembership
	nounGrant
	nounSystem
	nounSite
)

var nounNames = [...]string{"", "user", "chat", "audit", "group", "report", "queue", "menu", "trunk", "number", "route",
	"device", "contact", "link", "voicemail", "workspace", "token", "webhook", "channel", "call", "recording",
	"membership", "grant", "system", "site"}

func (n noun) String() string { return nounNames[n] }

// Kind is the kind of a target.
type Kind uint8

// The kinds of targets. The zero value fits no right.
const (
	KindNothing Kind = iota
	KindUser
	KindGroup
	KindCall
	KindRecording
	KindQueue
	KindMenu
	KindTrunk
	KindNumber
	KindDevice
	KindContact
	KindLink
	KindVoicemail
	KindWorkspace
	KindToken
	KindMembership
	KindGrant
	KindRole
	KindTemplate
	KindSystem
	KindSite
)

var kindNames = [...]string{"", "user", "group", "call", "recording", "queue", "menu", "trunk", "number", "device", "contact",
	"link", "voicemail", "workspace", "token", "membership", "grant", "role", "template", "system", "site"}

// String is the name of the kind in references.
func (k Kind) String() string { return kindNames[k] }

type kinds uint32

func kindsOf(list ...Kind) (s kinds) {
	for _, k := range list {
		s |= 1 << k
	}
	return s
}

func (s kinds) has(k Kind) bool { return s&(1<<k) != 0 }

// fitting holds which targets a noun's rights speak about; any other target is unknown and refused.
var fitting = [...]kinds{
	nounUser:       kindsOf(KindUser, KindGroup),
	nounChat:       kindsOf(KindUser, KindGroup),
	nounAudit:      kindsOf(KindUser, KindGroup),
	nounGroup:      kindsOf(KindGroup, KindUser),
	nounReport:     kindsOf(KindUser, KindGroup, KindQueue, KindCall),
	nounQueue:      kindsOf(KindQueue, KindGroup),
	nounMenu:       kindsOf(KindMenu, KindGroup),
	nounTrunk:      kindsOf(KindTrunk, KindGroup),
	nounNumber:     kindsOf(KindNumber, KindGroup),
	nounRoute:      kindsOf(KindNumber, KindGroup),
	nounDevice:     kindsOf(KindDevice, KindUser, KindGroup),
	nounContact:    kindsOf(KindContact, KindUser, KindGroup),
	nounLink:       kindsOf(KindLink),
	nounVoicemail:  kindsOf(KindVoicemail),
	nounWorkspace:  kindsOf(KindWorkspace),
	nounToken:      kindsOf(KindToken, KindUser),
	nounWebhook:    kindsOf(KindUser),
	nounChannel:    kindsOf(KindGroup),
	nounCall:       kindsOf(KindCall, KindUser, KindGroup),
	nounRecording:  kindsOf(KindRecording),
	nounMembership: kindsOf(KindMembership, KindGroup, KindUser),
	nounGrant:      kindsOf(KindGrant, KindRole, KindGroup, KindUser),
	nounSystem:     kindsOf(KindSystem),
	nounSite:       kindsOf(KindSite),
}

// fits reports whether a right speaks about a kind of target. Some rights speak about one kind more than their noun:
// a deputy and an approved request are grants, an office-wide role is given to a person, a custom role is a template, restrictions, budgets and rules about recording are the
// office's too, and a group without a parent
// is made in the house.
func (r Right) fits(k Kind) bool {
	switch {
	case k == KindNothing:
		return false
	case fitting[catalogue[r].noun].has(k):
		return true
	case k == KindGrant:
		return r == DelegateGive || r == RequestApprove
	case k == KindRole:
		return r == RoleSystem
	case k == KindTemplate:
		return r == RoleEdit
	case k == KindSystem:
		return r == GroupCreate || r == GroupEdit || r == RestrictionEdit || r == BudgetEdit || r == CostSee || r == RecordingPolicy
	}
	return false
}
