// Package blob keeps sound: recordings, messages, prompts, sealed at rest, in a directory.
//
// It does not know what the bytes are, to whom they belong, or who may hear them. A blob is written once, from its beginning to its end, and
// read in any order; what a crash cut off is as long as what was written before it.
package blob

import (
	"errors"
	"io"
	"iter"
	"time"
)

// Store keeps blobs by id. Its methods may be called from any goroutine.
type Store interface {
	// Create begins a blob. Nobody can open it before Finish. The error is ErrExists when there is, or is being written, one of that id.
	Create(id string) (Writer, error)
	// Open reads a finished blob; ErrMissing when there is none, ErrCorrupt when it is not what was written.
	Open(id string) (Reader, error)
	// Delete removes a finished blob; one that is not there is no error. Who reads it may read on.
	Delete(id string) error
	// List goes through the finished blobs, in no order.
	List() iter.Seq2[Info, error]
	// Recover finishes what an earlier process was writing when it ended, and returns what it finished. It is called once, before Create.
	Recover() ([]Info, error)
	// Sweep removes finished blobs that were last written before a moment and that nobody knows.
	Sweep(before time.Time, known func(id string) bool) (removed []string, err error)
}

// Writer writes one blob. Its methods may be called from any goroutine.
type Writer interface {
	io.Writer
	// Finish makes the blob readable, with its first size bytes; more than were written means all. After an error the blob is left to Recover.
	Finish(size int64) error
	// Abort forgets the blob. After Finish it does nothing.
	Abort() error
	// Size is how many bytes were written.
	Size() int64
}

// Reader reads one blob, from several goroutines if need be.
type Reader interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// Info tells of a finished blob.
type Info struct {
	ID      string
	Size    int64
	Written time.Time // when it was finished
}

// What can go wrong.
var (
	ErrMissing = errors.New("blob: there is none of that name")
	ErrExists  = errors.New("blob: there is one of that name already")
	ErrCorrupt = errors.New("blob: it is not what was written")
	ErrName    = errors.New("blob: no valid name")
	ErrClosed  = errors.New("blob: closed")
)
