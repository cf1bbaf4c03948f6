package letter

import (
	"fmt"
	"regexp"
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
	Key         string `json:"key"`    // Hex of the HMAC of the verified ID number, else of the phone; empty when anonymous.
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
	case len(d.Attachments) > maxAttachments:
		return invalid("too_long", "data.attachments", "has more than %d entries", maxAttachments)
	case d.UnitHint != "" && !validCode(d.UnitHint):
		return invalid("unknown_code", "data.unit_hint", "is not a unit code")
	case d.Division != "" && !validCode(d.Division):
		return invalid("unknown_code", "data.division", "is not a division code")
	}
	for _, a := range d.Attachments {
		if err := a.validate(); err != nil {
			return err
		}
	}
	return d.Writer.validate()
}

// validate accepts only what cannot be an identity in clear: a key is the hex
// of an HMAC, a sealed record has the form the key provider gives it.
func (w Writer) validate() error {
	switch {
	case w.Key != "" && !writerKey.MatchString(w.Key):
		return invalid("clear_identity", "data.writer.key", "must be empty or 32-128 lower-case hex digits, as jiesu send makes them")
	case len(w.Sealed) > maxSealedLen:
		return invalid("too_long", "data.writer.sealed", "is longer than %d bytes", maxSealedLen)
	case w.Sealed != "" && !sealedRecord.MatchString(w.Sealed):
		return invalid("clear_identity", "data.writer.sealed", "must be empty or a sealed record, as jiesu send makes them")
	}
	return nil
}

var (
	writerKey    = regexp.MustCompile(`^[0-9a-f]{32,128}$`)
	sealedRecord = regexp.MustCompile(`^v[0-9]+\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$`)
	sha256Hex    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func (a Attachment) validate() error {
	switch {
	case len(a.Name) > maxAttrLen || len(a.MediaType) > maxAttrLen || len(a.Ref) > maxAttrLen:
		return invalid("too_long", "data.attachments", "has a name, media type or reference longer than %d bytes", maxAttrLen)
	case a.Size < 0:
		return invalid("bad_data", "data.attachments", "has a negative size")
	case a.SHA256 != "" && !sha256Hex.MatchString(a.SHA256):
		return invalid("bad_data", "data.attachments", "has a sha256 that is not 64 lower-case hex digits")
	}
	return nil
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
