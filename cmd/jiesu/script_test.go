package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"jiesu.cn/jiesu/internal/embedded/clickhouse"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"jiesu": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr})
			stop()
			os.Exit(code)
		},
	})
}

// TestScripts runs the command line as a person would, on the real engine and
// broker. See testdata/script.
func TestScripts(t *testing.T) {
	library, err := clickhouse.FindLibrary(os.Getenv("JIESU_LIBCHDB"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("JIESU_LIBCHDB", library)
			env.Setenv("JIESU_LISTEN", "127.0.0.1:0")
			env.Setenv("JIESU_LOG_LEVEL", "warn")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"eventually": eventually,
			"settled":    settled,
			"absent":     absent,
		},
	})
}

// exits runs a program and wants its exit code: exits CODE PROGRAM ARGS….
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("running %s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// eventually runs a program until it succeeds and prints the text:
// eventually TEXT PROGRAM ARGS….
func eventually(ts *testscript.TestScript, _ bool, args []string) {
	const patience, pause = 90 * time.Second, 200 * time.Millisecond
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(pause) {
		if err := ts.Exec(args[1], args[2:]...); err == nil && strings.Contains(ts.ReadFile("stdout"), args[0]) {
			return
		}
	}
	ts.Fatalf("%q did not come; the last output was:\n%s%s", args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
}

// waiting matches doctor's count of records that ingest has not read yet.
var waiting = regexp.MustCompile(`待读 [1-9]|已读 0 `)

// settled waits until a running serve has read all that was sent: settled DIR.
func settled(ts *testscript.TestScript, _ bool, args []string) {
	const patience, pause = 3 * time.Minute, 200 * time.Millisecond
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(pause) {
		if err := ts.Exec("jiesu", "doctor", "--dir", args[0]); err == nil && !waiting.MatchString(ts.ReadFile("stdout")) {
			return
		}
	}
	ts.Fatalf("records are still waiting:\n%s%s", ts.ReadFile("stdout"), ts.ReadFile("stderr"))
}

// absent wants a text in no file below a folder: absent TEXT DIR.
func absent(ts *testscript.TestScript, _ bool, args []string) {
	text, files := []byte(args[0]), 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		if bytes.Contains(content, text) {
			ts.Fatalf("%s holds %q", path, text)
		}
		return nil
	}))
	if files == 0 {
		ts.Fatalf("%s holds no files", args[1])
	}
}
