package clickhouse_test

import (
	"os"
	"testing"

	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
)

// TestMain runs the tests, or, in a process that a test started, that test's helper.
func TestMain(m *testing.M) {
	if name := os.Getenv(helperVariable); name != "" {
		os.Exit(runHelper(name))
	}
	os.Exit(clickhousetest.Main(m))
}
