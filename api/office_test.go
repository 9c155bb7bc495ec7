package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tandem/auth"
	"tandem/blob"
	"tandem/bus"
	"tandem/call"
	"tandem/command"
	"tandem/directory"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/prompt"
	"tandem/report"
	"tandem/store"
	"tandem/switchboard"
	"tandem/toll"
	"tandem/vault"
)

// start is the moment of every test. Sessions and tokens are measured against the clock of the process, so it is today's;
// nothing that a test expects depends on it.
var start = time.Now().UTC().Truncate(time.Millisecond)

// office is a whole house but for telephones: a real database, directory, bus, desk and door, with people in groups:
//
//	Default   olga (system owner), sven (system administrator), anna (auditor)
//	Sales     greta (group owner), mark (manager), uwe, nina, susi (users; susi is suspended)
//	 └ North  kai (user)
//	Support   mia (manager), tom (user)
//
// Calls of yesterday: uwe with nina, uwe with tom, tom with mia, tom with an outside number.
type office struct {
	clockSet *ClockSet  // of the machine
	dropped  pbx.CallID // from a queue
	t        testing.TB
	path     string
	tenant   *store.Tenant
	dir      *directory.Directory
	bus      *bus.Local
	desk     *command.Desk
	auth     *auth.Service
	door     http.Handler
	till     *switchboard.Till
	now      func() time.Time
	ids      map[string]string
	asked    []string          // by visitors of Talk links
	keys     map[string]string // what each person knocks with
	log      *bytes.Buffer
	dictate  switchboard.Dictate
	dictated switchboard.Dictated
	hangups  []pbx.CallID
	mails    []string
	sentOn   []string            // messages that were forwarded
	used     sync.Map            // "name right via" of who makes use of rights
	sent     []switchboard.Order // what was asked of the switchboard
	plays    func() Playback     // every recording; nil: a few octets
	listened []string            // who was told that somebody listened to him
	taped    []string
	steered  []switchboard.RoomOrder
	invited  []pbx.Destination
	begun    []switchboard.Originate
	modes    []pbx.Watch
	held     map[pbx.UserID][]switchboard.PINHeld // which PINs are remembered
	locked   bool
	close    func() // before the test ends, where a test needs many offices
}

func (o *office) use(who pbx.UserID, right policy.Right, via string, _ time.Time) {
	o.used.Store(string(who)+" "+right.String()+" "+via, true)
}

var catalog = sync.OnceValue(func() *i18n.Catalog {
	c, err := i18n.Load()
	if err != nil {
		panic(err)
	}
	return c
})

// model is the office of every test, made once and copied: a file is cheaper than forty commands.
var model = sync.OnceValue(func() *frozen {
	dir, err := os.MkdirTemp("", "tandem-api")
	if err != nil {
		panic(err)
	}
	scratch = dir
	f := &frozen{path: filepath.Join(dir, "model.db")}
	f.build()
	return f
})

// scratch is where the model lies.
var scratch string

