package ingest_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/ingest/send"
	"jiesu.cn/jiesu/internal/identity"
	"jiesu.cn/jiesu/letter"
)

// TestIdentityNeverLeavesInClear sends people's letters as an operator does,
// some of them broken, and looks for what must not be seen in every byte that
// left: topics, dead letters, log and report.
func TestIdentityNeverLeavesInClear(t *testing.T) {
	r := newRig(t)
	secrets := []string{"欧阳某某", "13987654321", "139-8765-4321", "440803198002291237", "人民大道北某号"}
	path := filepath.Join(t.TempDir(), "letters.csv")
	content := "编号,正文,姓名,身份证号,电话,地址,来信时间,渠道\n" +
		"A1,路灯不亮,欧阳某某,440803198002291237,139-8765-4321,人民大道北某号,2024-04-05 09:10,\n" +
		"A2,路灯不亮,欧阳某某,,13987654321,,2024-04-05 09:10,微信\n" +
		"A3,路灯不亮,欧阳某某,,13987654321,,昨天,微信\n" +
		"A4,路灯不亮,欧阳某某,,13987654321,,2024-04-05 09:10,13987654321\n" +
		",路灯不亮,欧阳某某,,13987654321,,2024-04-05 09:10,\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := identity.New(bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32))
	if err != nil {
		t.Fatal(err)
	}
	producer, err := ingest.NewProducer(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = producer.Close() }()
	sender, err := send.New(send.DefaultConfig(), producer, keys)
	if err != nil {
		t.Fatal(err)
	}
	report, err := sender.Files(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if report.Letters != 3 || report.RefusedRows != 2 {
		t.Fatalf("report %+v", report)
	}
	// A sloppy front end sends a phone number where the key belongs.
	value, err := aLetter(t, 1).Encode()
	if err != nil {
		t.Fatal(err)
	}
	r.raw(kafka.Message{
		Topic: r.cfg.LettersTopic, Key: []byte(letter.NewID(day, 2)),
		Value: bytes.Replace(value, []byte(`"key":""`), []byte(`"key":"13987654321"`), 1),
	})
	r.store.poison["A2"] = true
	i, stop := r.start()
	r.waitCounts(2, 2, 0)
	r.wait("caught up", i.CaughtUp)
	stop()

	var out bytes.Buffer
	out.WriteString(r.log.String())
	if err := json.NewEncoder(&out).Encode(report); err != nil {
		t.Fatal(err)
	}
	dead := 0
	for _, topic := range r.cfg.Topics() {
		for _, m := range r.messages(topic) {
			if topic == r.cfg.LettersTopic && bytes.Contains(m.Value, []byte(`"key":"13987654321"`)) {
				continue // The sloppy front end's own doing.
			}
			if topic == r.cfg.LettersDLQTopic {
				dead++
			}
			out.Write(m.Key)
			out.Write(m.Value)
			for _, h := range m.Headers {
				out.WriteString(h.Key)
				out.Write(h.Value)
			}
		}
	}
	if dead != 2 {
		t.Errorf("%d dead letters, want the refused row and the sloppy one", dead)
	}
	for n, s := range secrets {
		if strings.Contains(out.String(), s) {
			t.Errorf("secret %d is readable", n)
		}
	}
	// The sealed record is there, for those who hold the key.
	for _, l := range r.store.letters {
		who, err := keys.Open(l.ID, l.Writer.Sealed)
		if err != nil || who.Name != "欧阳某某" {
			t.Errorf("letter %s: %v", l.ID, err)
		}
	}
}
