package api

import (
	"context"
	"strings"

	"tandem/hours"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
)

// calendarOctets bounds a calendar that is read.
const calendarOctets = hours.MaxCalendar

// PublicHolidays are the public holidays of a country, ready to be taken over.
type PublicHolidays struct {
	Country   string          `json:"country"`
	Region    string          `json:"region,omitempty"`
	Countries []string        `json:"countries" nullable:"false" doc:"whose holidays are known"`
	Regions   []HolidayRegion `json:"regions" nullable:"false" doc:"parts of the country with holidays of their own"`
	Items     []FoundHoliday  `json:"items" nullable:"false"`
}

// HolidayRegion is a part of a country, by the name it calls itself.
type HolidayRegion struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// FoundHoliday is a holiday that may be taken over.
type FoundHoliday struct {
	Holiday
	Next   string `json:"next,omitempty" doc:"the next day on which it falls"`
	Unsure bool   `json:"unsure,omitempty" doc:"by the moon: the day is told anew every year"`
	Known  bool   `json:"known,omitempty" doc:"the hours have it already"`
}

// CalendarRead is what a calendar file holds.
type CalendarRead struct {
	Items []FoundHoliday `json:"items" nullable:"false"`
	Left  []LeftOut      `json:"left" nullable:"false" doc:"events that are not taken over, and why"`
}

// LeftOut is an event that is not taken over.
type LeftOut struct {
	Name string `json:"name"`
	Text string `json:"text" doc:"why, as a sentence"`
}

// found is a holiday with its next day, seen from a keeper of hours.
func (v *visit) found(h hours.Holiday, keeper pbx.HoursID) FoundHoliday {
	out := FoundHoliday{Holiday: Holiday{h.Name, h.On.String(), h.Hours.String(), h.Closed.String()}}
	k := v.s.KeptBy(keeper, v.at)
	zone, err := hours.LoadZone(k.Zone)
	if err == nil {
		today := zone.Day(v.at)
		for year := today.Time().Year(); year < today.Time().Year()+9 && out.Next == ""; year++ {
			h.On.Days(year, func(d hours.Date) bool {
				if d >= today {
					out.Next = d.String()
				}
				return d < today
			})
		}
	}
	if t := v.s.Timetables[k.Source]; t != nil {
		for _, o := range t.Holidays {
			out.Known = out.Known || o.On.Equal(h.On)
		}
	}
	return out
}

type holidaysIn struct {
	Country string `query:"country" maxLength:"2" doc:"absent: the office's"`
	Region  string `query:"region" maxLength:"3"`
	Keeper  string `query:"keeper" maxLength:"64" doc:"id of the group or person whose hours they are for; absent: the office"`
}

// keeperOf reads whose hours are meant.
func (v *visit) keeperOf(id string) (pbx.HoursID, error) {
	if id == "" {
		return pbx.OfficeHours, nil
	}
	return pbx.HoursID(id), v.seesHours(pbx.HoursID(id))
}

// listHolidays gives the public holidays of a country in the visitor's language (BAR TZ-08).
func (s *Server) listHolidays(_ context.Context, v *visit, in *holidaysIn) (PublicHolidays, error) {
	keeper, err := v.keeperOf(in.Keeper)
	if err != nil {
		return PublicHolidays{}, err
	}
	country := strings.ToUpper(in.Country)
	if country == "" {
		country = v.s.Tenant.Country
	}
	out := PublicHolidays{Country: country, Region: strings.ToUpper(in.Region), Countries: hours.Countries(), Regions: []HolidayRegion{}, Items: []FoundHoliday{}}
	for _, r := range hours.Regions(country) {
		out.Regions = append(out.Regions, HolidayRegion(r))
	}
	for _, p := range hours.PublicHolidays(country, out.Region, v.at.Year()) {
		h := v.found(hours.Holiday{Name: s.say(v, i18n.T("holiday."+p.Key)), On: p.On}, keeper)
		if h.Unsure = p.Unsure; h.Next != "" {
			out.Items = append(out.Items, h)
		}
	}
	return out, nil
}

type calendarUp struct {
	Keeper  string `query:"keeper" maxLength:"64" doc:"id of the group or person whose hours they are for; absent: the office"`
	RawBody []byte `contentType:"text/calendar"`
}

// readCalendar reads an iCalendar file; nothing is changed, and nothing of the file is kept.
func (s *Server) readCalendar(_ context.Context, v *visit, in *calendarUp) (CalendarRead, error) {
	keeper, err := v.keeperOf(in.Keeper)
	if err != nil {
		return CalendarRead{}, err
	}
	list, left, err := hours.ParseCalendar(in.RawBody, hours.DateOf(v.at.Date()))
	if err != nil {
		return CalendarRead{}, pbx.RefuseHours(err)
	}
	out := CalendarRead{Items: []FoundHoliday{}, Left: []LeftOut{}}
	for _, h := range list {
		out.Items = append(out.Items, v.found(h, keeper))
	}
	for _, u := range left {
		out.Left = append(out.Left, LeftOut{u.Name, s.say(v, i18n.T("calendar.left."+u.Code))})
	}
	return out, nil
}

// holidayRoutes are those of holidays that may be taken over.
func holidayRoutes() []Route {
	return []Route{
		route("GET", "/v1/holidays", signedIn("public holidays are no secret"), "The public holidays of a country, ready to be taken over.", (*Server).listHolidays),
		route("POST", "/v1/holidays/calendar", anywhere(policy.HoursEdit, policy.SettingEdit), "Read an iCalendar file: which of its events can be holidays. Nothing is changed.", (*Server).readCalendar).large(calendarOctets),
	}
}
