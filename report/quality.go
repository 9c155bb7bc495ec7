package report

import (
	"math"
	"time"

	"tandem/pbx"
)

// Quality is what calls over a line were like in some time (B-104). What nothing is known about is 0.
type Quality struct {
	Calls    int           // in both directions
	Out      int           // of them: tried by us
	Answered int           // of those that we tried
	Failed   int           // of those that we tried: given up because of the line, not of the called person
	Talk     time.Duration // of all calls together
	Talks    int           // calls in which somebody talked
	Delay    time.Duration // from dialling until it rings or is answered, of all together (post-dial delay)
	Delays   int
	Packets  int // of sound, both ways, as far as both sides count
	Lost     int
	Jitter   time.Duration // of all directions together
	Heard    int           // directions with sound
	Sounds   int           // calls with sound
	scores   float64
}

// Add takes a leg in.
func (q *Quality) Add(l *Leg) {
	q.Calls++
	if l.Out {
		q.tried(l)
	}
	if talk := l.Talk(); talk > 0 {
		q.Talk += talk
		q.Talks++
	}
	if l.Packets > 0 || l.FarPackets > 0 {
		q.Sounds++
	}
	q.hears(l.Packets, l.Lost, l.Jitter, l.RTT)
	q.hears(l.FarPackets, l.FarLost, l.FarJitter, l.RTT)
}

func (q *Quality) tried(l *Leg) {
	q.Out++
	switch l.Cause {
	case pbx.CauseOffline, pbx.CauseTimeout, pbx.CauseOverload, pbx.CauseFailed, pbx.CauseInsecure, pbx.CauseNoCodec:
		if l.Answered.IsZero() {
			q.Failed++
		}
	}
	if !l.Answered.IsZero() {
		q.Answered++
	}
	first := l.Rang
	if first.IsZero() {
		first = l.Answered
	}
	if !first.IsZero() {
		q.Delay += first.Sub(l.Started)
		q.Delays++
	}
}

// hears takes in the sound of one direction. One that nobody counted says nothing.
func (q *Quality) hears(packets, lost, jitter, rtt int) {
	if packets <= 0 {
		return
	}
	lost = min(max(lost, 0), packets)
	q.Packets += packets
	q.Lost += lost
	q.Jitter += time.Duration(jitter) * time.Millisecond
	q.Heard++
	q.scores += scoreOf(packets, lost, jitter, rtt)
}

// scoreOf is the opinion score of one direction; 0 where nobody counted.
func scoreOf(packets, lost, jitter, rtt int) float64 {
	if packets <= 0 {
		return 0
	}
	lost = min(max(lost, 0), packets)
	return Score(float64(lost)/float64(packets+lost), time.Duration(jitter)*time.Millisecond, time.Duration(rtt)*time.Millisecond)
}

// scored is the opinion score of the worse direction of a leg, to hundredths; 0 where nobody counted.
func (l *Leg) scored() float64 {
	here, far := scoreOf(l.Packets, l.Lost, l.Jitter, l.RTT), scoreOf(l.FarPackets, l.FarLost, l.FarJitter, l.RTT)
	if here == 0 || far > 0 && far < here {
		here = far
	}
	return math.Round(100*here) / 100
}

// Answers is the share of our calls that were answered, in percent (ASR).
func (q *Quality) Answers() float64 { return share(q.Answered, q.Out) }

// Failures is the share of our calls that the line failed, in percent.
func (q *Quality) Failures() float64 { return share(q.Failed, q.Out) }

// Loss is the share of the sound that did not arrive, in percent.
func (q *Quality) Loss() float64 { return share(q.Lost, q.Packets+q.Lost) }

// Duration is how long calls last on average (ACD).
func (q *Quality) Duration() time.Duration { return mean(q.Talk, q.Talks) }

// Wait is how long it takes on average until it rings (post-dial delay).
func (q *Quality) Wait() time.Duration { return mean(q.Delay, q.Delays) }

// Wobble is the jitter on average.
func (q *Quality) Wobble() time.Duration { return mean(q.Jitter, q.Heard) }

// Score is the opinion score on average, from 1 to 4.4; 0 where nothing was heard.
func (q *Quality) Score() float64 {
	if q.Heard == 0 {
		return 0
	}
	return q.scores / float64(q.Heard)
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

func mean(d time.Duration, n int) time.Duration {
	if n == 0 {
		return 0
	}
	return d / time.Duration(n)
}

// Score estimates what people think of sound, from 1 to 4.4 (MOS), by the E-model with its usual values (ITU-T G.107): of G.711 with
// concealment, a share of lost packets, and a buffer that takes twice the jitter. The way takes half of what it takes there and back, where that is
// known, else 50 ms.
func Score(loss float64, jitter, rtt time.Duration) float64 {
	const rest, robust = 93.2, 25.1 // R without any impairment but the usual ones; packet-loss robustness
	const packet = 10 * time.Millisecond
	way := 50 * time.Millisecond
	if rtt > 0 {
		way = rtt / 2
	}
	delay := float64(packet+way+2*jitter) / float64(time.Millisecond)
	late := 0.024 * delay
	if delay > 177.3 {
		late += 0.11 * (delay - 177.3)
	}
	percent := 100 * min(max(loss, 0), 1)
	r := rest - late - 95*percent/(percent+robust)
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return max(1, 1+0.035*r+7e-6*r*(r-60)*(100-r))
}

// QualityOver folds legs, ordered by their beginning, into the whole of a time and its parts.
func QualityOver(legs []Leg, from time.Time, step time.Duration, parts int) (whole Quality, each []Quality) {
	each = make([]Quality, parts)
	for i := range legs {
		l := &legs[i]
		n := int(l.Started.Sub(from) / step)
		if l.Started.Before(from) || n >= parts {
			continue
		}
		whole.Add(l)
		each[n].Add(l)
	}
	return whole, each
}
