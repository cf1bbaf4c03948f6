package send

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/width"

	"jiesu.cn/jiesu/internal/identity"
	"jiesu.cn/jiesu/letter"
)

// field is one thing a plain row can say.
type field int

const (
	fieldID field = iota
	fieldChannel
	fieldTitle
	fieldBody
	fieldName
	fieldIDNumber
	fieldPhone
	fieldAddress
	fieldReceivedAt
	fieldRecordedAt
	fieldDivision
	fieldUnitHint
	fieldVerified
	fieldCount
)

// columns are the names a field goes by, in CSV, XLSX and plain JSONL alike.
// Case, spaces and full width do not matter.
var columns = map[string]field{
	"id": fieldID, "letter_id": fieldID, "编号": fieldID, "信件编号": fieldID, "来信编号": fieldID,
	"channel": fieldChannel, "渠道": fieldChannel, "来信渠道": fieldChannel, "来源": fieldChannel,
	"title": fieldTitle, "标题": fieldTitle, "主题": fieldTitle, "信件标题": fieldTitle,
	"body": fieldBody, "content": fieldBody, "正文": fieldBody, "内容": fieldBody, "来信内容": fieldBody, "信件内容": fieldBody,
	"name": fieldName, "姓名": fieldName, "来信人": fieldName, "写信人": fieldName,
	"id_number": fieldIDNumber, "身份证号": fieldIDNumber, "身份证号码": fieldIDNumber, "证件号码": fieldIDNumber,
	"phone": fieldPhone, "电话": fieldPhone, "联系电话": fieldPhone, "手机": fieldPhone, "手机号": fieldPhone, "手机号码": fieldPhone,
	"address": fieldAddress, "地址": fieldAddress, "住址": fieldAddress, "联系地址": fieldAddress,
	"received_at": fieldReceivedAt, "time": fieldReceivedAt, "来信时间": fieldReceivedAt, "时间": fieldReceivedAt, "写信时间": fieldReceivedAt,
	"recorded_at": fieldRecordedAt, "登记时间": fieldRecordedAt, "录入时间": fieldRecordedAt,
	"division": fieldDivision, "属地": fieldDivision, "区划": fieldDivision, "所属区县": fieldDivision,
	"unit_hint": fieldUnitHint, "unit": fieldUnitHint, "单位代码": fieldUnitHint,
	"verified": fieldVerified, "实名": fieldVerified, "已实名": fieldVerified,
}

func fieldOf(header string) (field, bool) {
	name := strings.ToLower(strings.Join(strings.Fields(width.Fold.String(header)), ""))
	f, ok := columns[name]
	return f, ok
}

var channels = map[string]letter.Channel{
	"网站": letter.ChannelWeb, "网页": letter.ChannelWeb, "网上": letter.ChannelWeb, "局长信箱": letter.ChannelWeb,
	"微信": letter.ChannelWeChat, "公众号": letter.ChannelWeChat, "微信公众号": letter.ChannelWeChat,
	"微博": letter.ChannelWeibo,
	"电话": letter.ChannelPhone, "热线": letter.ChannelPhone,
	"来访": letter.ChannelWalkIn, "走访": letter.ChannelWalkIn, "窗口": letter.ChannelWalkIn,
	"导入": letter.ChannelImport,
}

// row is a plain row, its values by field.
type row [fieldCount]string

func (r *row) empty() bool { return *r == row{} }

// letterOf makes a letter of a plain row. Its errors repeat no value.
func (r *run) letterOf(p *row) (letter.Record, error) {
	for f, v := range p {
		if !utf8.ValidString(v) || strings.ContainsRune(v, utf8.RuneError) {
			return letter.Record{}, refusal("bad_encoding", "", "holds characters that are not readable; save the file as UTF-8")
		}
		if field(f) != fieldBody && field(f) != fieldTitle {
			p[f] = strings.TrimSpace(v)
		}
	}
	l, recorded, err := r.facts(p)
	if err != nil {
		return letter.Record{}, err
	}
	if err := r.sealInto(&l, p); err != nil {
		return letter.Record{}, err
	}
	rec, err := l.Record()
	if err != nil {
		return letter.Record{}, err
	}
	rec.RecordedTime = recorded
	if err := r.checkFrozen(rec); err != nil {
		return letter.Record{}, err
	}
	if err := r.asIngestReads(rec); err != nil {
		return letter.Record{}, err
	}
	return rec, r.remember(rec, maphash.Comparable(r.seed, *p))
}

// asIngestReads refuses what ingest would: nobody looks at a dead letter of an
// import that was reported as sent.
func (s *Sender) asIngestReads(rec letter.Record) error {
	if _, err := letter.ParseLetter(rec); err != nil {
		return err
	}
	b, err := rec.Encode()
	if err != nil {
		return err
	}
	_, err = letter.DecodeRecord(b, s.limits())
	return err
}

// limits are those of a record sent now.
func (s *Sender) limits() letter.Limits {
	limits := s.cfg.Limits
	limits.Latest = s.cfg.Now().Add(s.cfg.MaxSkew)
	return limits
}

