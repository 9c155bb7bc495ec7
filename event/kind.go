package event

import (
	"slices"
	"strings"
)

// The facts about the office, its people and their things. Each is written in the transaction of its change.
const (
	SetupClaimed    Kind = "setup.claimed"
	SetupRekeyed    Kind = "setup.rekeyed" // everything is sealed with a new key, and the former one is destroyed
	SettingsChanged Kind = "settings.changed"

	UserCreated   Kind = "user.created"
	UserChanged   Kind = "user.changed"
	UserSuspended Kind = "user.suspended"
	UserRestored  Kind = "user.restored"
	UserDeleted   Kind = "user.deleted"

	GroupCreated Kind = "group.created"
	GroupChanged Kind = "group.changed"
	GroupDeleted Kind = "group.deleted"

	RoleCreated Kind = "role.created"
	RoleChanged Kind = "role.changed"
	RoleDeleted Kind = "role.deleted"

	MembershipCreated Kind = "membership.created"
	MembershipChanged Kind = "membership.changed"
	MembershipEnded   Kind = "membership.ended"

	AssignmentCreated Kind = "assignment.created"
	AssignmentChanged Kind = "assignment.changed"
	AssignmentEnded   Kind = "assignment.ended"
	GrantCreated      Kind = "grant.created"
	GrantChanged      Kind = "grant.changed"
	GrantEnded        Kind = "grant.ended"

	DeviceCreated       Kind = "device.created"
	DeviceChanged       Kind = "device.changed"
	DeviceDeleted       Kind = "device.deleted"
	DeviceSecretRenewed Kind = "device.secret_renewed"

	TokenCreated Kind = "token.created"
	TokenRevoked Kind = "token.revoked"

	StatusChosen  Kind = "status.chosen"
	StatusCleared Kind = "status.cleared" // it follows the hours again

	CalendarLinked   Kind = "calendar.linked" // a person's calendar tells when he is busy
	CalendarRead     Kind = "calendar.read"   // it tells something else than before, or cannot be read
	CalendarUnlinked Kind = "calendar.unlinked"

	ForwardingChanged Kind = "forwarding.changed"

	HoursChanged   Kind = "hours.changed"
	HoursInherited Kind = "hours.inherited" // own hours went, those above count again
	OverrideSet    Kind = "override.set"
	OverrideEnded  Kind = "override.ended"

	RingCreated Kind = "ring.created"
	RingChanged Kind = "ring.changed"
	RingDeleted Kind = "ring.deleted"

	DutyChanged Kind = "duty.changed" // an agent logged in or out, or began or ended a break

	QueueCreated Kind = "queue.created"
	QueueChanged Kind = "queue.changed"
	QueueDeleted Kind = "queue.deleted"

	MenuCreated Kind = "menu.created"
	MenuChanged Kind = "menu.changed"
	MenuDeleted Kind = "menu.deleted"

	ParkCreated Kind = "park.created"
	ParkChanged Kind = "park.changed"
	ParkDeleted Kind = "park.deleted"

	RoomCreated Kind = "room.created"
	RoomChanged Kind = "room.changed"
	RoomDeleted Kind = "room.deleted"

	RoomRecorded   Kind = "room.recorded"   // somebody began to record the conference in it
	RoomUnrecorded Kind = "room.unrecorded" // … and ended that
	RoomPaused     Kind = "room.paused"     // … or paused it
	RoomResumed    Kind = "room.resumed"

	EntranceChanged Kind = "entrance.changed"

	AccessAsked     Kind = "access.asked"
	AccessApproved  Kind = "access.approved"
	AccessRefused   Kind = "access.refused"
	AccessWithdrawn Kind = "access.withdrawn"
	AccessDeleted   Kind = "access.deleted" // with the person

	ReviewCreated  Kind = "review.created" // a campaign that looks rights through
	ReviewOverdue  Kind = "review.overdue"
	ReviewEnded    Kind = "review.ended"
	VerdictKept    Kind = "verdict.kept"
	VerdictRemoved Kind = "verdict.removed"
	VerdictDeleted Kind = "verdict.deleted" // with the person

	RecordRuleChanged Kind = "recordrule.changed" // whose calls are recorded; with nothing after it: as inherited

	MailboxChanged Kind = "mailbox.changed" // how it works; with nothing after it: as for everybody

	PromptCreated Kind = "prompt.created" // an office's own sound instead of the built-in one
	PromptChanged Kind = "prompt.changed"
	PromptDeleted Kind = "prompt.deleted"

	RegionCreated Kind = "region.created"
	RegionChanged Kind = "region.changed"
	RegionDeleted Kind = "region.deleted"

	TrunkCreated Kind = "trunk.created"
	TrunkChanged Kind = "trunk.changed"
	TrunkDeleted Kind = "trunk.deleted"
	TrunkUp      Kind = "trunk.up"   // it carries calls again
	TrunkDown    Kind = "trunk.down" // Data is a TrunkState

	DIDCreated Kind = "did.created"
	DIDChanged Kind = "did.changed"
	DIDDeleted Kind = "did.deleted"

	OutRouteCreated Kind = "outroute.created"
	OutRouteChanged Kind = "outroute.changed"
	OutRouteDeleted Kind = "outroute.deleted"

	RestrictionCreated Kind = "restriction.created"
	RestrictionChanged Kind = "restriction.changed"
	RestrictionDeleted Kind = "restriction.deleted"

	DeckCreated Kind = "deck.created"
	DeckChanged Kind = "deck.changed"
	DeckDeleted Kind = "deck.deleted"

	BudgetCreated Kind = "budget.created"
	BudgetChanged Kind = "budget.changed"
	BudgetDeleted Kind = "budget.deleted"
	BudgetReached Kind = "budget.reached" // a mark; Data is a Budget

	AlarmRaised Kind = "alarm.raised" // somebody made too many calls abroad and makes no more; After is a pbx.Alarm
	AlarmLifted Kind = "alarm.lifted" // … and may again
	AlarmGone   Kind = "alarm.deleted"

	RulesBroken Kind = "rules.broken" // the rules refused somebody again and again; Data is a Broken

	ContactCreated Kind = "contact.created"
	ContactChanged Kind = "contact.changed"
	ContactDeleted Kind = "contact.deleted"

	ReminderCreated Kind = "reminder.created" // a wake-up or reminder call
	ReminderChanged Kind = "reminder.changed" // … it was made, answered, put off, or missed
	ReminderDeleted Kind = "reminder.deleted"

	GuestRoomCreated    Kind = "guestroom.created"
	GuestRoomChanged    Kind = "guestroom.changed" // housekeeping, or what is known of the stay
	GuestRoomCheckedIn  Kind = "guestroom.checked_in"
	GuestRoomCheckedOut Kind = "guestroom.checked_out"
	GuestRoomDeleted    Kind = "guestroom.deleted"

	TalkLinkCreated Kind = "talklink.created"
	TalkLinkChanged Kind = "talklink.changed"
	TalkLinkRenewed Kind = "talklink.renewed" // its address is another: the old one is dead
	TalkLinkDeleted Kind = "talklink.deleted"
	TalkLinkAsked   Kind = "talklink.asked" // a visitor wants to be called back

	BlockMade     Kind = "block.made"     // a network was shut out, by the house or by somebody; After is a pbx.Block
	BlockAllowed  Kind = "block.allowed"  // … or never will be by itself
	BlockReleased Kind = "block.released" // … and not any more; Before is a pbx.Block
)

