package entity

import "strings"

// vocabulary is the lists of words that rules look for around a finding.
type vocabulary struct {
	labels     []label
	fillers    []string // Between a label and its account.
	announcing [][]rune // Fillers after which anything is an account.
	numbered   [][]rune // Before a number told away from its label.

	otherNumbers [][]rune // Before one that is no QQ number.

	things  [][]rune // Whose numbers are nobody's: orders, parcels, cases.
	phones  [][]rune
	banking [][]rune
	trade   [][]rune // Of crypto currencies.

	currencies []currency
	signs      []currency
	paying     [][]rune // Right before a bare sum.
	counting   [][]rune // Before a number of people or views.

	totals, suffered, paidOut, promised [][]rune // Before a sum.
	lostBehind, paidBehind              [][]rune // After it.

	parts []partOfDay
	ago   []ago
}

// label introduces an account; the text behind it is the account.
type label struct {
	kind, text string
	glued      bool // Too short to stand before anything but a mobile number or a sign.
}

// currency is a word behind a number, or a sign before it; yuan has no code.
type currency struct{ word, code string }

// partOfDay gives the hours of a word; from six in the evening on, the night
// may go on to six in the morning.
type partOfDay struct {
	word     string
	from, to int
}

// ago is a unit that people count back by.
type ago struct {
	words                []string
	days, months         int // Back.
	spanDays, spanMonths int // That long.
}

func newVocabulary() vocabulary {
	return vocabulary{
		labels: []label{
			{KindQQ, "qq", false},
			{KindQQ, "企鹅号", false},
			{KindWeChat, "微信", false},
			{KindWeChat, "wechat", false},
			{KindWeChat, "vx", true},
			{KindWeChat, "wx", true},
			{KindWeChat, "加v", true},
			{KindWeChat, "加微", true},
			{KindAlipay, "支付宝", false},
			{KindDouyin, "抖音", false},
			{KindDouyin, "快手", false},
		},
		fillers:      append(strings.Fields(`转账给 转账到 转给 转到 付款给 收款 付给 联系方式 联系 号码 账号 账户 好友 号 群 昵称 叫 是 为 用 : = ( [ 【 " “ 「 加 他 她 的`), " "),
		announcing:   wordList(`号 账 : = 是 为 ( [ " “ 群`),
		numbered:     wordList("号码 账号 号"),
		otherNumbers: wordList(`证 卡 交易 银行 帐 账户 电话 手机 号线 房 车`),
		things:       wordList(`单号 编号 流水号 案号 工号 订单 运单 流水 编码 凭证号 学号 合同号 序列号 条码 批号 快递号 物流号 交易号 受理号 工单 票号 卷号 账单号 商户号 no.`),
		phones:       wordList(`电话 座机 固话 致电 拨 热线 tel 来电 传真 联系方式`),
		banking:      wordList(`卡 账号 账户 户头 银行 农行 工行 建行 中行 邮储 信用社 农信 存折 户名 收款 打到 打入 转 汇 账`),
		trade:        wordList(`usdt trc erc btc eth tron 钱包 地址 币 转u 提现 充值`),
		currencies: []currency{
			{"人民币", ""},
			{"块钱", ""},
			{"元钱", ""},
			{"美元", "USD"},
			{"美金", "USD"},
			{"刀", "USD"},
			{"港币", "HKD"},
			{"港元", "HKD"},
			{"港纸", "HKD"},
			{"欧元", "EUR"},
			{"英镑", "GBP"},
			{"日元", "JPY"},
			{"韩元", "KRW"},
			{"泰铢", "THB"},
			{"澳门币", "MOP"},
			{"新台币", "TWD"},
			{"usdt", "USDT"},
			{"泰达币", "USDT"},
			{"元", ""},
			{"圆", ""},
			{"块", ""},
			{"蚊", ""},
			{"rmb", ""},
			{"u", "USDT"},
		},
		signs:      []currency{{"¥", ""}, {"hk$", "HKD"}, {"us$", "USD"}, {"$", "USD"}, {"€", "EUR"}, {"£", "GBP"}, {"rmb", ""}, {"人民币", ""}, {"rmb:", ""}},
		paying:     wordList(`转账 转 汇款 汇 打款 付款 支付 付 骗 骗取 充值 充 欠 损失 赔 罚款 罚 金额 共计 合计 总计 借 贷款 押金 交 花 亏 亏损 收费 收 退 价值 月薪 工资 底薪 时薪 薪资 待遇`),
		counting:   wordList(`粉丝 播放 点赞 流量 观看 人口 人数 第`),
		totals:     wordList(`共 总 合计 累计 加起来 前后 全部 一起`),
		suffered:   wordList(`骗 损失 被偷 被盗 盗刷 偷走 抢走 亏 呃 涉案 诈 坑 套走 卷走 吞 不退 价值 丢`),
		paidOut:    wordList(`转 汇 打款 付 充 交了 给了 投 借 打到 打了 存 扣 拿走 收了 收我 花 缴 押金 定金 订金 买 欠 拖欠 刷 俾咗 畀咗 俾了`),
		promised:   wordList(`奖励 返利 佣金 赚 要求再 再交 还要 要我再 再转 解冻 月薪 工资 日赚 利润 收益 罚款 奖 每天 每月 每斤 只退 退了 返还`),
		lostBehind: wordList(`被骗 被偷 没了 被盗 打水漂 转走 被转`),
		paidBehind: wordList(`转到 转给 转入 汇到 汇入 汇给 打到 打给 转出`),
		parts: []partOfDay{
			{"凌晨", 0, 6},
			{"清晨", 5, 8},
			{"早晨", 5, 9},
			{"早上", 5, 9},
			{"上午", 6, 12},
			{"中午", 11, 14},
			{"下午", 12, 18},
			{"傍晚", 17, 20},
			{"晚上", 18, 24},
			{"夜里", 18, 30},
			{"深夜", 22, 30},
			{"半夜", 22, 30},
			{"夜间", 18, 30},
			{"晚", 18, 24},
			{"早", 5, 9},
		},
		ago: []ago{
			{[]string{"天前", "日前", "天之前"}, 1, 0, 1, 0},
			{[]string{"周前", "星期前", "礼拜前"}, 7, 0, 7, 0},
			{[]string{"月前", "月之前"}, 0, 1, 0, 1},
			{[]string{"年前", "年之前"}, 0, 12, 0, 12},
		},
	}
}

// otherCities are those whose places share names with ours, and the provinces.
const otherCities = `北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门
广州 深圳 珠海 汕头 佛山 韶关 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 茂名 江门 杭州 苏州 南京 武汉 成都 长沙 南宁 海口 福州 厦门 番禺 越秀 天河`

// ordinaryNames are aliases that are ordinary words or common names as well.
const ordinaryNames = `平坦 河堤 浅水 石门 新华 中心医院 城市广场 火车南站 城南 东里 五里 建新 乐民 南兴 新园 锦和 龙湾 港城 友谊路 光复路 延安路 海大 三元塔 通明 流沙 板桥 附属医院 建设路 解放西路 湖光 下六 南油`
