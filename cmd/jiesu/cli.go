package main

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/alecthomas/kong"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/app"
)

// cli is the command line: the flags every command has, and the commands.
type cli struct {
	global

	Demo       demoCmd       `cmd:"" help:"演示:生成合成台账,经 Kafka 回放,核对指标,打开控制台。"`
	Serve      serveCmd      `cmd:"" help:"运行:接收来信并提供控制台。"`
	Ingest     ingestCmd     `cmd:"" help:"只运行接收端(需外部 Kafka 与 ClickHouse)。"`
	Console    consoleCmd    `cmd:"" help:"只运行控制台(需外部 ClickHouse)。"`
	Send       sendCmd       `cmd:"" help:"把 JSONL、CSV、XLSX 文件(可 gz/zst)送入 Kafka。"`
	Classify   classifyCmd   `cmd:"" help:"逐行分类:标准输入 JSONL,标准输出 JSONL。"`
	Eval       evalCmd       `cmd:"" help:"用已标注来信评测分类。"`
	Train      trainCmd      `cmd:"" help:"用已标注来信训练分类模型。"`
	Labels     labelsCmd     `cmd:"" help:"导出人工标注过的来信,供 train --labels 使用。"`
	Reclassify reclassifyCmd `cmd:"" help:"用现有模型重新判断库中来信,作为新版判定发布。"`
	KPI        kpiCmd        `cmd:"" name:"kpi" help:"计算指标。"`
	Clocks     clocksCmd     `cmd:"" name:"clocks" help:"一封信的全部时限:起止、截止、状态、依据。"`
	Repeats    repeatsCmd    `cmd:"" help:"列出重复来信及其理由,或联名来信(--joint)。"`
	Trends     trendsCmd     `cmd:"" help:"走势与预警:逐日来信与预期范围、突增、新词(--phrases)、即将超期(--forecast)。"`
	Snapshot   snapshotCmd   `cmd:"" help:"已冻结的指标快照:列出、查看、核对并出更正说明。"`
	Brief      briefCmd      `cmd:"" help:"生成每日简报(单个 HTML 文件)。"`
	Simulate   simulateCmd   `cmd:"" help:"生成合成台账及其自行清点的指标。"`
	Migrate    migrateCmd    `cmd:"" help:"升级数据库结构。"`
	Calendar   calendarCmd   `cmd:"" name:"calendar" help:"放假日历:导入新年度通知、查看、推算期限。"`
	DLQ        dlqCmd        `cmd:"" name:"dlq" help:"查看、重放死信。"`
	Keygen     keygenCmd     `cmd:"" help:"生成身份密钥文件。"`
	Doctor     doctorCmd     `cmd:"" help:"检查设置、引擎、消息队列、日历、时钟与对账。"`
}

// global are the flags of every command.
type global struct {
	Dir        string           `default:"data" placeholder:"DIR" help:"内置引擎与消息队列的数据目录。"`
	Libchdb    string           `placeholder:"FILE" help:"libchdb.so 的位置,缺省自动查找。"`
	Kafka      []string         `placeholder:"HOST:PORT" help:"外部 Kafka 地址,缺省用内置。"`
	Clickhouse string           `placeholder:"DSN" help:"外部 ClickHouse,如 clickhouse://user:pass@host:9000,缺省用内置。"`
	Database   string           `default:"jiesu" help:"ClickHouse 数据库名。"`
	Group      string           `default:"jiesu" help:"Kafka 消费组名。"`
	Units      string           `placeholder:"DIR" help:"本市机构与地名表目录(units.csv 等),缺省用内置。"`
	Calendar   string           `placeholder:"FILE" help:"本市放假安排表,缺省用内置。"`
	History    []string         `default:"/import/" placeholder:"PREFIX" help:"允许自报入库时间(recordedtime)的来源前缀。"`
	As         string           `default:"operator" help:"以谁的身份查看:operator、leadership、unit:机构码、investigator:机构码。"`
	LogLevel   slog.Level       `default:"info" help:"日志级别:debug、info、warn、error。"`
	LogJSON    bool             `name:"log-json" help:"日志用 JSON。"`
	Version    kong.VersionFlag `env:"-" help:"显示版本。"`
}

// config turns the flags into the settings of the system.
func (g *global) config() app.Config {
	cfg := app.DefaultConfig()
	cfg.Dir, cfg.Library = g.Dir, g.Libchdb
	cfg.Kafka, cfg.ClickHouse = g.Kafka, g.Clickhouse
	cfg.UnitsDir, cfg.Calendar = g.Units, g.Calendar
	cfg.Analytics.Database = g.Database
	cfg.Ingest.Group = g.Group
	cfg.Ingest.HistorySources = g.History
	return cfg
}

func (g *global) logger(w io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: g.LogLevel}
	if g.LogJSON {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

func (g *global) viewer() (analytics.Viewer, error) {
	v, err := analytics.ParseViewer(g.As)
	if err != nil {
		return v, fmt.Errorf("%w: --as: %w", errUsage, err)
	}
	return v, nil
}
