package reports

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMask(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"请打13800138000找我", "请打〔手机号〕找我"},
		{"电话138-0013-8000。", "电话〔手机号〕。"},
		{"电话+86 138 0013 8000", "电话+〔手机号〕"},
		{"电话１３８００１３８０００", "电话〔手机号〕"},
		{"一三八零零一三八零零零", "〔手机号〕"},
		{"幺三八零零幺三八零零零打不通", "〔手机号〕打不通"},
		{"138\u200b0013\u202e8000", "〔手机号〕"},
		{"固话0759-2222222", "固话〔固话〕"},
		{"号码2222222", "号码〔号码〕"},
		{"身份证440801199001011234", "身份证〔证件号〕"},
		{"身份证44080119900101123X,", "身份证〔证件号〕,"},
		{"卡号6222 0212 3456 7890 123", "卡号〔卡号〕"},
		{"微信号:abc_12345", "微信号:〔账号〕"},
		{"加QQ123456,", "加QQ〔账号〕,"},
		{"发到zhang@example.com", "发到〔邮箱〕"},
		{"网站https://example.com/a?b=1上", "网站〔网址〕上"},
		{"车牌粤G12345逃逸", "车牌〔车牌〕逃逸"},
		{"粤G·D12345", "〔车牌〕"},
		{"投诉人张三，反映", "投诉人张某，反映"},
		{"姓名李四 性别男", "姓名李某 性别男"},
		{"我係陳大文。", "我係陳某。"},
		{"此致敬礼！李小明", "此致敬礼！李某"},
		{"嫌疑人刘大海。", "嫌疑人刘某。"},
		{"本人高中毕业，找工作", "本人高中毕业，找工作"},
		{"儿子高考要报名，求助", "儿子高考要报名，求助"},
		{"被骗1200000元", "被骗1200000元"},
		{"被骗1,200,000元", "被骗1,200,000元"},
		{"2024-10-21 14:30转账4.8万元", "2024-10-21 14:30转账4.8万元"},
		{"2024年10月21日", "2024年10月21日"},
		{"110报警,96110劝阻", "110报警,96110劝阻"},
		{"13800138000元", "〔手机号〕元"},
		{"我叫王小明,住霞山", "我叫王某,住霞山"},
		{"我叫王明住在霞山", "我叫王某住在霞山"},
		{"本人陈大文,男", "本人陈某,男"},
		{"本人于昨天报警", "本人于昨天报警"},
		{"本人曾小明,男", "本人曾某,男"},
		{"姓名:李四", "姓名:李某"},
		{"联系人:欧阳小红", "联系人:欧某"},
		{"我叫欧阳小红。", "我叫欧阳某。"},
		{"我是吴川市的居民，本人雷州人", "我是吴川市的居民，本人雷州人"},
		{"我是高中老师", "我是高中老师"},
		{"我是高小明，住霞山", "我是高某，住霞山"},
		{"微信是ab_１２３４５跟他", "微信是〔账号〕跟他"},
		{"微信转账给wxid_9a8b7c成功", "微信转账给〔账号〕成功"},
		{"微信转账50000元", "微信转账50000元"},
		{"支付宝12345，", "支付宝〔账号〕，"},
		{"我是麻章区的居民", "我是麻章区的居民"},
		{"我儿子叫林子轩,十岁", "我儿子叫林某,十岁"},
		{"第一行\r\n\t第二行", "第一行 第二行"},
		{"甲\u202e乙\u0000丙", "甲乙 丙"},
		{"", ""},
	} {
		if got := string(Mask(c.text)); got != c.want {
			t.Errorf("Mask(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestSummary(t *testing.T) {
	for _, c := range []struct{ title, body, want string }{
		{"求助", "尊敬的局长:您好!我家的狗丢了。", "求助。我家的狗丢了。"},
		{"求助", "敬爱的黄局长同志好，我家的狗丢了。", "求助。我家的狗丢了。"},
		{"求助", "您好！我家的狗丢了。", "求助。我家的狗丢了。"},
		{"求助", "民警不作为。", "求助。民警不作为。"},
		{"我家的狗丢了", "我家的狗丢了,三天了。", "我家的狗丢了,三天了。"},
		{"只有标题", "", "只有标题"},
		{"", "只有正文", "只有正文"},
	} {
		if got := string(Summary(c.title, c.body, SummaryRunes)); got != c.want {
			t.Errorf("Summary(%q, %q) = %q, want %q", c.title, c.body, got, c.want)
		}
	}
	long := string(Summary("长", strings.Repeat("字", 500), SummaryRunes))
	if n := utf8.RuneCountInString(long); n != SummaryRunes || !strings.HasSuffix(long, "…") {
		t.Errorf("a long summary has %d runes and ends in %q", n, long[len(long)-3:])
	}
}

func TestWriterCode(t *testing.T) {
	if got := WriterCode(""); got != "" {
		t.Errorf("an anonymous writer has the code %q", got)
	}
	// printf %s 8c1f | sha256sum
	if got, want := WriterCode("8c1f"), "75A264"; got != want {
		t.Errorf("WriterCode = %q, want %q", got, want)
	}
}

// phone is a mobile number as anyone would dial it off the page.
var phone = regexp.MustCompile(`(?:^|[^0-9])1[3-9][0-9](?:[ -]?[0-9]){8}(?:[^0-9]|$)`)

func FuzzMaskLeavesNoPhone(f *testing.F) {
	for _, s := range []string{"13800138000", "a139 1234 5678b", "+8613912345678", "2024-10-21 13912345678", "1391234567,8元", "139-1234-5678万", "１39\u200b12345678"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := string(Mask(text))
		if phone.MatchString(got) {
			t.Errorf("Mask(%q) = %q, a phone survives", text, got)
		}
		if again := string(Mask(got)); again != got {
			t.Errorf("masking %q twice gives %q", got, again)
		}
		if !utf8.ValidString(got) {
			t.Errorf("Mask(%q) = %q is not UTF-8", text, got)
		}
	})
}
