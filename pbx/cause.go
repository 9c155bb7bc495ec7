package pbx

// Cause says why a call or a leg ended, in one word; its sentence is i18n key "cause.<word>".
type Cause string

// The causes.
const (
	CauseHangup      Cause = "hangup"      // answered, and then somebody hung up
	CauseCancelled   Cause = "cancelled"   // the caller gave up while it rang
	CauseBusy        Cause = "busy"        // the called side was busy
	CauseDeclined    Cause = "declined"    // the called person pressed decline
	CauseNoAnswer    Cause = "no_answer"   // it rang until the time was up
	CauseElsewhere   Cause = "elsewhere"   // another device answered (RFC 3326: 200 "Call completed elsewhere")
	CauseOffline     Cause = "offline"     // no device of the called person is registered
	CauseChosen      Cause = "chosen"      // the caller chose to go on, in a menu
	CauseTransferred Cause = "transferred" // somebody sent the call on to another place
	CauseGone        Cause = "gone"        // what was meant is over, or nobody may touch it who asks
	CauseDeflected   Cause = "deflected"   // the caller's carrier sends the call on by itself
	CauseReturned    Cause = "returned"    // nobody fetched the call from its park position
	CauseAway        Cause = "away"        // the person's status lets nothing ring, and leads nowhere else
	CauseUnknown     Cause = "unknown"     // nobody has this number
	CauseDenied      Cause = "denied"      // the caller may not place this call
	CauseSuspended   Cause = "suspended"   // the called or calling person is suspended
	CauseNoCodec     Cause = "no_codec"    // the sides share no codec
	CauseInsecure    Cause = "insecure"    // encryption was required and not offered, or cannot be had
	CauseNoMedia     Cause = "no_media"    // no sound arrived for too long
	CauseTimeout     Cause = "timeout"     // the other side stopped answering (session timer, no ACK)
	CauseOverload    Cause = "overload"    // the system is at its limit
	CauseInterrupted Cause = "interrupted" // Tandem was stopped or crashed during the call
	CauseFailed      Cause = "failed"      // anything else; the status and text of the far side are kept
)

// Party is one side of a call as shown to people.
type Party struct {
	User   UserID `json:"user,omitempty"`
	Name   string `json:"name,omitempty"`
	Number string `json:"number,omitempty"` // extension, or E.164

	Link  TalkLinkID `json:"link,omitempty"`  // of a visitor: the Talk link he came by. What he is called by is what he said, and nobody has checked it (PL-10)
	Visit VisitID    `json:"visit,omitempty"` // … and what he wrote before
}
