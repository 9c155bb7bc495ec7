package pbx

import (
	"slices"
	"strings"

	"tandem/number"
)

// CodeAction is what a feature code does (FC-01).
type CodeAction string

// The actions of feature codes.
const (
	CodeForwardAll     CodeAction = "forward_all"       // every call goes to the number that follows
	CodeForwardAllOff  CodeAction = "forward_all_off"   //
	CodeForwardBusy    CodeAction = "forward_busy"      // calls that find the person busy do
	CodeForwardBusyOff CodeAction = "forward_busy_off"  //
	CodeForwardNone    CodeAction = "forward_none"      // calls that nobody answers do
	CodeForwardNoneOff CodeAction = "forward_none_off"  //
	CodeDND            CodeAction = "dnd"               // do not disturb
	CodeDNDOff         CodeAction = "dnd_off"           //
	CodeAvailable      CodeAction = "status_available"  // the five statuses
	CodeAway           CodeAction = "status_away"       //
	CodeAvailable2     CodeAction = "status_available2" //
	CodeAway2          CodeAction = "status_away2"      //
	CodeStatusAuto     CodeAction = "status_auto"       // the status follows the hours again
	CodeHoursOpen      CodeAction = "hours_open"        // holds the hours of the person's main group open by hand
	CodeHoursClosed    CodeAction = "hours_closed"      //
	CodeHoursAuto      CodeAction = "hours_auto"        // ends it
	CodeAgentIn        CodeAction = "agent_in"          // logs in to all queues one serves (D-016)
	CodeAgentOut       CodeAction = "agent_out"         // … out of them
	CodePause          CodeAction = "agent_pause"       // a break from queues
	CodeResume         CodeAction = "agent_resume"      // … is over
	CodeEcho           CodeAction = "echo"              // one hears oneself
	CodeSayExtension   CodeAction = "say_extension"     //
	CodeLastCaller     CodeAction = "last_caller"       // says who called last, and calls back at a key
	CodeRedial         CodeAction = "redial"            // calls what was dialled last
	CodeSpeed          CodeAction = "speed"             // calls the number kept under the digits that follow
	CodePickup         CodeAction = "pickup"            // takes the call that rings longest in one's groups
	CodePickupAt       CodeAction = "pickup_at"         // takes a call that rings at the number that follows
	CodeIntercom       CodeAction = "intercom"          // speaks on the phone of the number that follows without it being picked up
	CodePark           CodeAction = "park"              // sent there a call is parked on the own row, or on the position whose number follows; dialled it is fetched
	CodeUnpark         CodeAction = "unpark"            // fetches a parked call
	CodeKeyTransfer    CodeAction = "key_transfer"      // while one talks: sends the other to the number that follows
	CodeKeyConsult     CodeAction = "key_consult"       // … lets the other wait and asks the number that follows first; without a number: goes back
	CodeKeyRecord      CodeAction = "key_record"        // … begins to record, or ends it
	CodeKeyPause       CodeAction = "key_pause"         // … pauses the recording, or goes on with it
	CodeNames          CodeAction = "names"             // finds somebody by the letters of his name
	CodeListen         CodeAction = "listen"            // to the call of the colleague whose number follows (G-014)
	CodeWhisper        CodeAction = "whisper"           //
	CodeBarge          CodeAction = "barge"             //
	CodeSteal          CodeAction = "steal"             // takes it over
	CodeWake           CodeAction = "wake"              // a call at the time that follows, HHMM (G-019)
	CodeWakeOff        CodeAction = "wake_off"          // … none of those that come once
	CodeHousekeeping   CodeAction = "housekeeping"      // a room is dirty, clean or inspected: 1, 2 or 3, then its number, if it is not that of the phone (G-019)
	CodeRoomCalls      CodeAction = "room_calls"        // what a guest room may call outside while the guest stays: 1, 2 or 3, then its number (G-019)
	CodeMailbox        CodeAction = "mailbox"           // own messages
	CodeMailboxOther   CodeAction = "mailbox_other"     // those of the mailbox whose number follows, or is asked for
)

