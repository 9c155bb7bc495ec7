package command

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/policy"
)

// leaves says of every kind of row what a check-out does with those that are about a guest room. A kind that is new needs a decision here: whoever comes next must find
// nothing of who was there before, and the company keeps its records and its set-up (G-019).
var leaves = map[string]string{
	"Accesses": "clears", "Assignments": "clears", "Calendars": "clears", "Choices": "clears", "Contacts": "clears", "Duties": "clears", "Grants": "clears",
	"HoursOverrides": "clears", "Reminders": "clears", "TalkLinks": "clears the room's own", "Tokens": "clears",
	"Budgets":      "clears what was added for the room; what it spent counts on accounts that begin anew",
	"Devices":      "clears soft phones and browsers of the stay; the desk phone is the room's",
	"Forwardings":  "restores",
	"GuestRooms":   "ends the stay",
	"Mailboxes":    "restores",
	"Memberships":  "restores who sees the presence; which groups a room is in is set up by others",
	"Restrictions": "clears exceptions for the room",
	"Users":        "restores",
	"Alarms":       "keeps: an attack does not end with a stay, and whoever watches the costs lifts it",
	"Queues":       "keeps: who serves a queue is set up by others",
	"Rings":        "keeps: who rings is set up by others",
	"RecordRules":  "keeps: who is recorded is set up by others",
	"Regions":      "keeps: where a phone stands is set up by others",
	"Reviews":      "keeps: a record of those who look rights through",
	"Verdicts":     "keeps: likewise",
	"Timetables":   "keeps: hours of one's own are set up by others, a plain user cannot",
	"Prompts":      "goes with the greetings that the mailbox is restored from",
	"Entrances":    "nobody's", "DIDs": "nobody's", "Decks": "nobody's", "Groups": "nobody's", "Menus": "nobody's", "OutRoutes": "nobody's", "Parks": "nobody's", "Roles": "nobody's",
	"Rooms": "nobody's", "Trunks": "nobody's",
}

