package main

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
)

func TestTamperedSnapshotFails(t *testing.T) {
	checks := []analytics.SnapshotCheck{
		{Snapshot: analytics.Snapshot{Number: 1}, Faults: []string{}},
		{Snapshot: analytics.Snapshot{Number: 2}, Faults: []string{}, Correction: &analytics.Correction{Text: "说明\n"}},
	}
	if err := tampered(checks); err != nil {
		t.Errorf("a correction is no tampering: %v", err)
	}
	checks = append(checks, analytics.SnapshotCheck{Snapshot: analytics.Snapshot{Number: 3}, Faults: []string{"甲", "乙"}})
	if err := tampered(checks); !errors.Is(err, errTampered) {
		t.Errorf("got %v, want %v", err, errTampered)
	}
	want := "ok   第 1 号 原件完好,重算相同\nwarn 第 2 号 原件完好,重算相同,有补入记录,已有此说明\n说明\nfail 第 3 号 甲;乙\n共核对 3 份\n"
	if diff := cmp.Diff(want, checksText(checks)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
