// Command tandem is a phone system for a team: one binary, one data directory.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// streams are the three standard ones; tests bring their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// where says which data a verb works on.
type where struct {
	Data     string `help:"Directory of the database, photos and certificate." default:"./data" env:"TANDEM_DATA" placeholder:"DIR"`
	Database string `help:"sqlite:PATH or postgres://user:password@host/name; default is a file in the data directory." env:"TANDEM_DATABASE" placeholder:"URL"`
	LogLevel string `help:"debug, info, warn or error." default:"info" enum:"debug,info,warn,error" env:"TANDEM_LOG_LEVEL" placeholder:"LEVEL"`
}

// commands is the whole command line.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Run the phone system until SIGTERM."`
	Setup   setupCommand   `cmd:"" help:"Claim a fresh system from the shell: make its first account, the owner."`
	Token   tokenCommand   `cmd:"" help:"API tokens."`
	Office  officeCommand  `cmd:"" help:"Run a canned company whose simulated phones keep calling each other."`
	Doctor  doctorCommand  `cmd:"" help:"Check database, ports, certificate, disk, clock and audit log, and say what to do."`
	Backup  backupCommand  `cmd:"" help:"Write one consistent file, also while the server runs."`
	Restore restoreCommand `cmd:"" help:"Fill an empty database from a backup."`
	Key     keyCommand     `cmd:"" help:"The key that seals secrets and sound."`
	Audit   auditCommand   `cmd:"" help:"The audit log."`
	Explain explainCommand `cmd:"" help:"Ask why: the decisions of the system, step by step."`
	Whatif  whatifCommand  `cmd:"" help:"Replay recorded calls through a draft of restrictions, and say what would have been otherwise."`
	Policy  policyCommand  `cmd:"" help:"Rights as text: export, compare, test."`
	Privacy privacyCommand `cmd:"" help:"What is kept about one person or number: hand it out, or erase it."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// errShown ends a verb that has already told the person what is wrong.
var errShown = errors.New("shown")

func run(ctx context.Context, args []string, std streams) int {
	var cli commands
	exit := -1
	parser, err := kong.New(&cli,
		kong.Name("tandem"),
		kong.Description("A phone system for your team, on your own machine."),
		kong.UsageOnError(),
		kong.Writers(std.out, std.err),
		kong.Exit(func(code int) { exit = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
	)
	if err != nil {
		fmt.Fprintln(std.err, "tandem:", err)
		return 1
	}
	verb, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		parser.FatalIfErrorf(err)
		return 2
	}
	if err := verb.Run(); err != nil {
		if !errors.Is(err, errShown) {
			fmt.Fprintln(std.err, "tandem:", say(err))
		}
		return 1
	}
	return 0
}

// logger writes lines of key=value, without colours, so that they survive journals and filters.
func (w where) logger(to io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(w.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level}))
}

type versionCommand struct{}

func (versionCommand) Run(std streams) error {
	_, err := fmt.Fprintln(std.out, "tandem", version)
	return err
}
