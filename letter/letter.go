package letter

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Channel says how a letter came in.
type Channel string

// The channels of the mailbox.
const (
	ChannelWeb    Channel = "web"
	ChannelWeChat Channel = "wechat"
	ChannelWeibo  Channel = "weibo"
	ChannelPhone  Channel = "phone"
	ChannelWalkIn Channel = "walkin"
	ChannelImport Channel = "import"
)

// Valid reports whether c is one of the channels.
func (c Channel) Valid() bool {
	switch c {
	case ChannelWeb, ChannelWeChat, ChannelWeibo, ChannelPhone, ChannelWalkIn, ChannelImport:
		return true
	}
	return false
}

// Writer stands for the person who wrote, without saying who it is.
type Writer struct {
	Key         string `json:"key"`    // HMAC of the verified ID number, else of the phone; empty when anonymous.
	Sealed      string `json:"sealed"` // Identity record sealed by the key provider; empty when there is none.
	Verified    bool   `json:"verified"`
	Contactable bool   `json:"contactable"`
}

// Attachment describes a file that came with a letter; the file itself is kept
// elsewhere.
type Attachment struct {
	Name      string `json:"name"`
	SHA256    string `json:"sha256"`
	Size      int64  `json:"size"`
	MediaType string `json:"media_type"`
	Ref       string `json:"ref"`
}

// Received is the data of cn.jiesu.letter.received.
type Received struct {
	Channel     Channel      `json:"channel"`
	Title       string       `json:"title"`
	Body        string       `json:"body"`
	Writer      Writer       `json:"writer"`
	Division    string       `json:"division"`
	UnitHint    string       `json:"unit_hint"`
	Attachments []Attachment `json:"attachments,omitempty"`
}

// Letter is a received letter with its identity as a record.
type Letter struct {
	ID         ID
	Source     string    // Of the record.
	RecordID   string    // CloudEvents id, unique within Source.
	ReceivedAt time.Time // UTC.
	RecordedAt time.Time // UTC; when it became known: the broker's time, or the honoured recordedtime.
	Imported   bool      // History, exempt from the rule on backdated entries.
	Position   Position
	Received
}

// Position is where a record stands in Kafka.
type Position struct {
	Topic     string
	Partition int
	Offset    int64
}

// Key is the identity of a record under its subject: a producer's (Source, ID)
// names one record, and all records of a subject share a partition.
type Key struct {
	Subject string
	Source  string
	ID      string
}

// Key returns the letter's identity as a record.
func (l Letter) Key() Key { return Key{Subject: string(l.ID), Source: l.Source, ID: l.RecordID} }

// Bounds on a letter's text, in runes. A longer letter belongs in an attachment.
const (
	MaxTitleRunes  = 500
	MaxBodyRunes   = 100_000
	maxAttachments = 50
	maxKeyLen      = 128
	maxSealedLen   = 8 << 10
)

// ParseLetter decodes the data of a letter.received record. RecordedAt and
// Imported are left for the caller, who knows the broker's time.
func ParseLetter(r Record) (Letter, error) {
	if r.Type != TypeReceived {
		return Letter{}, invalid("unknown_type", "type", "is not %s", TypeReceived)
	}
	l := Letter{ID: ID(r.Subject), Source: r.Source, RecordID: r.ID, ReceivedAt: r.Time}
	if err := decodeData(r.Data, &l.Received); err != nil {
		return Letter{}, err
	}
	return l, l.validate()
}

func (d Received) validate() error {
	switch {
	case !d.Channel.Valid():
		return invalid("unknown_code", "data.channel", "must be web, wechat, weibo, phone, walkin or import")
	case utf8.RuneCountInString(d.Title) > MaxTitleRunes:
		return invalid("too_long", "data.title", "is longer than %d characters", MaxTitleRunes)
	case utf8.RuneCountInString(d.Body) > MaxBodyRunes:
		return invalid("too_long", "data.body", "is longer than %d characters", MaxBodyRunes)
	case len(d.Writer.Key) > maxKeyLen:
		return invalid("too_long", "data.writer.key", "is longer than %d bytes", maxKeyLen)
	case looksClear(d.Writer.Key):
		return invalid("clear_identity", "data.writer.key", "is a number in clear; send an HMAC made by jiesu send")
	case len(d.Writer.Sealed) > maxSealedLen:
		return invalid("too_long", "data.writer.sealed", "is longer than %d bytes", maxSealedLen)
	case len(d.Attachments) > maxAttachments:
		return invalid("too_long", "data.attachments", "has more than %d entries", maxAttachments)
	case d.UnitHint != "" && !validCode(d.UnitHint):
		return invalid("unknown_code", "data.unit_hint", "is not a unit code")
	case d.Division != "" && !validCode(d.Division):
		return invalid("unknown_code", "data.division", "is not a division code")
	}
	return nil
}

// looksClear catches a phone or ID number sent where a keyed hash belongs.
func looksClear(key string) bool {
	if len(key) == 0 || len(key) > 18 {
		return false
	}
	digits := 0
	for i := range len(key) {
		if key[i] >= '0' && key[i] <= '9' {
			digits++
		}
	}
	return digits >= 7 && digits >= len(key)-1
}

// Record returns the letter as a record ready to be encoded and sent.
func (l Letter) Record() (Record, error) {
	data, err := marshal(l.Received)
	if err != nil {
		return Record{}, fmt.Errorf("encoding letter: %w", err)
	}
	return Record{
		ID: l.RecordID, Source: l.Source, Type: TypeReceived, Subject: string(l.ID),
		Time: l.ReceivedAt, ExpectedRev: NoRevision, Data: data,
	}, nil
}

// Text is what offsets in a Verdict refer to: title, newline, body, in runes.
func (d Received) Text() string { return d.Title + "\n" + d.Body }
