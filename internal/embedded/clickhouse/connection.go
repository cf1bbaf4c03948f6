package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"unsafe"
)

// defaultDatabase is the one a session starts in.
const defaultDatabase = "default"

// connection is one session with the engine. It runs one statement at a time; an open
// insert or result stream counts as one. It is not safe for concurrent use: the pool
// hands it to one request at a time.
type connection struct {
	lib    *library
	handle **connectionHandle

	// spoiled says that a statement may have left something behind in the session.
	spoiled bool

	// What the session was last told. A request states all it wants, as on a server
	// without HTTP sessions, so only the differences are sent.
	database string
	settings map[string]string
}

// openConnection opens a connection. The first one of a process boots the engine with the
// arguments; later ones must name the same path.
func openConnection(l *library, arguments []string) (*connection, error) {
	argv := make([]*byte, 0, len(arguments)+1)
	for _, argument := range arguments {
		argv = append(argv, unsafe.StringData(argument+"\x00"))
	}
	argv = append(argv, nil)
	handle := l.connect(int32(len(arguments)), &argv[0])
	runtime.KeepAlive(argv)
	if handle == nil || *handle == nil {
		return nil, errors.New("the embedded engine refused to start (it gives no reason): " +
			"check that the disk has room, that the directory belongs to this user, and that no newer version wrote it")
	}
	return &connection{lib: l, handle: handle, database: defaultDatabase, settings: map[string]string{}}, nil
}

func (c *connection) close() { c.lib.closeConnection(c.handle) }

// statement is what one request asks of the engine.
type statement struct {
	sql        string
	format     string // Output format where the statement names none.
	database   string
	settings   map[string]string
	parameters map[string]string // Values in ClickHouse's escaped text form.
	readOnly   bool
}

// parameterArrays are the parallel arrays that the C interface takes.
type parameterArrays struct {
	names, values       []*byte
	nameLens, valueLens []uintptr
}

func newParameterArrays(parameters map[string]string) *parameterArrays {
	a := &parameterArrays{}
	for name, value := range parameters {
		a.names, a.nameLens = append(a.names, textPointer(name)), append(a.nameLens, uintptr(len(name)))
		a.values, a.valueLens = append(a.values, textPointer(value)), append(a.valueLens, uintptr(len(value)))
	}
	return a
}

func (a *parameterArrays) count() uintptr { return uintptr(len(a.names)) }

// textPointer is never nil: the engine refuses null pointers even for empty texts.
func textPointer(text string) *byte {
	if text == "" {
		return new(byte)
	}
	return unsafe.StringData(text)
}

// query runs a statement and returns its whole output.
func (c *connection) query(s *statement) ([]byte, error) {
	a := newParameterArrays(s.parameters)
	r := c.lib.query(*c.handle, textPointer(s.sql), uintptr(len(s.sql)), textPointer(s.format), uintptr(len(s.format)),
		unsafe.SliceData(a.names), unsafe.SliceData(a.nameLens), unsafe.SliceData(a.values), unsafe.SliceData(a.valueLens), a.count())
	runtime.KeepAlive(a)
	runtime.KeepAlive(s)
	return c.lib.take(r)
}

// simple runs a statement of this package's own.
func (c *connection) simple(sql string) (string, error) {
	data, err := c.query(&statement{sql: sql, format: "TabSeparated"})
	return strings.TrimSuffix(string(data), "\n"), err
}

// stream starts a statement whose output is fetched in pieces.
func (c *connection) stream(s *statement) (*resultStream, error) {
	a := newParameterArrays(s.parameters)
	r := c.lib.streamQuery(*c.handle, textPointer(s.sql), uintptr(len(s.sql)), textPointer(s.format), uintptr(len(s.format)),
		unsafe.SliceData(a.names), unsafe.SliceData(a.nameLens), unsafe.SliceData(a.values), unsafe.SliceData(a.valueLens), a.count())
	runtime.KeepAlive(a)
	runtime.KeepAlive(s)
	if r == nil {
		return nil, errors.New("the embedded engine returned no result")
	}
	if message := c.lib.resultError(r); message != "" {
		c.lib.destroyResult(r)
		return nil, newException(message)
	}
	return &resultStream{connection: c, handle: r}, nil
}

// resultStream is the output of a running statement. Its connection is busy until close.
type resultStream struct {
	connection *connection
	handle     *resultHandle
	ended      bool
	failed     bool
}