// CodeDialect is a set of codes that people may know from elsewhere.
type CodeDialect string

// The dialects. The zero value is Classic.
const (
	CodesClassic CodeDialect = "classic" // *72, *78, *43 …
	CodesCompact CodeDialect = "compact" // *21*, *32, *777 …
)

// CodeKind is one line of the table of codes.
type CodeKind struct {
	Action   CodeAction
	Argument bool // digits follow
	Classic  string
	Compact  string
	Talking  bool // it is pressed while one talks, and not dialled
}

// CodeKeys says who may use codes while he talks. Whoever calls from outside never may (FC-01).
type CodeKeys string

// Who may. The zero value lets only those who were called: who calls may be speaking with a machine that has keys of its own.
const (
	KeysCalled CodeKeys = ""
	KeysBoth   CodeKeys = "both"
	KeysNone   CodeKeys = "none"
)

// CodeKinds lists what codes do, in the order in which people read them. An empty code is off until somebody sets one.
func CodeKinds() []CodeKind {
	return []CodeKind{
		{CodeForwardAll, true, "*72", "*21*", false}, {CodeForwardAllOff, false, "*73", "#21#", false},
		{CodeForwardBusy, true, "*90", "*67*", false}, {CodeForwardBusyOff, false, "*91", "#67#", false},
		{CodeForwardNone, true, "*52", "*61*", false}, {CodeForwardNoneOff, false, "*53", "#61#", false},
		{CodeDND, false, "*78", "*32", false}, {CodeDNDOff, false, "*79", "#32", false},
		{CodeAvailable, false, "*361", "*30", false}, {CodeAway, false, "*362", "*31", false}, {CodeAvailable2, false, "*363", "*33", false},
		{CodeAway2, false, "*364", "*34", false}, {CodeStatusAuto, false, "*360", "*35", false},
		{CodeHoursOpen, false, "*281", "", false}, {CodeHoursClosed, false, "*282", "", false}, {CodeHoursAuto, false, "*280", "", false},
		{CodeAgentIn, false, "*451", "*62", false}, {CodeAgentOut, false, "*450", "*63", false},
		{CodePause, false, "*461", "*82", false}, {CodeResume, false, "*460", "*83", false},
		{CodePickup, false, "*8", "*20", false}, {CodePickupAt, true, "**", "*20*", false}, {CodeIntercom, true, "*80", "*9", false},
		{CodePark, true, "*70", "*0", false}, {CodeUnpark, true, "*71", "*1", false},
		{CodeListen, true, "*22", "*22", false}, {CodeWhisper, true, "*23", "*23", false},
		{CodeBarge, true, "*24", "*24", false}, {CodeSteal, true, "*25", "*25", false},
		{CodeMailbox, false, "*97", "*4", false}, {CodeMailboxOther, true, "*98", "*4*", false},
		{CodeSpeed, true, "*0", "*5", false}, {CodeLastCaller, false, "*69", "*69", false}, {CodeRedial, false, "*66", "*66", false},
		{CodeWake, true, "*55", "*76*", false}, {CodeWakeOff, false, "*56", "#76#", false},
		{CodeHousekeeping, true, "*57", "*75*", false}, {CodeRoomCalls, true, "*58", "*74*", false},
		{CodeNames, false, "*411", "*411", false},
		{CodeEcho, false, "*43", "*777", false}, {CodeSayExtension, false, "*65", "*65", false},
		{CodeKeyTransfer, true, "##", "##", true}, {CodeKeyConsult, true, "*2", "*2", true},
		{CodeKeyRecord, false, "*1", "*1", true}, {CodeKeyPause, false, "*3", "*3", true},
	}
}

// maxCode is how long a code may be.
const maxCode = 6

