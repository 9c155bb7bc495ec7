// Package postgres starts PostgreSQL servers of their own for tests, in temporary directories, on sockets that nobody else finds.
//
// What is stored in them does not belong here.
package postgres

import (
	"bufio"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
)

// Server is a running PostgreSQL. Stop it.
type Server struct {
	Address string // of its first database
	Stop    func() // ends it and removes its files

	schemas atomic.Int64
}

// Start starts Debian's PostgreSQL. The server dies with the operating system's thread that started it, so the caller locks his
// goroutine to one, or lives as long as the process.
func Start() (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tandem-pg-")
	if err != nil {
		return nil, err
	}
	s, err := start(bin, dir)
	if err != nil {
		os.RemoveAll(dir)
	}
	return s, err
}

// programs finds the directory of the newest PostgreSQL.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		path, err := exec.LookPath("postgres")
		if err != nil {
			return "", fmt.Errorf("install Debian's package postgresql: %w", err)
		}
		found = []string{path}
	}
	return filepath.Dir(slices.Max(found)), nil
}

func start(bin, dir string) (*Server, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(bin+"/initdb", "-D", data, "-U", "tandem", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	server := exec.Command(bin+"/postgres", "-D", data, "-k", dir, "-p", "5432", "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "log_checkpoints=off", "-c", "lc_messages=C")
	server.SysProcAttr, server.Dir = attr, dir
	log, err := server.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	ready, done := make(chan bool, 2), make(chan struct{})
	var tail []string
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if strings.Contains(lines.Text(), "ready to accept connections") {
				ready <- true
			}
			tail = append(tail, lines.Text())[max(0, len(tail)-9):]
		}
		ready <- false
	}()
	s := &Server{Address: "postgres://tandem@/postgres?port=5432&host=" + url.QueryEscape(dir)}
	s.Stop = func() {
		server.Process.Signal(syscall.SIGQUIT)
		<-done
		server.Wait()
		os.RemoveAll(dir)
	}
	if !<-ready {
		s.Stop()
		return nil, fmt.Errorf("the server ended: %s", strings.Join(tail, "\n"))
	}
	return s, nil
}

// New makes an empty schema and gives its address, which a store takes for a database.
func (s *Server) New() (string, error) {
	schema := fmt.Sprintf("t%d", s.schemas.Add(1))
	db, err := sql.Open("pgx", s.Address)
	if err != nil {
		return "", err
	}
	defer db.Close()
	if _, err := db.Exec("CREATE SCHEMA " + schema); err != nil {
		return "", err
	}
	return s.Address + "&search_path=" + schema, nil
}
