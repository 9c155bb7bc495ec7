package house

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tandem/blob"
	"tandem/i18n"
	"tandem/outbox"
	"tandem/pbx"
	"tandem/store"
)

// PushKeyBlob is the name under which the private key for push services is kept, sealed like sound.
const PushKeyBlob = "vapid_key"

// noticeTTL is how long a push service keeps a notice for a browser that is not there. It stands under the bell all the same.
const noticeTTL = 24 * time.Hour

// openPush reads the key for push services, or makes one at the first start.
func (h *House) openPush(ctx context.Context) error {
	key, err := h.pushKey()
	if err != nil {
		return fmt.Errorf("key for push services: %w", err)
	}
	h.Push = outbox.NewPusher(outbox.PushConfig{Key: key, Contact: h.pushContact, Gone: h.pushGone, Client: h.Config.PushClient, Log: h.log})
	all, err := h.Store.Pushes(ctx, h.Config.Now())
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Calls {
			h.Directory.SetWakes(p.User, true)
		}
	}
	return nil
}

func (h *House) pushKey() (outbox.PushKey, error) {
	r, err := h.Blobs.Open(PushKeyBlob)
	if err == nil {
		defer func() { _ = r.Close() }()
		private := make([]byte, r.Size())
		if _, err := io.ReadFull(io.NewSectionReader(r, 0, r.Size()), private); err != nil {
			return outbox.PushKey{}, err
		}
		return outbox.PushKeyOf(private)
	}
	if !errors.Is(err, blob.ErrMissing) {
		return outbox.PushKey{}, err
	}
	key, private, err := outbox.NewPushKey()
	if err != nil {
		return outbox.PushKey{}, err
	}
	w, err := h.Blobs.Create(PushKeyBlob)
	if err != nil {
		return outbox.PushKey{}, err
	}
	if _, err := w.Write(private); err != nil {
		return outbox.PushKey{}, err
	}
	return key, w.Finish(int64(len(private)))
}

// pushContact is whom a push service may ask about what comes from here (RFC 8292 §2.1).
func (h *House) pushContact() string {
	if web := h.webAddress(); strings.HasPrefix(web, "https:") {
		return web
	}
	if from := h.snapshot().Tenant.Mail.From; from != "" {
		return from
	}
	return "postmaster@localhost"
}

// pushGone forgets a browser that is subscribed no more.
func (h *House) pushGone(ctx context.Context, p store.Push) {
	if err := (pushDoor{h}).Unsubscribe(ctx, p.User, p.Session); err != nil && ctx.Err() == nil {
		h.log.Error("a push subscription cannot be forgotten", "user", p.User, "error", err)
	}
}

// pushDoor is what the interface asks about pushing.
type pushDoor struct{ h *House }

// Key implements api.Push.
func (d pushDoor) Key() string { return d.h.Push.Key() }

// Subscribe implements api.Push.
func (d pushDoor) Subscribe(ctx context.Context, p store.Push) error {
	if err := outbox.CheckPush(p.Endpoint, p.P256dh, p.Auth); err != nil {
		return err
	}
	if err := d.h.Store.PutPush(ctx, p); err != nil {
		return err
	}
	return d.look(ctx, p.User)
}

// Unsubscribe implements api.Push.
func (d pushDoor) Unsubscribe(ctx context.Context, u pbx.UserID, session string) error {
	if _, err := d.h.Store.DropPush(ctx, session); err != nil {
		return err
	}
	return d.look(ctx, u)
}

// look notes whether calls can be pushed to somebody.
func (d pushDoor) look(ctx context.Context, u pbx.UserID) error {
	list, err := d.h.Store.PushesOf(ctx, u, d.h.Config.Now())
	if err != nil {
		return err
	}
	wakes := false
	for _, p := range list {
		wakes = wakes || p.Calls
	}
	d.h.Directory.SetWakes(u, wakes)
	return nil
}

// Decline implements api.Push.
func (d pushDoor) Decline(u pbx.UserID, id pbx.CallID) bool { return d.h.wakes.decline(u, id) }

// Try implements api.Push.
func (d pushDoor) Try(ctx context.Context, u pbx.UserID, session string) error {
	s, now := d.h.snapshot(), d.h.Config.Now()
	list, err := d.h.Store.PushesOf(ctx, u, now)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Session != session {
			continue
		}
		lang := s.LanguageOf(u, now)
		said := make(chan error, 1)
		body := pushed{Type: "notice", Tag: "test", Title: d.h.Catalog.Say(lang, i18n.T("push.test.title")), Body: d.h.Catalog.Say(lang, i18n.T("push.test.text")), Page: "/profile?tab=notices", Lang: lang}
		d.h.Push.Send(outbox.PushMessage{To: p, Body: body.encode(), TTL: time.Minute, Urgent: true, Done: func(err error) { said <- err }})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-said:
			if err != nil {
				return pbx.Refuse(pbx.Unavailable, "", "push.not_sent", "error", err.Error())
			}
			return nil
		}
	}
	return pbx.Refuse(pbx.NotFound, "", "push.none")
}

// pushed is what the service worker of the web app reads.
type pushed struct {
	Type    string    `json:"type"` // call, end, notice
	Tag     string    `json:"tag"`  // a later message with the same tag takes its place on the screen
	Title   string    `json:"title,omitempty"`
	Body    string    `json:"body,omitempty"`
	Page    string    `json:"page,omitempty"` // of the web app: where a click leads
	Lang    string    `json:"lang,omitempty"`
	Call    string    `json:"call,omitempty"`   // with call: which
	Answer  string    `json:"answer,omitempty"` // with call: the words on the buttons
	Decline string    `json:"decline,omitempty"`
	Quiet   bool      `json:"quiet,omitempty"` // with end: it was taken elsewhere, and nothing is left to be said
	Until   time.Time `json:"until,omitzero"`  // with call: it rings no longer than that
}

func (p pushed) encode() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("house: push message: %v", err)) // strings and times only
	}
	return b
}

// pushNotice tells a notice to every browser of its reader.
func (h *House) pushNotice(ctx context.Context, n pbx.Notice) {
	s, now := h.snapshot(), h.Config.Now()
	list, err := h.Store.PushesOf(ctx, n.User, now)
	if err != nil {
		h.log.Error("a notice cannot be pushed", "kind", n.Kind, "error", err)
		return
	}
	lang := s.LanguageOf(n.User, now)
	say := func(t i18n.Text) string { return h.Catalog.Say(lang, t) }
	args := n.Says.In(say, s.ZoneOf(n.User, now))
	body := pushed{Type: "notice", Tag: string(n.ID), Page: n.Page, Lang: lang,
		Title: short(say(i18n.Text{Key: "notice." + string(n.Kind) + ".title", Args: args}), 200), Body: short(say(i18n.Text{Key: "notice." + string(n.Kind) + ".text", Args: args}), 600)}
	if n.About.Kind == pbx.KindCall {
		body.Tag = callTag(pbx.CallID(n.About.ID))
	}
	for _, p := range list {
		h.Push.Send(outbox.PushMessage{To: p, Body: body.encode(), TTL: noticeTTL})
	}
}

// short cuts a text between two signs.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func callTag(id pbx.CallID) string { return "call-" + string(id) }
