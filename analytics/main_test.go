package analytics_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
)

func TestMain(m *testing.M) {
	// Each draw asks the engine ten questions; -rapid.checks asks for more of them.
	if err := flag.Set("rapid.checks", "10"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(clickhousetest.Main(m))
}
