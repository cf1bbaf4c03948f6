package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sys/unix"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/internal/calendar"
)

// Outcome is how a check ended.
type Outcome string

// The outcomes.
const (
	OK   Outcome = "ok"
	Warn Outcome = "warn" // Works, but somebody should look.
	Fail Outcome = "fail"
)

// Finding is what one check of the doctor found, in Chinese, with what to do.
type Finding struct {
	Check   string  `json:"check"`
	Outcome Outcome `json:"outcome"`
	Detail  string  `json:"detail"`
}

// Doctor examines an installation. It changes nothing.
func Doctor(ctx context.Context, cfg Config, now time.Time, logger *slog.Logger) (_ []Finding, err error) {
	if err := cfg.Validate(); err != nil {
		return []Finding{{"设置", Fail, err.Error()}}, nil
	}
	s, err := OpenAsIs(ctx, cfg, logger)
	if err != nil {
		return []Finding{{"设置", OK, "可用"}, {"引擎与消息队列", Fail, err.Error()}}, nil
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	findings := []Finding{{"设置", OK, "可用"}}
	if !cfg.external() {
		findings = append(findings, examineDisk(cfg))
	}
	schema := s.examineSchema(ctx)
	findings = append(findings, s.examineEngine(), schema, s.examineCalendar(now), examineClock())
	if schema.Outcome != OK {
		return findings, nil // There may be no tables to reconcile.
	}
	return append(findings, s.examineBooks(ctx)...), nil
}

func (s *Session) examineEngine() Finding {
	engine, err := s.Store.Engine()
	if err != nil {
		return Finding{"引擎", Fail, err.Error()}
	}
	return Finding{"引擎", OK, engine}
}

func (s *Session) examineSchema(ctx context.Context) Finding {
	plan, err := s.Store.Plan(ctx)
	switch {
	case err != nil:
		return Finding{"库结构", Fail, err.Error()}
	case len(plan) > 0:
		return Finding{"库结构", Warn, fmt.Sprintf("有 %d 步待执行:运行 jiesu migrate", len(plan))}
	}
	return Finding{"库结构", OK, "最新"}
}

// examineCalendar asks whether a letter of today could be given its due day.
func (s *Session) examineCalendar(now time.Time) Finding {
	const workdays = 15 // The longest working-day clock.
	due, err := s.Calendar.Due(now, workdays)
	if uncovered, ok := errors.AsType[*calendar.UncoveredError](err); ok {
		return Finding{"日历", Warn, fmt.Sprintf("缺 %d 年放假安排,该年的期限只能暂定;通知发布后用 --calendar 装入", uncovered.Year)}
	}
	if err != nil {
		return Finding{"日历", Fail, err.Error()}
	}
	return Finding{"日历", OK, fmt.Sprintf("版本 %s,今日来信 15 个工作日到 %s", s.Calendar.Version(), due.Day)}
}

// examineClock asks the kernel whether something keeps its clock right.
func examineClock() Finding {
	var state unix.Timex
	if _, err := unix.Adjtimex(&state); err != nil {
		return Finding{"时钟", Warn, "无法得知是否已校时:" + err.Error()}
	}
	if state.Status&unix.STA_UNSYNC != 0 {
		return Finding{"时钟", Warn, "系统时钟未与时间源同步;分钟级时限依赖它,请配置校时服务"}
	}
	return Finding{"时钟", OK, "已与时间源同步"}
}

// examineBooks reconciles topics with rows.
func (s *Session) examineBooks(ctx context.Context) []Finding {
	var findings []Finding
	audits, err := ingest.Audit(ctx, s.ingest, s.Store)
	if err != nil {
		findings = append(findings, Finding{"对账", Fail, err.Error()})
	}
	for _, a := range audits {
		findings = append(findings, auditFinding(a), retentionFinding(a))
	}
	counts, err := s.Store.Counts(ctx) // After the audit, or letters on their way would look lost.
	if err != nil {
		return append(findings, Finding{"无来信的事件", Fail, err.Error()})
	}
	return append(findings, orphanFinding(counts), s.examineSnapshots(ctx))
}

// examineSnapshots asks whether something came behind published figures that no
// correction tells of.
func (s *Session) examineSnapshots(ctx context.Context) Finding {
	const name = "更正说明"
	pending, err := s.Store.PendingCorrections(ctx)
	switch {
	case err != nil:
		return Finding{name, Fail, err.Error()}
	case len(pending) > 0:
		return Finding{name, Warn, fmt.Sprintf("%d 份快照冻结后有补入记录,尚未出说明(首份第 %d 号):运行 jiesu snapshot check --all", len(pending), pending[0])}
	}
	return Finding{name, OK, "无待出"}
}

// examineDisk asks how much room the embedded engine and broker have left.
func examineDisk(cfg Config) Finding {
	const low, lowest = 10 << 30, 1 << 30
	var fs unix.Statfs_t
	if err := unix.Statfs(cfg.Dir, &fs); err != nil {
		return Finding{"磁盘", Warn, err.Error()}
	}
	free := fs.Bavail * uint64(fs.Bsize)
	detail := fmt.Sprintf("剩余 %.1f GB", float64(free)/(1<<30))
	switch {
	case free < lowest:
		return Finding{"磁盘", Fail, detail + ";写满后来信无法入库,请立即扩容"}
	case free < low:
		return Finding{"磁盘", Warn, detail + ";请扩容"}
	}
	return Finding{"磁盘", OK, detail}
}

func auditFinding(a ingest.TopicAudit) Finding {
	detail := fmt.Sprintf("已读 %d = 入库 %d + 死信 %d + 缺失 %d;待读 %d", a.Committed, a.Stored, a.DeadLettered, a.Missing, a.Waiting)
	name := "对账 " + a.Topic
	switch {
	case a.Missing > 0:
		return Finding{name, Fail, detail + fmt.Sprintf(";首个缺失在分区 %d 位置 %d。保留现场,用新的 --group 重读", a.Lost[0].Partition, a.Lost[0].Offset)}
	case a.DeadLettered > 0:
		return Finding{name, Warn, detail + ";原因见 jiesu dlq list"}
	}
	return Finding{name, OK, detail}
}

func retentionFinding(a ingest.TopicAudit) Finding {
	name := "保留 " + a.Topic
	if !a.KeptForEver {
		return Finding{name, Fail, "主题会过期删除,而它是唯一依据;请设 retention.ms=-1"}
	}
	return Finding{name, OK, fmt.Sprintf("永久,%d 个分区", a.Partitions)}
}

func orphanFinding(c analytics.Counts) Finding {
	if c.EventsWithoutLetter > 0 {
		return Finding{"无来信的事件", Warn, fmt.Sprintf("%d 条,来信到达前不计入任何指标", c.EventsWithoutLetter)}
	}
	return Finding{"无来信的事件", OK, "0 条"}
}
