package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tandem/officetest"
)

// onSmallDisk starts a server whose data directory is a file system of its own of some size, in a mount namespace that ends with it. Inside
// a user namespace this needs no rights. It gives the directory as this process reaches it.
func onSmallDisk(t *testing.T, size string) (s *server, data string) {
	t.Helper()
	dir := t.TempDir()
	c := program(context.Background(), nil, loopback(dir)...)
	script := fmt.Sprintf(`mount -t tmpfs -o size=%s,mode=700 tandem "%s" && exec "$@"`, size, dir)
	c.Args = append([]string{"unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"}, c.Args...)
	c.Path = "/usr/bin/unshare"
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("this test mounts a file system inside a user namespace, which the kernel must allow (sysctl kernel.unprivileged_userns_clone)")
		}
	})
	s = await(t, c)
	return s, fmt.Sprintf("/proc/%d/root%s", s.cmd.Process.Pid, dir)
}

// fill takes all space there is, and gives it back when it is removed.
func fill(t *testing.T, data string) (free func()) {
	t.Helper()
	name := filepath.Join(data, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 16, 1 << 12, 1} {
		for block := make([]byte, size); err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		err = nil
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

// The disk is full while calls are up: they go on and end, their records wait and are written when there is space again; meanwhile new
// calls and changes are refused with words, the pages answer, and the log says so once (BAR CR-02).
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s, data := onSmallDisk(t, "24m")
	if !s.says("Set up your office: ") {
		t.Fatal(s.log)
	}
	link, err := url.Parse(s.link)
	if err != nil {
		t.Fatal(err)
	}
	s.call(201, "POST", "/v1/setup", officetest.Object{"token": link.Query().Get("token"), "name": "Olga", "email": email, "password": password,
		"company": "Northwind", "country": "DE", "zone": "Europe/Berlin"})
	caller, callee, id := s.talking()
	other := s.person(s.exchange(), "Carol", "203")
	free := fill(t, data)

	// Every call leaves a record, until one does not fit; the calls after that are refused.
	dial := func(number string) *officetest.Talk {
		t.Helper()
		c, err := other.Dial(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		within(t, "the call ends", c.Ended())
		return c
	}
	begun, refused := 0, (*officetest.Talk)(nil)
	for refused == nil {
		if begun > 5000 {
			t.Fatal("5000 calls fit on a full disk")
		}
		switch c := dial("999"); c.Status() {
		case 404:
			begun++
		case 503:
			refused = c
		default:
			t.Fatalf("%d %s", c.Status(), c.Words())
		}
	}
	if !strings.Contains(refused.Words(), "cannot take more calls at the moment") {
		t.Errorf("the phone is told %q", refused.Words())
	}
	eventually(t, "the log says so", func() bool { return strings.Contains(s.log.String(), "call records cannot be stored") })
	if n := strings.Count(s.log.String(), "call records cannot be stored"); n != 1 || !strings.Contains(s.log.String(), "full") {
		t.Errorf("the log says it %d times:\n%s", n, s.log)
	}
	a, err := s.Do(t.Context(), "POST", "/v1/users", officetest.Object{"name": "Dora", "email": "dora@example.com"})
	if err != nil || a.Status != 503 || !strings.Contains(a.Object.Text("message"), "disk") {
		t.Errorf("a change: %+v, %v", a, err)
	}
	if v := s.call(200, "GET", "/v1/audit/verify", nil); v.At("ok") != true {
		t.Errorf("audit log while the disk is full: %v", v)
	}
	if live := s.call(200, "GET", "/v1/calls/live", nil); live.Text("items", 0, "id") != id || live.At("items", 0, "phase") != "talking" {
		t.Errorf("the running call: %v", live)
	}
	select {
	case <-caller.Ended():
		t.Error("the running call was ended")
	case <-callee.Ended():
		t.Error("the running call was ended")
	default:
	}
	caller.Hangup()
	within(t, "the other side hears the hang-up", callee.Ended())
	if page, err := s.Do(t.Context(), "GET", "/", nil); err != nil || page.Status != 200 {
		t.Errorf("the page: %+v, %v", page, err)
	}

	free()
	eventually(t, "all records are written", func() bool { return s.call(200, "GET", "/v1/calls", nil).At("total") == float64(begun+1) })
	if record := s.call(200, "GET", "/v1/calls/"+id, nil); record.At("cause") != "hangup" || record.Text("by", "name") != "Alice" || record.At("answered") == nil {
		t.Errorf("record %v", record)
	}
	eventually(t, "calls are taken again", func() bool { return dial("999").Status() == 404 })
	s.call(201, "POST", "/v1/users", officetest.Object{"name": "Dora", "email": "dora@example.com"})
	if !strings.Contains(s.log.String(), "call records are stored again") {
		t.Errorf("log:\n%s", s.log)
	}
	if v := s.call(200, "GET", "/v1/audit/verify", nil); v.At("ok") != true {
		t.Errorf("audit log: %v", v)
	}
	s.stop()
}
