package entity_test

import (
	"strings"
	"testing"
	"time"
)

// FuzzExtract checks that no text brings the extractor down and that every
// finding lies in the original, in order and without overlap.
func FuzzExtract(f *testing.F) {
	for _, s := range []string{
		"", "被骗1万2千3，共三百亿万元", "粤G·A1234学粤", "支付宝a@b.c@d", "2024年13月40日25点", "初十昨晚99点半", "bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "T111111111111111111111111111111111",
		"0759)--2222333 x", "一幺○〇零两俩十百千万亿", "加❤：1", "abc点com。cn", "遂溪县城月镇附城", "￥￥1,234,567.89.0元5角毛分", "\xff13800\u200b138000", "2020年2020年去年的12月",
	} {
		f.Add(s, int64(1_724_205_600))
	}
	f.Fuzz(func(t *testing.T, text string, at int64) {
		folder, err := loadFolder()
		if err != nil {
			t.Fatal(err)
		}
		x, err := loadExtractor()
		if err != nil {
			t.Fatal(err)
		}
		folded := folder.Fold(text)
		found := x.Extract(folded, time.Unix(at%(1<<33), 0))
		last := 0
		for _, e := range found.Entities {
			if e.Start < last || e.Start >= e.End || e.End > len(folded.Original) {
				t.Fatalf("%s %d–%d of %d runes, the one before ends at %d, in %q", e.Kind, e.Start, e.End, len(folded.Original), last, text)
			}
			if e.Text != string(folded.Original[e.Start:e.End]) || e.Value == "" || e.Conf <= 0 || e.Conf > 1 {
				t.Fatalf("%+v in %q", e, text)
			}
			if strings.HasPrefix(e.Value, "-") {
				t.Fatalf("negative value %q in %q", e.Value, text)
			}
			last = e.End
		}
		if found.Loss >= len(found.Entities) || found.Loss >= 0 && found.Entities[found.Loss].Kind != "amount" {
			t.Fatalf("loss %d of %d in %q", found.Loss, len(found.Entities), text)
		}
	})
}
