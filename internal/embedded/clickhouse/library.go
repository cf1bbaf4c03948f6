package clickhouse

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unsafe"

	"github.com/ebitengine/purego"
)

// libraryName is the engine's file name, as its package ships it.
const libraryName = "libchdb.so"

// FindLibrary returns the absolute path of the engine's shared library: the explicit
// path if one is given, else libchdb.so or lib/libchdb.so beside the executable, else
// .cache/engine/libchdb.so in the working directory or the nearest directory above it.
// The error says how to get the library.
func FindLibrary(explicit string) (string, error) {
	if explicit != "" {
		if err := checkFile(explicit); err != nil {
			return "", fmt.Errorf("looking for the embedded engine: %w; run `make engine` or correct JIESU_LIBCHDB", err)
		}
		return filepath.Abs(explicit)
	}
	for _, candidate := range libraryCandidates() {
		if checkFile(candidate) == nil {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("the embedded engine (%s) was found neither beside the executable nor in .cache/engine: "+
		"run `make engine`, or set JIESU_LIBCHDB to its path", libraryName)
}

func libraryCandidates() []string {
	var candidates []string
	if executable, err := os.Executable(); err == nil {
		if resolved, err := filepath.EvalSymlinks(executable); err == nil {
			executable = resolved
		}
		beside := filepath.Dir(executable)
		candidates = append(candidates, filepath.Join(beside, libraryName), filepath.Join(beside, "lib", libraryName))
	}
	directory, err := os.Getwd()
	if err != nil {
		return candidates
	}
	for {
		candidates = append(candidates, filepath.Join(directory, ".cache", "engine", libraryName))
		parent := filepath.Dir(directory)
		if parent == directory {
			return candidates
		}
		directory = parent
	}
}

func checkFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	return nil
}

// Handles of the C interface. The engine owns what they point to.
type (
	connectionHandle struct{ _ [0]byte }
	resultHandle     struct{ _ [0]byte }
	insertHandle     struct{ _ [0]byte }
)

// library is the part of the C interface (chdb.h) that this package uses. Texts go with
// their lengths, because statements and values may hold zero bytes.
type library struct {
	setSignalHandlersEnabled func(enabled int32)
	connect                  func(argc int32, argv **byte) **connectionHandle
	closeConnection          func(connection **connectionHandle)

	query       func(c *connectionHandle, sql *byte, sqlLen uintptr, format *byte, formatLen uintptr, names **byte, nameLens *uintptr, values **byte, valueLens *uintptr, count uintptr) *resultHandle
	streamQuery func(c *connectionHandle, sql *byte, sqlLen uintptr, format *byte, formatLen uintptr, names **byte, nameLens *uintptr, values **byte, valueLens *uintptr, count uintptr) *resultHandle
	fetch       func(c *connectionHandle, stream *resultHandle) *resultHandle
	cancel      func(c *connectionHandle, stream *resultHandle)
	classify    func(c *connectionHandle, sql *byte, sqlLen uintptr, database *byte, databaseLen uintptr, out *analysis) int32

	insert        func(c *connectionHandle, sql *byte, sqlLen uintptr, format *byte, formatLen uintptr, names **byte, nameLens *uintptr, values **byte, valueLens *uintptr, count uintptr) *insertHandle
	appendData    func(s *insertHandle, data *byte, length uintptr) int32
	finishInsert  func(s *insertHandle) *resultHandle
	insertError   func(s *insertHandle) string
	destroyInsert func(s *insertHandle)

	resultBuffer  func(r *resultHandle) *byte
	resultLength  func(r *resultHandle) uintptr
	resultError   func(r *resultHandle) string
	destroyResult func(r *resultHandle)
}

// analysis is chdb_query_analysis_v1.
type analysis struct {
	structSize     uint32
	statementCount uint32
	_              uint32 // Flags.
	class          uint32
}

// Values of analysis.class.
const (
	classReadOnly = 0 // SELECT, SHOW, DESCRIBE, EXPLAIN, EXISTS, CHECK.
	classControl  = 3 // SET, USE, SYSTEM, KILL and the like: may change the session.
	classUnknown  = 4 // Did not parse.
)

// openLibrary loads the engine. The dynamic loader keeps one copy for the process, so
// opening the same file again is cheap. The engine's signal handlers are switched off
// before anything else can start a thread: Go needs SIGSEGV and SIGURG for itself.
func openLibrary(path string) (*library, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("loading the embedded engine %s: %w; run `make engine` to fetch it again", path, err)
	}
	lib := &library{}
	functions := []struct {
		pointer any
		symbol  string
	}{
		{&lib.setSignalHandlersEnabled, "chdb_set_signal_handlers_enabled"},
		{&lib.connect, "chdb_connect"},
		{&lib.closeConnection, "chdb_close_conn"},
		{&lib.query, "chdb_query_with_params_n"},
		{&lib.streamQuery, "chdb_stream_query_with_params_n"},
		{&lib.fetch, "chdb_stream_fetch_result"},
		{&lib.cancel, "chdb_stream_cancel_query"},
		{&lib.classify, "chdb_classify_query_n"},
		{&lib.insert, "chdb_stream_insert_with_params_n"},
		{&lib.appendData, "chdb_stream_append"},
		{&lib.finishInsert, "chdb_stream_done"},
		{&lib.insertError, "chdb_stream_insert_error"},
		{&lib.destroyInsert, "chdb_destroy_insert_stream"},
		{&lib.resultBuffer, "chdb_result_buffer"},
		{&lib.resultLength, "chdb_result_length"},
		{&lib.resultError, "chdb_result_error"},
		{&lib.destroyResult, "chdb_destroy_query_result"},
	}
	for _, f := range functions {
		symbol, err := purego.Dlsym(handle, f.symbol)
		if err != nil {
			return nil, fmt.Errorf("%s lacks %s, it is not the version this program needs: run `make engine`: %w", path, f.symbol, err)
		}
		purego.RegisterFunc(f.pointer, symbol)
	}
	lib.setSignalHandlersEnabled(0)
	return lib, nil
}

// take copies a result out of the engine's memory and frees it.
func (l *library) take(r *resultHandle) ([]byte, error) {
	if r == nil {
		return nil, errors.New("the embedded engine returned no result")
	}
	defer l.destroyResult(r)
	if message := l.resultError(r); message != "" {
		return nil, newException(message)
	}
	n := l.resultLength(r)
	if n == 0 {
		return nil, nil
	}
	data := make([]byte, n)
	copy(data, unsafe.Slice(l.resultBuffer(r), n))
	return data, nil
}