type frozen struct {
	path string
	ids  map[string]string
	keys map[string]string
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, sweep := range swept {
		sweep()
	}
	if scratch != "" {
		_ = os.RemoveAll(scratch)
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func (f *frozen) build() {
	ctx := context.Background()
	o := &office{path: f.path, ids: map[string]string{}, keys: map[string]string{}, now: func() time.Time { return start.Add(-48 * time.Hour) }}
	db := o.open()
	must := func(c command.Command) command.Result {
		r, err := o.desk.Do(ctx, pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}, c)
		if err != nil {
			panic(err)
		}
		return r
	}
	must(command.Claim{Name: "olga", Email: "olga@example.com", Company: "Example", Country: "DE", Zone: "Europe/Berlin", Language: "en"})
	s, _ := o.dir.View()
	o.ids["olga"], o.ids["default"] = string(s.ByEmail("olga@example.com").ID), string(s.DefaultGroup())
	for _, g := range [][2]string{{"sales", ""}, {"north", "sales"}, {"support", ""}, {"empty", ""}} {
		o.ids[g[0]] = must(command.CreateGroup{Name: g[0], Parent: pbx.GroupID(o.ids[g[1]])}).Object.ID
	}
	for _, u := range [][3]string{
		{"sven", "default", "user"}, {"anna", "default", "user"}, {"greta", "sales", "group_owner"}, {"mark", "sales", "manager"},
		{"uwe", "sales", "user"}, {"nina", "sales", "user"}, {"susi", "sales", "user"}, {"kai", "north", "user"},
		{"mia", "support", "manager"}, {"tom", "support", "user"},
	} {
		p := command.Person{Name: u[0], Email: u[0] + "@example.com", Mobile: "+49170123456", Groups: []command.Place{{Group: pbx.GroupID(o.ids[u[1]]), Role: pbx.RoleID(u[2])}}}
		o.ids[u[0]] = must(command.CreateUser{Person: p}).Object.ID
	}
	must(command.SetOfficeRole{User: pbx.UserID(o.ids["sven"]), Role: "system_admin"})
	must(command.SetOfficeRole{User: pbx.UserID(o.ids["anna"]), Role: "auditor"})
	for _, name := range []string{"olga", "sven", "anna"} {
		o.ids["role of "+name] = string(o.view().AssignmentsOf(pbx.UserID(o.ids[name]))[0].ID)
	}
	for _, name := range []string{"susi", "kai"} { // a right over colleagues of a sub-group, for half a year
		r := must(command.GiveGrant{User: pbx.UserID(o.ids[name]), Right: "presence.see",
			Bounds: command.Bounds{Scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: pbx.GroupID(o.ids["north"])}, Until: start.AddDate(0, 6, 0), Reason: "Front desk"}})
		o.ids["grant of "+name], o.ids["change of "+name] = r.Object.ID, strconv.FormatInt(r.Facts[0].Seq, 10)
	}
	for _, name := range []string{"olga", "sven", "anna", "greta", "mark", "uwe", "nina", "susi", "kai", "mia", "tom"} {
		r := must(command.CreateDevice{User: pbx.UserID(o.ids[name]), Name: "Phone"})
		o.ids["phone of "+name] = r.Object.ID
		if name == "uwe" {
			o.ids["change of uwe"] = strconv.FormatInt(r.Facts[0].Seq, 10)
		}
	}
	for _, name := range []string{"olga", "sven", "anna", "greta", "mark", "uwe", "nina", "susi", "kai", "mia", "tom"} {
		r := must(command.CreateToken{User: pbx.UserID(o.ids[name]), Name: "Script", Expires: start.AddDate(0, 6, 0)})
		o.ids["token of "+name], o.keys["program of "+name] = r.Object.ID, r.Secret
	}
	for name, group := range map[string]string{"sales ring": "sales", "office ring": ""} {
		id, label := pbx.GroupID(o.ids[group]), name
		members := []pbx.Ref{{Kind: pbx.KindUser, ID: o.ids["uwe"]}, {Kind: pbx.KindUser, ID: o.ids["tom"]}}
		o.ids[name] = must(command.CreateRing{Ring: command.Ring{Name: &label, Group: &id, Members: &members}}).Object.ID
	}
	for name, group := range map[string]string{"sales queue": "sales", "office queue": ""} {
		id, label := pbx.GroupID(o.ids[group]), name
		agents := []pbx.QueueAgent{{User: pbx.UserID(o.ids["uwe"])}, {User: pbx.UserID(o.ids["tom"])}}
		o.ids[name] = must(command.CreateQueue{Queue: command.Queue{Name: &label, Group: &id, Agents: &agents}}).Object.ID
	}
	for name, group := range map[string]string{"sales park": "sales", "office park": ""} {
		id, label := pbx.GroupID(o.ids[group]), name
		o.ids[name] = must(command.CreatePark{Park: command.Park{Name: &label, Group: &id}}).Object.ID
	}
	for name, group := range map[string]string{"sales room": "sales", "office room": ""} {
		id, label := pbx.GroupID(o.ids[group]), name
		o.ids[name] = must(command.CreateRoom{Room: command.Room{Name: &label, Group: &id}}).Object.ID
	}
	for name, group := range map[string]string{"sales menu": "sales", "office menu": ""} {
		id, label := pbx.GroupID(o.ids[group]), name
		keys := []pbx.MenuKey{{Key: "1", To: pbx.Destination{Kind: pbx.ToUser, ID: o.ids["uwe"]}}}
		o.ids[name] = must(command.CreateMenu{Menu: command.Menu{Name: &label, Group: &id, Keys: &keys}}).Object.ID
		must(command.SetMenuSound{ID: pbx.MenuID(o.ids[name]), Language: "pl", Sound: pbx.Sound{Blob: "prm_none", Rate: 8000, Samples: 8000}})
	}
	for name, group := range map[string]string{"sales restriction": "sales", "office restriction": ""} {
		id, label := pbx.GroupID(o.ids[group]), name
		on, rules := []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}}, []pbx.TollRule{pbx.Basic()}
		if group != "" {
			on, rules = []pbx.Ref{{Kind: pbx.KindGroup, ID: string(id)}}, []pbx.TollRule{{Effect: pbx.TollAllow, Classes: []string{"international"}}, {Effect: pbx.TollDeny, Countries: []string{"JM"}}}
		}
		o.ids[name] = must(command.CreateRestriction{Restriction: command.Restriction{Name: &label, Group: &id, On: &on, Rules: &rules}}).Object.ID
	}
	for name, group := range map[string]string{"sales trunk": "sales", "office trunk": ""} {
		id, label, host, off := pbx.GroupID(o.ids[group]), name, "192.0.2.99", true
		o.ids[name] = must(command.CreateTrunk{Trunk: command.Trunk{Name: &label, Group: &id, Host: &host, Off: &off}}).Object.ID
	}
	for number, group := range map[string]string{"sales number": "sales", "office number": ""} {
		id, digits, to := pbx.GroupID(o.ids[group]), "+493055501"+fmt.Sprint(len(group)), pbx.Destination{Kind: pbx.ToUser, ID: o.ids["uwe"]}
		o.ids[number] = must(command.CreateDID{DID: command.DID{Number: &digits, Group: &id, To: &to}}).Object.ID
	}
	for name, group := range map[string]string{"sales region": "sales", "office region": ""} {
		id, label, area := pbx.GroupID(o.ids[group]), name, "30"
		o.ids[name] = must(command.CreateRegion{Region: command.Region{Name: &label, Group: &id, Area: &area}}).Object.ID
	}
	wayOut, ways := "Way out", []pbx.Way{{Trunk: pbx.TrunkID(o.ids["office trunk"])}}
	o.ids["way out"] = must(command.CreateOutRoute{OutRoute: command.OutRoute{Name: &wayOut, Trunks: &ways}}).Object.ID
	listName, money := "Carrier 2026", "EUR"
	o.ids["price list"] = must(command.ImportDeck{Deck: command.Deck{Name: &listName, Currency: &money}, Rows: []command.DeckRow{{Rate: pbx.Rate{Prefix: "48", Name: "Poland", Minute: 12_000}}}}).Object.ID
	for name, of := range map[string][2]string{"sales contact": {"", "sales"}, "office contact": {"", ""}, "contact of nina": {"nina", ""}} {
		label, user, group := name, pbx.UserID(o.ids[of[0]]), pbx.GroupID(o.ids[of[1]])
		o.ids[name] = must(command.CreateContact{Contact: command.Contact{Name: &label, User: &user, Group: &group, Numbers: &[]pbx.ContactNumber{{Number: "+4930222333"}}}}).Object.ID
	}
	for _, name := range []string{"nina", "tom"} {
		must(command.AddGuestRoom{User: pbx.UserID(o.ids[name])})
	}
	for name, group := range map[string]string{"sales link": "sales", "office link": ""} {
		label, slug, in := name, strings.ReplaceAll(name, " ", "-"), pbx.GroupID(o.ids[group])
		to := pbx.Destination{Kind: pbx.ToRing, ID: o.ids[strings.TrimSuffix(name, "link")+"ring"]}
		o.ids[name] = must(command.CreateTalkLink{Talk: command.Talk{Name: &label, Slug: &slug, Group: &in, To: &to}}).Object.ID
	}
	o.ids["reminder of nina"] = must(command.CreateReminder{User: pbx.UserID(o.ids["nina"]), Clock: 7 * 60}).Object.ID
	for name, on := range map[string]pbx.Ref{"sales budget": {Kind: pbx.KindGroup, ID: o.ids["sales"]}, "office budget": {Kind: pbx.KindSettings, ID: "office"}} {
		label, limit, measure := name, int64(100), pbx.MeasureTime
		o.ids[name] = must(command.CreateBudget{Budget: command.Budget{Name: &label, On: &on, Limit: &limit, Measure: &measure}}).Object.ID
	}
	o.ids["night"] = must(command.CreateRole{Name: "Night", Base: "receptionist"}).Object.ID
	narrow := must(command.CreateToken{User: pbx.UserID(o.ids["mark"]), Name: "Narrow", Expires: start.AddDate(0, 6, 0), Rights: []string{"user.see", "group.see"}})
	o.keys["narrow"] = narrow.Secret
	wish, err := o.desk.Do(ctx, pbx.Actor{Kind: pbx.ActorUser, User: pbx.UserID(o.ids["nina"])}, command.AskAccess{Right: "call.listen",
		Target: policy.User(pbx.UserID(o.ids["uwe"])), Until: start.AddDate(0, 1, 0), Reason: "training"})
	if err != nil {
		panic(err)
	}
	o.ids["wish of nina"] = wish.Object.ID
	o.ids["review"] = must(command.StartReview{Name: "Spring", Group: pbx.GroupID(o.ids["sales"]), Until: start.AddDate(0, 1, 0), Reason: "every year"}).Object.ID
	o.signIn(ctx)
	o.messages(ctx)
	must(command.SuspendUser{User: pbx.UserID(o.ids["susi"])})
	o.records(ctx)
	f.ids, f.keys = o.ids, o.keys
	if err := db.Backup(ctx, f.path+".copy"); err != nil {
		panic(err)
	}
	_ = db.Close()
}

