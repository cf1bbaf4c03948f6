package clickhouse

import (
	"fmt"

	"github.com/ClickHouse/ch-go/proto"
	chgo "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	blocks "github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

const displayName = "jiesu"

// handshakeQuery is the first thing clickhouse-go asks on every connection. It decodes the
// answer at its own newest revision, before it knows the server's.
const handshakeQuery = "SELECT displayName(), version(), revision(), timezone()"

// handshake answers handshakeQuery. Revision 0 makes clickhouse-go read every later block
// in the plain form, which is the only one that the engine prints.
func (e *Engine) handshake() ([]byte, error) {
	block := blocks.NewBlock()
	columns := []struct {
		name, kind string
		value      any
	}{
		{"displayName()", "String", displayName},
		{"version()", "String", e.version},
		{"revision()", "UInt32", uint32(0)},
		{"timezone()", "String", "UTC"},
	}
	row := make([]any, 0, len(columns))
	for _, c := range columns {
		if err := block.AddColumn(c.name, column.Type(c.kind)); err != nil {
			return nil, fmt.Errorf("preparing the handshake: %w", err)
		}
		row = append(row, c.value)
	}
	if err := block.Append(row...); err != nil {
		return nil, fmt.Errorf("preparing the handshake: %w", err)
	}
	buffer := &proto.Buffer{}
	if err := block.Encode(buffer, chgo.ClientTCPProtocolVersion); err != nil {
		return nil, fmt.Errorf("encoding the handshake: %w", err)
	}
	return buffer.Buf, nil
}
