package hours

import "time"

// At is the moment at which clocks show a time of day, in minutes since midnight. A time that the day leaves out moves forward by the gap; of one that
// clocks show twice it is the first.
func (z *Zone) At(d Date, clock int) time.Time {
	local := int64(d)*day + int64(clock)*minute
	first, _ := z.moments(local, z.period(local))
	return time.Unix(first, 0).UTC()
}

// Next is the first moment after another at which clocks show a time of day, in minutes since midnight, on one of the weekdays; zero when there is no such day.
func (z *Zone) Next(after time.Time, clock int, on func(time.Weekday) bool) time.Time {
	today := z.Day(after)
	for d := today - 1; d <= today+14; d++ { // a zone may leave out a whole day
		if at := z.At(d, clock); on(d.Weekday()) && at.After(after) {
			return at
		}
	}
	return time.Time{}
}