// records writes the calls of yesterday.
func (o *office) records(ctx context.Context) {
	s, _ := o.dir.View()
	party := func(name string) pbx.Party {
		u := s.Users[pbx.UserID(o.ids[name])]
		if u == nil {
			return pbx.Party{Number: name, Name: name}
		}
		return u.Party()
	}
	for i, c := range [][2]string{{"uwe", "nina"}, {"uwe", "tom"}, {"tom", "mia"}, {"tom", "+4930123456789"}, {"kai", "uwe"}} {
		from, to := party(c[0]), party(c[1])
		cdr := report.CDR{ID: pbx.CallID("cal_" + c[0] + "_" + strings.TrimPrefix(c[1], "+")), From: from, To: to, Dialled: to.Number,
			Started: start.Add(time.Duration(i-24) * time.Hour), Cause: pbx.CauseHangup, By: from, Reason: i18n.T("cause.hangup", "name", from.Name),
			Trace: []i18n.Text{i18n.T("route.found", "name", to.Name, "number", to.Number)}}
		cdr.Answered, cdr.Ended = cdr.Started.Add(5*time.Second), cdr.Started.Add(65*time.Second)
		for _, p := range []pbx.Party{from, to} {
			if p.User != "" {
				cdr.Users = append(cdr.Users, p.User)
			}
			cdr.Legs = append(cdr.Legs, report.Leg{ID: pbx.LegID("leg_" + p.Number), Party: p, Started: cdr.Started, Ended: cdr.Ended, Cause: cdr.Cause})
		}
		if _, err := o.tenant.Append(ctx, []report.CDR{cdr}, nil); err != nil {
			panic(err)
		}
		o.ids["call "+c[0]+" "+c[1]] = string(cdr.ID)
	}
}

