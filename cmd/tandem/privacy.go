package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"tandem/api"
)

type privacyCommand struct {
	Export privacyExportCommand `cmd:"" help:"Hand out everything that is kept about one person or number: a ZIP of JSON and sound."`
	Erase  privacyEraseCommand  `cmd:"" help:"Erase a person who left, or a number outside, from everything that is kept."`
}

// whom says about whom a verb asks a server.
type whom struct {
	remote `embed:""`
	Number string `help:"A number outside, in full, however it is written." xor:"whom" required:"" placeholder:"NUMBER"`
	User   string `help:"Id of somebody who is or was a colleague." xor:"whom" required:"" placeholder:"ID"`

	Visitor string `help:"Name or e-mail address that somebody gave who called by Talk links." xor:"whom" required:"" placeholder:"TEXT"`
}

// query is the subject as the API takes it. These verbs ask a running server only: sound and jobs are its own.
func (c whom) query() (url.Values, error) {
	if c.Server == "" {
		return nil, errors.New("give --server with the address of the running server, and a token of somebody who may hand out and erase")
	}
	q := url.Values{}
	switch {
	case c.Number != "":
		q.Set("number", c.Number)
	case c.Visitor != "":
		q.Set("visitor", c.Visitor)
	default:
		q.Set("user", c.User)
	}
	return q, nil
}

type privacyExportCommand struct {
	whom `embed:""`
	File string `arg:"" help:"File to write; it must not be there yet." type:"path"`
}

// Run writes the archive; one that breaks off leaves no file.
func (c privacyExportCommand) Run(ctx context.Context, std streams) (err error) {
	q, err := c.query()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(c.File); err == nil {
		return fmt.Errorf("%s is there already", c.File)
	}
	part, err := os.CreateTemp(filepath.Dir(c.File), ".tandem-*.part") // nobody else may read it
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }()
	if err := errors.Join(c.save(ctx, "/v1/privacy/export?"+q.Encode(), part), part.Close()); err != nil {
		return err
	}
	if err := os.Rename(part.Name(), c.File); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s holds everything that is kept. It may tell of others, too: look through it before you give it away.\n", c.File)
	return err
}

type privacyEraseCommand struct {
	whom   `embed:""`
	Reason string `help:"Who asked for it, and when; without the name. It stands in the log." placeholder:"WORDS"`
	DryRun bool   `help:"Only say what would be erased, or why it would be refused."`
}

// waitForErasure is how often is looked how far an erasure is.
const waitForErasure = time.Second

// Run orders an erasure and waits until it is done. Who breaks it off breaks off only the waiting.
func (c privacyEraseCommand) Run(ctx context.Context, std streams) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	if c.Reason == "" && !c.DryRun {
		return errors.New("say with --reason who asked for it, and when; without the name")
	}
	body := map[string]string{"reason": c.Reason}
	for k := range q {
		body[k] = q.Get(k)
	}
	if c.DryRun {
		var p api.ErasurePlan
		if err := c.ask(ctx, http.MethodPost, "/v1/privacy/erasures/preview", body, &p); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(std.out, "%d recordings, %d messages, %d contacts would be deleted; %d calls would get a pseudonym, and the log.\n", p.Recordings, p.Messages, p.Contacts, p.Calls); err != nil {
			return err
		}
		if p.Refused != "" {
			return fmt.Errorf("it would be refused: %s", p.Refused)
		}
		return nil
	}
	var e api.Erasure
	if err := c.ask(ctx, http.MethodPost, "/v1/privacy/erasures", body, &e); err != nil {
		return err
	}
	tick := time.NewTicker(waitForErasure)
	defer tick.Stop()
	for e.State != "done" {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s goes on without this verb", e.ID)
		case <-tick.C:
		}
		var all api.Erasures
		if err := c.ask(ctx, http.MethodGet, "/v1/privacy/erasures", nil, &all); err != nil {
			return err
		}
		for _, x := range all.Items {
			if x.ID == e.ID {
				e = x
			}
		}
	}
	_, err = fmt.Fprintf(std.out, "Erased: %d recordings, %d messages, %d entries, %d lines of the log. What is left stands under %s.\n", e.Recordings, e.Messages, e.Rows, e.Facts, e.As)
	return err
}
