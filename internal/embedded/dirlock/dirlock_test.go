package dirlock_test

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"jiesu.cn/jiesu/internal/embedded/dirlock"
)

func TestOneHolderAtATime(t *testing.T) {
	dir := t.TempDir()
	first, err := dirlock.Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = dirlock.Acquire(dir)
	if !errors.Is(err, dirlock.ErrLocked) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Errorf("second holder: got %v, want ErrLocked naming this process", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := dirlock.Acquire(dir)
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
}

func TestMissingDirectory(t *testing.T) {
	if _, err := dirlock.Acquire(t.TempDir() + "/none"); err == nil || errors.Is(err, dirlock.ErrLocked) {
		t.Errorf("got %v, want another error than ErrLocked", err)
	}
}
