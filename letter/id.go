package letter

import (
	"fmt"
	"time"
)

// ID names a letter: yyyymmdd and five or more digits by arrival in
// Asia/Shanghai, or another front end's id of 1–64 characters A-Z a-z 0-9 . _ : -.
type ID string

// NewID makes the mailbox's own id for the serial-th letter (from 1) of the
// Shanghai day of receivedAt.
func NewID(receivedAt time.Time, serial int) ID {
	return ID(fmt.Sprintf("%s%05d", receivedAt.In(shanghai).Format("20060102"), serial))
}

// shanghai has had no daylight saving since 1991; a fixed zone needs no tzdata.
var shanghai = time.FixedZone("CST", 8*60*60)

const maxIDLen = 64

// Valid reports whether the id is of the accepted form.
func (id ID) Valid() bool {
	if len(id) == 0 || len(id) > maxIDLen {
		return false
	}
	for i := range len(id) {
		if !isIDByte(id[i]) {
			return false
		}
	}
	return true
}

func isIDByte(c byte) bool {
	switch {
	case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		return true
	default:
		return c == '.' || c == '_' || c == ':' || c == '-'
	}
}
