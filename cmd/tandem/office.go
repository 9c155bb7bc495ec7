package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"time"

	"tandem/event"
	"tandem/house"
	"tandem/officetest"
	"tandem/pbx"
	"tandem/store"
)

type officeCommand struct {
	Data     string `help:"Directory for the company; default is a fresh one that is removed at the end." placeholder:"DIR"`
	HTTP     string `name:"http" help:"Web app and API." default:"127.0.0.1:8080" env:"TANDEM_HTTP" placeholder:"ADDR"`
	SIP      string `name:"sip" help:"SIP over UDP and TCP, for phones of your own." default:"127.0.0.1:0" env:"TANDEM_SIP" placeholder:"ADDR"`
	Seed     uint64 `help:"Same seed, same company life." default:"1"`
	LogLevel string `help:"debug, info, warn or error." default:"warn" enum:"debug,info,warn,error" env:"TANDEM_LOG_LEVEL" placeholder:"LEVEL"`
}

// officePassword is that of the canned company's owner. The company lives on loopback only.
const officePassword = "northwind workshop"

func (o officeCommand) Run(ctx context.Context, std streams) (err error) {
	data := o.Data
	if data == "" {
		if data, err = os.MkdirTemp("", "tandem-office-"); err != nil {
			return err
		}
		defer os.RemoveAll(data)
	}
	w := where{Data: data, LogLevel: o.LogLevel}
	h, err := house.Build(ctx, house.Config{Data: data, HTTP: o.HTTP, SIP: o.SIP, SIPS: "127.0.0.1:0", Public: "127.0.0.1", RTP: "30000-39999",
		Exempt: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Version: version, Log: w.logger(std.err)})
	if err != nil {
		return err
	}
	if h.Claimed() {
		return fmt.Errorf("%s already holds an office; choose an empty directory: %w", data, h.Close())
	}
	x, err := officetest.NewExchange(netip.MustParseAddrPort(h.Address("SIP UDP")))
	if err != nil {
		return errors.Join(fmt.Errorf("simulated phones: %w", err), h.Close())
	}
	defer x.Close()
	carrier, err := officetest.NewExchange(netip.MustParseAddrPort(h.Address("SIP UDP")))
	if err != nil {
		return errors.Join(fmt.Errorf("simulated carrier: %w", err), h.Close())
	}
	defer carrier.Close()
	id, err := h.Claim(ctx, officetest.Claim(), officePassword, pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"})
	if err != nil {
		return errors.Join(err, h.Close())
	}
	company, err := officetest.Found(ctx, h.Desk, pbx.Actor{Kind: pbx.ActorUser, User: id, Via: "cli"}, x, carrier)
	if err != nil {
		return errors.Join(err, h.Close())
	}
	if err := openAccounts(ctx, h); err != nil {
		return errors.Join(err, h.Close())
	}
	announce(std.out, h)
	fmt.Fprintf(std.out, "\nSign in as %s with the password: %s\n", officetest.OwnerEmail, officePassword)
	fmt.Fprintln(std.out, "Everybody in the company has the same password, so that you can see it with their eyes: the addresses stand under People.")
	life, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { company.Live(life, w.logger(std.err), o.Seed) })
	err = h.Run(ctx)
	stop()
	all.Wait()
	return err
}

// openAccounts gives everybody of the canned company the owner's password.
func openAccounts(ctx context.Context, h *house.House) error {
	hash, err := h.Auth.Hash(ctx, officePassword)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	s, _ := h.Directory.View()
	for id, u := range s.Users {
		if u.Email == officetest.OwnerEmail {
			continue
		}
		fact := event.Fact{At: now, Kind: event.LoginPasswordSet, Actor: pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}, Object: u.Ref(), Revision: s.Version}
		if _, err := h.Store.SetPassword(ctx, store.Login{User: id, Password: hash, Changed: now}, "", fact); err != nil {
			return err
		}
	}
	return nil
}
