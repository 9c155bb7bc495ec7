// Package media moves sound: it relays RTP and RTCP between the two legs of a call, in the clear or as SRTP.
//
// It knows neither users nor rights nor signalling: ports, addresses, formats and keys come from whoever
// negotiated them, and what it sees (digits, silence) it reports. It never decodes sound; package audio does.
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
package media
