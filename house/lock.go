package house

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lock keeps a second server away from the data of a running one: at its start it would close the first one's calls on paper. The lock
// ends with the process, however that ends. Verbs that work beside a running server do not take it.
func (c Config) lock() (unlock func(), err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	name := filepath.Join(c.Data, "serve.lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("another Tandem runs on the data in %s; stop it first, or give another directory with --data", c.Data)
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return func() { f.Close() }, nil
}

// refusedAddress says which flags an address came from, and what to do.
func refusedAddress(flags string, err error) error {
	advice := "give host:port, for example 127.0.0.1:8080, or port 0 for a free one"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		advice = "another program listens there, perhaps another Tandem; stop it or choose another port"
	case errors.Is(err, syscall.EACCES):
		advice = "this user may not listen there; choose a port above 1023"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		advice = "this machine does not have that address; leave the host empty to listen on all"
	}
	return fmt.Errorf("%s: %w; %s", flags, err, advice)
}
