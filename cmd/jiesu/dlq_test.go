package main

import "testing"

func TestPlainKeepsTerminalsAlone(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"缺少 id", "缺少 id"},
		{"bad\x1b[2Jid", "bad[2Jid"},
		{"c1 \u009b31m", "c1 31m"},
		{"two\nlines\tand", "twolinesand"},
		{"turned \u202egnp.exe", "turned gnp.exe"},
	} {
		if got := plain(tt.text); got != tt.want {
			t.Errorf("plain(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