// facts reads all of a row but who wrote.
func (s *Sender) facts(r *row) (l letter.Letter, recorded time.Time, err error) {
	if strings.TrimSpace(r[fieldTitle])+strings.TrimSpace(r[fieldBody]) == "" {
		return l, recorded, refusal("missing_field", "body", "is required")
	}
	l.Source, l.Title, l.Body, l.UnitHint = s.cfg.Source, r[fieldTitle], r[fieldBody], r[fieldUnitHint]
	if l.ReceivedAt, err = s.timeOf("received_at", r[fieldReceivedAt]); err != nil {
		return l, recorded, err
	}
	recorded = l.ReceivedAt
	if r[fieldRecordedAt] != "" {
		if recorded, err = s.timeOf("recorded_at", r[fieldRecordedAt]); err != nil {
			return l, recorded, err
		}
		if recorded.Before(l.ReceivedAt) {
			return l, recorded, refusal("time_out_of_range", "recorded_at", "lies before received_at")
		}
	}
	if l.Channel, err = s.channelOf(r[fieldChannel]); err != nil {
		return l, recorded, err
	}
	if l.Division, err = s.divisionOf(r[fieldDivision]); err != nil {
		return l, recorded, err
	}
	if l.UnitHint != "" && s.cfg.Unit != nil && !s.cfg.Unit(l.UnitHint) {
		return l, recorded, refusal("unknown_unit", "unit_hint", "is not in the directory of units")
	}
	return l, recorded, nil
}

// idOf names a row that has no number, the same each time it is sent. Of the
// writer only the key goes in: a plain hash of a phone number can be guessed.
func idOf(l *letter.Letter) letter.ID {
	h := sha256.New()
	for _, v := range []string{l.ReceivedAt.Format(time.RFC3339Nano), string(l.Channel), l.Title, l.Body, l.Writer.Key} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(v), v) // Never fails.
	}
	return letter.ID("row-" + hex.EncodeToString(h.Sum(nil)[:12]))
}

// sealInto names the letter and puts in what may travel of its writer.
func (r *run) sealInto(l *letter.Letter, p *row) error {
	who := identity.Record{Name: p[fieldName], Phone: p[fieldPhone], IDNumber: p[fieldIDNumber], Address: p[fieldAddress]}
	idNumber, phone, err := r.checkNumbers(who)
	if err != nil {
		return err
	}
	if r.keys != nil {
		l.Writer.Key = r.keys.WriterKey(idNumber, phone)
	}
	if l.ID = letter.ID(p[fieldID]); l.ID == "" {
		l.ID = idOf(l)
	}
	if !l.ID.Valid() {
		return refusal("bad_id", "id", "must be 1-64 characters of A-Z a-z 0-9 . _ : -")
	}
	l.RecordID = string(l.ID)
	if who.Empty() {
		return nil
	}
	if r.keys == nil {
		return errNeedKeys
	}
	if l.Writer.Verified, err = yesNo("verified", p[fieldVerified], idNumber != ""); err != nil {
		return err
	}
	l.Writer.Contactable = phone != ""
	l.Writer.Sealed, err = r.keys.Seal(l.ID, who)
	return err
}

var errNeedKeys = fmt.Errorf("sealing: %w: make a key file first", ErrNeedKeys)

func yesNo(name, v string, otherwise bool) (bool, error) {
	switch strings.ToLower(v) {
	case "":
		return otherwise, nil
	case "是", "已实名", "true", "yes", "1":
		return true, nil
	case "否", "未实名", "false", "no", "0":
		return false, nil
	}
	return false, refusal("unknown_code", name, "must be yes or no")
}

func (s *Sender) channelOf(v string) (letter.Channel, error) {
	if v == "" {
		return s.cfg.Channel, nil
	}
	if c := letter.Channel(strings.ToLower(v)); c.Valid() {
		return c, nil
	}
	if c, ok := channels[v]; ok {
		return c, nil
	}
	return "", refusal("unknown_code", "channel", "must be web, wechat, weibo, phone, walkin or import")
}

func (s *Sender) divisionOf(v string) (string, error) {
	if v == "" {
		return "", nil
	}
	if _, err := strconv.ParseUint(v, 10, 64); err == nil && len(v) >= 6 && len(v) <= 12 {
		return v, nil
	}
	if s.cfg.Division != nil {
		if code, ok := s.cfg.Division(v); ok {
			return code, nil
		}
	}
	return "", refusal("unknown_code", "division", "is neither a division code nor the name of one")
}

// layouts of times without an offset; they are Asia/Shanghai.
var layouts = []string{
	"2006-1-2 15:04:05", "2006-1-2 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04",
	"2006年1月2日 15:04:05", "2006年1月2日 15:04", "2006年1月2日15时4分", "2006-1-2T15:04:05", "20060102150405",
}

var shanghai = time.FixedZone("CST", 8*60*60)

// timeOf reads a time. A date alone is refused: the clocks count minutes.
func (s *Sender) timeOf(name, v string) (time.Time, error) {
	if v == "" {
		return time.Time{}, refusal("missing_field", name, "is required")
	}
	t, ok := parseTime(v)
	if !ok {
		return time.Time{}, refusal("bad_time", name, "must be a date with a time of day, e.g. 2024-03-04 08:00")
	}
	t = t.UTC().Truncate(time.Millisecond)
	if t.Before(s.cfg.Limits.Earliest) || t.After(s.cfg.Now().Add(s.cfg.MaxSkew)) {
		return time.Time{}, refusal("time_out_of_range", name, "lies in the future or before the mailbox could exist")
	}
	return t, nil
}

func parseTime(v string) (time.Time, bool) {
	v = strings.TrimSpace(width.Fold.String(v))
	t, err := time.Parse(time.RFC3339Nano, v)
	for i := 0; err != nil && i < len(layouts); i++ {
		t, err = time.ParseInLocation(layouts[i], v, shanghai)
	}
	return t, err == nil
}
