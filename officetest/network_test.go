package officetest

import (
	"context"
	"testing"
)

// Phones of a person sign in from the networks that are set for him, and nowhere else: who is registered from another loses that at once (FEATURES 4.1.3).
func TestPhonesSignInFromNetworksAlone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := start(t)
	s.claim()
	id, account := s.person("Alice", "150")
	x := s.exchange()
	phone := x.Add(account.Username, account.Secret)
	if err := phone.Register(ctx, 300); err != nil {
		t.Fatal(err)
	}
	online := func() string { return s.call(200, "GET", "/v1/users/"+id, nil).Text("devices", "online") }
	networks := func(all ...string) { s.call(200, "PATCH", "/v1/users/"+id, object{"networks": all}) }
	networks("127.0.0.0/8", "192.168.0.0/16")
	if online() != "1" {
		t.Error("a phone inside the network lost its registration")
	}
	networks("192.168.0.0/16")
	eventually(t, "the phone outside is signed out", func() bool { return online() == "0" })
	if err := phone.Register(ctx, 300); err == nil {
		t.Error("it signed in from outside the network")
	}
	networks("127.0.0.1")
	if err := phone.Register(ctx, 300); err != nil || online() != "1" {
		t.Errorf("inside again: %v, %s online", err, online())
	}
	if got := s.call(200, "GET", "/v1/users/"+id, nil).Text("networks", 0); got != "127.0.0.1" {
		t.Errorf("kept as %q", got)
	}
	s.call(422, "PATCH", "/v1/users/"+id, object{"networks": []string{"the office"}})
}
