package main

import (
	"context"
	"fmt"
)

type keyCommand struct {
	Rotate rotateCommand `cmd:"" help:"Make a new key. The server seals everything with it in the background, and destroys the former one then."`
	Status statusCommand `cmd:"" help:"Say whether everything is sealed with the newest key."`
}

type rotateCommand struct {
	where `embed:""`
}

func (r rotateCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := r.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	if err := m.Keys.Rotate(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "the new key is %s; the server seals everything with it within a few minutes, or when it starts next\n"+
		"tandem key status says when the former one is gone; make a backup then, because older ones hold the former key\n", m.Keys.Name())
	return err
}

type statusCommand struct {
	where `embed:""`
}

func (s statusCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := s.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	former, err := m.Keys.Former()
	if err != nil {
		return err
	}
	if former > 0 {
		_, err = fmt.Fprintf(std.out, "%s seals; former keys that still open what is not sealed anew: %d\n", m.Keys.Name(), former)
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s seals, and everything is sealed with it\n", m.Keys.Name())
	return err
}
