package org_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/internal/org"
)

// The smallest city: a bureau with its desk, and one county with one station.
const (
	smallUnits = `code,name,short,parent,tier,kind,aliases,divisions,status,source
1,甲市公安局,市局,,1,bureau,,A,verified,
1-XX,市专班,市专班,1,1,desk,,A,verified,
2,乙县公安局,乙县局,1,2,county,乙县公安|乙公安,B,verified,
2-P1,丙派出所,丙所,2,3,station,,C,inferred,推定
`
	smallDivisions = `code,name,short,level,parent,owner,status,source
A,甲市,甲,city,,1,verified,
B,乙县,乙,county,A,2,verified,
C,丙镇,丙,township,B,2,verified,
`
	smallPlaces = `alias,division,kind,confidence,status,source
丙圩,C,片区,high,unverified,
甲江,,海域,low,unverified,
`
	smallAmbiguity = `term,kind,rule
丙,普通词,须带镇
`
)

func files(units, divisions, places, ambiguity string) fstest.MapFS {
	return fstest.MapFS{
		"units.csv":     {Data: []byte(units)},
		"divisions.csv": {Data: []byte(divisions)},
		"places.csv":    {Data: []byte(places)},
		"ambiguity.csv": {Data: []byte(ambiguity)},
	}
}

