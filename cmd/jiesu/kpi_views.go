package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"jiesu.cn/jiesu/analytics"
)

// kpiViews are the other ways to look at figures: at most one at a time.
type kpiViews struct {
	Compare   string `enum:",previous,last-year" default:"" help:"比较:previous 环比,last-year 同比;统计时点按相同时差对齐。"`
	Intervals bool   `help:"各率加 95% 区间。"`
	Rank      string `placeholder:"ID" help:"按某个率排列各组;分母不足 30 的另列,不排名。"`
	Readings  bool   `help:"主要各率在不同口径下的结果并列。"`
	Truth     bool   `help:"填报与群众反馈对照。"`
	Letters   bool   `help:"列出指标(--metric)背后的来信。"`

	Bucket string  `enum:"all,n,d,no,excluded" default:"all" help:"配合 --letters:n 分子,d 分母,no 分母中未计入分子,excluded 剔除。"`
	Key    *string `placeholder:"KEY" help:"配合 --letters 与 --by:只列这一组。"`
}

// check reports flags that do not go together.
func (c *kpiViews) check(q analytics.Query) error {
	chosen := 0
	for _, set := range []bool{c.Compare != "", c.Intervals, c.Rank != "", c.Readings, c.Truth, c.Letters} {
		if set {
			chosen++
		}
	}
	switch {
	case chosen > 1:
		return fmt.Errorf("%w: one of --compare, --intervals, --rank, --readings, --truth, --letters at a time", errUsage)
	case c.Letters && len(q.Metrics) != 1:
		return fmt.Errorf("%w: --letters needs one --metric", errUsage)
	case c.Key != nil && (!c.Letters || q.By == analytics.ByNone):
		return fmt.Errorf("%w: --key goes with --letters and --by", errUsage)
	case c.Rank != "" && q.By == analytics.ByNone:
		return fmt.Errorf("%w: --rank goes with --by", errUsage)
	case c.Readings && q.By != analytics.ByNone:
		return fmt.Errorf("%w: --readings has no --by", errUsage)
	case c.Compare != "" && q.By == analytics.ByDay:
		return fmt.Errorf("%w: --compare has no --by day", errUsage)
	}
	return nil
}

func (c *kpiViews) chosen() bool {
	return c.Compare != "" || c.Intervals || c.Rank != "" || c.Readings || c.Truth || c.Letters
}

// show prints the view that was chosen, as JSON or for people.
func (c *kpiViews) show(ctx context.Context, store *analytics.Store, v analytics.Viewer, q analytics.Query, asJSON bool, w io.Writer) error {
	var view any
	var text func() string
	var err error
	switch {
	case c.Compare != "":
		baseline := map[string]analytics.Baseline{"previous": analytics.PreviousPeriod, "last-year": analytics.LastYear}[c.Compare]
		var comparison analytics.Comparison
		comparison, err = store.Compare(ctx, v, q, baseline)
		view, text = comparison, func() string { return comparisonText(comparison) }
	case c.Intervals:
		var doc analytics.Document
		doc, err = store.KPIs(ctx, v, q)
		view, text = analytics.WithIntervals(doc), func() string { return intervalsText(doc) }
	case c.Rank != "":
		var doc analytics.Document
		var ranking analytics.Ranking
		q.Metrics = []string{"letters", c.Rank}
		if doc, err = store.KPIs(ctx, v, q); err == nil {
			ranking, err = analytics.Rank(doc, c.Rank)
		}
		view, text = ranking, func() string { return rankingText(doc, ranking) }
	case c.Readings:
		var readings analytics.Readings
		readings, err = store.Readings(ctx, v, q)
		view, text = readings, func() string { return readingsText(readings) }
	case c.Truth:
		var panel analytics.TruthPanel
		panel, err = store.Truth(ctx, v, q)
		view, text = panel, func() string { return truthText(panel) }
	default:
		var members analytics.Members
		members, err = c.members(ctx, store, v, q)
		view, text = members, func() string { return membersText(members) }
	}
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(w).Encode(view)
	}
	_, err = io.WriteString(w, text())
	return err
}

// members reads all pages of the letters behind the figure, as of one moment.
func (c *kpiViews) members(ctx context.Context, store *analytics.Store, v analytics.Viewer, q analytics.Query) (analytics.Members, error) {
	drill := analytics.Drill{Metric: q.Metrics[0], Key: c.Key, Bucket: analytics.Bucket(c.Bucket), Limit: analytics.MaxDrill}
	all, err := store.Letters(ctx, v, q, drill)
	if err != nil {
		return analytics.Members{}, err
	}
	for q.AsOf = all.AsOf; uint64(len(all.Members)) < all.Total; {
		drill.Offset = uint64(len(all.Members))
		page, err := store.Letters(ctx, v, q, drill)
		if err != nil {
			return analytics.Members{}, err
		}
		if len(page.Members) == 0 {
			break // Something left the list meanwhile.
		}
		all.Members = append(all.Members, page.Members...)
	}
	return all, nil
}
