package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"tandem/house"
	"tandem/vault"
)

// A backup is one tar file: the database as a file of SQLite, the sound, sealed as it lies on disk, and the keys of both.
const (
	archiveDatabase = "tandem.db"
	archiveKey      = "sound.key"
	archiveSound    = "sound/"
	archiveEnd      = "complete" // stands last, and is empty: without it something is missing
)

// soundEnding is that of sound that is finished; what is still being written is in the next backup.
const soundEnding = ".blob"

// writeArchive writes a backup. The database is taken first: sound that comes later is more than is needed, never less.
func writeArchive(ctx context.Context, m *house.Memory, c house.Config, file string, sound, key bool) (sounds int, err error) {
	part := file + ".part"
	_ = os.Remove(part)
	defer os.Remove(part)
	keys, err := os.ReadFile(c.SoundKey()) // what is taken first may be sealed with a key that is destroyed before the end
	if err != nil {
		return 0, err
	}
	base := file + ".db"
	defer os.Remove(base)
	if err := m.DB.Backup(ctx, base); err != nil {
		return 0, err
	}
	out, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := tar.NewWriter(out)
	if err := addFile(w, base, archiveDatabase); err != nil {
		return 0, err
	}
	if sound {
		if sounds, err = addSound(ctx, w, c.Sounds()); err != nil {
			return sounds, err
		}
	}
	if key {
		if err := addKeys(w, keys, c.SoundKey()); err != nil {
			return sounds, err
		}
	}
	err = w.WriteHeader(&tar.Header{Name: archiveEnd, Mode: 0o600, ModTime: time.Now(), Format: tar.FormatPAX})
	if err := errors.Join(err, w.Close(), out.Sync()); err != nil {
		return sounds, err
	}
	return sounds, os.Rename(part, file)
}

// addSound adds everything that lies under root. A recording that settles meanwhile is there in its small form, which is taken then.
func addSound(ctx context.Context, w *tar.Writer, root string) (n int, err error) {
	added := map[string]bool{}
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted meanwhile, or there is none yet
			return nil
		case err != nil || ctx.Err() != nil:
			return errors.Join(err, ctx.Err())
		case d.IsDir() || !strings.HasSuffix(name, soundEnding):
			return nil
		}
		rest, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		added[rest] = true
		err = addFile(w, name, archiveSound+filepath.ToSlash(rest))
		if small := settledAs(rest); errors.Is(err, fs.ErrNotExist) && !added[small] {
			err = addFile(w, filepath.Join(root, small), archiveSound+filepath.ToSlash(small))
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if isSound(name) {
			n++
		}
		return err
	})
	return n, err
}

// settledAs is where the small form of a recording lies.
func settledAs(name string) string {
	return filepath.Join(filepath.Dir(name), house.SettledBlob+filepath.Base(name))
}

// addKeys adds the keys there were when the backup began, and those there are now.
func addKeys(w *tar.Writer, before []byte, file string) error {
	now, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	all := vault.Merge(before, now)
	err = w.WriteHeader(&tar.Header{Name: archiveKey, Size: int64(len(all)), Mode: 0o600, ModTime: time.Now(), Format: tar.FormatPAX})
	if err == nil {
		_, err = w.Write(all)
	}
	return err
}

func addFile(w *tar.Writer, from, as string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: as, Size: info.Size(), Mode: 0o600, ModTime: info.ModTime(), Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err = io.Copy(w, io.LimitReader(f, info.Size()))
	return err
}

// unpacked is a backup laid out beside where it is to go, so that nothing of it is in use before all of it could be read.
type unpacked struct {
	dir      string
	database string
	key      []byte
	sounds   int
}

// sqliteMark is how a file of SQLite begins: backups of older versions are nothing else.
var sqliteMark = []byte("SQLite format 3\x00")

// readArchive lays a backup out in a directory of its own inside data.
func readArchive(ctx context.Context, file, data string) (u unpacked, err error) {
	f, err := os.Open(file)
	if err != nil {
		return u, err
	}
	defer f.Close()
	mark := make([]byte, len(sqliteMark))
	if n, _ := io.ReadFull(f, mark); bytes.Equal(mark[:n], sqliteMark) {
		return unpacked{database: file}, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return u, err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return u, err
	}
	if u.dir, err = os.MkdirTemp(data, "restore-"); err != nil {
		return u, err
	}
	complete := false
	r := tar.NewReader(f)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return u, fmt.Errorf("%s is no backup, or is damaged: %w", file, err)
		}
		name := path.Clean(h.Name)
		isSound := strings.HasPrefix(name, archiveSound) && strings.HasSuffix(name, soundEnding)
		if h.Typeflag != tar.TypeReg || name != h.Name || !filepath.IsLocal(name) || name != archiveDatabase && name != archiveKey && name != archiveEnd && !isSound {
			return u, fmt.Errorf("%s is no backup: it holds %q", file, h.Name)
		}
		if name == archiveEnd {
			complete = true
			continue
		}
		if err := errors.Join(ctx.Err(), u.take(r, name)); err != nil {
			return u, fmt.Errorf("%s is no backup, or is damaged: %w", file, err)
		}
	}
	if u.database == "" || !complete {
		return u, fmt.Errorf("%s is damaged: its end is missing", file)
	}
	return u, nil
}

func (u *unpacked) take(r io.Reader, name string) (err error) {
	to := filepath.Join(u.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	switch name {
	case archiveDatabase:
		u.database = to
	case archiveKey:
		u.key, err = os.ReadFile(to)
	default:
		if isSound(name) {
			u.sounds++
		}
	}
	return err
}

// isSound reports whether a file among the sound is some: the key for pushes, which lies sealed beside it, is none.
func isSound(name string) bool {
	return path.Base(filepath.ToSlash(name)) != house.PushKeyBlob+soundEnding
}

// onlyPushKey reports whether nothing lies among the sound but what the first start of a house puts there.
func onlyPushKey(root string, there []fs.DirEntry) bool {
	if len(there) != 1 || !there[0].IsDir() {
		return false
	}
	files, err := os.ReadDir(filepath.Join(root, there[0].Name()))
	return err == nil && len(files) == 1 && !isSound(files[0].Name())
}

// fits refuses where there is sound already: it belongs to another office, and is never replaced.
func (u *unpacked) fits(c house.Config) error {
	if there, err := os.ReadDir(c.Sounds()); u.sounds > 0 && err == nil && len(there) > 0 && !onlyPushKey(c.Sounds(), there) {
		return fmt.Errorf("%s already holds sound; move it away, or restore into another directory with --data", c.Sounds())
	}
	return nil
}

// place puts sound and keys where the server looks for them. What a house sealed that has not begun goes; sound that a backup without any finds keeps its key.
func (u *unpacked) place(c house.Config) error {
	keys := u.key
	if there, _ := os.ReadDir(c.Sounds()); len(there) == 0 || onlyPushKey(c.Sounds(), there) {
		if err := errors.Join(os.RemoveAll(c.Sounds()), os.Remove(c.SoundKey())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	} else if before, err := os.ReadFile(c.SoundKey()); err == nil {
		keys = vault.Merge(before, u.key)
	}
	if keys != nil {
		if err := os.WriteFile(c.SoundKey(), keys, 0o600); err != nil {
			return err
		}
	}
	if u.sounds == 0 {
		return nil
	}
	return os.Rename(filepath.Join(u.dir, "sound"), c.Sounds())
}

func (u *unpacked) clear() {
	if u.dir != "" {
		_ = os.RemoveAll(u.dir)
	}
}