// next returns the next piece, or io.EOF after the last.
func (r *resultStream) next() ([]byte, error) {
	if r.ended {
		return nil, io.EOF
	}
	lib := r.connection.lib
	data, err := lib.take(lib.fetch(*r.connection.handle, r.handle))
	if err != nil {
		r.ended, r.failed = true, true
		return nil, err
	}
	if len(data) == 0 {
		r.ended = true
		return nil, io.EOF
	}
	return data, nil
}

// close stops the statement if it still runs and frees it.
func (r *resultStream) close() {
	lib := r.connection.lib
	if !r.ended {
		lib.cancel(*r.connection.handle, r.handle)
	}
	lib.destroyResult(r.handle)
}

// insertChunk is how much of a request body is handed to the engine at a time.
const insertChunk = 1 << 20

// insert runs an INSERT whose rows come from data, in the given format. Nothing is kept
// if data ends with an error or ctx is done before its end, unless the engine has already
// written a full block (max_insert_block_size rows) of it.
func (c *connection) insert(ctx context.Context, s *statement, format string, data io.Reader) error {
	a := newParameterArrays(s.parameters)
	stream := c.lib.insert(*c.handle, textPointer(s.sql), uintptr(len(s.sql)), textPointer(format), uintptr(len(format)),
		unsafe.SliceData(a.names), unsafe.SliceData(a.nameLens), unsafe.SliceData(a.values), unsafe.SliceData(a.valueLens), a.count())
	runtime.KeepAlive(a)
	runtime.KeepAlive(s)
	if stream == nil {
		return errors.New("the embedded engine opened no insert stream")
	}
	defer c.lib.destroyInsert(stream)
	if message := c.lib.insertError(stream); message != "" {
		return newException(message)
	}
	failed, err := c.feed(ctx, stream, data)
	if err != nil {
		return err
	}
	// A failed stream is finished all the same: that is what tells why it failed.
	_, err = c.lib.take(c.lib.finishInsert(stream))
	if err == nil && failed {
		err = errors.New("the embedded engine stopped taking rows and gave no reason")
	}
	return err
}

// feed hands data to the stream. It reports whether the engine refused a piece.
func (c *connection) feed(ctx context.Context, stream *insertHandle, data io.Reader) (failed bool, err error) {
	buffer := make([]byte, insertChunk)
	for {
		n, err := io.ReadFull(data, buffer)
		if n > 0 && c.lib.appendData(stream, &buffer[0], uintptr(n)) != 0 {
			return true, nil
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return false, ctx.Err()
		}
		if err != nil {
			return false, fmt.Errorf("reading the rows to insert: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
	}
}

// analyse says what a statement would do, without running it.
func (c *connection) analyse(sql string) (analysis, error) {
	a := analysis{structSize: uint32(unsafe.Sizeof(analysis{}))}
	if c.lib.classify(*c.handle, textPointer(sql), uintptr(len(sql)), nil, 0, &a) != 0 {
		return analysis{}, errors.New("the embedded engine could not analyse the statement")
	}
	return a, nil
}

// prepare brings the session to the state that the statement wants.
func (c *connection) prepare(s *statement) error {
	database := s.database
	if database == "" {
		database = defaultDatabase
	}
	if database != c.database {
		if _, err := c.simple("USE " + quoteIdentifier(database)); err != nil {
			return err
		}
		c.database = database
	}
	if maps.Equal(c.settings, s.settings) {
		return nil
	}
	change, err := settingsChange(c.settings, s.settings)
	if err != nil {
		return err
	}
	if _, err := c.simple(change); err != nil {
		return err
	}
	c.settings = maps.Clone(s.settings)
	return nil
}

var settingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// settingsChange is the SET statement that leads from one set of settings to another.
func settingsChange(from, to map[string]string) (string, error) {
	var changes []string
	for _, name := range slices.Sorted(maps.Keys(to)) {
		if !settingName.MatchString(name) {
			return "", raise(codeUnknownSetting, "UNKNOWN_SETTING", fmt.Sprintf("Unknown setting %q", name))
		}
		if value, same := from[name]; !same || value != to[name] {
			changes = append(changes, name+" = "+quoteText(to[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(from)) {
		if _, kept := to[name]; !kept {
			changes = append(changes, name+" = DEFAULT")
		}
	}
	return "SET " + strings.Join(changes, ", "), nil
}

var (
	textEscaper       = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\x00", `\0`)
	identifierEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "\x00", `\0`)
)

func quoteText(text string) string       { return "'" + textEscaper.Replace(text) + "'" }
func quoteIdentifier(name string) string { return "`" + identifierEscaper.Replace(name) + "`" }
