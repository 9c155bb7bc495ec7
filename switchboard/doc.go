// Package switchboard carries calls: it gathers facts, asks policy and route, and performs what the call machine decides,
// one goroutine per call and one per queue at work.
//
// It knows neither the wire format of signalling nor how packets move; packages sip and media do. It decides nothing itself.
//
// The configuration may change during a call. Who may call and who rings was decided when the call began, and stays. When a phone is taken
// away or its owner suspended meanwhile, package sip ends its leg (BAR WB-07), which the call takes for the end of that phone.
package switchboard

import (
	"io"
	"net/netip"
	"time"

	"tandem/call"
	"tandem/media"
	"tandem/pbx"
)

// Legs is the signalling side. Its methods do not block; legs it does not know are ignored.
// What happens on a leg comes back by Board.Signal, in the order in which it happened.
type Legs interface {
	// Dial calls a phone. An error means that the leg never came to be; no signal follows.
	Dial(call.Invite) error
	// Progress sends a provisional answer on an incoming leg, with early sound when there is SDP.
	Progress(leg pbx.LegID, status int, sdp []byte)
	// Accept answers an incoming leg; the confirmation comes as call.SignalAnswered.
	Accept(leg pbx.LegID, sdp []byte)
	// Confirm tells an outgoing leg that its answer, call.SignalAnswered, was heard.
	Confirm(leg pbx.LegID)
	// Refuse ends an incoming leg that was not answered; text goes to the caller's display.
	Refuse(leg pbx.LegID, cause pbx.Cause, text string)
	// Deflect asks the carrier of an incoming leg that was not answered to send the call to another number by itself.
	Deflect(leg pbx.LegID, number string)
	// Hangup ends a leg whatever its state: by CANCEL, by BYE or by nothing.
	Hangup(leg pbx.LegID, cause pbx.Cause)
	// Offer sends a changed session on a leg that is up; the answer comes as call.SignalReplied.
	Offer(leg pbx.LegID, sdp []byte)
	// Reply answers a call.SignalOffered.
	Reply(leg pbx.LegID, status int, sdp []byte)
	// Report answers a call.SignalReferred and tells how it goes from there.
	Report(leg pbx.LegID, how call.Progress)
}

// Sound is the media side.
type Sound interface {
	// Open reserves ports for one leg.
	Open() (Stream, error)
	// Bridge lets sound flow between two streams, as far as their flows allow.
	Bridge(a, b Stream)
	// Part ends the bridge of a stream.
	Part(Stream)
	// Capture begins to keep a conversation in a sink; tell is called once, when all of it is written.
	Capture(sink io.Writer, tell func(media.Captured)) Capture
	// Room makes a room in which several streams hear each other.
	Room() Mixer
	// Addr is the address that goes into descriptions.
	Addr() netip.Addr
}

// Mixer lets several streams hear each other; none hears itself.
type Mixer interface {
	Enter(Stream) error
	Leave(Stream)
	Mute(s Stream, muted bool)
	// Part says whether one stream does not hear another one.
	Part(ear, mouth Stream, apart bool)
	// Record keeps what those say who are kept; nil keeps nothing.
	Record(Capture)
	// Keep says whether what a stream says is kept; of who comes it is not.
	Keep(s Stream, on bool)
	// Announce lets everybody hear sounds beside each other.
	Announce([]media.Sound)
	// Watch sets who is told when somebody else speaks; nil is nobody. The function must not block.
	Watch(func(speaker Stream))
}

// Stream is the sound of one leg.
type Stream interface {
	Port() uint16
	Set(media.Flow) error
	Web(again bool) media.Place // makes it one for a browser, and tells how that reaches it
	Watch(func(media.Event))
	Press(digit byte)          // plays a key to the far side
	Play(media.Playlist) error // lets the house speak to the far side
	Stop()                     // ends what plays
	Pause(on bool)             // lets it wait where it is
	Wind(by time.Duration)     // moves it
	Gag(on bool)               // lets nobody hear the far side, but for its keys
	Record(media.Record) (rate int, err error)
	EndRecord()
	Stats() media.Stats
	Close()
}
