package console

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/reports"
)

// showBrief gathers and shows the brief of ?date=, by default the last day
// whose brief is due.
func (s *Server) showBrief(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.cfg.QueryTimeout)
	defer cancel()
	day, err := s.briefDay(ctx, r.URL.Query().Get("date"))
	if err != nil {
		s.failBrief(w, r, err)
		return
	}
	select { // Gathering one takes the engine's full attention.
	case s.briefs <- struct{}{}:
		defer func() { <-s.briefs }()
	case <-ctx.Done():
		s.fail(w, r, http.StatusServiceUnavailable, "简报正在生成", "同时要看简报的人较多，请稍后刷新。")
		return
	}
	page, err := s.brief(ctx, day)
	if err != nil {
		s.failBrief(w, r, err)
		return
	}
	policy, err := reports.BriefPolicy()
	if err != nil {
		s.failBrief(w, r, err)
		return
	}
	w.Header().Set("Content-Security-Policy", policy+"; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page) //nolint:gosec // html/template rendered it. And where the reader is gone, nobody is left to tell.
}

// maxKept bounds how many briefs are kept; each is about a megabyte.
const maxKept = 16

// keptBrief is a final brief and the number of records it was made of.
type keptBrief struct {
	page  []byte
	known uint64
}

// brief gathers a day's brief, or returns it again once it is final: from then
// on only history imported behind its cut-off can change it. The caller holds
// s.briefs.
func (s *Server) brief(ctx context.Context, day calendar.Date) ([]byte, error) {
	known, err := s.deps.Store.KnownBy(ctx, reports.DefaultAsOf(day))
	if err != nil {
		return nil, err
	}
	if k, ok := s.kept[day]; ok && k.known == known {
		return k.page, nil
	}
	b, err := s.deps.Briefs.Load(ctx, s.deps.Viewer, day, time.Time{})
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	if err := reports.WriteBrief(&page, b); err != nil {
		return nil, err
	}
	if b.Final {
		if len(s.kept) >= maxKept {
			clear(s.kept)
		}
		s.kept[day] = keptBrief{page.Bytes(), known}
	}
	return page.Bytes(), nil
}

// errBadDate is a date that cannot be read.
var errBadDate = errors.New("bad date")

func (s *Server) briefDay(ctx context.Context, text string) (calendar.Date, error) {
	if text != "" {
		day, err := calendar.ParseDate(text)
		if err != nil {
			return calendar.Date{}, errBadDate
		}
		return day, nil
	}
	last, err := s.deps.Store.LastRecordedAt(ctx)
	if err != nil {
		return calendar.Date{}, err
	}
	if last.IsZero() {
		return calendar.Date{}, &letter.Error{Kind: letter.KindNotFound, Reason: "no_letters", Detail: "the store is empty"}
	}
	return latestBrief(last), nil
}

// latestBrief is the last day whose brief was due when the newest record came.
func latestBrief(last time.Time) calendar.Date {
	day := calendar.DateOf(last).AddDays(-1)
	if reports.DefaultAsOf(day).After(last) {
		day = day.AddDays(-1)
	}
	return day
}

func (s *Server) failBrief(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, errBadDate):
		s.fail(w, r, http.StatusBadRequest, "日期看不懂", "请按 2024-10-21 的样式填写日期，或在首页选择。")
	case letter.KindOf(err) == letter.KindNotFound:
		s.fail(w, r, http.StatusNotFound, "该日没有简报", "该日及以前没有来信记录。请在首页另选日期。")
	case errors.Is(err, context.Canceled):
		s.fail(w, r, http.StatusServiceUnavailable, "请求已取消", "请重新打开。")
	default:
		s.logger.LogAttrs(r.Context(), slog.LevelError, "brief not gathered", slog.Any("error", err))
		s.fail(w, r, http.StatusServiceUnavailable, "简报暂时生成不了", "数据暂时读不到。请稍后刷新；仍不行请运维人员运行 jiesu doctor。")
	}
}
