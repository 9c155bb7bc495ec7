package api

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tandem/hours"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/store"
)

type callTableIn struct {
	CallFilter
	Q    string `query:"q" maxLength:"200"`
	Zone string `query:"zone" doc:"time zone of the offset, like Europe/Berlin; empty is the visitor's own"`
}

// zone is the time zone that the visitor asked for, or lives in.
func (v *visit) zone(name string) (*hours.Zone, error) {
	if name == "" {
		name = v.s.ZoneOf(v.who.User, v.at)
	}
	z, err := hours.LoadZone(name)
	if err != nil {
		return nil, pbx.Refuse(pbx.Invalid, "zone", "zone.unknown", "zone", name)
	}
	return z, nil
}

// exportCalls writes the call log as a table for programs that calculate: what the list shows, as long as it is, the
// oldest first. Moments are UTC; offset is what the clock of the zone was ahead when the call began, so that its day and
// hour there can be told in either hour that a clock put back goes through twice (BAR TZ-05).
func (s *Server) exportCalls(ctx context.Context, v *visit, in *callTableIn) (writer, error) {
	zone, err := v.zone(in.Zone)
	if err != nil {
		return nil, err
	}
	q, any := s.calls(v, in.CallFilter, in.Q)
	q.Sort, q.Limit = "started", 200
	var page store.CallPage
	if any {
		if page, err = s.c.Store.Calls(ctx, q); err != nil {
			return nil, err
		}
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		table := beginTable(w, "calls.csv")
		_ = table.Write([]string{"call", "started", "offset", "answered", "ended", "seconds", "direction", "from", "from_number", "to", "to_number", "dialled",
			"cause", "reason", "ended_by", "codec", "secure", "cost", "currency", "reference"})
		for {
			for i := range page.Items {
				v.shows(policy.CallDetail, recordTarget(&page.Items[i]))
				_ = table.Write(callRow(s.showCall(v, &page.Items[i]), zone))
			}
			if table.Flush(); page.Next == "" || table.Error() != nil { // a reader that is gone gets nothing more
				return
			}
			q.Cursor = page.Next
			if page, err = s.c.Store.Calls(ctx, q); err != nil {
				s.c.Log.Error("the export of calls broke off", "error", err)
				panic(http.ErrAbortHandler) // the reader must not take a part for the whole
			}
		}
	}, nil
}

// callRow is a call as a line of the table.
func callRow(c Call, zone *hours.Zone) []string {
	row := []string{string(c.ID), utc(c.Started), c.Started.In(zone.Location()).Format("-07:00"), utc(c.Answered), utc(c.Ended), strconv.Itoa(c.Seconds), c.Direction,
		c.From.Name, c.From.Number, c.To.Name, c.To.Number, c.Dialled, string(c.Cause), c.Reason, "", c.Codec, strconv.FormatBool(c.Secure), "", "", c.Reference}
	if c.By != nil {
		row[14] = c.By.Name
	}
	if c.Cost != nil && c.Cost.Known {
		row[17], row[18] = strconv.FormatFloat(float64(c.Cost.Amount)/1e6, 'f', -1, 64), c.Cost.Currency
	}
	return plain(row)
}

// CallDay is what the calls that began on a day come to.
type CallDay struct {
	Day      string    `json:"day" doc:"YYYY-MM-DD in the zone"`
	Begins   time.Time `json:"begins"`
	Hours    float64   `json:"hours" doc:"how long the day is: 23 or 25 where clocks are put"`
	Calls    int       `json:"calls"`
	Answered int       `json:"answered"`
	Seconds  int       `json:"seconds" doc:"talked"`
	Spent    []Spent   `json:"spent" nullable:"false" doc:"of calls whose costs the visitor may see"`
	Unpriced int       `json:"unpriced" doc:"calls that somebody pays for and whose price is not known"`
}

// Spent is an amount in one currency, in millionths.
type Spent struct {
	Currency string `json:"currency"`
	Amount   int64  `json:"amount"`
}

