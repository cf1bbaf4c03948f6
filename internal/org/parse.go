package org

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// The four lists of a directory.
var (
	unitTable = table{
		"units.csv",
		[]string{"code", "name", "short", "parent", "tier", "kind", "aliases", "divisions", "status", "source"},
	}
	divisionTable = table{
		"divisions.csv",
		[]string{"code", "name", "short", "level", "parent", "owner", "status", "source"},
	}
	placeTable = table{
		"places.csv",
		[]string{"alias", "division", "kind", "confidence", "status", "source"},
	}
	ambiguityTable = table{"ambiguity.csv", []string{"term", "kind", "rule"}}
)

// Parse reads a city's units.csv, divisions.csv, places.csv and ambiguity.csv
// in the form of the built-in ones. Rows may stand in any order. Errors name
// the file and the line: unknown columns, codes that stand twice or nowhere,
// circles in the tree, a unit whose tier does not fit the one above it.
func Parse(fsys fs.FS) (*Directory, error) {
	p := parser{directory: &Directory{
		unitAt:     map[string]int{},
		children:   map[string][]string{},
		desks:      map[string]string{},
		named:      map[string][]string{},
		stationsOf: map[string][]string{},
		divisionAt: map[string]int{},
	}}
	if err := errors.Join(
		unitTable.read(fsys, p.addUnit),
		divisionTable.read(fsys, p.addDivision),
	); err != nil {
		return nil, err
	}
	// References can be followed only when both lists are complete.
	if err := errors.Join(p.linkUnits(), p.checkDivisions()); err != nil {
		return nil, err
	}
	if err := errors.Join(
		placeTable.read(fsys, p.addPlace),
		ambiguityTable.read(fsys, p.addAmbiguity),
	); err != nil {
		return nil, err
	}
	return p.directory, nil
}

type parser struct {
	directory     *Directory
	unitLines     []int // Beside directory.units.
	divisionLines []int // Beside directory.divisions.
	places        map[Place]struct{}
	terms         map[string]struct{}
}

// codeForm is a subset of what letters and events accept as a unit code.
var codeForm = regexp.MustCompile(`^[0-9A-Z][0-9A-Z-]{0,19}$`)

var tiers = map[string]int{"1": TierCity, "2": TierCounty, "3": TierStation}

func (p *parser) addUnit(line int, row []string) error {
	d := p.directory
	unit := Unit{
		Code: row[0], Name: row[1], Short: row[2], Parent: row[3], Tier: tiers[row[4]], Kind: row[5],
		Aliases: splitList(row[6]), Divisions: splitList(row[7]), Status: row[8], Source: row[9],
	}
	if unit.Tier == 0 {
		return fmt.Errorf("unknown tier %q: want 1, 2 or 3", row[4])
	}
	if err := errors.Join(
		checkCode(unit.Code, d.unitAt),
		checkNames(unit.Name, unit.Short),
		checkNames(unit.Aliases...),
		checkWord("kind", unit.Kind, KindBureau, KindDesk, KindDepartment, KindBranch, KindCounty, KindStation, KindUnsettled),
		checkWord("status", unit.Status, "verified", "typical", "inferred", "unverified"),
	); err != nil {
		return err
	}
	d.unitAt[unit.Code] = len(d.units)
	d.units = append(d.units, unit)
	p.unitLines = append(p.unitLines, line)
	return nil
}

func (p *parser) addDivision(line int, row []string) error {
	d := p.directory
	division := Division{
		Code: row[0], Name: row[1], Short: row[2], Level: row[3],
		Parent: row[4], Owner: row[5], Status: row[6], Source: row[7],
	}
	if err := errors.Join(
		checkCode(division.Code, d.divisionAt),
		checkNames(division.Name, division.Short),
		checkWord("level", division.Level, LevelCity, LevelCounty, LevelZone, LevelTownship),
		checkWord("status", division.Status, "verified", "one-source", "internal-code"),
	); err != nil {
		return err
	}
	d.divisionAt[division.Code] = len(d.divisions)
	d.divisions = append(d.divisions, division)
	p.divisionLines = append(p.divisionLines, line)
	return nil
}

func (p *parser) addPlace(_ int, row []string) error {
	place := Place{
		Alias: row[0], Division: row[1], Kind: row[2], Confidence: row[3], Status: row[4], Source: row[5],
	}
	if _, ok := p.directory.divisionAt[place.Division]; !ok && place.Division != "" {
		return fmt.Errorf("unknown division %q", place.Division)
	}
	if err := errors.Join(
		checkNames(place.Alias, place.Kind),
		checkWord("confidence", place.Confidence, "high", "medium", "low"),
		checkWord("status", place.Status, "verified", "unverified"),
	); err != nil {
		return err
	}
	same := Place{Alias: place.Alias, Division: place.Division}
	if _, twice := p.places[same]; twice {
		return fmt.Errorf("place %q stands twice for division %q", place.Alias, place.Division)
	}
	if p.places == nil {
		p.places = map[Place]struct{}{}
	}
	p.places[same] = struct{}{}
	p.directory.places = append(p.directory.places, place)
	return nil
}

func (p *parser) addAmbiguity(_ int, row []string) error {
	ambiguity := Ambiguity{Term: row[0], Kind: row[1], Rule: row[2]}
	if err := checkNames(row...); err != nil {
		return err
	}
	if _, twice := p.terms[ambiguity.Term]; twice {
		return fmt.Errorf("term %q stands twice", ambiguity.Term)
	}
	if p.terms == nil {
		p.terms = map[string]struct{}{}
	}
	p.terms[ambiguity.Term] = struct{}{}
	p.directory.ambiguities = append(p.directory.ambiguities, ambiguity)
	return nil
}

