package blob

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pgregory.net/rapid"
	"tandem/vault"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("BLOB_TEST_CHILD"); dir != "" {
		child(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// openDir opens a store and the vault beside it.
func openDir(root string) (*Dir, error) {
	_, err := os.Stat(filepath.Join(root, "sound"))
	keys, fault := vault.Open(filepath.Join(root, "sound.key"), err != nil)
	if fault != nil {
		return nil, fault
	}
	return OpenDir(filepath.Join(root, "sound"), keys)
}

func dir(t testing.TB, root string) *Dir {
	t.Helper()
	d, err := openDir(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func noise(n int) []byte {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func write(t testing.TB, s Store, id string, b []byte) {
	t.Helper()
	w, err := s.Create(id)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(b); at += 1000 {
		if _, err := w.Write(b[at:min(at+1000, len(b))]); err != nil {
			t.Fatal(err)
		}
	}
	if w.Size() != int64(len(b)) {
		t.Errorf("size %d, want %d", w.Size(), len(b))
	}
	if err := w.Finish(w.Size()); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, s Store, id string) []byte {
	t.Helper()
	r, err := s.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The suite of any Store.
func TestStore(t *testing.T) {
	s := Store(dir(t, t.TempDir()))
	for _, n := range []int{0, 1, 4095, 4096, 4097, 8192, 100000} {
		id := fmt.Sprint("msg_", n)
		write(t, s, id, noise(n))
		if got := read(t, s, id); !bytes.Equal(got, noise(n)) {
			t.Errorf("%d bytes: %d came back, or others", n, len(got))
		}
		if _, err := s.Create(id); !errors.Is(err, ErrExists) {
			t.Errorf("twice: %v", err)
		}
	}
	r, err := s.Open("msg_100000")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, 100100).Draw(t, "from")
		b := make([]byte, rapid.IntRange(0, 20000).Draw(t, "length"))
		n, err := r.ReadAt(b, int64(from))
		want := noise(100000)[min(from, 100000):min(from+len(b), 100000)]
		if !bytes.Equal(b[:n], want) || (err != nil) != (n < len(b)) || err != nil && err != io.EOF {
			t.Fatalf("%d of %d bytes, %v", n, len(want), err)
		}
	})
	if _, err := r.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("read before the beginning")
	}
	sizes := map[string]int64{}
	for info, err := range s.List() {
		if err != nil || time.Since(info.Written) > time.Minute {
			t.Errorf("%+v, %v", info, err)
		}
		sizes[info.ID] = info.Size
	}
	if len(sizes) != 7 || sizes["msg_4096"] != 4096 || sizes["msg_0"] != 0 {
		t.Errorf("listed %v", sizes)
	}
	if err := errors.Join(s.Delete("msg_1"), s.Delete("msg_1")); err != nil {
		t.Error(err)
	}
	if _, err := s.Open("msg_1"); !errors.Is(err, ErrMissing) {
		t.Errorf("deleted: %v", err)
	}
	for _, id := range []string{"", "ab", "../../etc/passwd", "A_B", "a/b_c", "a.b", strings.Repeat("a", 101)} {
		_, one := s.Create(id)
		_, two := s.Open(id)
		if !errors.Is(one, ErrName) || !errors.Is(two, ErrName) || !errors.Is(s.Delete(id), ErrName) {
			t.Errorf("%q is a name", id)
		}
	}
}

func TestNobodyReadsWhatIsNotFinished(t *testing.T) {
	s := dir(t, t.TempDir())
	w, err := s.Create("msg_1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(noise(10000)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open("msg_1"); !errors.Is(err, ErrMissing) {
		t.Errorf("open: %v", err)
	}
	if _, err := s.Create("msg_1"); !errors.Is(err, ErrExists) {
		t.Errorf("create: %v", err)
	}
	if list, err := s.Recover(); len(list) != 0 || err != nil {
		t.Errorf("recovered under the writer's hands: %v, %v", list, err)
	}
	if err := errors.Join(w.Abort(), w.Abort()); err != nil {
		t.Error(err)
	}
	if _, err := w.Write([]byte{1}); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	if err := w.Finish(1); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	write(t, s, "msg_1", noise(5))
}

// A recording whose end is quiet is finished shorter than it was written.
func TestFinishShorter(t *testing.T) {
	s := dir(t, t.TempDir())
	for i, keep := range []int64{0, 1, 4095, 4096, 4097, 8192, 9999, 10000, 20000} {
		id := fmt.Sprint("msg_", i)
		w, err := s.Create(id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(noise(10000)); err != nil {
			t.Fatal(err)
		}
		if err := w.Finish(keep); err != nil {
			t.Fatal(err)
		}
		if got := read(t, s, id); !bytes.Equal(got, noise(10000)[:min(keep, 10000)]) {
			t.Errorf("%d bytes kept: %d came back", keep, len(got))
		}
	}
}

// No byte of a blob can change, go or come, and no blob can take another's place, without being noticed; and none shows what is in it
// (PR-07, B-070).
func TestEveryChangeIsNoticed(t *testing.T) {
	root := t.TempDir()
	s := dir(t, root)
	text := bytes.Repeat([]byte("a secret that is easy to find "), 600)
	write(t, s, "msg_ab", text)
	write(t, s, "msg_xab", text)
	path := filepath.Join(root, "sound", "ab", "msg_ab.blob")
	sealed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("secret")) || len(sealed) > len(text)+300 {
		t.Error("it lies there in the clear")
	}
	other, err := os.ReadFile(filepath.Join(root, "sound", "ab", "msg_xab.blob"))
	if err != nil {
		t.Fatal(err)
	}
	notices := func(what string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := s.Open("msg_ab")
		if err == nil {
			_, err = io.Copy(io.Discard, io.NewSectionReader(r, 0, r.Size()))
			_ = r.Close()
		}
		if !errors.Is(err, ErrCorrupt) && !errors.Is(err, vault.ErrKey) {
			t.Fatalf("%s: %v", what, err)
		}
	}
	notices("another blob", other)
	for i := 0; i < len(sealed); i += 61 {
		if spare := len(mark) + vault.SlotSize; i >= spare && i < headSize {
			continue // the slot that nothing is in
		}
		b := bytes.Clone(sealed)
		b[i] ^= 1 << (i % 8)
		notices(fmt.Sprint("bit flipped in byte ", i), b)
	}
	for _, n := range []int{0, 10, headSize, headSize + tagSize - 1, headSize + diskSize, headSize + 2*diskSize, len(sealed) - 1} {
		notices(fmt.Sprint("cut to ", n), sealed[:n])
	}
	notices("longer", append(bytes.Clone(sealed), 0))
	swapped := bytes.Clone(sealed)
	copy(swapped[headSize:], sealed[headSize+diskSize:headSize+2*diskSize])
	notices("a piece twice", swapped)
}

// Without the file of the key nobody reads what lies on the disk, and a new key beside old sound is refused (PR-07).
func TestKeyFile(t *testing.T) {
	root := t.TempDir()
	s := dir(t, root)
	key := filepath.Join(root, "sound.key")
	info, err := os.Stat(key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	write(t, s, "msg_1", noise(5000))
	_ = s.Close()
	if _, err := s.Create("msg_2"); !errors.Is(err, ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
	if got := read(t, dir(t, root), "msg_1"); !bytes.Equal(got, noise(5000)) {
		t.Error("the next process reads something else")
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if _, err := openDir(root); err == nil || !strings.Contains(err.Error(), "backup") {
		t.Errorf("a new key beside old blobs: %v", err)
	}
	if err := os.WriteFile(key, []byte("xyz"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openDir(root); err == nil {
		t.Error("nonsense is a key")
	}
	if err := os.WriteFile(key, []byte(strings.Repeat("ab", 32)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := dir(t, root).Open("msg_1"); !errors.Is(err, vault.ErrKey) {
		t.Errorf("another key: %v", err)
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestSweep(t *testing.T) {
	s := dir(t, t.TempDir())
	for i := range 6 {
		write(t, s, fmt.Sprint("msg_", i), noise(10))
	}
	known := func(id string) bool { return id < "msg_4" }
	if removed, err := s.Sweep(time.Now().Add(-time.Hour), known); err != nil || len(removed) != 0 {
		t.Errorf("young ones went: %v, %v", removed, err)
	}
	removed, err := s.Sweep(time.Now().Add(time.Hour), known)
	if err != nil || len(removed) != 2 {
		t.Errorf("%v, %v", removed, err)
	}
	read(t, s, "msg_3")
}

// faulty is a file on a disk that has room for so many bytes more.
type faulty struct {
	*os.File
	left *int64
}

func (f faulty) WriteAt(b []byte, off int64) (int, error) {
	if n := int64(len(b)); n > *f.left {
		k, _ := f.File.WriteAt(b[:*f.left], off)
		*f.left = 0
		return k, syscall.ENOSPC
	}
	*f.left -= int64(len(b))
	return f.File.WriteAt(b, off)
}

// A full disk loses nothing that was written before; when there is room again, or at the next start, the blob can be heard (CR-02).
func TestDiskFull(t *testing.T) {
	root := t.TempDir()
	s := dir(t, root)
	real := s.create
	var left int64
	s.create = func(path string) (file, error) {
		f, err := real(path)
		if err != nil {
			return nil, err
		}
		return faulty{f.(*os.File), &left}, nil
	}
	fill := func(id string) Writer {
		t.Helper()
		left = 3*diskSize + 100
		w, err := s.Create(id)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := w.Write(noise(20000)); !errors.Is(err, syscall.ENOSPC) || n > 4*pieceSize {
			t.Fatalf("%d bytes, %v", n, err)
		}
		if _, err := w.Write([]byte{1}); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("goes on after a fault: %v", err)
		}
		return w
	}
	w := fill("msg_a1")
	left = 1000
	if err := w.Finish(w.Size()); err != nil {
		t.Fatal(err)
	}
	w = fill("msg_a2")
	if err := w.Finish(w.Size()); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("finished without room: %v", err)
	}
	_ = s.Close()
	s = dir(t, root)
	list, err := s.Recover()
	if err != nil || len(list) != 1 || list[0].ID != "msg_a2" || list[0].Size != 3*pieceSize {
		t.Errorf("%+v, %v", list, err)
	}
	for _, id := range []string{"msg_a1", "msg_a2"} {
		if got := read(t, s, id); !bytes.Equal(got, noise(20000)[:3*pieceSize]) {
			t.Errorf("%s has %d bytes, or others", id, len(got))
		}
	}
}

// Whatever the process was doing when it ended: cut after any byte, recovery keeps every whole piece, twice gives the same.
func TestRecoverAtEveryByte(t *testing.T) {
	root := t.TempDir()
	s := dir(t, root)
	w, err := s.Create("msg_ab")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(noise(9000)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "sound", "ab", "msg_ab.part")
	growing, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(9000); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(strings.TrimSuffix(path, partial) + finished)
	if err != nil {
		t.Fatal(err)
	}
	if len(growing) != headSize+2*diskSize {
		t.Fatalf("%d bytes are on disk", len(growing))
	}
	for n := 0; n <= len(whole); n += 1 + n%23 {
		if err := errors.Join(s.Delete("msg_ab"), os.WriteFile(path, whole[:n], 0o600)); err != nil {
			t.Fatal(err)
		}
		list, err := s.Recover()
		want := int64(max(n-headSize, 0) / diskSize * pieceSize)
		if n == len(whole) {
			want = 9000
		}
		if err != nil || (len(list) == 1) != (want > 0) || want > 0 && list[0].Size != want {
			t.Fatalf("cut at %d: %+v, %v, want %d bytes", n, list, err, want)
		}
		if want > 0 && !bytes.Equal(read(t, s, "msg_ab"), noise(9000)[:want]) {
			t.Fatalf("cut at %d: other bytes", n)
		}
		if again, err := s.Recover(); len(again) != 0 || err != nil {
			t.Fatalf("cut at %d: again %v, %v", n, again, err)
		}
	}
}

// child writes a few blobs at a time without end and says how far each one is.
func child(root string) {
	d, err := openDir(root)
	if err != nil {
		panic(err)
	}
	for round := 0; ; round++ {
		var open []Writer
		for i := range 4 {
			w, err := d.Create(fmt.Sprintf("rec_%d_%d", round, i))
			if err != nil {
				panic(err)
			}
			open = append(open, w)
		}
		for range 40 {
			for i, w := range open {
				from := w.Size()
				if _, err := w.Write(noise(100000)[from : from+1500]); err != nil {
					panic(err)
				}
				fmt.Printf("rec_%d_%d %d\n", round, i, w.Size())
			}
		}
		for i, w := range open[:2] {
			if err := w.Finish(w.Size()); err != nil {
				panic(err)
			}
			fmt.Printf("rec_%d_%d done\n", round, i)
		}
		for _, w := range open[2:] {
			if err := w.Abort(); err != nil {
				panic(err)
			}
		}
	}
}

// kill -9 at random moments: everything that was reported as finished is whole, everything else at most one piece short (CR-01).
func TestKilledProcess(t *testing.T) {
	root := t.TempDir()
	for round := range 10 {
		data := filepath.Join(root, strconv.Itoa(round))
		if err := os.MkdirAll(data, 0o700); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "BLOB_TEST_CHILD="+data)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		heard := make([]byte, 20+rand.IntN(12000)) // it dies after so many bytes of report
		_, err = io.ReadFull(out, heard)
		_ = cmd.Process.Kill()
		rest, _ := io.ReadAll(out)
		_ = cmd.Wait()
		if err != nil {
			t.Fatal(err)
		}
		s := dir(t, data)
		recovered, err := s.Recover()
		if err != nil {
			t.Fatal(err)
		}
		reported, done, first := map[string]int64{}, map[string]bool{}, ""
		for line := range strings.Lines(string(heard) + string(rest)) {
			id, far, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			if !ok || !strings.HasSuffix(line, "\n") {
				continue
			}
			if far == "done" {
				done[id] = true
				continue
			}
			if reported[id], err = strconv.ParseInt(far, 10, 64); err != nil {
				t.Fatal(err)
			}
			first = id
		}
		for id := range done {
			if got := read(t, s, id); !bytes.Equal(got, noise(100000)[:60000]) {
				t.Fatalf("%s was finished and has %d bytes", id, len(got))
			}
		}
		for _, info := range recovered {
			got := read(t, s, info.ID)
			if !bytes.Equal(got, noise(100000)[:len(got)]) || int64(len(got)) != info.Size || info.Size < reported[info.ID]-pieceSize {
				t.Fatalf("%s: %d bytes of %d", info.ID, len(got), reported[info.ID])
			}
		}
		if len(done)+len(recovered) == 0 && reported[first] > 2*pieceSize {
			t.Fatalf("nothing is left of %v", reported)
		}
		left, err := filepath.Glob(filepath.Join(data, "sound", "*", "*"+partial))
		if err != nil || len(left) > 0 {
			t.Fatalf("left behind: %v, %v", left, err)
		}
		_ = s.Close()
	}
}

func BenchmarkWrite(b *testing.B) {
	s := dir(b, b.TempDir())
	w, err := s.Create("msg_1")
	if err != nil {
		b.Fatal(err)
	}
	page := noise(2048)
	b.SetBytes(2048)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Write(page); err != nil {
			b.Fatal(err)
		}
	}
	_ = w.Abort()
}