// The facts about signing in. They are facts about a user; no password or token is in them.
const (
	LoginSucceeded     Kind = "login.succeeded"
	LoginFailed        Kind = "login.failed"
	LoginPasswordSet   Kind = "login.password_set"
	LoginSessionsEnded Kind = "login.sessions_ended"
	InvitationSent     Kind = "invitation.sent"
	MailSent           Kind = "mail.sent" // an administrator sent a kept mail by hand
)

// The facts about messages in mailboxes. The first is the house's; that somebody hears a message in another's mailbox is one as well.
const (
	MessageLeft     Kind = "message.left"
	MessageMarked   Kind = "message.marked" // as heard, or as new again
	MessagePlayed   Kind = "message.played"
	MessageDeleted  Kind = "message.deleted"
	MessageRestored Kind = "message.restored"
	MessageSentOn   Kind = "message.sent_on" // a copy of it is in another mailbox; After is the copy
	MailboxLocked   Kind = "mailbox.locked"  // too many wrong PINs: it opens with its PIN no more for a while
)

// The facts about places in queues that are kept for calls back.
const (
	CallbackAsked   Kind = "callback.asked"
	CallbackTried   Kind = "callback.tried"   // in vain
	CallbackEnded   Kind = "callback.ended"   // he was reached, called again, or is called no more
	CallbackDropped Kind = "callback.dropped" // somebody took it out
)

