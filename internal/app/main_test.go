package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"testing"
)

// serveDirEnv makes the test binary a serve process over the directory it
// names, so that tests can kill a real process.
const serveDirEnv = "JIESU_TEST_SERVE_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveDirEnv); dir != "" {
		if err := serveForTest(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func serveForTest(dir string) error {
	a, err := New(testConfig(dir), Parts{Ingest: true, Console: true}, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo})))
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return a.Run(ctx)
}

// testConfig runs everything embedded in dir on free ports and lets the
// simulator say when its records became known.
func testConfig(dir string) Config {
	cfg := DefaultConfig()
	cfg.Dir, cfg.Listen = dir, "127.0.0.1:0"
	cfg.Ingest.HistorySources = append(cfg.Ingest.HistorySources, simulatedSources)
	return cfg
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