// messages leaves a message in the mailboxes of uwe, mia and sales.
func (o *office) messages(ctx context.Context) {
	for i, name := range []string{"uwe", "mia", "sales"} {
		m := pbx.Message{ID: pbx.MessageID("msg_" + name), Call: "cal_message", At: start.Add(time.Duration(i-9) * time.Hour), Length: 12 * time.Second, Rate: 8000,
			From: pbx.Party{User: pbx.UserID(o.ids["nina"]), Name: "nina", Number: "106"}, User: pbx.UserID(o.ids[name])}
		if name == "sales" {
			m.User, m.Group = "", pbx.GroupID(o.ids[name])
		}
		f := event.New(event.MessageLeft, m.At, pbx.Actor{Kind: pbx.ActorSystem, Via: "sip"}, pbx.Ref{Kind: pbx.KindMessage, ID: string(m.ID)}, nil)
		if _, err := o.tenant.Write(ctx, []event.Fact{f}, store.MessageKept{Message: m}); err != nil {
			panic(err)
		}
		o.ids["message "+name] = string(m.ID)
	}
	o.recordings(ctx)
}

// recordings keeps conversations of uwe with nina, of uwe with tom, and of mia with somebody outside; to the first olga gave a link.
func (o *office) recordings(ctx context.Context) {
	for i, pair := range [][2]string{{"uwe", "nina"}, {"uwe", "tom"}, {"mia", "+4930123456789"}} {
		at := start.Add(time.Duration(i-9) * time.Hour)
		r := pbx.Recording{ID: pbx.RecordingID("rec_" + pair[0] + fmt.Sprint(i)), Call: "cal_recorded", Started: at, Began: at, Length: 12 * time.Second, Mode: pbx.RecordAlways,
			Rule: pbx.OfficeRule, Notice: pbx.RecordTell, Expires: at.AddDate(0, 0, 90)}
		for k, name := range pair {
			party := pbx.Party{Number: name}
			if u := pbx.UserID(o.ids[name]); u != "" {
				party = pbx.Party{User: u, Name: name}
				r.Voices = append(r.Voices, pbx.RecordingVoice{User: u, From: at, Until: at.Add(12 * time.Second)})
			}
			if k == 0 {
				r.From = party
			} else {
				r.To = party
			}
			r.Consent = append(r.Consent, pbx.Consent{Party: party, At: at, Text: "say.recording.on"})
		}
		also := []store.Also{store.RecordingKept{Recording: r}}
		if i == 0 {
			o.ids["share"] = "a-link-that-olga-gave"
			also = append(also, store.ShareMade{RecordingShare: pbx.RecordingShare{ID: "shr_given", Recording: r.ID, By: pbx.UserID(o.ids["olga"]), For: "a lawyer",
				Created: start, Expires: start.AddDate(0, 0, pbx.UsualShare), Tries: pbx.ShareTries, Hash: pbx.HashSecret(o.ids["share"])}})
		}
		f := event.New(event.RecordingMade, at, pbx.Actor{Kind: pbx.ActorSystem, Via: "sip"}, pbx.Ref{Kind: pbx.KindRecording, ID: string(r.ID)}, nil)
		if _, err := o.tenant.Write(ctx, []event.Fact{f}, also...); err != nil {
			panic(err)
		}
		o.ids["recording "+strings.Join(pair[:], " ")] = string(r.ID)
	}
}

