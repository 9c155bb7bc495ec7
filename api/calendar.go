package api

import (
	"context"
	"net/url"
	"time"

	"tandem/command"
	"tandem/hours"
	"tandem/i18n"
	"tandem/pbx"
)

// Calendar is where the asker is busy, as a calendar of his tells (BAR BL-04).
type Calendar struct {
	Linked bool          `json:"linked" doc:"a feed, or what a file held, counts"`
	File   bool          `json:"file,omitempty" doc:"it was a file, which is not read again"`
	Host   string        `json:"host,omitempty" doc:"of the feed; its address is not told again"`
	As     pbx.Status    `json:"as" enum:"away,dnd,available2,away2" doc:"status while busy"`
	Read   time.Time     `json:"read,omitzero" doc:"when it was checked, to some hours"`
	Left   int           `json:"left,omitempty" doc:"events that were not understood"`
	Fault  string        `json:"fault,omitempty" doc:"why it could not be read last, as a sentence; what it said before counts on"`
	Ahead  []hours.Spell `json:"ahead" nullable:"false" doc:"when the asker is busy in the next two weeks"`
}

// fileAhead is how far a file that is read once is looked at.
const fileAhead = 366 * 24 * time.Hour

func (s *Server) calendar(v *visit) Calendar {
	out := Calendar{As: pbx.StatusAway, Ahead: []hours.Spell{}}
	c := v.s.Calendars[v.who.User]
	if c == nil {
		return out
	}
	out.Linked, out.File, out.As, out.Read, out.Left = true, c.Link == "", c.As, c.Read, c.Left
	if u, err := url.Parse(c.Link); err == nil {
		out.Host = u.Host
	}
	if c.Fault != "" {
		out.Fault = s.say(v, i18n.T("calendar.fault."+c.Fault, "host", out.Host))
	}
	for _, spell := range c.Busy {
		if spell.Until.After(v.at) && spell.From.Before(v.at.Add(14*24*time.Hour)) {
			out.Ahead = append(out.Ahead, spell)
		}
	}
	return out
}

func (s *Server) getCalendar(_ context.Context, v *visit, _ *struct{}) (Calendar, error) {
	return s.calendar(v), nil
}

type putCalendar struct {
	Body struct {
		Link *string    `json:"link,omitempty" maxLength:"2000" doc:"address of an iCalendar feed (https); absent keeps it"`
		As   pbx.Status `json:"as" enum:"away,dnd,available2,away2"`
	}
}

// putCalendar links a feed, or changes the status while busy.
func (s *Server) putCalendar(ctx context.Context, v *visit, in *putCalendar) (Calendar, error) {
	if in.Body.Link != nil && *in.Body.Link == "" {
		return Calendar{}, pbx.Refuse(pbx.Invalid, "link", "calendar.link")
	}
	_, err := s.do(ctx, v, command.SetCalendar{User: v.who.User, As: in.Body.As, Link: in.Body.Link})
	return s.calendar(v), err
}

type calendarFile struct {
	As      pbx.Status `query:"as" enum:"away,dnd,available2,away2" default:"away" doc:"status while busy"`
	RawBody []byte     `contentType:"text/calendar"`
}

// putCalendarFile takes from a file when the asker is busy; nothing else of it is kept.
func (s *Server) putCalendarFile(ctx context.Context, v *visit, in *calendarFile) (Calendar, error) {
	zone, err := hours.LoadZone(v.s.ZoneOf(v.who.User, v.at))
	if err != nil {
		return Calendar{}, pbx.RefuseHours(err)
	}
	busy, left, err := hours.ParseBusy(in.RawBody, zone.Location(), v.at, v.at.Add(fileAhead))
	if err != nil {
		return Calendar{}, pbx.RefuseHours(err)
	}
	none := ""
	_, err = s.do(ctx, v, command.SetCalendar{User: v.who.User, As: in.As, Link: &none, Busy: busy, Left: left})
	return s.calendar(v), err
}

func (s *Server) deleteCalendar(ctx context.Context, v *visit, _ *struct{}) (Calendar, error) {
	_, err := s.do(ctx, v, command.UnlinkCalendar{User: v.who.User})
	return s.calendar(v), err
}

// calendarRoutes are those of one's own calendar.
func calendarRoutes() []Route {
	return []Route{
		route("GET", "/v1/profile/calendar", signedIn("only the asker's own"), "When one is busy, as one's own calendar tells.", (*Server).getCalendar),
		route("PUT", "/v1/profile/calendar", signedIn("only the asker's own; the command asks for presence.set"), "Link a calendar feed of one's own: while it says busy, one's status is another.", (*Server).putCalendar),
		route("PUT", "/v1/profile/calendar/file", signedIn("only the asker's own; the command asks for presence.set"), "Take from an iCalendar file when one is busy.", (*Server).putCalendarFile).large(calendarOctets),
		route("DELETE", "/v1/profile/calendar", signedIn("only the asker's own; the command asks for presence.set"), "Unlink one's own calendar.", (*Server).deleteCalendar),
	}
}
