package kafka

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrLocked is wrapped by Start's error when another process holds the data directory.
var ErrLocked = errors.New("data directory is in use")

// directoryLock is an advisory lock on DIR/lock. The kernel drops it however
// the process ends, so the file left behind keeps nobody out.
type directoryLock struct{ file *os.File }

func lockDirectory(dir string) (*directoryLock, error) {
	path := filepath.Join(dir, "lock")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the broker's lock file: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &directoryLock{file: file}, nil
	}
	_ = file.Close() // Nothing was written.
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("%w: another jiesu runs its broker in %s; stop it or choose another directory", ErrLocked, dir)
	}
	return nil, fmt.Errorf("locking %s: %w", path, err)
}

// release keeps the file: removing it would let two processes lock two files of one name.
func (l *directoryLock) release() error { return l.file.Close() }
