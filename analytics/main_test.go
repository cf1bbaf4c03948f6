package analytics_test

import (
	"os"
	"testing"

	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
)

func TestMain(m *testing.M) { os.Exit(clickhousetest.Main(m)) }
