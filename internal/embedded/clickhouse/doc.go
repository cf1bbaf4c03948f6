// Package clickhouse runs a whole ClickHouse inside this process, so that Jiesu needs no
// database server on a single machine. The engine is libchdb.so, loaded without cgo; the
// rest of the program talks to it with clickhouse-go as it would to a server, over
// ClickHouse's own HTTP protocol, of which this package is the other end:
//
//	engine, err := clickhouse.Open(ctx, cfg, logger)
//	conn, err := chgo.Open(engine.Options("jiesu")) // chgo is clickhouse-go
//
// Other processes reach the same engine through [Engine.Handler], served on a Unix socket
// or a loopback port, and [RemoteOptions].
//
// # What differs from a server
//
//   - One process holds a directory, and a process holds one directory at a time: the
//     engine is a singleton. Open refuses a second one with [ErrOpen], and a directory held
//     by another process with [ErrLocked].
//   - Every request stands alone, as on a server without HTTP sessions: SET, USE and
//     temporary tables end with their request. One request is one statement.
//   - There are no users: whoever reaches the handler may do anything the process may,
//     reading files included. Serve it on a socket only this user can open, or use
//     [Engine.ReadOnlyHandler] behind an authentication.
//   - Native results come in the plain form (protocol revision 0), whatever revision the
//     client asks for. clickhouse-go is told so in its handshake.
//   - External tables (multipart requests) and INTO OUTFILE are refused, and so is whatever
//     reads files or the network as a table: the engine's user lacks the grants for it.
//   - The setting log_comment is taken: it carries the number by which a statement is stopped.
//   - BACKUP … TO File('name.tar.gz') writes to the directory backups inside Config.Dir; a
//     name without an extension makes a directory. The engine has no zip.
//
// # Durability
//
// Inserts are synced to the disk before they are acknowledged: the engine is booted with
// fsync_after_insert and fsync_part_directory for every MergeTree table, so tables need not
// say so themselves. An acknowledged batch survives kill -9 and power loss.
//
// # Cancellation
//
// A done context ends the wait for a connection at once, an insert between two pieces of its
// data, and a result between two pieces of it. A statement inside the engine cannot be
// interrupted by a call: the request returns at once, the statement is killed if it only
// reads and otherwise left to end by itself, and its connection goes back to the pool when
// it has. Whether a canceled insert was written is therefore unknown, as with a server.
package clickhouse
