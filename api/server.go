package api

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tandem/auth"
	"tandem/blob"
	"tandem/bus"
	"tandem/command"
	"tandem/directory"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/prompt"
	"tandem/store"
	"tandem/switchboard"
	"tandem/toll"
)

// Calls is what this door asks of the switchboard.
type Calls interface {
	Hangup(ctx context.Context, actor pbx.Actor, call pbx.CallID) error
	Queue(id pbx.QueueID) *pbx.LiveQueue
	Ready(ctx context.Context, actor pbx.Actor, agent pbx.UserID) error
	DropCallback(ctx context.Context, actor pbx.Actor, queue pbx.QueueID, place pbx.CallID) error
	Dictate(switchboard.Dictate) (id string, err error)
	Dictated(id string) (switchboard.Dictated, bool)
	EndDictation(id string)
	Record(ctx context.Context, actor pbx.Actor, call pbx.CallID, do string, after time.Duration) error
	Send(ctx context.Context, actor pbx.Actor, call pbx.CallID, o switchboard.Order) error
	Watch(ctx context.Context, actor pbx.Actor, call pbx.CallID, about pbx.UserID, mode pbx.Watch) error
	Unwatch(actor pbx.Actor, call pbx.CallID) error
	Room(id pbx.RoomID) (locked, hushed bool)
	RecordRoom(ctx context.Context, actor pbx.Actor, id pbx.RoomID, do string, after time.Duration) error
	Steer(actor pbx.Actor, id pbx.RoomID, o switchboard.RoomOrder) error
	Invite(actor pbx.Actor, id pbx.RoomID, to pbx.Destination) (pbx.CallID, error)
	Originate(switchboard.Originate) (pbx.CallID, error)
	PINs(u pbx.UserID) []switchboard.PINHeld
}

// Letter writes the mail that carries a one-time link; the secret is the part of the address that opens it.
type Letter = func(link store.Link, secret string) (store.Mail, error)

// Config is what the door needs; every field has to be set.
type Config struct {
	Desk        *command.Desk
	Store       *store.Tenant
	Directory   *directory.Directory
	Bus         bus.Bus
	Auth        *auth.Service
	Calls       Calls
	Catalog     *i18n.Catalog
	Blobs       blob.Store                                 // where own sounds are kept
	Prompts     *prompt.Library                            // the built-in ones
	SIP         func() SIP                                 // where phones connect, as the house was started
	Compose     func(who pbx.Actor, u pbx.UserID) Letter   // the mail that carries a link to a person
	TestMail    func(ctx context.Context, to string) error // sends a mail that says that mail works
	SendMail    func(ctx context.Context, id string) error // tries a mail of the outbox now
	Checkpoints func() ([]store.Checkpoint, error)         // ends of the audit log as they were noted outside the database; nil notes none
	Lines       func() map[pbx.TrunkID]Line                // how the lines to carriers are; nil knows nothing
	TryLine     func(pbx.TrunkID)                          // asks a line that is down to try again
	TestLine    func(*pbx.Trunk)                           // begins the trial of a line
	LineTrial   func(pbx.TrunkID) (LineTrial, bool)        // how the latest trial of a line goes
	Push        Push                                       // to browsers
	Blocks      Blocks                                     // the networks that phones may not be reached from
	Sound       func(pbx.Message) (SoundFile, error)       // a message as a file that browsers play
	Playback    func(pbx.RecordingID) (Playback, error)    // a recording likewise, and what it looks like
	Privacy     Privacy                                    // erases people
	Talk        Talk                                       // visitors of Talk links
	Clock       func() *ClockSet                           // how the clock of the machine is wrong; nil: nobody set it
	// Heard tells people that somebody listened to a recording in which they are heard, took a copy, or that a link was used that he gave.
	Heard func(all []Heard, f event.Fact, by pbx.UserID) (rows []store.Also, spread func(context.Context))
	// SendOn puts a copy of a message into another mailbox.
	SendOn func(ctx context.Context, who pbx.Actor, m pbx.Message, to pbx.BoxID) error

	// Spent tells what budgets have spent, with what running calls hold; nil: nobody counts.
	Spent func(toll.Account) int64

	Used    policy.Used // told which rights people make use of
	Now     func() time.Time
	Log     *slog.Logger
	Version string
}

// Server is the HTTP interface. It holds no state of its own but the document.
type Server struct {
	c       Config
	api     huma.API
	mux     *http.ServeMux
	doc     func() []byte // made when somebody asks first
	docs    func() []byte
	refused *huma.Response
	streams streams
	runs    runs
	easel   chan struct{} // held by who works on a picture
}

// New builds the interface; its handler answers everything below /v1/.
func New(c Config) http.Handler {
	s := &Server{c: c, easel: make(chan struct{}, 1)}
	s.build()
	s.doc, s.docs = sync.OnceValue(s.document), sync.OnceValue(s.renderDocs)
	return s.outer(s.mux)
}

// build registers every route.
func (s *Server) build() {
	s.mux = http.NewServeMux()
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	s.api = humago.New(s.mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Tandem", Version: s.c.Version,
				Description: "Everything the web app does goes through these operations. Refusals are sentences in the language of Accept-Language."},
			Servers: []*huma.Server{{URL: "/"}},
			Components: &huma.Components{Schemas: schemas, SecuritySchemes: map[string]*huma.SecurityScheme{
				"session": {Type: "apiKey", In: "cookie", Name: "tandem_session", Description: "of a browser; changes need the same origin"},
				"token":   {Type: "http", Scheme: "bearer", Description: "of a program: tdm_…"},
			}},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{s.transform},
	})
	s.refused = &huma.Response{Description: "Refused, with the reason", Content: map[string]*huma.MediaType{"application/json": {Schema: s.schemaOf(Error{})}}}
	for _, r := range Routes() {
		r.register(s, r)
	}
	s.schemaOf(Preview{})
	// The library's own form of an error is never sent.
	delete(schemas.Map(), "ErrorModel")
	delete(schemas.Map(), "ErrorDetail")
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.write(w, r, s.plainRefusal(r, missing())) })
}

// changeHeader names the change that a request made, so that it can be undone (N-17).
const changeHeader = "Tandem-Change"

// do carries a command out in the visitor's name, and lets the visit look at the configuration afterwards. In a dry run it
// ends with a *Preview instead.
func (s *Server) do(ctx context.Context, v *visit, c command.Command) (command.Result, error) {
	if v.dry {
		p, err := s.try(ctx, v, c)
		if err == nil {
			err = p
		}
		return command.Result{}, err
	}
	r, err := s.c.Desk.Do(ctx, v.who, v.because(c))
	if err == nil && r.Snapshot != nil {
		v.s = r.Snapshot
	}
	if err == nil && len(r.Facts) > 0 {
		v.w.Header().Set(changeHeader, strconv.FormatInt(r.Facts[0].Seq, 10))
	}
	return r, err
}

// because is a command with the reason that the visitor gives beside it (B-089).
func (v *visit) because(c command.Command) command.Command {
	if reason := v.r.URL.Query().Get("reason"); reason != "" {
		return command.Because{Reason: reason, Command: c}
	}
	return c
}