// open opens the office's file and builds the rooms above it.
func (o *office) open() *store.DB {
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+o.path)
	if err != nil {
		panic(err)
	}
	o.tenant = db.Tenant("main")
	s, err := o.tenant.Load(ctx)
	if err != nil {
		panic(err)
	}
	head, err := o.tenant.Head(ctx, start)
	if err != nil {
		panic(err)
	}
	o.dir, o.bus, o.log = directory.New(s), bus.NewLocal(head.Seq), &bytes.Buffer{}
	o.auth = auth.New(auth.Config{Store: o.tenant, View: o.view, Publish: o.bus.Publish})
	seeded := rand.NewChaCha8([32]byte{1})
	var one sync.Mutex
	o.desk = &command.Desk{Store: o.tenant, Directory: o.dir, Load: o.tenant.Load, Publish: o.bus.Publish, Now: func() time.Time { return o.now() }, Used: o.use,
		Entropy: func(b []byte) { one.Lock(); defer one.Unlock(); _, _ = seeded.Read(b) }}
	o.till = switchboard.NewTill(toll.Ledger{}, func(ctx context.Context, l toll.Line) error {
		r := store.Reserved{Call: l.Call, Leg: l.Leg, Ends: l.Ends}
		for _, h := range l.Held {
			r.Held = append(r.Held, store.Spent{Budget: h.Account.Budget, User: h.Account.User, Window: h.Account.Window, Amount: h.Amount})
		}
		return o.tenant.Reserve(ctx, r)
	}, nil)
	o.door = New(Config{Clock: func() *ClockSet { return o.clockSet }, Spent: o.till.Spent, Desk: o.desk, Store: o.tenant, Directory: o.dir, Bus: o.bus, Auth: o.auth, Compose: o.compose, Calls: o, Blocks: &shutOut{}, Push: pushed{o.tenant, func(u pbx.UserID, id pbx.CallID) bool { return string(u) == o.ids["uwe"] && id == "cal_rings" }}, Catalog: catalog(), Blobs: sounds(), Prompts: prompts(),
		Talk: o.lobby(),
		SIP: func() SIP {
			return SIP{Host: "pbx.example.com", UDP: 5060, TCP: 5060, TLS: 5061, WS: "wss://pbx.example.com/sip"}
		},
		TestMail: func(_ context.Context, to string) error { o.mails = append(o.mails, to); return nil },
		SendMail: func(_ context.Context, id string) error { o.mails = append(o.mails, id); return nil },
		Privacy:  erasing{},
		Heard: func(all []Heard, f event.Fact, by pbx.UserID) ([]store.Also, func(context.Context)) {
			var rows []store.Also
			var told []string
			for _, x := range all {
				rows = append(rows, store.NoticeKept{Notice: pbx.Notice{ID: pbx.NoticeID(fmt.Sprint("ntc_", rand.Uint64())), User: x.To, Kind: "heard", At: f.At}})
				line := fmt.Sprintf("%s: %s %s by %s", o.view().NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(x.To)}), f.Kind, x.First.ID, o.view().NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(by)}))
				if x.N > 1 {
					line += fmt.Sprint(" and ", x.N-1, " more")
				}
				told = append(told, line)
			}
			return rows, func(context.Context) { o.listened = append(o.listened, told...) }
		},
		Playback: func(id pbx.RecordingID) (Playback, error) {
			if o.plays != nil {
				return o.plays(), nil
			}
			return playedBack{sound{strings.NewReader("RIFF sound of " + string(id))}}, nil
		},
		Sound: func(m pbx.Message) (SoundFile, error) {
			return sound{strings.NewReader("RIFF sound of " + string(m.ID))}, nil
		},
		SendOn: func(_ context.Context, who pbx.Actor, m pbx.Message, to pbx.BoxID) error {
			o.sentOn = append(o.sentOn, fmt.Sprintf("%s by %s to %s", m.ID, who.User, to))
			return nil
		},
		Used: o.use, Now: func() time.Time { return o.now() }, Log: slog.New(slog.NewTextHandler(o.log, nil)), Version: "test"})
	return db
}

