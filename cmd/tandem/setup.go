package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tandem/command"
	"tandem/pbx"
)

type setupCommand struct {
	where         `embed:""`
	Email         string `help:"E-mail address of the owner; the sign-in name." required:"" placeholder:"ADDRESS"`
	Name          string `help:"Name of the owner." required:""`
	PasswordStdin bool   `help:"Read the password from the first line of standard input." required:""`
	Company       string `help:"Name of the office." default:"Our office"`
	Country       string `help:"ISO code of the country whose numbers are dialled without prefix." required:"" placeholder:"DE"`
	Zone          string `help:"Time zone." required:"" placeholder:"Europe/Berlin"`
	Language      string `help:"Language of the office: en de pl ru id." default:"en" enum:"en,de,pl,ru,id"`
}

func (s setupCommand) Run(ctx context.Context, std streams) (err error) {
	line, err := bufio.NewReader(std.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	password := strings.TrimRight(line, "\r\n")
	if password == "" {
		return errors.New("no password on standard input; write it as one line, for example from a file")
	}
	m, err := s.make(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	claim := command.Claim{Name: s.Name, Email: s.Email, Company: s.Company,
		Country: strings.ToUpper(s.Country), Zone: s.Zone, Language: s.Language, Digits: 3}
	if _, err := m.Claim(ctx, claim, password, pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s is the owner. Sign in with that address.\n", s.Email)
	return err
}

type tokenCommand struct {
	Create tokenCreateCommand `cmd:"" help:"Make an API token and print it once."`
}

type tokenCreateCommand struct {
	where   `embed:""`
	User    string   `help:"E-mail address of the person whose rights the token has." required:"" placeholder:"EMAIL"`
	Name    string   `help:"What the token is for." required:""`
	Expires life     `help:"How long it is valid, for example 30d or 12h." default:"90d" placeholder:"TIME"`
	Rights  []string `help:"Rights the token is limited to; default is all that a token may carry." placeholder:"RIGHT"`
	From    []string `help:"Addresses and networks from which it may be used; default is everywhere." placeholder:"NETWORK"`
}

// life is a duration that may be given in days.
type life time.Duration

// UnmarshalText reads 30d, 12h, 90m.
func (l *life) UnmarshalText(text []byte) error {
	s := string(text)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		s = days + "h"
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no time; write for example 30d or 12h", text)
	}
	if strings.HasSuffix(string(text), "d") {
		d *= 24
	}
	*l = life(d)
	return nil
}

func (c tokenCreateCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	s, _ := m.Directory.View()
	u := s.ByEmail(c.User)
	if u == nil {
		return fmt.Errorf("nobody has the address %s; tandem doctor shows how many people there are", c.User)
	}
	done, err := m.Desk.Do(ctx, pbx.Actor{Kind: pbx.ActorUser, User: u.ID, Via: "cli"}, command.CreateToken{
		User: u.ID, Name: c.Name, Expires: time.Now().Add(time.Duration(c.Expires)), Rights: c.Rights, Networks: c.From})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, done.Secret)
	return err
}
