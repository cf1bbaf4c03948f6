package entity

// apps that letters name as the place of a contact or a payment.
const apps = `telegram whatsapp potato 纸飞机 蝙蝠聊天 蝙蝠app teamviewer anydesk todesk 向日葵远程 腾讯会议 钉钉 飞书 skype line facebook 脸书 instagram tiktok
闲鱼 转转 陌陌 探探 soul 快手 抖音 抖店 小红书 大麦网 大麦 猫眼 拼多多 淘宝 天猫 京东 唯品会 得物 欧易 币安 火币 imtoken 微信 企业微信 支付宝 qq 微博
知乎 百度贴吧 贴吧 哔哩哔哩 b站 美团 饿了么 滴滴 高德 携程 花呗 借呗 微粒贷 白条 云闪付 交管12123 国家反诈中心app 粤省事 斗鱼 虎牙 yy语音 喜马拉雅 58同城 赶集网
boss直聘 百合网 世纪佳缘 珍爱网 伊对 zoom 抖音极速版 快手极速版 王者荣耀 和平精英 原神 交易猫 螃蟹游戏 今日头条 西瓜视频`

// appNames reports each app once, at its first mention.
func (c *collector) appNames() {
	text := c.runes()
	seen := make(map[string]bool, 4)
	for _, m := range longestOnly(c.matching(func(r role) bool { return r.app })) {
		if insideLatin(text, m.start, m.end) || ordinary(text, m.start, m.end) {
			continue
		}
		if name := string(text[m.start:m.end]); !seen[name] && c.add(KindApp, m.start, m.end, name, 0.8) {
			seen[name] = true
		}
	}
}

// insideLatin reports a Latin match that is part of a longer Latin word.
func insideLatin(text []rune, start, end int) bool {
	if lower(text[start]) && latinAt(text, start-1) {
		return true
	}
	return lower(text[end-1]) && end < len(text) && lower(text[end])
}

// ordinary reports an app's name that is part of an ordinary word: 滴滴答答,
// 大麦茶, 团团转转.
func ordinary(text []rune, start, end int) bool {
	switch string(text[start:end]) {
	case "滴滴":
		return followedBy(text, end, "答滴嗒") || followedBy(text, start-1, "滴")
	case "大麦":
		return followedBy(text, end, "茶田粥若")
	case "转转":
		return !hasPrefix(text, end, "app") && !hasPrefix(text, end, "平台") && !followedBy(text, end, "上买卖软")
	case "钉钉":
		return followedBy(text, start-1, "上") && followedBy(text, start-2, "板")
	case "贴吧":
		return followedBy(text, start-1, "补津")
	case "白条":
		return followedBy(text, start-1, "打")
	}
	return false
}
