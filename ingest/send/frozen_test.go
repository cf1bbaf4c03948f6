package send_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/ingest"
)

// TestHistoryBehindFrozenFigures refuses just the history that claims to have
// been known by the cut-off, 2024-04-05 10:00 Beijing time.
func TestHistoryBehindFrozenFigures(t *testing.T) {
	const event = `{"specversion":"1.0","id":"ID","source":"SOURCE","type":"cn.jiesu.letter.signed","subject":"M1","time":"2024-04-05T01:00:00Z",` +
		`"recordedtime":"RECORDED","data":{"unit":"440803-XX","actor":"p1"}}` + "\n"
	of := func(id, source, recorded string) string {
		return strings.NewReplacer("ID", id, "SOURCE", source, "RECORDED", recorded).Replace(event)
	}
	for _, tt := range []struct {
		name, content string
		want          outcome
	}{
		{
			"a.csv", "编号,正文,来信时间,登记时间\nM1,一,2024-04-05 09:10,\nM2,二,2024-04-05 10:00,\nM3,三,2024-04-05 10:01,\n" +
				"M4,四,2024-04-05 09:10,2024-04-05 10:01\nM5,五,2024-04-05 09:10,2024-04-05 09:20\n",
			outcome{[]string{"M3", "M4"}, []string{"2:behind_snapshot", "3:behind_snapshot", "6:behind_snapshot"}},
		},
		{
			"a.jsonl", of("1", "/import/old", "2024-04-05T02:00:00Z") + of("2", "/import/old", "2024-04-05T02:00:00.001Z") + of("3", "/desk", "2024-04-05T01:00:00Z"),
			outcome{[]string{"M1", "M1"}, []string{"1:behind_snapshot"}},
		},
	} {
		cfg := config()
		cfg.FrozenUntil, cfg.History = time.Date(2024, 4, 5, 2, 0, 0, 0, time.UTC), ingest.DefaultConfig().HonoursRecordedTime
		to := &topic{}
		report, err := sendTo(t, cfg, to, tt.name, []byte(tt.content))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, outcomeOf(to.records, report)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if int(report.BehindSnapshot) != len(tt.want.Refused) {
			t.Errorf("%s: report counts %d rows behind the snapshot", tt.name, report.BehindSnapshot)
		}
		if d := report.Refused[0].Detail; !strings.Contains(d, "2024-04-05 10:00:00") || !strings.Contains(d, "--backfill") {
			t.Errorf("%s: detail %q", tt.name, d)
		}
	}
}
