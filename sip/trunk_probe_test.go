package sip

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/sip/stack"
)

// The trial of a line tells a wrong password from a wrong user, a carrier that knows us not from one that is silent, and changes nothing there.
func TestProbeTrunk(t *testing.T) {
	const again = `Digest realm="carrier",nonce="n2",algorithm=MD5,qop="auth"`
	account := Trunk{Host: "carrier.example", Register: true, Username: "office", Secret: "s3cret"}
	refuse := func(status int, reason string) func(*phone, *stack.ServerTx) bool {
		return func(c *phone, tx *stack.ServerTx) bool { c.respond(tx, status, reason); return true }
	}
	proof := func(status int, nonce string) func(*phone, *stack.ServerTx) bool {
		return func(c *phone, tx *stack.ServerTx) bool {
			if tx.Request.Method != "REGISTER" {
				return false
			}
			if tx.Request.Get("Authorization") == "" {
				c.respond(tx, 401, "", "WWW-Authenticate", carrierDigit)
			} else if status == 401 {
				c.respond(tx, 401, "", "WWW-Authenticate", nonce)
			} else {
				c.respond(tx, status, "")
			}
			return true
		}
	}
	for _, tt := range []struct {
		name    string
		trunk   Trunk
		carrier func(*phone, *stack.ServerTx) bool // false answers 200; nil is silent
		want    string
	}{
		{"all is well", account, proof(200, ""), "name passed, connect passed, answer passed 200, account passed 200"},
		{"unknown name", Trunk{Host: "nowhere.example"}, nil, "name failed name"},
		{"silence: blocked port or wrong address", account, nil, "name passed, connect passed, answer failed silent"},
		{"wrong password", account, proof(401, again), "name passed, connect passed, answer passed 200, account failed 401 secret"},
		{"wrong password, in other words", account, proof(403, ""), "name passed, connect passed, answer passed 200, account failed 403 secret"},
		{"no such user", account, proof(404, ""), "name passed, connect passed, answer passed 200, account failed 404 user"},
		{"it knows this question not, but the account", account, proof(405, ""), "name passed, connect passed, answer passed 200, account passed 405"},
		{"no proof that we know", account, func(c *phone, tx *stack.ServerTx) bool {
			if tx.Request.Method == "REGISTER" {
				c.respond(tx, 401, "", "WWW-Authenticate", `Digest realm="carrier",nonce="n",algorithm=AKAv1-MD5`)
			}
			return tx.Request.Method == "REGISTER"
		}, "name passed, connect passed, answer passed 200, account failed 401 scheme"},
		{"blocked account or address", account, func(c *phone, tx *stack.ServerTx) bool {
			return tx.Request.Method == "REGISTER" && refuse(403, "Forbidden")(c, tx)
		}, "name passed, connect passed, answer passed 200, account failed 403 forbidden"},
		{"out of order", account, refuse(503, ""), "name passed, connect passed, answer failed 503 busy"},
		{"an address that the carrier does not know", Trunk{Host: "carrier.example"}, refuse(403, ""), "name passed, connect passed, answer doubt 403 forbidden"},
		{"a line by address", Trunk{Host: "carrier.example"}, refuse(404, ""), "name passed, connect passed, answer passed 404"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(cfg *Config) {
				cfg.Resolver = names{hosts: map[string][]string{"carrier.example": {"192.0.2.200"}}}
			}, func(t *testing.T, h *house) {
				carrier := h.phone("carrier", carrierAddr)
				var mu sync.Mutex
				var got []string
				done := make(chan struct{})
				go func() {
					defer close(done)
					h.server.ProbeTrunk(t.Context(), tt.trunk, func(s TrunkStep) {
						if s.State == "running" {
							return
						}
						words := s.Kind + " " + s.State
						if s.Status != 0 {
							words += " " + itoa(s.Status)
						}
						mu.Lock()
						got = append(got, strings.TrimSpace(words+" "+string(s.Problem)))
						mu.Unlock()
					})
				}()
				for over := false; !over; {
					synctest.Wait()
					select {
					case <-done:
						over = true
					case tx := <-carrier.requests:
						if tx.Request.Method == "REGISTER" && tx.Request.Get("Contact") != "" {
							t.Error("the trial would change what is registered")
						}
						if tt.carrier != nil && !tt.carrier(carrier, tx) {
							carrier.respond(tx, 200, "")
						}
					default:
						time.Sleep(time.Second)
					}
				}
				if all := strings.Join(got, ", "); all != tt.want {
					t.Errorf("%q, want %q", all, tt.want)
				}
			})
		})
	}
}
