package pbx

import (
	"encoding/base32"
	"encoding/binary"
	"time"
)

// Ids are opaque: a prefix that names the noun, an underscore and 26 sortable base32 characters.
// Extensions, names and e-mail addresses are never ids, because they change.
type (
	UserID        string // usr_…
	GroupID       string // grp_…
	RoleID        string // name of a built-in role ("manager") or rol_…
	MembershipID  string // mem_…
	AssignmentID  string // asg_…
	GrantID       string // gnt_…
	DeviceID      string // dev_…
	TokenID       string // tok_…
	CallID        string // cal_…
	LegID         string // leg_…
	BindingID     string // bnd_…; one registered contact of a device
	RingID        string // rng_…; a ring group
	QueueID       string // que_…
	MenuID        string // mnu_…; a voice menu
	AccessID      string // acc_…; a wish for rights
	ReviewID      string // rev_…; a campaign that looks rights through
	VerdictID     string // ver_…; what became of one thing in a review
	TrunkID       string // trk_…
	DIDID         string // did_…; a number of the office in the public network
	OutRouteID    string // out_…
	RestrictionID string // rst_…; a profile of what may be called outside
	DeckID        string // dck_…; a price list of a carrier
	BudgetID      string // bud_…
	ContactID     string // con_…; somebody outside, in a phone book
	ReminderID    string // rem_…; a wake-up or reminder call
	AlarmID       string // alm_…; calls abroad that somebody was stopped for
	MessageID     string // msg_…; in a mailbox; its sound has the same name
	ParkID        string // prk_…; a row of park positions
	RoomID        string // rom_…; a conference room
	TalkLinkID    string // tlk_…; opens nothing
	RegionID      string // reg_…; a place, or OfficeRegion
)

var idCoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes an id from a moment and 80 random bits that the caller supplies; ids made later sort later.
func NewID(prefix string, at time.Time, entropy [10]byte) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16)
	copy(b[6:], entropy[:])
	return prefix + "_" + idCoding.EncodeToString(b[:])
}

// Kind names a noun in references, facts and the audit log.
type Kind string

// The kinds of things that can be referred to.
const (
	KindSystem     Kind = "system"
	KindUser       Kind = "user"
	KindGroup      Kind = "group"
	KindRole       Kind = "role"
	KindMembership Kind = "membership"
	KindAssignment Kind = "assignment"
	KindGrant      Kind = "grant"
	KindDevice     Kind = "device"
	KindToken      Kind = "token"
	KindDuty       Kind = "duty"       // of an agent; the id is the person's
	KindStatus     Kind = "status"     // of a person; the id is the person's
	KindCalendar   Kind = "calendar"   // of a person; likewise
	KindForwarding Kind = "forwarding" // of a person; the id is the person's
	KindRing       Kind = "ring"
	KindHours      Kind = "hours"    // that somebody keeps; the id is the keeper's, or "office"
	KindOverride   Kind = "override" // of hours; likewise
	KindQueue      Kind = "queue"
	KindMenu       Kind = "menu"
	KindPark       Kind = "park"
	KindRoom       Kind = "room"
	KindAccess     Kind = "access" // a wish for rights
	KindReview     Kind = "review"
	KindVerdict    Kind = "verdict"  // of a review
	KindEntrance   Kind = "entrance" // of a group; the id is the group's
	KindPrompt     Kind = "prompt"
	KindMailbox    Kind = "mailbox" // how it works; the id is the person's or group's
	KindTrunk      Kind = "trunk"
	KindDID        Kind = "did"
	KindOutRoute   Kind = "outroute"
	KindSettings   Kind = "settings"
	KindCall       Kind = "call"
	KindSession    Kind = "session"
	KindMail       Kind = "mail"
	KindMessage    Kind = "message" // in a mailbox
	KindRecording  Kind = "recording"
	KindErasure    Kind = "erasure"
	KindRecordRule Kind = "recordrule" // the id is that of whom it is about, or "office"

	KindRestriction Kind = "restriction"
	KindDeck        Kind = "deck"
	KindBudget      Kind = "budget"
	KindAlarm       Kind = "alarm"
	KindRegion      Kind = "region"
	KindContact     Kind = "contact"
	KindReminder    Kind = "reminder"
	KindGuestRoom   Kind = "guestroom" // the id is that of the person whose extension it is
	KindTalkLink    Kind = "talklink"
	KindBlock       Kind = "block" // a network that is shut out, or never is; its id is the network
	KindNotice      Kind = "notice"
)

// Ref points at one thing.
type Ref struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

func (r Ref) String() string { return string(r.Kind) + ":" + r.ID }