// Every kind of row has such a decision, and whatever is about a room is after a stay as it was before: what the guest and those who helped him made is gone.
func TestNothingOfAStayIsLeft(t *testing.T) {
	kinds := reflect.TypeFor[pbx.Snapshot]()
	for i := range kinds.NumField() {
		if f := kinds.Field(i); f.Type.Kind() == reflect.Map && leaves[f.Name] == "" {
			t.Errorf("does a check-out clear what is about a room in %s? Nobody has decided it", f.Name)
		}
	}

	o := full(t)
	mark, olga := o.actor("mark"), o.actor("olga")
	room := pbx.UserID(o.must(olga, CreateUser{Person: Person{Name: "Room 7", Email: "room7@example.com", Groups: []Place{{Group: o.group("sales")}}}}).Object.ID)
	guest := pbx.Actor{Kind: pbx.ActorUser, User: room, Via: "web"}
	o.must(olga, AddGuestRoom{room})
	over := o.now.Add(365 * 24 * time.Hour)
	about := func(x *pbx.Grant) *pbx.Grant {
		x.User, x.Scope, x.Until = room, pbx.Scope{Kind: pbx.ScopeSelf}, over
		return x
	}
	except := func(reason string) pbx.TollExcept {
		return pbx.TollExcept{User: room, Classes: []string{"international"}, Until: over, Reason: reason}
	}
	raise := func(reason string) pbx.BudgetRaise {
		return pbx.BudgetRaise{User: room, More: 100, Until: over, Reason: reason}
	}
	own := func(reason string) pbx.BudgetRaise { return pbx.BudgetRaise{More: 100, Until: over, Reason: reason} }
	profile := &pbx.Restriction{ID: "rst_1", Name: "All", Except: []pbx.TollExcept{except("the room's"), {User: o.user("uwe"), Until: over, Reason: "Uwe's"}}}
	each := &pbx.Budget{ID: "bud_1", Name: "Each", On: o.view().Tenant.Ref(), Each: true, Measure: pbx.MeasureTime, Period: pbx.PeriodDay, Raises: []pbx.BudgetRaise{raise("the room's"), own("everybody's")}}
	its := &pbx.Budget{ID: "bud_2", Name: "Its", On: pbx.Ref{Kind: pbx.KindUser, ID: string(room)}, Measure: pbx.MeasureTime, Period: pbx.PeriodDay}
	o.write(profile, each, its, about(&pbx.Grant{ID: "gnt_room", Right: "call.see", From: o.now}))
	nobody, group := pbx.ShareNobody, pbx.ShareGroup
	o.must(olga, SetShare{User: room, Group: o.group("sales"), Presence: &group})
	before := aboutRoom(t, o, room)

	o.must(mark, CheckIn{User: room, Guest: "Ada", Until: o.now.Add(48 * time.Hour)})
	o.now = o.now.Add(time.Hour)
	name, link, number := "Mother", "https://calendar.example.com/ada.ics", []pbx.ContactNumber{{Number: "+4930111222"}}
	o.must(guest, CreateContact{Contact{Name: &name, User: &room, Numbers: &number}})
	o.must(guest, SetStatus{User: room, Status: pbx.StatusDND})
	o.must(guest, SetCalendar{User: room, Link: &link, As: pbx.StatusDND})
	o.must(guest, CreateReminder{User: room, Clock: 400, Days: []time.Weekday{1}})
	o.must(guest, CreateDevice{User: room, Name: "Mobile", Kind: pbx.DeviceMobile})
	o.must(guest, SetShare{User: room, Group: o.group("sales"), Presence: &nobody})
	asked := o.must(guest, AskAccess{Right: "call.listen", Target: policy.Group(o.group("sales")), Until: o.now.Add(24 * time.Hour), Reason: "my call"})
	o.must(olga, ApproveAccess{ID: pbx.AccessID(asked.Object.ID)})
	o.must(guest, AskAccess{Right: "call.barge", Target: policy.Group(o.group("sales")), Until: o.now.Add(24 * time.Hour), Reason: "a wish that is open"})
	more, extra, mine := *o.view().Restrictions["rst_1"], *o.view().Budgets["bud_1"], *o.view().Budgets["bud_2"]
	more.Except = append(slices.Clone(more.Except), except("the guest's"))
	extra.Raises = append(slices.Clone(extra.Raises), raise("the guest's"))
	mine.Raises = append(slices.Clone(mine.Raises), own("the guest's"))
	o.write(&more, &extra, &mine, about(&pbx.Grant{ID: "gnt_guest", Right: "call.number", From: o.now}),
		&pbx.Assignment{ID: "asg_guest", User: room, Role: "reports", Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: o.now},
		&pbx.Duty{User: room, Pause: "lunch", Since: o.now}, &pbx.Token{ID: "tok_guest", User: room, Name: "Script", Hash: "h", Prefix: "p", Created: o.now},
		&pbx.HoursOverride{ID: pbx.HoursID(room), State: pbx.StateOpen, From: o.now},
		&pbx.TalkLink{ID: "tlk_guest", User: room, Name: "Ada", Slug: "ada-rings", To: pbx.Destination{Kind: pbx.ToUser, ID: string(room)}, Created: o.now})
	changed := map[string]bool{}
	for key, row := range aboutRoom(t, o, room) {
		if before[key] != row {
			kind, _, _ := strings.Cut(key, ":")
			changed[kind] = true
		}
	}
	for _, kind := range []pbx.Kind{pbx.KindAccess, pbx.KindAssignment, pbx.KindCalendar, pbx.KindStatus, pbx.KindContact, pbx.KindDuty, pbx.KindGrant, pbx.KindOverride, pbx.KindReminder, pbx.KindTalkLink, pbx.KindToken,
		pbx.KindBudget, pbx.KindDevice, pbx.KindMembership, pbx.KindRestriction, pbx.KindUser} {
		if !changed[string(kind)] {
			t.Errorf("the stay makes no %s, so nothing shows that it goes", kind)
		}
	}

	o.now = o.now.Add(time.Hour)
	o.must(mark, CheckOut{room})
	after := aboutRoom(t, o, room)
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if after[key] != before[key] {
			t.Errorf("left of the stay: %s\nbefore: %s", after[key], before[key])
		}
	}
	for key, row := range before {
		if after[key] == "" {
			t.Errorf("the stay took along what is the room's: %s", row)
		}
	}
}

// asItStands is a change as it stands.
type asItStands struct{ change pbx.Change }

func (asItStands) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }
func (c asItStands) Change(*Work) (pbx.Change, error)   { return c.change, nil }

func (o *office) write(n ...pbx.Noun) {
	o.t.Helper()
	o.must(pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}, asItStands{pbx.Change{Put: n}})
}

// aboutRoom is every row that names a room, but for that of the room itself.
func aboutRoom(t *testing.T, o *office, room pbx.UserID) map[string]string {
	t.Helper()
	all := map[string]string{}
	for n := range o.view().All() {
		b, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		if row := string(b); strings.Contains(row, string(room)) && n.Ref().Kind != pbx.KindGuestRoom {
			all[n.Ref().String()] = row
		}
	}
	return all
}