func TestParseSmallCity(t *testing.T) {
	// Children before parents, a byte order mark and Windows line ends are fine.
	rows := strings.SplitAfter(smallUnits, "\n")
	units := "\ufeff# our list\n" + rows[0] + rows[4] + rows[3] + rows[2] + rows[1]
	d, err := org.Parse(files(strings.ReplaceAll(units, "\n", "\r\n"), smallDivisions, smallPlaces, smallAmbiguity))
	if err != nil {
		t.Fatal(err)
	}
	want := []org.Unit{
		{Code: "2-P1", Name: "丙派出所", Short: "丙所", Parent: "2", Tier: 3, Kind: org.KindStation, Divisions: []string{"C"}, Status: "inferred", Source: "推定"},
		{Code: "2", Name: "乙县公安局", Short: "乙县局", Parent: "1", Tier: 2, Kind: org.KindCounty, Aliases: []string{"乙县公安", "乙公安"}, Divisions: []string{"B"}, Status: "verified"},
		{Code: "1-XX", Name: "市专班", Short: "市专班", Parent: "1", Tier: 1, Kind: org.KindDesk, Divisions: []string{"A"}, Status: "verified"},
		{Code: "1", Name: "甲市公安局", Short: "市局", Tier: 1, Kind: org.KindBureau, Divisions: []string{"A"}, Status: "verified"},
	}
	if diff := cmp.Diff(want, d.Units()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A county without a desk of its own is handled by the city's.
	if got := d.Desk("2-P1"); got != "1-XX" {
		t.Errorf("Desk(2-P1) = %q, want 1-XX", got)
	}
	wantPlaces := []org.Place{
		{Alias: "丙圩", Division: "C", Kind: "片区", Confidence: "high", Status: "unverified"},
		{Alias: "甲江", Kind: "海域", Confidence: "low", Status: "unverified"},
	}
	if diff := cmp.Diff(wantPlaces, d.Places()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]org.Ambiguity{{Term: "丙", Kind: "普通词", Rule: "须带镇"}}, d.Ambiguities()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		name     string
		file     string
		old, new string // What to replace in the small city's file.
		want     string
	}{
		{"empty file", "units.csv", smallUnits, "", `reading units.csv: the column names`},
		{"other columns", "units.csv", "code,name", "id,name", `reading units.csv: line 1: want the column names`},
		{"column too few", "units.csv", "verified,\n2-P1", "verified\n2-P1", `record on line 4: wrong number of fields`},
		{"bare quote", "units.csv", "乙县局,", `乙"县局,`, `parse error on line 4`},
		{"open quote", "units.csv", "丙所", `"丙所`, `parse error on line 5`},
		{"duplicate code", "units.csv", "2-P1,", "2,", `units.csv: line 5: code "2" stands twice`},
		{"empty code", "units.csv", "2-P1,", ",", `units.csv: line 5: code ""`},
		{"code of other letters", "units.csv", "2-P1,", "二,", `units.csv: line 5: code "二"`},
		{"long code", "units.csv", "2-P1,", strings.Repeat("2", 21) + ",", `want up to 20`},
		{"no name", "units.csv", "丙派出所", "", `line 5: a name is missing`},
		{"empty alias", "units.csv", "乙县公安|", "|", `line 4: a name is missing`},
		{"not UTF-8", "units.csv", "丙派出所", "\xb1\xfb", `line 5: "\xb1\xfb" is not UTF-8`},
		{"space around", "units.csv", "丙派出所", " 丙派出所", `line 5: " 丙派出所" has spaces around it`},
		{"zero-width space", "units.csv", "丙派出所", "丙\u200b派出所", `line 5: "丙\u200b派出所" holds an invisible character`},
		{"line break in a field", "units.csv", "丙派出所", "\"丙\n派出所\"", `line 5: "丙\n派出所" holds an invisible character`},
		{"bad tier", "units.csv", "2,3,station", "2,4,station", `line 5: unknown tier "4"`},
		{"bad kind", "units.csv", "station", "Station", `line 5: unknown kind "Station"`},
		{"bad status", "units.csv", "inferred", "sure", `line 5: unknown status "sure"`},
		{"unknown parent", "units.csv", "丙所,2,", "丙所,9,", `line 5: unknown parent "9"`},
		{"no parent", "units.csv", "丙所,2,", "丙所,,", `line 5: unknown parent ""`},
		{"own parent", "units.csv", "乙县局,1,", "乙县局,2,", `line 4: 2 is of tier 2 below 2 of tier 2: want 3`},
		{"circle", "units.csv", "乙县局,1,", "乙县局,2-P1,", `line 4: 2 is of tier 2 below 2-P1 of tier 3: want 4`},
		{"station below the city", "units.csv", "丙所,2,", "丙所,1,", `line 5: 2-P1 is of tier 3 below 1 of tier 1: want 2`},
		{"station of tier 2", "units.csv", "丙所,2,3", "丙所,1,2", `line 5: station 2-P1 is of tier 2: want 3`},
		{"county of tier 3", "units.csv", "3,station", "3,county", `line 5: county 2-P1 is of tier 3: want 2`},
		{"below a desk", "units.csv", "乙县局,1,", "乙县局,1-XX,", `line 4: 2 stands below 1-XX, a desk`},
		{"second desk", "units.csv", "乙县局,1,2,county", "乙县局,1,1,desk", `line 4: 1 has a second desk: 1-XX is one already`},
		{"second root", "units.csv", "乙县局,1,2,county", "乙县局,,1,bureau", `line 4: 2 is a second city bureau: 1 is one already`},
		{"root with parent", "units.csv", "市局,,1,bureau", "市局,2,1,bureau", `line 2: the city bureau 1 has a parent "2"`},
		{"root of tier 2", "units.csv", "市局,,1,bureau", "市局,,2,bureau", `line 2: the city bureau 1 is of tier 2`},
		{"no units", "units.csv", smallUnits[strings.Index(smallUnits, "\n")+1:], "", `no unit of kind bureau`},
		{"no city desk", "units.csv", "1,1,desk", "1,1,department", `no unit of kind desk below 1`},
		{"unit in unknown division", "units.csv", ",C,", ",C|D,", `line 5: unknown division "D"`},

		{"duplicate division", "divisions.csv", "C,丙镇", "B,丙镇", `divisions.csv: line 4: code "B" stands twice`},
		{"unknown division parent", "divisions.csv", "township,B", "township,D", `divisions.csv: line 4: unknown parent "D"`},
		{"division below its like", "divisions.csv", "county,A", "county,B", `line 3: B, a county, stands below B, a county`},
		{"division below a lower one", "divisions.csv", "county,A", "county,C", `line 3: B, a county, stands below C, a township`},
		{"city with parent", "divisions.csv", "city,,", "city,B,", `line 2: the city A has a parent "B"`},
		{"unknown owner", "divisions.csv", "B,2,", "B,3,", `line 4: unknown owner "3"`},
		{"bad level", "divisions.csv", "township", "village", `line 4: unknown level "village"`},

		{"place in unknown division", "places.csv", "丙圩,C", "丙圩,D", `places.csv: line 2: unknown division "D"`},
		{"place twice", "places.csv", "甲江,,", "丙圩,C,", `places.csv: line 3: place "丙圩" stands twice for division "C"`},
		{"place without name", "places.csv", "丙圩", "", `places.csv: line 2: a name is missing`},
		{"bad confidence", "places.csv", "high", "certain", `places.csv: line 2: unknown confidence "certain"`},
		{"term twice", "ambiguity.csv", "须带镇\n", "须带镇\n丙,同名,无\n", `ambiguity.csv: line 3: term "丙" stands twice`},
		{"term without rule", "ambiguity.csv", "须带镇", "", `ambiguity.csv: line 2: a name is missing`},
		{"too large", "ambiguity.csv", "须带镇", strings.Repeat("x", 8<<20), `ambiguity.csv: larger than 8388608 bytes`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			city := files(smallUnits, smallDivisions, smallPlaces, smallAmbiguity)
			before := string(city[tt.file].Data)
			after := strings.Replace(before, tt.old, tt.new, 1)
			if before == after {
				t.Fatalf("%q is not in %s", tt.old, tt.file)
			}
			city[tt.file].Data = []byte(after)
			_, err := org.Parse(city)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestParseNamesMissingFile(t *testing.T) {
	for _, name := range []string{"units.csv", "divisions.csv", "places.csv", "ambiguity.csv"} {
		city := files(smallUnits, smallDivisions, smallPlaces, smallAmbiguity)
		delete(city, name)
		if _, err := org.Parse(city); err == nil || !strings.Contains(err.Error(), "reading "+name) {
			t.Errorf("without %s: got error %v", name, err)
		}
	}
}

// FuzzParse shows that whatever is accepted is a tree with one root, in which
// every walk ends and every reference leads somewhere.
func FuzzParse(f *testing.F) {
	f.Add(smallUnits, smallDivisions, smallPlaces, smallAmbiguity)
	f.Add(strings.Replace(smallUnits, "乙县局,1,", "乙县局,2,", 1), smallDivisions, smallPlaces, smallAmbiguity)
	f.Add("", "\ufeff", "\x00", "\"")
	f.Fuzz(func(t *testing.T, units, divisions, places, ambiguity string) {
		d, err := org.Parse(files(units, divisions, places, ambiguity))
		if err != nil {
			return
		}
		if got, want := len(d.Subtree(d.Root())), len(d.Units()); got != want {
			t.Errorf("the root's subtree has %d units of %d", got, want)
		}
		for _, unit := range d.Units() {
			if above := d.Ancestors(unit.Code); len(above) > 3 || d.AtTier(unit.Code, 1) != d.Root() {
				t.Errorf("unit %s has ancestors %q", unit.Code, above)
			}
			if _, ok := d.Unit(d.Desk(unit.Code)); !ok {
				t.Errorf("unit %s has no desk", unit.Code)
			}
		}
		for _, division := range d.Divisions() {
			if _, ok := d.Unit(division.Owner); !ok {
				t.Errorf("division %s has no owner", division.Code)
			}
		}
	})
}
