package house

import (
	"net/http"
	"time"

	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
	"tandem/sip"
)

// pass lets the web app of somebody who is signed in be a phone of his, without a secret that could be carried elsewhere: the connection itself
// is trusted, as long as the session, the right and the device it names are there.
func (h *House) pass(r *http.Request, cut func()) func() (sip.Credential, bool) {
	if ticket := r.URL.Query().Get("talk"); ticket != "" {
		return h.guestPass(r, ticket, cut)
	}
	who, err := h.Auth.Who(r)
	if err != nil || who.Kind != pbx.ActorUser {
		return nil
	}
	p := &pass{h: h, user: who.User, device: pbx.DeviceID(r.URL.Query().Get("device"))}
	if _, ok := p.credential(); !ok {
		return nil
	}
	in, err := h.Auth.Session(r)
	if err != nil {
		return nil
	}
	go p.watch(r, in.Expires, cut)
	return p.credential
}

type pass struct {
	h      *House
	user   pbx.UserID
	device pbx.DeviceID
}

// credential is whom the connection belongs to now.
func (p *pass) credential() (sip.Credential, bool) {
	s, _ := p.h.Directory.View()
	at := p.h.Config.Now()
	d, u := s.Devices[p.device], s.Users[p.user]
	if d == nil || u == nil || d.User != p.user || d.Kind != pbx.DeviceBrowser || u.IsSuspended(at) {
		return sip.Credential{}, false
	}
	who := pbx.Actor{Kind: pbx.ActorUser, User: p.user, Via: "web"}
	if !policy.Decide(s, policy.Request{Actor: who, Right: policy.SoftphoneUse, Target: policy.User(p.user), At: at}).OK {
		return sip.Credential{}, false
	}
	return sip.Credential{Device: d.ID, User: d.User, Username: d.Username, Extension: u.Extension, Networks: u.Networks}, true
}

// watchEvery is how soon the end of a right is noticed that ends by the clock.
const watchEvery = time.Second

// watch cuts the connection when its session or its right has ended. It returns when the connection is gone.
func (p *pass) watch(r *http.Request, expires time.Time, cut func()) {
	sub := p.h.Bus.Subscribe(64)
	defer func() { sub.Close() }()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		again := false // the session has to be looked for
		select {
		case <-r.Context().Done():
			return
		case f, ok := <-sub.Facts():
			again = !ok || f.Kind == event.LoginSessionsEnded || f.Kind == event.LoginPasswordSet || f.Kind.IsTurn()
			if !ok { // it was too slow to be told everything
				sub.Close()
				sub = p.h.Bus.Subscribe(64)
			}
		case <-tick.C:
			again = !p.h.Config.Now().Before(expires)
		}
		if _, ok := p.credential(); !ok {
			cut()
			return
		}
		if !again {
			continue
		}
		in, err := p.h.Auth.Session(r)
		if err != nil {
			cut()
			return
		}
		expires = in.Expires
	}
}