// prompts are the built-in sounds; they are read once for all tests.
var prompts = sync.OnceValue(func() *prompt.Library {
	l, err := prompt.Load()
	if err != nil {
		panic(err)
	}
	return l
})

// sounds is a store of sound for all tests of this process.
var sounds = sync.OnceValue(func() blob.Store {
	root, err := os.MkdirTemp("", "tandem-api-")
	if err != nil {
		panic(err)
	}
	keys, err := vault.Open(filepath.Join(root, "sound.key"), true)
	if err != nil {
		panic(err)
	}
	d, err := blob.OpenDir(filepath.Join(root, "sound"), keys)
	if err != nil {
		panic(err)
	}
	swept = append(swept, func() { _ = d.Close(); _ = os.RemoveAll(root) })
	return d
})

// swept is done when all tests are over.
var swept []func()

// sound is a message as the house gives it out.
type sound struct{ *strings.Reader }

func (sound) Close() error { return nil }

// Queue is a queue at which one caller waits and everybody is free.
func (o *office) Queue(id pbx.QueueID) *pbx.LiveQueue {
	s, _ := o.desk.Directory.View()
	q := s.Queues[id]
	if q == nil {
		return nil
	}
	out := &pbx.LiveQueue{ID: id, At: start, Waiting: []pbx.LiveWaiter{{Call: "cal_waits", From: pbx.Party{Name: "Caller", Number: "+4930123456"}, Since: start.Add(-time.Minute)}},
		Day: pbx.QueueDay{Answered: 2, InTime: 1, Abandoned: 1, Waited: time.Minute, Longest: 40 * time.Second}}
	for _, a := range q.Agents {
		out.Agents = append(out.Agents, pbx.LiveAgent{User: a.User, Duty: "free", Since: start, Answered: 1, Talked: 90 * time.Second})
	}
	return out
}

