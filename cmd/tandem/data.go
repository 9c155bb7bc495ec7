package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tandem/house"
	"tandem/store"
)

// open opens the data of a verb that works beside a running server. It makes none: a mistyped directory must not look like an empty office.
func (w where) open(ctx context.Context, std streams) (*house.Memory, error) {
	if err := w.exists(); err != nil {
		return nil, err
	}
	return w.make(ctx, std)
}

// alone opens the data of a verb that changes it, and only while no server runs on it.
func (w where) alone(ctx context.Context, std streams) (*house.Memory, error) {
	if err := w.exists(); err != nil {
		return nil, err
	}
	return house.OpenAlone(ctx, w.office(std))
}

func (w where) exists() error {
	file, embedded := strings.CutPrefix(w.Database, "sqlite:")
	if w.Database == "" {
		file, embedded = filepath.Join(w.Data, "tandem.db"), true
	}
	if _, err := os.Stat(file); embedded && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no office in %s; say where it is with --data or --database, or start one with tandem serve", file)
	}
	return nil
}

// make opens the data, and makes it when there is none.
func (w where) make(ctx context.Context, std streams) (*house.Memory, error) {
	return house.Open(ctx, w.office(std))
}

func (w where) office(std streams) house.Config {
	return house.Config{Data: w.Data, Database: w.Database, Version: version, Log: w.logger(std.err)}
}

type backupCommand struct {
	where `embed:""`
	File  string `arg:"" help:"File to write; it must not exist yet."`

	NoSound bool `help:"Leave messages, recordings and own announcements out."`
	NoKey   bool `help:"Leave the key of secrets and sound out, because it is kept elsewhere: without it nobody can use the backup."`
}

func (b backupCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := b.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	if _, err := os.Stat(b.File); err == nil {
		return fmt.Errorf("%s exists already; choose another name, so that no older backup is lost", b.File)
	}
	sounds, err := writeArchive(ctx, m, b.office(std), b.File, !b.NoSound, !b.NoKey)
	if err != nil {
		return err
	}
	info, err := os.Stat(b.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s: %d kB, complete and consistent, with %d sounds\n", b.File, (info.Size()+1023)/1024, sounds)
	return err
}

type restoreCommand struct {
	where `embed:""`
	File  string `arg:"" help:"A file written by tandem backup." type:"existingfile"`
}

func (r restoreCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := r.make(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	head, err := m.Store.Head(ctx, time.Now())
	if err != nil {
		return err
	}
	if head.Seq > 0 || m.Claimed() {
		return errors.New("the database already holds an office, which a restore would wipe out; " +
			"give an empty directory with --data or an empty database with --database, and start Tandem on that")
	}
	c := r.office(std)
	u, err := readArchive(ctx, r.File, c.Data)
	defer u.clear()
	if err != nil {
		return err
	}
	if err := u.fits(c); err != nil {
		return err
	}
	if err := m.DB.Restore(ctx, u.database); err != nil {
		return fmt.Errorf("%s: %w", r.File, err)
	}
	if err := u.place(c); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "restored from %s, with %d sounds\n", r.File, u.sounds)
	return err
}

type auditCommand struct {
	Verify verifyCommand `cmd:"" help:"Recompute the hash chain and compare it with the checkpoints outside the database."`
}

type verifyCommand struct {
	where       `embed:""`
	Checkpoints string `help:"File of checkpoints to compare with; default is the one in the data directory." placeholder:"FILE"`
}

func (v verifyCommand) Run(ctx context.Context, std streams) (err error) {
	m, err := v.open(ctx, std)
	if err != nil {
		return err
	}
	defer closing(m, &err)
	file := v.Checkpoints
	if file == "" {
		file = filepath.Join(v.Data, "checkpoints.log")
	}
	outside, err := store.Checkpoints(file)
	if err != nil {
		return err
	}
	found, err := m.Store.Verify(ctx, outside...)
	if err != nil {
		return err
	}
	if !found.OK {
		fmt.Fprintf(std.err, "the audit log is NOT intact, at entry %d: %s\n", found.FirstBad, found.Problem)
		return errShown
	}
	_, err = fmt.Fprintf(std.out, "the audit log is intact: %d entries, %d checkpoints outside the database, head %s\n", found.Entries, len(outside), found.Head.Hash)
	return err
}

// closing closes the data and keeps the first error.
func closing(m *house.Memory, err *error) {
	if e := m.Close(); *err == nil {
		*err = e
	}
}
