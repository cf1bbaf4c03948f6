package app

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/internal/simulate"
	"jiesu.cn/jiesu/letter"
)

var (
	crashKills   = flag.Int("kills", 3, "how often the crash test kills serve")
	crashLetters = flag.Int("letters", 1500, "letters of the crash test's ledger")
	crashSeed    = flag.Uint64("crash-seed", 0, "seed of the crash test's moments; 0 takes the clock's")
)

// TestKilledServeLosesNothing kills serve with SIGKILL at random moments of a
// replay, restarts it each time and goes on after the last acknowledged record.
// In the end every figure must be exact: an acknowledged record that was lost
// would be missing, as nobody sends it again.
func TestKilledServeLosesNothing(t *testing.T) {
	dir := t.TempDir()
	ledger := filepath.Join(dir, "ledger")
	sum, err := simulate.Run(t.Context(), simulate.Options{Seed: 11, Letters: *crashLetters, Dir: ledger})
	if err != nil {
		t.Fatal(err)
	}
	seed := *crashSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("%d letters, %d events, %d kills, seed %d", sum.Letters, sum.Events, *crashKills, seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	r := newReplay(t, ledger)

	cfg := testConfig(filepath.Join(dir, "data"))
	for kill := range *crashKills {
		serve := startServe(t, cfg)
		sending, stopSending := context.WithCancel(t.Context())
		done := make(chan error, 1)
		// The last part waits for the end, so that every kill finds work under way.
		go func() { done <- r.send(sending, cfg, len(r.records)*(kill+1)/(*crashKills+1)) }()
		after := time.Duration(50+rng.IntN(7000)) * time.Millisecond
		time.Sleep(after)
		if err := serve.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = serve.Wait() // It was killed; that is its error.
		stopSending()
		err := <-done
		t.Logf("kill %d after %v; acknowledged %d of %d; sending ended with: %v", kill+1, after, r.next, len(r.records), err)
	}

	serve := startServe(t, cfg)
	if err := r.send(t.Context(), cfg, len(r.records)); err != nil {
		t.Fatal(err)
	}
	wantExact(t, cfg, ledger)
	if err := serve.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("serve did not stop cleanly: %v", err)
	}
}

// replay sends a ledger and remembers how far it was acknowledged.
type replay struct {
	records []letter.Record
	next    int // The first record not acknowledged.
}

func newReplay(t *testing.T, ledger string) *replay {
	t.Helper()
	r := &replay{}
	for _, name := range []string{"letters.jsonl", "events.jsonl"} {
		for _, line := range readLines(t, filepath.Join(ledger, name)) {
			rec, err := letter.DecodeRecord(line, letter.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			r.records = append(r.records, rec)
		}
	}
	return r
}

// send goes on after the last acknowledged record, up to the one before end.
func (r *replay) send(ctx context.Context, cfg Config, end int) error {
	s, err := Open(ctx, cfg, quiet())
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // Only a connection to serve.
	producer, err := ingest.NewProducer(s.ingest)
	if err != nil {
		return err
	}
	defer func() { _ = producer.Close() }() // All was acknowledged or will be sent again.
	const batch = 500
	for r.next < end {
		to := min(r.next+batch, end)
		if err := producer.Send(ctx, r.records[r.next:to]...); err != nil {
			return err
		}
		r.next = to
	}
	return nil
}

// startServe starts a serve process and waits until it answers.
func startServe(t *testing.T, cfg Config) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0]) // The test binary; see TestMain.
	cmd.Env = append(os.Environ(), serveDirEnv+"="+cfg.Dir)
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // Gone already unless the test failed.
	deadline := time.Now().Add(time.Minute)
	for {
		if _, ok := askHolder(t.Context(), cfg.socket()); ok {
			return cmd
		}
		if time.Now().After(deadline) {
			t.Fatal("serve did not open its socket within a minute")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// wantExact waits until everything is read and compares each figure, and each
// record of the topics, with the store.
func wantExact(t *testing.T, cfg Config, ledger string) {
	t.Helper()
	s, err := Open(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	waitAudit(t, s, 0)
	verifyExact(t, s, ledger)
}

// waitAudit waits until the group has read everything and wants each record in
// the store or among so many dead letters.
func waitAudit(t *testing.T, s *Session, dead int64) {
	t.Helper()
	var audits []ingest.TopicAudit
	for waiting := int64(1); waiting > 0; {
		var err error
		if audits, err = ingest.Audit(t.Context(), s.ingest, s.Store); err != nil {
			t.Fatal(err)
		}
		waiting = 0
		for _, a := range audits {
			waiting += a.Waiting
		}
	}
	var buried int64
	for _, a := range audits {
		buried += a.DeadLettered
		if a.Missing > 0 || a.Committed == 0 || a.Committed != a.Stored+a.DeadLettered {
			t.Errorf("audit of %s: %+v", a.Topic, a)
		}
	}
	if buried != dead {
		t.Errorf("%d records were dead-lettered, want %d", buried, dead)
	}
}

// verifyExact compares each figure with the ledger's own count.
func verifyExact(t *testing.T, s *Session, ledger string) {
	t.Helper()
	waitFinal(t, s)
	truth, err := os.Open(filepath.Join(ledger, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = truth.Close() }() // Only read.
	v, err := s.Verify(t.Context(), analytics.LocalOperator("test"), truth)
	if err != nil {
		t.Fatal(err)
	}
	if v.Documents == 0 || v.Figures == 0 {
		t.Errorf("nothing was verified: %+v", v)
	}
	for i, d := range v.Differences {
		if i == 10 {
			t.Fatalf("and %d more", len(v.Differences)-i)
		}
		t.Errorf("%s %s: want %s, got %s", d.Document, d.Figure, d.Want, d.Got)
	}
}

// waitFinal waits until the store knows that every partition was read past the
// ledger's end.
func waitFinal(t *testing.T, s *Session) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		rows, err := s.Store.Progress(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		level := len(rows) > 0
		for _, r := range rows {
			level = level && !r.CaughtUpAt.IsZero() && r.Next == r.HighWater
		}
		if level {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("partitions were not read to their end within a minute: %+v", rows)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
