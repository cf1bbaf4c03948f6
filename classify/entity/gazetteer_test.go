package entity_test

import (
	"slices"
	"strings"
	"testing"

	"jiesu.cn/jiesu/internal/org"
)

// located is a sentence and the division it speaks of, "" for none; around is
// set where any township of that division is right as well.
type located struct {
	text, division string
	around         bool
}

// gazetteer writes sentences from the directory's own lists: full names, short
// names with and without their county, aliases, and the ambiguous names in the
// forms in which they mean nothing here.
func gazetteer(dir *org.Directory) []located {
	var out []located
	names, shorts, unclear := map[string][]string{}, map[string][]string{}, map[string]org.Ambiguity{}
	for _, d := range dir.Divisions() {
		names[d.Name] = append(names[d.Name], d.Code)
		shorts[d.Short] = append(shorts[d.Short], d.Code)
	}
	for _, a := range dir.Ambiguities() {
		unclear[a.Term] = a
	}
	for _, d := range dir.Divisions() {
		parent, _ := dir.Division(d.Parent)
		if len(names[d.Name]) == 1 {
			out = append(out,
				located{"我住在" + d.Name + "，夜里有人赌博", d.Code, false}, located{d.Name + "的路灯下有人打架", d.Code, false},
				located{"在" + d.Name + "被骗", d.Code, false})
		} else if d.Level == org.LevelTownship {
			out = append(out, located{"我住在" + d.Name + "，夜里有人赌博", "", false})
		}
		if d.Level != org.LevelTownship || len(names[d.Name]) > 1 && d.Code == "440882450" {
			continue
		}
		out = append(out,
			located{parent.Name + d.Name + "有人偷电动车", d.Code, false},
			located{"地址：" + parent.Short + d.Name + "，求处理", d.Code, false},
			located{parent.Name + d.Short + "有人偷电动车", d.Code, false})
		_, isUnclear := unclear[d.Short]
		own := len(shorts[d.Short]) == 1
		switch {
		case isUnclear && unclear[d.Short].Kind != "无":
			out = append(out, located{d.Short + "有人偷电动车", "", false}, located{"他说" + d.Short + "那边", "", false}, located{"广州" + d.Short + "有人偷车", "", false})
			if strings.Contains(unclear[d.Short].Rule, `须带"街道`) {
				out = append(out, located{d.Short + "街道有人偷车", d.Code, false})
			}
		case own:
			out = append(out, located{d.Short + "有人偷电动车", d.Code, false}, located{"在" + d.Short + "圩开赌", d.Code, false})
		}
	}
	return append(out, places(dir)...)
}

// places adds aliases that stand for one division without doubt, and names of
// elsewhere. What is an ambiguous name or Latin only needs more than itself.
func places(dir *org.Directory) []located {
	count := map[string]int{}
	for _, p := range dir.Places() {
		count[p.Alias]++
	}
	for _, a := range dir.Ambiguities() {
		count[a.Term]++
	}
	var out []located
	for _, p := range dir.Places() {
		_, known := dir.Division(p.Division)
		if known && count[p.Alias] == 1 && p.Confidence == "high" && len(p.Alias) > len([]rune(p.Alias)) {
			out = append(out, located{"在" + p.Alias + "附近被偷", p.Division, true})
		}
	}
	for _, text := range []string{
		"在中山市上班", "深圳南山区的公司", "在杭州西湖边", "惠州龙门县", "海南白沙县", "新兴县人", "东海县人", "江苏海安市", "青海海东市", "珠海前山", "中华人民共和国公民",
		"爱国爱家", "解放思想", "民主监督", "工农群众", "友谊长存", "建设和谐社会", "太平盛世", "龙头企业", "和安居工程", "新民法", "广州番禺沙湾", "广州东山口", "上海南桥", "福建东山",
		"新城建设", "长山路远", "一座高桥", "海滨风大", "城北有人", "附城有人",
	} {
		out = append(out, located{text, "", false})
	}
	return out
}

func TestGazetteer(t *testing.T) {
	dir, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	right, all := 0, gazetteer(dir)
	for _, l := range all {
		got := extract(t, l.text).Division
		found, _ := dir.Division(got)
		if got == l.division || l.around && (found.Parent == l.division || dir.OwnerOf(got) == dir.OwnerOf(l.division)) {
			right++
		} else {
			t.Logf("%q lies in %q, want %q", l.text, got, l.division)
		}
	}
	t.Logf("%d of %d sentences placed right: %.4f", right, len(all), float64(right)/float64(len(all)))
	if right*100 < len(all)*95 {
		t.Errorf("%d of %d sentences placed right, want 95 %%", right, len(all))
	}
}

// TestStations names every station with its county: its own code must come out
// alone, or among all that share the name when the county is left out.
func TestStations(t *testing.T) {
	dir, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	right, all := 0, 0
	for _, county := range dir.Counties() {
		for _, code := range dir.Stations(county) {
			u, _ := dir.Unit(code)
			bureau, _ := dir.Unit(county)
			all++
			with := extract(t, "投诉"+bureau.Short+u.Name+"不作为").Units
			alone := extract(t, "投诉"+u.Name+"不作为").Units
			if slices.Contains(with, code) && len(with) <= 2 && slices.Contains(alone, code) {
				right++
			} else {
				t.Logf("%s %s: %v with its bureau, %v alone", code, u.Name, with, alone)
			}
		}
	}
	t.Logf("%d of %d stations found", right, all)
	if right*100 < all*95 {
		t.Errorf("%d of %d stations found, want 95 %%", right, all)
	}
}
