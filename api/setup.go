package api

import (
	"context"
	"strings"

	"tandem/auth"
	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
)

// Setup is what the set-up page needs to begin.
type Setup struct {
	Version   string   `json:"version"`
	Languages []string `json:"languages" nullable:"false"`
	Country   string   `json:"country,omitempty" doc:"a guess from the browser's languages"`
}

type setupIn struct {
	Token string `query:"token" maxLength:"200"`
}

// getSetup answers who holds the set-up link; every wrong try counts (BAR FX-01).
func (s *Server) getSetup(ctx context.Context, v *visit, in *setupIn) (Setup, error) {
	if err := s.c.Auth.CheckSetup(ctx, in.Token); err != nil {
		return Setup{}, err
	}
	return Setup{s.c.Version, i18n.Languages(), guessCountry(v.r.Header.Get("Accept-Language"))}, nil
}

// guessCountry takes the region of the first language that names one, else the country where most readers of it live.
func guessCountry(accept string) string {
	homes := map[string]string{"de": "DE", "pl": "PL", "ru": "RU", "id": "ID"}
	guess := ""
	for part := range strings.SplitSeq(accept, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		language, region, _ := strings.Cut(tag, "-")
		if len(region) == 2 {
			return strings.ToUpper(region)
		}
		if guess == "" {
			guess = homes[strings.ToLower(language)]
		}
	}
	return guess
}

type claimIn struct {
	Body struct {
		Token     string  `json:"token" minLength:"1" maxLength:"200"`
		Name      string  `json:"name"`
		Email     string  `json:"email"`
		Password  string  `json:"password" maxLength:"4000"`
		Company   string  `json:"company"`
		Country   string  `json:"country"`
		Zone      string  `json:"zone,omitempty"`
		Language  string  `json:"language,omitempty"`
		Extension *string `json:"extension,omitempty" doc:"absent takes the first one"`
		Digits    int     `json:"digits,omitempty" doc:"length of extensions; absent means 3"`
	}
}

// postSetup claims the system. The office, its owner with password and session, and the use of the link are one
// transaction: whatever fails, the link is still good.
func (s *Server) postSetup(ctx context.Context, v *visit, in *claimIn) (Me, error) {
	b := in.Body
	if strings.TrimSpace(b.Token) == "" {
		return Me{}, missing() // without a link the claim belongs to the shell of the server
	}
	opened, err := s.c.Auth.Claim(ctx, b.Token, b.Email, b.Name, b.Password, s.caller(v), func(owner pbx.UserID, k auth.Keeper) error {
		who := pbx.Actor{Kind: pbx.ActorSystem, Addr: s.c.Auth.Addr(v.r), Via: "web", Request: v.id}
		_, err := s.c.Desk.Through(k).Do(ctx, who, command.Claim{ID: owner, Name: b.Name, Email: b.Email, Company: b.Company, Country: b.Country,
			Zone: b.Zone, Language: b.Language, Extension: b.Extension, Digits: b.Digits})
		return err
	})
	if err != nil {
		return Me{}, err
	}
	return s.welcome(ctx, v, opened)
}
