// Package media moves sound: it relays RTP and RTCP between the two legs of a call, in the clear or as SRTP.
//
// It also lets a leg talk to the house itself: sound is played to it, keys are heard, what it says is recorded.
//
// It knows neither users nor rights nor signalling: ports, addresses, formats and keys come from whoever
// negotiated them, and what it sees (digits, silence) it reports. The arithmetic of sound is package audio's.
//
// The life of two legs:
//
//	e, err := media.New(media.Config{Bind: addr})
//	a, err := e.Open()          // reserves an RTP/RTCP port pair; a.Port() goes into the SDP
//	b, err := e.Open()
//	a.Watch(func(ev media.Event) { … })
//	err = a.Set(media.Flow{…})  // after every offer/answer with that leg, also when nothing changed
//	err = b.Set(media.Flow{…})
//	e.Bridge(a, b)              // sound flows both ways, as far as the flows' Send and Receive allow
//	a.Close(); b.Close()        // any order; the ports rest for five seconds
//
// One leg and the house, before, after or over a bridge:
//
//	err = a.Play(media.Playlist{Sounds: []media.Sound{{Coded: clip}}, Tag: 1})     // EventPlayed when it is over
//	rate, err := a.Record(media.Record{Sink: w, Max: time.Minute, StopOn: "#"})    // EventRecorded when all is written
//	a.Stop(); a.EndRecord()                                                        // keys come as EventDigit throughout
package media