func (o *office) Ready(context.Context, pbx.Actor, pbx.UserID) error { return nil }
func (o *office) DropCallback(_ context.Context, _ pbx.Actor, _ pbx.QueueID, place pbx.CallID) error {
	o.dropped = place
	return nil
}

// Record notes what was wanted.
func (o *office) Record(_ context.Context, _ pbx.Actor, _ pbx.CallID, do string, _ time.Duration) error {
	o.taped = append(o.taped, do)
	return nil
}

// erasing stands for the house that erases people.
type erasing struct{}

func (erasing) Pseudonym(of string) (string, error) { return "erased-" + pbx.HashSecret(of)[:8], nil }
func (erasing) Begin()                              {}

// playedBack is a recording's file.
type playedBack struct{ sound }

func (playedBack) Peaks(n int) ([2][]float32, error) {
	return [2][]float32{make([]float32, n), make([]float32, n)}, nil
}

func (o *office) Send(_ context.Context, _ pbx.Actor, id pbx.CallID, to switchboard.Order) error {
	o.sent = append(o.sent, to)
	return nil
}

// Watch and Unwatch stand for calls of others that somebody takes part in.
func (o *office) Watch(_ context.Context, _ pbx.Actor, _ pbx.CallID, _ pbx.UserID, mode pbx.Watch) error {
	o.modes = append(o.modes, mode)
	return nil
}

func (o *office) Unwatch(pbx.Actor, pbx.CallID) error { return nil }

// Room, Steer and Invite stand for conference rooms: what is asked of them is kept.
func (o *office) Room(pbx.RoomID) (locked, hushed bool) { return o.locked, false }

func (o *office) RecordRoom(_ context.Context, _ pbx.Actor, _ pbx.RoomID, do string, _ time.Duration) error {
	o.taped = append(o.taped, do)
	return nil
}

func (o *office) Steer(_ pbx.Actor, _ pbx.RoomID, order switchboard.RoomOrder) error {
	o.steered = append(o.steered, order)
	if order.Lock != nil {
		o.locked = *order.Lock
	}
	return nil
}

func (o *office) Invite(_ pbx.Actor, _ pbx.RoomID, to pbx.Destination) (pbx.CallID, error) {
	o.invited = append(o.invited, to)
	return "cal_invited", nil
}