// linkUnits checks every unit against the whole list and fills the indexes.
func (p *parser) linkUnits() error {
	for i, unit := range p.directory.units {
		if err := p.checkUnit(unit); err != nil {
			return unitTable.errorf(p.unitLines[i], "%w", err)
		}
		p.indexUnit(unit)
	}
	root := p.directory.children[""]
	if len(root) == 0 {
		return fmt.Errorf("reading %s: no unit of kind bureau: the city bureau is missing", unitTable.name)
	}
	if _, ok := p.directory.desks[root[0]]; !ok {
		return fmt.Errorf("reading %s: no unit of kind desk below %s: letters need a city desk to arrive at", unitTable.name, root[0])
	}
	return nil
}

func (p *parser) checkUnit(unit Unit) error {
	d := p.directory
	for _, division := range unit.Divisions {
		if _, ok := d.divisionAt[division]; !ok {
			return fmt.Errorf("unknown division %q", division)
		}
	}
	if unit.Kind == KindBureau {
		return checkRoot(unit, d.children[""])
	}
	parent, ok := d.Unit(unit.Parent)
	if !ok {
		return fmt.Errorf("unknown parent %q", unit.Parent)
	}
	if err := checkKind(unit, parent); err != nil {
		return err
	}
	if desk, ok := d.desks[parent.Code]; ok && unit.Kind == KindDesk {
		return fmt.Errorf("%s has a second desk: %s is one already", parent.Code, desk)
	}
	return nil
}

func checkRoot(unit Unit, roots []string) error {
	switch {
	case unit.Parent != "":
		return fmt.Errorf("the city bureau %s has a parent %q", unit.Code, unit.Parent)
	case unit.Tier != TierCity:
		return fmt.Errorf("the city bureau %s is of tier %d: want 1", unit.Code, unit.Tier)
	case len(roots) > 0:
		return fmt.Errorf("%s is a second city bureau: %s is one already", unit.Code, roots[0])
	}
	return nil
}

// checkKind checks a unit against the one above it. Because only desks and
// departments may share their parent's tier, and nothing may stand below them,
// a tree that passes has no circle.
func checkKind(unit, parent Unit) error {
	if parent.Kind == KindDesk || parent.Kind == KindDepartment {
		return fmt.Errorf("%s stands below %s, a %s: want a bureau above it", unit.Code, parent.Code, parent.Kind)
	}
	want := parent.Tier + 1
	switch unit.Kind {
	case KindDesk, KindDepartment:
		want = parent.Tier
	case KindStation:
		if unit.Tier != TierStation {
			return fmt.Errorf("station %s is of tier %d: want 3", unit.Code, unit.Tier)
		}
	case KindBranch, KindCounty:
		if unit.Tier != TierCounty {
			return fmt.Errorf("%s %s is of tier %d: want 2", unit.Kind, unit.Code, unit.Tier)
		}
	}
	if unit.Tier != want {
		return fmt.Errorf("%s is of tier %d below %s of tier %d: want %d",
			unit.Code, unit.Tier, parent.Code, parent.Tier, want)
	}
	return nil
}

func (p *parser) indexUnit(unit Unit) {
	d := p.directory
	d.children[unit.Parent] = append(d.children[unit.Parent], unit.Code)
	if unit.Kind == KindDesk {
		d.desks[unit.Parent] = unit.Code
	}
	if unit.Kind == KindStation {
		for _, division := range unit.Divisions {
			d.stationsOf[division] = append(d.stationsOf[division], unit.Code)
		}
	}
	for _, name := range append([]string{unit.Name, unit.Short}, unit.Aliases...) {
		if !slices.Contains(d.named[name], unit.Code) {
			d.named[name] = append(d.named[name], unit.Code)
		}
	}
}

// levelRank orders the levels; a division stands below one of a lower rank.
var levelRank = map[string]int{LevelCity: 1, LevelCounty: 2, LevelZone: 2, LevelTownship: 3}

func (p *parser) checkDivisions() error {
	d := p.directory
	for i, division := range d.divisions {
		if err := p.checkDivision(division); err != nil {
			return divisionTable.errorf(p.divisionLines[i], "%w", err)
		}
	}
	return nil
}

func (p *parser) checkDivision(division Division) error {
	if _, ok := p.directory.unitAt[division.Owner]; !ok {
		return fmt.Errorf("unknown owner %q", division.Owner)
	}
	if division.Level == LevelCity {
		if division.Parent != "" {
			return fmt.Errorf("the city %s has a parent %q", division.Code, division.Parent)
		}
		return nil
	}
	parent, ok := p.directory.Division(division.Parent)
	if !ok {
		return fmt.Errorf("unknown parent %q", division.Parent)
	}
	if levelRank[parent.Level] >= levelRank[division.Level] {
		return fmt.Errorf("%s, a %s, stands below %s, a %s", division.Code, division.Level, parent.Code, parent.Level)
	}
	return nil
}

func checkCode(s string, known map[string]int) error {
	if !codeForm.MatchString(s) {
		return fmt.Errorf("code %q: want up to 20 capital letters, digits and hyphens", s)
	}
	if _, twice := known[s]; twice {
		return fmt.Errorf("code %q stands twice", s)
	}
	return nil
}

func checkNames(names ...string) error {
	for _, name := range names {
		if name == "" {
			return errors.New("a name is missing")
		}
	}
	return nil
}

func checkWord(column, word string, known ...string) error {
	if !slices.Contains(known, word) {
		return fmt.Errorf("unknown %s %q: want one of %s", column, word, strings.Join(known, ", "))
	}
	return nil
}

// splitList reads a list separated by "|"; an empty field is an empty list.
func splitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}
