package house

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestCertificate(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	names := []string{"phones.example.com", "127.0.0.1"}
	first, err := certificate(dir, "", "", names, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if err := first.Leaf.VerifyHostname(n); err != nil {
			t.Error(err)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "tls", "key.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v %v, want mode 0600", info, err)
	}
	same := func(c1, c2 []byte) bool { return string(c1) == string(c2) }
	for _, tt := range []struct {
		name  string
		names []string
		now   time.Time
		kept  bool
	}{
		{"a later start keeps it", names, now.Add(24 * time.Hour), true},
		{"a new public name makes another", append([]string{"new.example.com"}, names...), now, false},
		{"the last month makes another", append([]string{"new.example.com"}, names...), now.Add(selfMadeLife - 24*time.Hour), false},
	} {
		before, err := certificate(dir, "", "", names, now)
		if err != nil {
			t.Fatal(err)
		}
		after, err := certificate(dir, "", "", tt.names, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		if same(before.Certificate[0], after.Certificate[0]) != tt.kept {
			t.Errorf("%s: kept = %v", tt.name, !tt.kept)
		}
	}
	if _, err := certificate(dir, filepath.Join(dir, "none.pem"), "", names, now); err == nil {
		t.Error("a missing file of the administrator must be an error, not a self-made certificate")
	}
}