// Originate stands for a call that is begun by a click: what is asked is kept.
func (o *office) Originate(ask switchboard.Originate) (pbx.CallID, error) {
	o.begun = append(o.begun, ask)
	return "cal_begun", nil
}

// PINs stands for the memory of the switchboard.
func (o *office) PINs(u pbx.UserID) []switchboard.PINHeld { return o.held[u] }

// Dictate, Dictated and EndDictation stand for phones: whoever is called is told to be ringing until the test says otherwise.
func (o *office) Dictate(ask switchboard.Dictate) (string, error) {
	if ask.Device == "dev_none" {
		return "", pbx.Refuse(pbx.Unavailable, "device", "dictate.no_phone")
	}
	o.dictate, o.dictated = ask, switchboard.Dictated{ID: "dic_1", User: ask.Who.User}
	return o.dictated.ID, nil
}

func (o *office) Dictated(id string) (switchboard.Dictated, bool) {
	return o.dictated, id == o.dictated.ID
}

func (o *office) EndDictation(string) {
	o.dictated.Stage, o.dictated.Cause = call.DictateOver, pbx.CauseHangup
}

// Hangup is the switchboard's: it notes what it was asked.
func (o *office) Hangup(_ context.Context, _ pbx.Actor, id pbx.CallID) error {
	o.hangups = append(o.hangups, id)
	return nil
}

// newOffice is a copy of the model, at the moment start.
func newOffice(t testing.TB) *office {
	t.Helper()
	m := model()
	o := &office{t: t, path: filepath.Join(t.TempDir(), "office.db"), ids: m.ids, keys: m.keys, now: func() time.Time { return start }}
	file, err := os.ReadFile(m.path + ".copy")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	db := o.open()
	o.close = sync.OnceFunc(func() {
		o.auth.Close()
		_ = db.Close()
		_ = os.Remove(o.path)
	})
	t.Cleanup(o.close)
	return o
}

func (o *office) view() *pbx.Snapshot { s, _ := o.dir.View(); return s }

// reply is an answer, read.
type reply struct {
	*http.Response
	body []byte
}

func (r reply) json(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal(r.body, into); err != nil {
		t.Fatalf("%d %s: %v", r.StatusCode, r.body, err)
	}
}

// error is the refusal in an answer, without the id of the request, so that two can be compared.
func (r reply) error() string {
	var e Error
	if json.Unmarshal(r.body, &e) != nil {
		return string(r.body)
	}
	e.Request = ""
	b, err := json.Marshal(e)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// recorder leaves a stream after its first event.
type recorder struct {
	*httptest.ResponseRecorder
	leave func()
}

func (r *recorder) Flush() { r.leave() }

// ask sends one request. "{name}" in path and body is the id of a person or thing.
func (o *office) ask(who, method, path, body string, header ...string) reply {
	o.t.Helper()
	for name, id := range o.ids {
		path, body = strings.ReplaceAll(path, "<"+name+">", id), strings.ReplaceAll(body, "<"+name+">", id)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.RemoteAddr = "192.0.2.1:1234"
	o.knock(r, who)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	w := &recorder{httptest.NewRecorder(), leave}
	o.door.ServeHTTP(w, r.WithContext(ctx))
	res := w.Result()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return reply{res, b}
}

// kinds lists the facts after a place in the log.
func (o *office) kinds(after int64) []event.Kind {
	o.t.Helper()
	facts, err := o.tenant.After(context.Background(), after, 1000)
	if err != nil {
		o.t.Fatal(err)
	}
	kinds := []event.Kind{}
	for _, f := range facts {
		kinds = append(kinds, f.Kind)
	}
	return kinds
}

func (o *office) head() int64 {
	o.t.Helper()
	c, err := o.tenant.Head(context.Background(), start)
	if err != nil {
		o.t.Fatal(err)
	}
	return c.Seq
}
