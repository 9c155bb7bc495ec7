package command

import (
	"slices"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// SoundsKept is how long a sound that was replaced or taken out is kept, so that the change can be taken back (N-17).
const SoundsKept = 30 * 24 * time.Hour

// Sounding lists the kinds of rows that play sounds of the office's own.
func Sounding() []pbx.Kind {
	return []pbx.Kind{pbx.KindPrompt, pbx.KindMenu, pbx.KindMailbox, pbx.KindQueue, pbx.KindPark, pbx.KindGroup}
}

// SoundsOf lists the blobs of the sounds that a row plays: of a sentence of the house, a menu or a mailbox.
func SoundsOf(n pbx.Noun) (blobs []string) {
	add := func(blob string) {
		if blob != "" {
			blobs = append(blobs, blob)
		}
	}
	switch n := n.(type) {
	case *pbx.Prompt:
		add(n.Blob)
	case *pbx.Menu:
		for _, g := range n.Says {
			add(g.Sound.Blob)
		}
	case *pbx.Queue:
		add(n.Music.Blob)
	case *pbx.Park:
		add(n.Music.Blob)
	case *pbx.Group:
		add(n.Music.Blob)
	case *pbx.GuestRoom:
		if n.Stay != nil && n.Stay.Before.Mailbox != nil {
			return SoundsOf(n.Stay.Before.Mailbox)
		}
	case *pbx.Mailbox:
		for _, g := range n.Greetings {
			add(g.Sound.Blob)
		}
	}
	return blobs
}

// FormerSounds lists the blobs of the sounds that rows played before changes of the log.
func FormerSounds(facts []event.Fact) (blobs []string, err error) {
	for _, f := range facts {
		if len(f.Before) == 0 || !slices.Contains(Sounding(), f.Object.Kind) {
			continue
		}
		n, err := decode(f.Object.Kind, f.Before, nil)
		if err != nil {
			return nil, err
		}
		blobs = append(blobs, SoundsOf(n)...)
	}
	return blobs, nil
}

// soundsGone reports whether a row of the past plays a sound that the row of now does not, so that it may not be kept any more.
func soundsGone(then, now pbx.Noun) bool {
	kept := SoundsOf(now)
	return slices.ContainsFunc(SoundsOf(then), func(blob string) bool { return !slices.Contains(kept, blob) })
}