// CallDays are the days of a period, the first first.
type CallDays struct {
	Zone  string    `json:"zone"`
	Days  []CallDay `json:"days" nullable:"false"`
	Since time.Time `json:"complete_since,omitzero" doc:"records before are kept no longer, or only some of them; absent: the period is complete"`
}

// Bounds of the report per day.
const (
	mostDays = 400
	mostRows = 200_000
)

type callDaysIn struct {
	From  string `query:"from" required:"true" format:"date" doc:"first day"`
	Until string `query:"until" required:"true" format:"date" doc:"last day"`
	User  string `query:"user" doc:"only calls of this person"`
	Zone  string `query:"zone" doc:"whose days, like Europe/Berlin; empty is the visitor's own"`
}

// listCallDays counts the calls of each day that call.detail reaches. A day is one of the zone: it may have 23 or 25
// hours, and the same call can belong to another day elsewhere (BAR TZ-05).
func (s *Server) listCallDays(ctx context.Context, v *visit, in *callDaysIn) (CallDays, error) {
	zone, err := v.zone(in.Zone)
	if err != nil {
		return CallDays{}, err
	}
	first, last, err := period(in.From, in.Until)
	if err != nil {
		return CallDays{}, err
	}
	tallies := make([]report.Tally, last-first+1)
	q, any := s.calls(v, CallFilter{From: zone.Begin(first), Until: zone.Begin(last + 1), User: in.User}, "")
	q.Sort = "started"
	if !any {
		q.Sight = store.Scope{}
	}
	rows, people := 0, map[pbx.UserID]bool{}
	for c, err := range s.c.Store.EachCall(ctx, q) {
		switch {
		case err != nil:
			return CallDays{}, err
		case rows == mostRows:
			return CallDays{}, pbx.Refuse(pbx.Invalid, "from", "call.days_many", "max", strconv.Itoa(mostRows))
		}
		rows++
		people[c.From.User], people[c.To.User] = true, true
		v.shows(policy.CallDetail, recordTarget(c))
		tallies[zone.Day(c.Started)-first].Add(c, v.seesCost(c))
	}
	delete(people, "")
	about := slices.Collect(maps.Keys(people))
	if in.User != "" {
		about = []pbx.UserID{pbx.UserID(in.User)}
	}
	if !policy.Figures(v.s, v.who, about...) {
		return CallDays{}, pbx.Refuse(pbx.Denied, "", "call.days_few")
	}
	out := CallDays{Zone: zone.Name(), Days: make([]CallDay, len(tallies))}
	if out.Since, err = s.complete(ctx, q.From); err != nil {
		return out, err
	}
	for i, t := range tallies {
		d := first + hours.Date(i)
		day := CallDay{Day: d.String(), Begins: zone.Begin(d).UTC(), Hours: zone.Begin(d + 1).Sub(zone.Begin(d)).Hours(), Calls: t.Calls, Answered: t.Answered,
			Seconds: int(t.Talk.Round(time.Second) / time.Second), Spent: []Spent{}, Unpriced: t.Unpriced}
		for _, currency := range slices.Sorted(maps.Keys(t.Spent)) {
			day.Spent = append(day.Spent, Spent{currency, t.Spent[currency]})
		}
		out.Days[i] = day
	}
	return out, nil
}

// period reads the first and the last day of a report.
func period(from, until string) (first, last hours.Date, err error) {
	for _, d := range []struct {
		field, text string
		into        *hours.Date
	}{{"from", from, &first}, {"until", until, &last}} {
		t, err := time.Parse(time.DateOnly, d.text)
		if err != nil {
			return 0, 0, pbx.Refuse(pbx.Invalid, d.field, "call.day_wrong")
		}
		*d.into = hours.DateOf(t.Date())
	}
	if last < first || last-first >= mostDays {
		return 0, 0, pbx.Refuse(pbx.Invalid, "until", "call.days_long", "max", strconv.Itoa(mostDays))
	}
	return first, last, nil
}