// Codes are the feature codes of an office: a dialect, and what was changed in it.
type Codes struct {
	Dialect CodeDialect           `json:"dialect,omitempty"`
	Changed map[CodeAction]string `json:"changed,omitempty"` // empty takes the code away
	Keys    CodeKeys              `json:"keys,omitempty"`    // who may use those that are pressed while one talks
}

// Of is the code of an action; empty when it has none.
func (c Codes) Of(k CodeKind) string {
	if own, changed := c.Changed[k.Action]; changed {
		return own
	}
	if c.Dialect == CodesCompact {
		return k.Compact
	}
	return k.Classic
}

// Read finds the code that begins what was dialled, the longest first, and what follows it. An action without argument wants the code alone.
func (c Codes) Read(dialled string) (action CodeAction, argument string, ok bool) {
	best := 0
	for _, k := range CodeKinds() {
		code := c.Of(k)
		rest, begins := strings.CutPrefix(dialled, code)
		if k.Talking || code == "" || !begins || len(code) <= best || !k.Argument && rest != "" {
			continue
		}
		action, argument, ok, best = k.Action, strings.TrimSuffix(rest, "#"), true, len(code)
	}
	return action, argument, ok
}

// Press adds a key that somebody pressed while he talked to those before it. An action with an argument is whole with # behind its number, which only
// the one that goes back may lack; keys that begin no code are forgotten.
func (c Codes) Press(typed string, key byte) (rest string, action CodeAction, argument string) {
	const most = 40
	for typed += string(key); typed != ""; typed = typed[1:] {
		for _, k := range CodeKinds() {
			code := c.Of(k)
			if !k.Talking || code == "" {
				continue
			}
			switch tail, begins := strings.CutPrefix(typed, code); {
			case !begins:
				if strings.HasPrefix(code, typed) {
					return typed, "", ""
				}
			case !k.Argument:
				return "", k.Action, ""
			case len(tail) > 1 && strings.HasSuffix(tail, "#"), tail == "#" && k.Action == CodeKeyConsult:
				return "", k.Action, strings.TrimSuffix(tail, "#")
			case tail != "#" && len(typed) < most:
				return typed, "", ""
			}
		}
	}
	return "", "", ""
}

// checkCodes refuses codes that nobody could dial, that two actions share, or that are somebody's number.
func (s *Snapshot) checkCodes(c Codes) error {
	if !slices.Contains([]CodeDialect{"", CodesClassic, CodesCompact}, c.Dialect) {
		return Refuse(Invalid, "dialect", "code.dialect_unknown", "value", string(c.Dialect))
	}
	if !slices.Contains([]CodeKeys{KeysCalled, KeysBoth, KeysNone}, c.Keys) {
		return Refuse(Invalid, "keys", "code.keys_unknown", "value", string(c.Keys))
	}
	type place struct {
		code    string
		talking bool
	}
	taken := map[place]CodeAction{}
	known := map[CodeAction]bool{}
	for _, k := range CodeKinds() {
		known[k.Action] = true
		code, field := c.Of(k), "codes."+string(k.Action)
		if code == "" {
			continue
		}
		if other := taken[place{code, k.Talking}]; other != "" {
			return Refuse(Conflict, field, "code.taken", "code", code)
		}
		taken[place{code, k.Talking}] = k.Action
		for _, o := range CodeKinds() {
			if tail, begins := strings.CutPrefix(c.Of(o), code); k.Argument && begins && tail != "" && k.Talking == o.Talking {
				return Refuse(Conflict, field, "code.shadows", "code", code, "other", c.Of(o))
			}
		}
		if len(code) < 2 || len(code) > maxCode || strings.Trim(code, "0123456789*#") != "" || number.Read(s.Tenant.Country, code).Class != number.Feature {
			return Refuse(Invalid, field, "code.bad", "code", code)
		}
	}
	for action := range c.Changed {
		if !known[action] {
			return Refuse(Invalid, "codes."+string(action), "code.unknown")
		}
	}
	return nil
}
