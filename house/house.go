package house

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"tandem/auth"
	"tandem/blob"
	"tandem/bus"
	"tandem/command"
	"tandem/directory"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/outbox"
	"tandem/pbx"
	"tandem/report"
	"tandem/sip"
	"tandem/store"
	"tandem/switchboard"
	"tandem/vault"
)

// tenant is the only office of an installation.
const tenant = "main"

// Memory is the part of the house that every verb needs: the database, the truth of this moment, and the desk that changes it.
type Memory struct {
	Config    Config
	DB        *store.DB
	Keys      *vault.Vault // seals secrets and sound
	Store     *store.Tenant
	Directory *directory.Directory
	Bus       bus.Bus
	Auth      *auth.Service
	Desk      *command.Desk
	Catalog   *i18n.Catalog
	warn      func(pbx.UserID) // somebody keeps failing at a person's password; set by a running house
	uses      *uses            // who makes use of which right
	feeds     *feeds           // read the calendars of people
	told      atomic.Int64     // place of the last fact that listeners were told
	unlock    func()           // gives the data free for another server; nil for verbs beside one
	log       *slog.Logger
}

// Open opens the database, brings its tables up to date and reads the configuration. Close it.
func Open(ctx context.Context, c Config) (*Memory, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	catalog, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	url, err := c.database()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	keys, err := c.keys(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.Seal(keys)
	m := &Memory{Config: c, DB: db, Keys: keys, Store: db.Tenant(tenant), Catalog: catalog, log: c.Log}
	if err := m.furnish(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return m, nil
}

// OpenAlone is Open for whoever wants to be the only one on the data: a server, or a verb that changes an office.
func OpenAlone(ctx context.Context, c Config) (*Memory, error) {
	unlock, err := c.lock()
	if err != nil {
		return nil, err
	}
	m, err := Open(ctx, c)
	if err != nil {
		unlock()
		return nil, err
	}
	m.unlock = unlock
	if _, err := m.DB.Reseal(ctx); err != nil { // what earlier versions kept in the clear
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

func (m *Memory) furnish(ctx context.Context) error {
	snapshot, err := m.Store.Load(ctx)
	if err != nil {
		return err
	}
	head, err := m.Store.Head(ctx, time.Now())
	if err != nil {
		return err
	}
	m.Directory = directory.New(snapshot)
	m.Bus = bus.NewLocal(head.Seq)
	m.told.Store(head.Seq)
	m.Desk = &command.Desk{
		Store: m.Store, Directory: m.Directory, Load: m.Store.Load, Publish: m.publish, Now: m.Config.Now,
		Entropy: func(b []byte) { rand.Read(b) },
		Fault: func(ctx context.Context, what string, err error) {
			m.log.ErrorContext(ctx, "after a change", "what", what, "error", err)
		},
	}
	m.uses = newUses(m.Store.KeepUses)
	m.Desk.Used = m.uses.note
	m.Auth = m.newAuth()
	return nil
}

// Close closes the database.
func (m *Memory) Close() error {
	m.Auth.Close()
	err := m.DB.Close()
	if m.unlock != nil {
		m.unlock()
	}
	return err
}

// NewID makes an id of this moment.
func NewID(prefix string) string {
	var e [10]byte
	rand.Read(e[:])
	return pbx.NewID(prefix, time.Now(), e)
}

// House is the running phone system.
type House struct {
	*Memory
	Blobs   *blob.Dir
	Voice   *switchboard.Voice
	SIP     *sip.Server
	Media   *media.Engine
	Board   *switchboard.Board
	Mail    *outbox.Sender
	Push    *outbox.Pusher
	web     *door
	meters  *meters
	setup   string // one-time link; empty once claimed
	shows   string // SHA-256 of the certificate for SIP over TLS; empty without TLS
	closing sync.Once
	stops   []func()

	wakes    *wakes
	keeper   *keeper
	Gate     *auth.Gate // visitors of Talk links
	talked   chan store.TalkUsed
	settler  *settler
	refusals *refusals
	waiting  *waiting
	pins     pins
	lines    chan event.Fact                              // how trunks went
	quality  atomic.Pointer[map[pbx.TrunkID]report.Alert] // what is wrong with their calls
	probes   *probes
	clock    watched // of the machine
	till     *switchboard.Till
	marks    chan switchboard.Reached // of budgets
	later    chan notice              // about calls
	breaches chan breach              // of the rules
	erasing  chan struct{}            // somebody is to be erased

	alarms    *switchboard.Alarms
	raised    chan pbx.Alarm // calls abroad that were stopped
	countries chan called    // for the first time

	attackTold time.Time // when mails told of an attack last; belongs to who writes refusals down
	siegeTold  time.Time // … and of one account that many addresses guess
	rekeyed    string    // key with which the last round found everything sealed; belongs to who seals anew
}

// Build opens everything and listens; Run serves. A House that is not run must be closed by Close.
func Build(ctx context.Context, c Config) (*House, error) {
	m, err := OpenAlone(ctx, c)
	if err != nil {
		return nil, err
	}
	h := &House{Memory: m, probes: newProbes(), clock: watched{kept: clockKept}, lines: make(chan event.Fact, 64), marks: make(chan switchboard.Reached, 256), raised: make(chan pbx.Alarm, 256), countries: make(chan called, 256), settler: newSettler(), later: make(chan notice, 256), breaches: make(chan breach, 256), erasing: make(chan struct{}, 1)}
	if err := h.build(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (h *House) build(ctx context.Context) error {
	if err := h.sweep(ctx); err != nil {
		return err
	}
	if err := h.openTill(ctx); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := h.openQuality(ctx); err != nil {
		return err
	}
	if err := h.openAlarms(ctx); err != nil {
		return fmt.Errorf("calls abroad: %w", err)
	}
	if err := h.openBlobs(); err != nil {
		return err
	}
	if err := h.mendRecordings(ctx); err != nil {
		return err
	}
	if err := h.countWaiting(ctx); err != nil {
		return err
	}
	bind, public, low, high, err := h.Config.sound()
	if err != nil {
		return err
	}
	if h.Media, err = media.New(media.Config{Bind: bind, Public: public, Low: low, High: high, Log: h.log}); err != nil {
		return fmt.Errorf("sound: %w", err)
	}
	if err := h.openPush(ctx); err != nil {
		return err
	}
	h.wakes = &wakes{h: h, legs: map[pbx.LegID]*wake{}}
	legs := &lines{ready: make(chan struct{}), wakes: h.wakes}
	defer legs.set(nil)
	h.Board = switchboard.New(switchboard.Config{
		View: h.Directory.View, SetCall: h.Directory.SetCall, EndCall: h.Directory.EndCall,
		Legs: legs, Sound: switchboard.Media(h.Media), Journal: h.journal, Say: h.Catalog.Say, Log: h.log,
		Prompt: h.sentence, Sounds: mailboxes{h}, Boxes: mailboxes{h}, Recordings: recordings{h}, Queues: h.queues(), Carry: h.carry, Woken: h.woken,
		Used: h.uses.note, Till: h.till, Alarms: h.alarms,
	})
	if err := h.phones(ctx, public); err != nil {
		return err
	}
	legs.set(h.SIP)
	h.watch()
	h.watchTrunks()
	h.watchLamps()
	h.attend()
	h.Mail = h.newMail()
	h.tellWishes()
	h.tellReviews()
	h.tellForwarded()
	h.feeds = h.newFeeds()
	h.warn = h.warnPerson
	if h.web, err = h.openDoor(ctx); err != nil {
		return err
	}
	if h.meters, err = h.openMeters(ctx); err != nil {
		return err
	}
	return h.linkForSetup(ctx)
}

// phones starts the SIP side.
func (h *House) phones(ctx context.Context, public netip.Addr) error {
	c := h.Config
	h.refusals = newRefusals(h.log, h.phoneRefused)
	h.Gate, h.talked = h.newGate(), make(chan store.TalkUsed, 1024)
	cfg := sip.Config{
		Log: h.log, UDP: []string{c.SIP}, TCP: []string{c.SIP}, Public: h.publicName,
		NewID: NewID, Lookup: h.lookup, Incoming: h.Board.Incoming, Signal: h.signal,
		Bindings: h.bound, AuthFailed: h.refusals.put, Trunk: h.trunkMoved, TrunkTLS: c.TrunkTLS, Resolver: c.Resolver, Packages: h.lamps(),
	}
	cfg.Guard.Exempt, cfg.Digests = c.Exempt, c.Digests
	cfg.Closed = func() bool { return !h.Claimed() }
	cfg.Stack.Limits.Rate, cfg.Stack.Limits.Burst = c.Rate, 4*c.Rate
	if c.SIPS != "" {
		cert, err := certificate(c.Data, c.Cert, c.Key, certificateNames(c.Public), time.Now())
		if err != nil {
			return err
		}
		h.shows = pbx.Fingerprint(cert.Leaf.Raw)
		cfg.TLS, cfg.TLSConfig = []string{c.SIPS}, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	}
	h.keeper = newKeeper(h.Memory)
	signs, err := h.Keys.Derived(nil, "tandem sip nonces")
	if err != nil {
		return fmt.Errorf("nonces of phones: %w", err)
	}
	cfg.NonceKey = signs[0]
	if cfg.Restore, err = h.keeper.load(ctx, time.Now()); err != nil {
		return fmt.Errorf("registrations: %w", err)
	}
	if cfg.Known, err = h.keeper.known(ctx, time.Now()); err != nil {
		return fmt.Errorf("networks of phones: %w", err)
	}
	server, err := sip.New(cfg)
	if err != nil {
		return refusedAddress("--sip, --sips", err)
	}
	h.SIP = server
	return h.loadBlocks(ctx)
}

// publicName is what phones connect to: the office's setting, else the flag, else empty for the local address.
func (h *House) publicName() string {
	s, _ := h.Directory.View()
	if s.Tenant.Public != "" {
		return s.Tenant.Public
	}
	return h.Config.Public
}

// lookup finds the credentials of a device by its SIP user name.
func (h *House) lookup(username string) (sip.Credential, bool) {
	s, _ := h.Directory.View()
	d := s.ByUsername(username)
	if d == nil {
		return sip.Credential{}, false
	}
	u := s.Users[d.User]
	if u == nil {
		return sip.Credential{}, false
	}
	return sip.Credential{Device: d.ID, User: d.User, Username: d.Username, Extension: u.Extension, MD5: d.MD5, SHA256: d.SHA256, Networks: u.Networks,
		Disabled: u.IsSuspended(h.Config.Now())}, true
}
