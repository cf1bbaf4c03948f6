package entity

import "jiesu.cn/jiesu/letter"

// How well an amount's surroundings make it the loss.
const (
	notLoss = iota
	lossPaid
	lossSuffered
	lossTotal
)

// lossReach is how far before an amount its word may stand, in runes.
const lossReach = 12

func totalWords() []string {
	return []string{"共", "总", "合计", "累计", "加起来", "前后", "全部", "一起"}
}

func sufferedWords() []string {
	return []string{"骗", "损失", "被偷", "被盗", "盗刷", "偷走", "抢走", "亏", "呃", "涉案", "诈", "坑", "套走", "卷走", "吞", "不退", "价值", "丢"}
}

func paidWords() []string {
	return []string{"转", "汇", "打款", "付", "充", "交了", "给了", "投", "借", "打到", "打了", "存", "扣", "拿走", "收了", "收我", "花", "缴", "押金", "定金", "订金", "买", "欠", "拖欠", "刷", "俾咗", "畀咗", "俾了"}
}

// promised are words of money that was never there to lose.
func promised() []string {
	return []string{"奖励", "返利", "佣金", "赚", "要求再", "再交", "还要", "要我再", "再转", "解冻", "月薪", "工资", "日赚", "利润", "收益", "罚款", "奖", "每天", "每月", "每斤", "只退", "退了", "返还"}
}

// lossAmong returns the index among the entities of the amount that is the
// whole loss: the largest that is called a total of what was lost, else a
// loss, else a payment. It is -1 where no amount is any of these.
func (c *collector) lossAmong(found []letter.Entity) int {
	best, top := sum{}, notLoss
	for i, s := range c.sums {
		if !s.yuan {
			continue
		}
		rank := c.lossRank(s, i)
		if rank > top || rank == top && rank > notLoss && s.value > best.value {
			best, top = s, rank
		}
	}
	if top == notLoss {
		return -1
	}
	start, _ := c.text.Span(best.from, best.to)
	for i, e := range found {
		if e.Kind == KindAmount && e.Start == start {
			return i
		}
	}
	return -1
}

// lossRank looks at the part of the sentence before an amount, back to the
// amount before it.
func (c *collector) lossRank(s sum, i int) int {
	text := c.runes()
	from := max(0, s.from-lossReach)
	if i > 0 {
		from = max(from, c.sums[i-1].to)
	}
	for k := s.from - 1; k >= from; k-- {
		if followedBy(text, k, "。;!?\n") {
			from = k + 1
			break
		}
	}
	behind := min(len(text), s.to+4)
	lost := holdsAny(text, from, s.from, sufferedWords()) || holdsAny(text, s.to, behind, []string{"被骗", "被偷", "没了", "被盗", "打水漂", "转走", "被转"})
	paid := holdsAny(text, from, s.from, paidWords()) || holdsAny(text, s.to, behind, []string{"转到", "转给", "转入", "汇到", "汇入", "汇给", "打到", "打给", "转出"})
	switch {
	case holdsAny(text, from, s.from, promised()):
		return notLoss
	case holdsAny(text, from, s.from, totalWords()) && (lost || paid || i > 0):
		return lossTotal
	case lost:
		return lossSuffered
	case paid:
		return lossPaid
	}
	return notLoss
}
