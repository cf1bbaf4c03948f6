package org_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/internal/org"
)

func embedded(t testing.TB) *org.Directory {
	t.Helper()
	d, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEmbeddedCounts(t *testing.T) {
	d := embedded(t)
	kinds := map[string]int{}
	statuses := map[string]int{}
	for _, unit := range d.Units() {
		kinds[unit.Kind]++
		statuses[unit.Status]++
	}
	wantKinds := map[string]int{
		org.KindBureau: 1, org.KindDesk: 11, org.KindDepartment: 20, org.KindBranch: 5,
		org.KindCounty: 5, org.KindStation: 124, org.KindUnsettled: 1,
	}
	if diff := cmp.Diff(wantKinds, kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	wantStatuses := map[string]int{"verified": 21, "typical": 14, "inferred": 130, "unverified": 2}
	if diff := cmp.Diff(wantStatuses, statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	levels := map[string]int{}
	for _, division := range d.Divisions() {
		levels[division.Level]++
	}
	wantLevels := map[string]int{org.LevelCity: 1, org.LevelCounty: 9, org.LevelZone: 3, org.LevelTownship: 126}
	if diff := cmp.Diff(wantLevels, levels); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
	if got := len(d.Places()); got != 402 {
		t.Errorf("got %d places, want 402", got)
	}
	if got := len(d.Ambiguities()); got != 35 {
		t.Errorf("got %d ambiguities, want 35", got)
	}
}

func TestEveryReferenceExists(t *testing.T) {
	d := embedded(t)
	for _, unit := range d.Units() {
		if _, ok := d.Unit(unit.Parent); !ok && unit.Code != "440800" {
			t.Errorf("unit %s: parent %q is unknown", unit.Code, unit.Parent)
		}
		if len(unit.Divisions) == 0 {
			t.Errorf("unit %s serves no division", unit.Code)
		}
	}
	for _, division := range d.Divisions() {
		owner, ok := d.Unit(d.OwnerOf(division.Code))
		if !ok {
			t.Errorf("division %s: owner %q is unknown", division.Code, division.Owner)
		}
		if desk := d.Desk(owner.Code); desk != owner.Code+"-XX" {
			t.Errorf("division %s: owner %s has desk %q", division.Code, owner.Code, desk)
		}
		if _, ok := d.Division(division.Parent); !ok && division.Code != "440800" {
			t.Errorf("division %s: parent %q is unknown", division.Code, division.Parent)
		}
	}
}

func TestEveryCountyHasDeskAndStations(t *testing.T) {
	d := embedded(t)
	want := map[string]int{
		"440802": 8, "440803": 10, "440804": 8, "440811": 4, "4408JK": 6,
		"440823": 16, "440825": 15, "440881": 21, "440882": 21, "440883": 15,
	}
	got := map[string]int{}
	for _, county := range d.Counties() {
		got[county] = len(d.Stations(county))
		if desk := d.Desk(county); desk != county+"-XX" {
			t.Errorf("Desk(%s) = %q", county, desk)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stations by county (-want +got):\n%s", diff)
	}
}

func TestSameNameIsToldApartByCode(t *testing.T) {
	d := embedded(t)
	tests := []struct {
		name  string
		codes []string
		full  []string
	}{
		{"海滨派出所", []string{"440803-P06", "440883-P05"}, []string{"湛江市公安局霞山分局海滨派出所", "吴川市公安局海滨派出所"}},
		{"附城派出所", []string{"440823-P16", "440882-P21"}, []string{"遂溪县公安局附城派出所", "雷州市公安局附城派出所"}},
		{"城北派出所", []string{"440825-P14", "440881-P03"}, []string{"徐闻县公安局城北派出所", "廉江市公安局城北派出所"}},
		{"霞山公安分局", []string{"440803"}, []string{"湛江市公安局霞山分局"}},
		{"中华所", []string{"440802-P01"}, []string{"湛江市公安局赤坎分局中华派出所"}},
		{"不存在派出所", nil, nil},
	}
	for _, tt := range tests {
		codes := d.UnitsNamed(tt.name)
		if diff := cmp.Diff(tt.codes, codes); diff != "" {
			t.Errorf("UnitsNamed(%s) (-want +got):\n%s", tt.name, diff)
		}
		var full []string
		for _, code := range codes {
			full = append(full, d.FullName(code))
		}
		if diff := cmp.Diff(tt.full, full); diff != "" {
			t.Errorf("full names of %s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestFullNamesAreUnique(t *testing.T) {
	d := embedded(t)
	seen := map[string]string{}
	for _, unit := range d.Units() {
		name := d.FullName(unit.Code)
		if other, twice := seen[name]; twice {
			t.Errorf("%s and %s are both called %s", other, unit.Code, name)
		}
		seen[name] = unit.Code
	}
}

func TestRollUp(t *testing.T) {
	d := embedded(t)
	tests := []struct {
		code      string
		tiers     [3]string // AtTier for 1, 2, 3.
		desk      string
		ancestors []string
	}{
		{"440803-P06", [3]string{"440800", "440803", "440803-P06"}, "440803-XX", []string{"440803", "440800"}},
		{"440803-XX", [3]string{"440800", "440803", "440803-XX"}, "440803-XX", []string{"440803", "440800"}},
		{"440803", [3]string{"440800", "440803", "440803"}, "440803-XX", []string{"440800"}},
		{"440800", [3]string{"440800", "440800", "440800"}, "440800-XX", nil},
		{"440800-XX", [3]string{"440800", "440800-XX", "440800-XX"}, "440800-XX", []string{"440800"}},
		{"440800-XZ", [3]string{"440800", "440800-XZ", "440800-XZ"}, "440800-XX", []string{"440800"}},
		{"4408JK-P06", [3]string{"440800", "4408JK", "4408JK-P06"}, "4408JK-XX", []string{"4408JK", "440800"}},
		{"4408FY", [3]string{"440800", "4408FY", "4408FY"}, "440800-XX", []string{"440800"}},
		{"440899", [3]string{}, "", nil},
		{"", [3]string{}, "", nil},
	}
	for _, tt := range tests {
		got := [3]string{d.AtTier(tt.code, 1), d.AtTier(tt.code, 2), d.AtTier(tt.code, 3)}
		if diff := cmp.Diff(tt.tiers, got); diff != "" {
			t.Errorf("AtTier(%q) (-want +got):\n%s", tt.code, diff)
		}
		if got := d.Desk(tt.code); got != tt.desk {
			t.Errorf("Desk(%q) = %q, want %q", tt.code, got, tt.desk)
		}
		if diff := cmp.Diff(tt.ancestors, d.Ancestors(tt.code)); diff != "" {
			t.Errorf("Ancestors(%q) (-want +got):\n%s", tt.code, diff)
		}
	}
	if got := d.CityDesk(); got != "440800-XX" {
		t.Errorf("CityDesk() = %q", got)
	}
}

func TestSubtree(t *testing.T) {
	d := embedded(t)
	want := []string{"440811", "440811-XX", "440811-P01", "440811-P02", "440811-P03", "440811-P04"}
	if diff := cmp.Diff(want, d.Subtree("440811")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"440802-P01"}, d.Subtree("440802-P01")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := d.Subtree("nowhere"); got != nil {
		t.Errorf("Subtree of an unknown code = %q", got)
	}
}

// TestTierPartition shows that every tier's groups split all units exactly, so
// that figures grouped by them add up to the city's.
func TestTierPartition(t *testing.T) {
	d := embedded(t)
	if got := len(d.Subtree(d.Root())); got != 167 {
		t.Errorf("the root's subtree has %d units, want 167", got)
	}
	for tier := 1; tier <= 3; tier++ {
		members := 0
		groups := map[string]bool{}
		for _, unit := range d.Units() {
			group := d.AtTier(unit.Code, tier)
			if !slices.Contains(d.Subtree(group), unit.Code) {
				t.Errorf("tier %d: %s is not in the subtree of its group %s", tier, unit.Code, group)
			}
			if d.AtTier(group, tier) != group {
				t.Errorf("tier %d: group %s of %s is rolled up further", tier, group, unit.Code)
			}
			groups[group] = true
			members++
		}
		if want := map[int]int{1: 1, 2: 33, 3: 167}[tier]; len(groups) != want {
			t.Errorf("tier %d has %d groups, want %d", tier, len(groups), want)
		}
		if members != 167 {
			t.Errorf("tier %d holds %d units, want 167", tier, members)
		}
	}
}

func TestDivisions(t *testing.T) {
	d := embedded(t)
	tests := []struct {
		division string
		owner    string
		stations []string
	}{
		{"440802001", "440802", []string{"440802-P01"}},
		{"440811173", "4408JK", []string{"4408JK-P06"}},               // A zone's township in another county.
		{"440811102", "440811", []string{"440811-P03", "440811-P04"}}, // Two stations.
		{"440811450", "440811", nil},                                  // No station known.
		{"4408FY", "440882", nil},
		{"440800", "440800", nil},
		{"110000", "", nil},
	}
	for _, tt := range tests {
		if got := d.OwnerOf(tt.division); got != tt.owner {
			t.Errorf("OwnerOf(%s) = %q, want %q", tt.division, got, tt.owner)
		}
		if diff := cmp.Diff(tt.stations, d.StationsOf(tt.division)); diff != "" {
			t.Errorf("StationsOf(%s) (-want +got):\n%s", tt.division, diff)
		}
	}
}

func TestUnknownCodes(t *testing.T) {
	d := embedded(t)
	if unit, ok := d.Unit("440803-P99"); ok {
		t.Errorf("found unit %+v", unit)
	}
	if division, ok := d.Division("440999"); ok {
		t.Errorf("found division %+v", division)
	}
	if got := d.FullName("440803-P99"); got != "" {
		t.Errorf("FullName of an unknown code = %q", got)
	}
	if got := d.Stations("440803-P99"); got != nil {
		t.Errorf("Stations of an unknown code = %q", got)
	}
}

// TestDirectoryCannotBeChanged shows that callers get their own slices.
func TestDirectoryCannotBeChanged(t *testing.T) {
	d := embedded(t)
	d.Units()[0].Name = "changed"
	d.Divisions()[0].Name = "changed"
	d.UnitsNamed("海滨派出所")[0] = "changed"
	if got := d.Units()[0].Name; got != "湛江市公安局" {
		t.Errorf("unit name = %q", got)
	}
	if got := d.Divisions()[0].Name; got != "湛江市" {
		t.Errorf("division name = %q", got)
	}
	if got := d.UnitsNamed("海滨派出所")[0]; got != "440803-P06" {
		t.Errorf("code = %q", got)
	}
}

func TestUncertainStaysMarked(t *testing.T) {
	d := embedded(t)
	want := map[string]string{
		"440803-XX": "inferred", "440803-P06": "inferred", "4408FY": "unverified", "440800-SL": "unverified",
		"440800-ZH": "typical", "440883": "verified", "4408JK-P01": "verified",
	}
	got := map[string]string{}
	for code := range want {
		unit, _ := d.Unit(code)
		got[code] = unit.Status
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
