package entity_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/classify/entity"
	"jiesu.cn/jiesu/classify/normalise"
	"jiesu.cn/jiesu/internal/org"
)

var (
	loadFolder    = sync.OnceValues(normalise.New)
	loadExtractor = sync.OnceValues(func() (*entity.Extractor, error) {
		dir, err := org.Embedded()
		if err != nil {
			return nil, err
		}
		return entity.New(dir), nil
	})
)

// received is a Wednesday, 10:00 in Shanghai.
var received = time.Date(2024, 8, 21, 2, 0, 0, 0, time.UTC)

func extract(t testing.TB, text string) entity.Found {
	t.Helper()
	f, err := loadFolder()
	if err != nil {
		t.Fatal(err)
	}
	x, err := loadExtractor()
	if err != nil {
		t.Fatal(err)
	}
	return x.Extract(f.Fold(text), received)
}

type found struct{ Kind, Text, Value string }

func TestExtract(t *testing.T) {
	tests := []struct {
		name, text string
		want       []found
	}{
		{"mobile", "电话13800138000。", []found{{"phone", "13800138000", "13800138000"}}},
		{"mobile in groups", "138-0013-8000", []found{{"phone", "138-0013-8000", "13800138000"}}},
		{"mobile in full width", "１３８００１３８０００", []found{{"phone", "１３８００１３８０００", "13800138000"}}},
		{"mobile in Han digits", "打幺三八零零幺三八零零零", []found{{"phone", "幺三八零零幺三八零零零", "13800138000"}}},
		{"two mobiles", "13800138000 13900139000", []found{{"phone", "13800138000", "13800138000"}, {"phone", "13900139000", "13900139000"}}},
		{"no mobile", "单号12345678901", nil},
		{"landline", "0759-2222333", []found{{"landline", "0759-2222333", "07592222333"}}},
		// The example number of GB 11643-1999, appendix A.
		{"identity number", "身份证11010519491231002X", []found{{"id_number", "11010519491231002X", "11010519491231002X"}}},
		{"identity number, wrong check digit", "身份证110105194912310021", nil},
		// The published test number of a card scheme passes Luhn.
		{"card", "转到银行卡4111 1111 1111 1111", []found{{"bank_card", "4111 1111 1111 1111", "4111111111111111"}}},
		{"card without context", "订单4111111111111111", nil},
		{"plate", "粤G·A1234跟粤ｇＤ12345", []found{{"plate", "粤G·A1234", "粤GA1234"}, {"plate", "粤ｇＤ12345", "粤GD12345"}}},
		{"plate of five", "车牌号粤G1A234", []found{{"plate", "粤G1A234", "粤G1A234"}}},
		{"qq", "QQ号：10001000", []found{{"app", "QQ", "qq"}, {"qq", "10001000", "10001000"}}},
		{"wechat", "加V信abc_12345", []found{{"app", "V信", "微信"}, {"wechat", "abc_12345", "abc_12345"}}},
		{"alipay", "支付宝账号a.b@example.com", []found{{"app", "支付宝", "支付宝"}, {"alipay", "a.b@example.com", "a.b@example.com"}}},
		{"url keeps case", "链接 https://t.example.com/AbC?x=1。", []found{{"url", "https://t.example.com/AbC?x=1", "https://t.example.com/AbC?x=1"}}},
		{"bare url", "登录www.example.com看", []found{{"url", "www.example.com", "www.example.com"}}},
		{"crypto", "转U到TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", []found{{"crypto", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"}}},
		{"app once", "在闲鱼看到，闲鱼上付款", []found{{"app", "闲鱼", "闲鱼"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []found
			for _, e := range extract(t, tt.text).Entities {
				got = append(got, found{e.Kind, e.Text, e.Value})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAmounts(t *testing.T) {
	tests := []struct{ text, value string }{
		{"1180元", "1180"},
		{"1,180.50元", "1180.5"},
		{"4.8万元", "48000"},
		{"4.8万", "48000"},
		{"一千一百八十元", "1180"},
		{"壹仟贰佰圆", "1200"},
		{"三万五千块", "35000"},
		{"三万五块钱", "35000"},
		{"1万2千元", "12000"},
		{"十五块", "15"},
		{"两百蚊", "200"},
		{"一百零五元", "105"},
		{"一亿两千万元", "120000000"},
		{"20多万元", "200000"},
		{"¥99.9", "99.9"},
		{"5000港币", "HKD 5000"},
		{"300U", "USDT 300"},
		{"处以上十万元以下罚款", "100000"},
		{"上十万元", ""},
		{"基数2800元", "2800"},
		{"375元月租", "375"},
		{"2024元月", ""},
		{"一万七八", "17000"},
		{"两三千元", "2000"},
		{"3块5", "3.5"},
		{"十二块八毛", "12.8"},
		{"被骗3w", "30000"},
		{"转了500给他", "500"},
		{"$200", "USD 200"},
		{"金三角", ""},
		{"几十万元", ""},
		{"一块去", ""},
		{"12345，200元", "200"},
		{"3万人", ""},
		{"第三块地", ""},
		{"2024年", ""},
		{"10万公里", ""},
	}
	for _, tt := range tests {
		got := ""
		for _, e := range extract(t, tt.text).Entities {
			if e.Kind == entity.KindAmount {
				got = e.Value
			}
		}
		if got != tt.value {
			t.Errorf("%s is %q, want %q", tt.text, got, tt.value)
		}
	}
}

func TestTimes(t *testing.T) {
	tests := []struct{ text, value string }{
		{"2024年8月20日", "2024-08-20T00:00:00+08:00/2024-08-21T00:00:00+08:00"},
		{"8月20日", "2024-08-20T00:00:00+08:00/2024-08-21T00:00:00+08:00"},
		{"12月5号", "2023-12-05T00:00:00+08:00/2023-12-06T00:00:00+08:00"}, // Not yet this year.
		{"2023年12月", "2023-12-01T00:00:00+08:00/2024-01-01T00:00:00+08:00"},
		{"2023-07-09", "2023-07-09T00:00:00+08:00/2023-07-10T00:00:00+08:00"},
		{"昨晚", "2024-08-20T18:00:00+08:00/2024-08-21T06:00:00+08:00"},
		{"上周三", "2024-08-14T00:00:00+08:00/2024-08-15T00:00:00+08:00"},
		{"这周日", "2024-08-25T00:00:00+08:00/2024-08-26T00:00:00+08:00"},
		{"上个月", "2024-07-01T00:00:00+08:00/2024-08-01T00:00:00+08:00"},
		{"是去年12月", "2023-12-01T00:00:00+08:00/2024-01-01T00:00:00+08:00"},
		{"去年6月5日", "2023-06-05T00:00:00+08:00/2023-06-06T00:00:00+08:00"},
		{"昨晚11点半", "2024-08-20T23:30:00+08:00/2024-08-21T00:00:00+08:00"},
		{"昨晚2点", "2024-08-21T02:00:00+08:00/2024-08-21T03:00:00+08:00"},
		{"两个月前", "2024-06-21T00:00:00+08:00/2024-07-21T00:00:00+08:00"},
		{"初五", "2024-08-08T00:00:00+08:00/2024-08-09T00:00:00+08:00"}, // 七月初五; the sixth month ended on 08-03.
		{"圩日", "2024-08-16T00:00:00+08:00/2024-08-22T00:00:00+08:00"},
		{"电话138001380002018年6月8日", "2018-06-08T00:00:00+08:00/2018-06-09T00:00:00+08:00"},
		{"2017年七八月份", "2017-01-01T00:00:00+08:00/2018-01-01T00:00:00+08:00"},
		{"三四年前", ""},
		{"每年7月30日", ""},
		{"1991.4月份", "1991-04-01T00:00:00+08:00/1991-05-01T00:00:00+08:00"},
		{"初三学生", ""},
		{"五一路", ""},
		{"2月30日", ""},
		{"13月1日", ""},
	}
	for _, tt := range tests {
		got := ""
		for _, e := range extract(t, tt.text).Entities {
			if e.Kind == entity.KindTime {
				got = e.Value
			}
		}
		if got != tt.value {
			t.Errorf("%s is %q, want %q", tt.text, got, tt.value)
		}
	}
}

func TestPlaces(t *testing.T) {
	tests := []struct {
		text, division string
		units          []string
	}{
		{"我在麻章区被骗", "440811", nil},
		{"坡头区乾塘镇", "440804102", nil},
		{"乾塘镇有人赌博", "440804102", nil},
		{"在中山市上班", "", nil},
		{"中华人民共和国", "", nil},
		{"霞山分局的民警", "440803", []string{"440803"}},
		{"遂溪县附城镇", "440823", nil}, // Checked by prefix below.
		{"湛江很美", "440800", nil},
	}
	for _, tt := range tests {
		got := extract(t, tt.text)
		if len(got.Division) < len(tt.division) || got.Division[:len(tt.division)] != tt.division || tt.division == "" && got.Division != "" {
			t.Errorf("%s lies in %q, want %q", tt.text, got.Division, tt.division)
		}
		if diff := cmp.Diff(tt.units, got.Units); diff != "" {
			t.Errorf("%s: units (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestSharedUnitName(t *testing.T) {
	// 城北派出所 stands in two counties; the county's name tells which.
	if got := extract(t, "投诉城北派出所"); !got.Ambiguous || len(got.Units) < 2 {
		t.Errorf("units %v, ambiguous %v; want several candidates", got.Units, got.Ambiguous)
	}
	if got := extract(t, "投诉廉江市城北派出所"); got.Ambiguous || len(got.Units) != 1 {
		t.Errorf("units %v, ambiguous %v; want one", got.Units, got.Ambiguous)
	}
}

func TestFiledDivision(t *testing.T) {
	f, err := loadFolder()
	if err != nil {
		t.Fatal(err)
	}
	x, err := loadExtractor()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ text, filed, division string }{
		{"附城镇有人赌博", "440823", "440823115"},
		{"附城镇有人赌博", "440882", "440882117"},
		{"附城镇有人赌博", "", ""},
		{"附城镇有人赌博", "999999", ""},
		{"雷州市附城镇有人赌博", "440823", "440882117"}, // The text wins.
	}
	for _, tt := range tests {
		if got := x.ExtractFiled(f.Fold(tt.text), received, tt.filed).Division; got != tt.division {
			t.Errorf("%s filed in %q lies in %q, want %q", tt.text, tt.filed, got, tt.division)
		}
	}
}

// Feasts as the State Council's holiday notices date them.
func TestFeasts(t *testing.T) {
	tests := []struct{ text, received, day string }{
		{"春节", "2024-03-01", "2024-02-10"},
		{"除夕", "2025-02-01", "2025-01-28"},
		{"大年初三", "2026-03-01", "2026-02-19"},
		{"元宵", "2024-03-01", "2024-02-24"},
		{"端午", "2024-07-01", "2024-06-10"},
		{"端午节", "2025-07-01", "2025-05-31"},
		{"端午", "2026-07-01", "2026-06-19"},
		{"中秋", "2024-10-01", "2024-09-17"},
		{"中秋节", "2025-11-01", "2025-10-06"},
		{"中秋", "2026-10-01", "2026-09-25"},
		{"中秋", "2023-11-01", "2023-09-29"},
		{"春节", "2023-02-01", "2023-01-22"},
		{"春节", "2022-03-01", "2022-02-01"},
		{"春节", "2021-03-01", "2021-02-12"},
		{"春节", "2027-03-01", "2027-02-06"},
		{"春节", "2028-03-01", "2028-01-26"},
		{"国庆", "2024-11-01", "2024-10-01"},
		{"五一", "2024-03-01", "2023-05-01"},
	}
	f, err := loadFolder()
	if err != nil {
		t.Fatal(err)
	}
	x, err := loadExtractor()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		at, err := time.Parse(time.DateOnly, tt.received)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, e := range x.Extract(f.Fold(tt.text), at).Entities {
			got = e.Value[:len(time.DateOnly)]
		}
		if got != tt.day {
			t.Errorf("%s before %s is %q, want %s", tt.text, tt.received, got, tt.day)
		}
	}
}
