// Command jiesu turns the letters of a police chief's mailbox into figures and
// leads: it receives, classifies, stores, counts and reports them.
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

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // The first signal stops in order, a second one at once.
	code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	os.Exit(code)
}

// streams are the three a command may use.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// run parses the arguments and carries out the command.
func run(ctx context.Context, args []string, std streams) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("jiesu"),
		kong.Description("接诉:局长信箱来信的接收、分类、统计与线索。每个选项也可用环境变量 JIESU_选项名 设置。"),
		kong.Writers(std.out, std.err),
		kong.DefaultEnvars("JIESU"),
		kong.UsageOnError(),
		kong.Exit(func(code int) { exited = code }),
		kong.Vars{"version": version},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
	)
	if err != nil {
		fmt.Fprintln(std.err, "jiesu:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	switch {
	case exited >= 0: // --help and --version have printed and want to leave.
		return exited
	case err != nil:
		fmt.Fprintln(std.err, "jiesu:", err)
		fmt.Fprintln(std.err, "用法见 jiesu --help")
		return exitUsage
	}
	command.BindTo(ctx, (*context.Context)(nil))
	if err := command.Run(&c.global, &std); err != nil {
		fmt.Fprintln(std.err, "jiesu:", readable(err, c.LogLevel))
		if errors.Is(err, errUsage) {
			return exitUsage
		}
		return exitFailed
	}
	return exitDone
}

// readable cuts what a database says beyond the first lines: it likes to
// repeat the whole statement.
func readable(err error, level slog.Level) string {
	const most = 600
	text := []rune(err.Error())
	if len(text) <= most || level <= slog.LevelDebug {
		return string(text)
	}
	return string(text[:most]) + "…(全文:--log-level debug)"
}

// errUsage marks a mistake in the arguments that parsing could not see.
var errUsage = errors.New("usage")