// The facts about recordings. The first three are the house's; that somebody listens, or takes a copy, is one as well (N-15).
const (
	RecordingBegun      Kind = "recording.begun"
	RecordingMade       Kind = "recording.made"
	RecordingDropped    Kind = "recording.dropped" // nothing was said, or somebody did not want it: nothing is kept
	RecordingPlayed     Kind = "recording.played"
	RecordingDownloaded Kind = "recording.downloaded"
	RecordingDeleted    Kind = "recording.deleted"
	RecordingRestored   Kind = "recording.restored"
	RecordingShared     Kind = "recording.shared"   // somebody was given a link to it
	RecordingUnshared   Kind = "recording.unshared" // the link was taken back
	RecordingHeard      Kind = "recording.heard"    // somebody outside listened by a link
	RecordingExpired    Kind = "recording.expired"  // its time was over; it is gone
	RecordingHeld       Kind = "recording.held"     // nobody may delete it, time neither
	RecordingReleased   Kind = "recording.released"
)

// The facts about calls; their payloads are in call.go.
const (
	CallStarted     Kind = "call.started"
	CallAsked       Kind = "call.asked"    // somebody had it begun, for himself or for another
	CallRouted      Kind = "call.routed"   // it goes on to another place
	CallQueued      Kind = "call.queued"   // the caller waits in a queue
	CallDequeued    Kind = "call.dequeued" // … and no longer
	CallServed      Kind = "call.served"   // the agent who had answered it is no longer part of it
	CallRang        Kind = "call.rang"
	CallAnswered    Kind = "call.answered"
	CallMessage     Kind = "call.message"     // the caller left a message
	CallRecorded    Kind = "call.recorded"    // it is being recorded
	CallUnrecorded  Kind = "call.unrecorded"  // … and not any more: somebody did not want it
	CallTransferred Kind = "call.transferred" // somebody sent it on
	CallParked      Kind = "call.parked"      // it waits on a park position
	CallEntered     Kind = "call.entered"     // the caller came into a conference room
	CallTaken       Kind = "call.taken"       // somebody came in the place of a phone that rang or talked
	CallReturned    Kind = "call.returned"    // … and it came back to him, because nobody answered
	CallHeld        Kind = "call.held"
	CallResumed     Kind = "call.resumed"
	CallEnded       Kind = "call.ended"
)

// The facts about what is handed out and erased of one person or number. None of them names anybody.
const (
	PrivacyExported  Kind = "privacy.exported"
	PrivacyOrdered   Kind = "privacy.ordered"   // an erasure begins
	PrivacyRewritten Kind = "privacy.rewritten" // somebody was taken out of facts; Data is a Rewritten
	PrivacyErased    Kind = "privacy.erased"    // nothing is left
)

// The facts about what is kept no longer (BAR PR-05).
const (
	RetentionApplied Kind = "retention.applied" // what was old enough is gone; Data is an Applied
	RetentionThinned Kind = "retention.thinned" // rows were taken out of the log; Data is a Thinned
)

// The facts about those who take part in calls of others. They are about whom it is about, and he is not told by them.
const (
	WatchBegun  Kind = "watch.begun"
	WatchTurned Kind = "watch.turned" // in another way
	WatchEnded  Kind = "watch.ended"
)

// The live facts: true at their moment only, never stored, Seq 0.
const (
	DeviceRegistered   Kind = "device.registered"   // Data is a Registration
	DeviceUnregistered Kind = "device.unregistered" // Data is a Registration
	CallChanged        Kind = "call.changed"        // Data is a pbx.LiveCall
	NoticeMoved        Kind = "notice.moved"        // somebody has a new notice, or has read one; Data is a Noticed
)

