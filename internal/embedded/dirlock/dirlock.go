// Package dirlock keeps a data directory for one process: neither the embedded
// engine nor the embedded broker survives sharing its files.
package dirlock

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrLocked is wrapped by the error of Acquire when another process holds the directory.
var ErrLocked = errors.New("directory is in use")

// Lock is an advisory lock on DIR/lock. The kernel releases it when the process
// ends in whatever way, so a stale file never keeps anyone out. The file tells people who
// holds it: process id and start time (UTC), one per line.
type Lock struct{ file *os.File }

// Acquire locks an existing directory, or says who holds it.
func Acquire(dir string) (*Lock, error) {
	path := filepath.Join(dir, "lock")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock file: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := readHolder(file)
		_ = file.Close() // Nothing was written.
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s is held by %s: use that process's socket, stop it, or choose another directory",
				ErrLocked, dir, holder)
		}
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	lock := &Lock{file: file}
	if err := lock.sign(); err != nil {
		return nil, errors.Join(fmt.Errorf("writing the lock file: %w", err), lock.Release())
	}
	return lock, nil
}

func (l *Lock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	text := fmt.Sprintf("%d\n%s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339))
	_, err := l.file.WriteAt([]byte(text), 0)
	return err
}

// Release leaves the file in place: removing it would let two processes lock two files of one name.
func (l *Lock) Release() error {
	return errors.Join(l.file.Truncate(0), l.file.Close())
}

func readHolder(file *os.File) string {
	text, err := io.ReadAll(io.LimitReader(file, 256))
	lines := strings.Fields(string(text))
	if err != nil || len(lines) != 2 {
		return "another process"
	}
	if _, err := strconv.Atoi(lines[0]); err != nil {
		return "another process"
	}
	return fmt.Sprintf("process %s since %s", lines[0], lines[1])
}