// Kinds lists every kind, the live ones last.
func Kinds() []Kind {
	return []Kind{
		SetupClaimed, SetupRekeyed,
		SettingsChanged,
		UserCreated, UserChanged, UserSuspended, UserRestored, UserDeleted,
		GroupCreated, GroupChanged, GroupDeleted,
		RoleCreated, RoleChanged, RoleDeleted,
		MembershipCreated, MembershipChanged, MembershipEnded,
		AssignmentCreated, AssignmentChanged, AssignmentEnded,
		GrantCreated, GrantChanged, GrantEnded,
		DeviceCreated, DeviceChanged, DeviceDeleted, DeviceSecretRenewed,
		TokenCreated, TokenRevoked,
		StatusChosen, StatusCleared,
		CalendarLinked, CalendarRead, CalendarUnlinked,
		ForwardingChanged,
		HoursChanged, HoursInherited, OverrideSet, OverrideEnded,
		RingCreated, RingChanged, RingDeleted,
		DutyChanged,
		QueueCreated, QueueChanged, QueueDeleted,
		MenuCreated, MenuChanged, MenuDeleted,
		ParkCreated, ParkChanged, ParkDeleted,
		RoomCreated, RoomChanged, RoomDeleted, RoomRecorded, RoomUnrecorded, RoomPaused, RoomResumed,
		EntranceChanged,
		AccessAsked, AccessApproved, AccessRefused, AccessWithdrawn, AccessDeleted,
		ReviewCreated, ReviewOverdue, ReviewEnded, VerdictKept, VerdictRemoved, VerdictDeleted,
		PromptCreated, PromptChanged, PromptDeleted,
		MailboxChanged,
		RecordRuleChanged,
		RegionCreated, RegionChanged, RegionDeleted,
		TrunkCreated, TrunkChanged, TrunkDeleted, TrunkUp, TrunkDown,
		DIDCreated, DIDChanged, DIDDeleted,
		OutRouteCreated, OutRouteChanged, OutRouteDeleted,
		RestrictionCreated, RestrictionChanged, RestrictionDeleted,
		DeckCreated, DeckChanged, DeckDeleted,
		BudgetCreated, BudgetChanged, BudgetDeleted, BudgetReached,
		AlarmRaised, AlarmLifted, AlarmGone,
		RulesBroken,
		ContactCreated, ContactChanged, ContactDeleted,
		ReminderCreated, ReminderChanged, ReminderDeleted,
		GuestRoomCreated, GuestRoomChanged, GuestRoomCheckedIn, GuestRoomCheckedOut, GuestRoomDeleted,
		TalkLinkCreated, TalkLinkChanged, TalkLinkRenewed, TalkLinkDeleted, TalkLinkAsked,
		BlockMade, BlockAllowed, BlockReleased,
		LoginSucceeded, LoginFailed, LoginPasswordSet, LoginSessionsEnded,
		InvitationSent,
		MailSent,
		RecordingBegun, RecordingMade, RecordingDropped, RecordingPlayed, RecordingDownloaded, RecordingDeleted, RecordingRestored, RecordingShared, RecordingUnshared, RecordingHeard, RecordingExpired, RecordingHeld, RecordingReleased,
		MessageLeft, MessageMarked, MessagePlayed, MessageDeleted, MessageRestored, MessageSentOn, MailboxLocked,
		CallbackAsked, CallbackTried, CallbackEnded, CallbackDropped,
		CallStarted, CallAsked, CallRouted, CallQueued, CallDequeued, CallServed, CallRang, CallAnswered, CallMessage, CallTransferred, CallParked, CallEntered, CallTaken, CallReturned, CallHeld, CallResumed, CallEnded,
		PrivacyExported, PrivacyOrdered, PrivacyRewritten, PrivacyErased,
		RetentionApplied, RetentionThinned,
		WatchBegun, WatchTurned, WatchEnded,
		DeviceRegistered, DeviceUnregistered,
		CallChanged,
		NoticeMoved,
	}
}

// Noun is what the kind is about: the part before the dot.
func (k Kind) Noun() string { noun, _, _ := strings.Cut(string(k), "."); return noun }

// IsKnown reports whether the kind is in the catalogue.
func (k Kind) IsKnown() bool { return slices.Contains(Kinds(), k) }

// IsLive reports whether facts of the kind are carried but never stored.
func (k Kind) IsLive() bool {
	return k == DeviceRegistered || k == DeviceUnregistered || k == CallChanged || k == NoticeMoved
}

// IsTurn reports whether a guest came or went: whoever is at the extension now is another than before.
func (k Kind) IsTurn() bool { return k == GuestRoomCheckedIn || k == GuestRoomCheckedOut }

// IsCall reports whether the fact belongs to a call and not to the audit log of changes.
func (k Kind) IsCall() bool { return k.Noun() == "call" }

// IsAudit reports whether the fact is shown in the audit log: those about calls are not, nor those that only hold the chain together.
func (k Kind) IsAudit() bool { return !k.IsCall() && k != RetentionThinned }

// IsConfiguration reports whether a snapshot may look different after the fact, so that pages fetch again.
func (k Kind) IsConfiguration() bool {
	switch k.Noun() {
	case "call", "callback", "login", "invitation", "mail", "message", "privacy", "recording", "retention", "rules", "watch": // of what lies beside the configuration
		return false
	}
	return !k.IsLive()
}
