// Package org holds the police unit tree, the administrative divisions and the
// gazetteer of one city. The lists built into the program are Zhanjiang's; a
// city can put its own four files in their place. What a list marks as inferred
// or unverified keeps that mark in Status.
package org

import (
	"embed"
	"fmt"
	"slices"
)

// Kinds of unit.
const (
	KindBureau     = "bureau"     // 市局, the root of the tree.
	KindDesk       = "desk"       // 局长信箱专班 of a city or county bureau.
	KindDepartment = "department" // 警种部门 of a bureau.
	KindBranch     = "branch"     // 分局.
	KindCounty     = "county"     // 县(市)公安局.
	KindStation    = "station"    // 派出所.
	KindUnsettled  = "unsettled"  // 待核: known to exist, its place not settled.
)

// Levels of division.
const (
	LevelCity     = "city"
	LevelCounty   = "county"
	LevelZone     = "zone" // 功能区, may overlap counties.
	LevelTownship = "township"
)

// Tiers of unit.
const (
	TierCity    = 1
	TierCounty  = 2
	TierStation = 3
)

// Unit is a police unit. Codes are unique, names are not: several stations of
// different counties share one.
type Unit struct {
	Code      string
	Name      string // As the unit is called officially; see Directory.FullName.
	Short     string // For narrow columns.
	Parent    string // Code of the unit above; empty for the city bureau.
	Tier      int    // 1 city, 2 county, 3 station; a desk has its bureau's.
	Kind      string
	Aliases   []string // Other names that writers use.
	Divisions []string // Codes of the divisions it serves.
	Status    string   // verified, typical, inferred or unverified.
	Source    string   // What Status rests on; may be empty.
}

// Division is an administrative division or a zone.
type Division struct {
	Code   string
	Name   string
	Short  string
	Level  string
	Parent string // Code of the division above; empty for the city.
	Owner  string // Code of the unit in charge.
	Status string // verified, one-source or internal-code.
	Source string
}

// Place is a name for a place inside the city. An alias that can mean several
// divisions has one Place for each.
type Place struct {
	Alias      string
	Division   string // Empty when it lies in no single division or is unsettled.
	Kind       string // Such as 别称, 异写, 道路, 海域.
	Confidence string // high, medium or low.
	Status     string // verified or unverified.
	Source     string
}

// Ambiguity is a place name that does not settle a place by itself.
type Ambiguity struct {
	Term string
	Kind string // 同名, 同简称, 异地, 普通词 or 省略.
	Rule string // What is needed beside the name, for a reader.
}

// Directory answers questions about one city's units and places. It never
// changes after parsing, so it is safe for concurrent use; callers must not
// change the slices inside the values it returns.
type Directory struct {
	units       []Unit
	unitAt      map[string]int      // Index into units, by code.
	children    map[string][]string // Codes in file order, by parent.
	desks       map[string]string   // The desk of a bureau, by the bureau's code.
	named       map[string][]string // Codes, by name, short name or alias.
	stationsOf  map[string][]string // Codes of stations, by division.
	divisions   []Division
	divisionAt  map[string]int // Index into divisions, by code.
	places      []Place
	ambiguities []Ambiguity
}

//go:embed units.csv divisions.csv places.csv ambiguity.csv
var lists embed.FS

// Embedded returns the directory of the lists built into the program.
func Embedded() (*Directory, error) {
	d, err := Parse(lists)
	if err != nil {
		return nil, fmt.Errorf("reading the built-in directory: %w", err)
	}
	return d, nil
}

// Units returns all units in file order.
func (d *Directory) Units() []Unit { return slices.Clone(d.units) }

// HasUnit reports whether a unit has the code.
func (d *Directory) HasUnit(code string) bool { _, ok := d.Unit(code); return ok }

// Unit returns the unit with the code.
func (d *Directory) Unit(code string) (Unit, bool) {
	i, ok := d.unitAt[code]
	if !ok {
		return Unit{}, false
	}
	return d.units[i], true
}

// UnitsNamed returns the codes of all units that bear the name officially, as
// short name or as alias, in file order. More than one means that the name
// alone does not tell which is meant.
func (d *Directory) UnitsNamed(name string) []string { return slices.Clone(d.named[name]) }

// FullName returns a name that is clear outside the unit's county: a station's
// is led by its county bureau's, as in 吴川市公安局海滨派出所. It is empty for an
// unknown code.
func (d *Directory) FullName(code string) string {
	unit, _ := d.Unit(code)
	if unit.Kind != KindStation {
		return unit.Name
	}
	above, _ := d.Unit(unit.Parent)
	return above.Name + unit.Name
}

// Root returns the code of the city bureau.
func (d *Directory) Root() string { return d.children[""][0] }

// Subtree returns the codes of the unit and of all below it, each after the
// one above it; nil for an unknown code.
func (d *Directory) Subtree(code string) []string {
	if _, ok := d.unitAt[code]; !ok {
		return nil
	}
	codes := []string{code}
	for _, child := range d.children[code] {
		codes = append(codes, d.Subtree(child)...)
	}
	return codes
}

// Ancestors returns the codes of the units above, the nearest first.
func (d *Directory) Ancestors(code string) []string {
	var above []string
	for unit, ok := d.Unit(code); ok && unit.Parent != ""; unit, ok = d.Unit(unit.Parent) {
		above = append(above, unit.Parent)
	}
	return above
}

// AtTier rolls a unit up the tree: it returns the code of the ancestor (or the
// unit itself) that stands at the tier. Here a desk or department stands one
// step below its bureau: 440803-XX rolls up into 440803 at tier 2, while
// 440800-XX and the city's departments stand for themselves beside the county
// bureaus, so that every tier's figures add up to the city's. A unit above the
// tier is returned as it is; an unknown code gives "".
func (d *Directory) AtTier(code string, tier int) string {
	if _, ok := d.unitAt[code]; !ok {
		return ""
	}
	line := slices.Insert(d.Ancestors(code), 0, code)
	depth := len(line)
	return line[max(0, depth-max(tier, TierCity))]
}

// Desk returns the mailbox desk that handles the unit's letters: its own or
// that of the nearest bureau above that has one. It is empty for an unknown
// code.
func (d *Directory) Desk(code string) string {
	if unit, _ := d.Unit(code); unit.Kind == KindDesk {
		return code
	}
	for _, bureau := range slices.Insert(d.Ancestors(code), 0, code) {
		if desk, ok := d.desks[bureau]; ok {
			return desk
		}
	}
	return ""
}

// CityDesk returns the code of the city's mailbox desk, where every letter
// arrives first.
func (d *Directory) CityDesk() string { return d.desks[d.Root()] }

// Counties returns the codes of the units directly below the city bureau that
// have stations of their own, in file order.
func (d *Directory) Counties() []string {
	var counties []string
	for _, code := range d.children[d.Root()] {
		if len(d.Stations(code)) > 0 {
			counties = append(counties, code)
		}
	}
	return counties
}

// Stations returns the codes of the stations below a county bureau, or below
// any other unit, in file order.
func (d *Directory) Stations(code string) []string {
	var stations []string
	for _, below := range d.Subtree(code) {
		if unit, _ := d.Unit(below); unit.Kind == KindStation {
			stations = append(stations, below)
		}
	}
	return stations
}

// Divisions returns all divisions in file order.
func (d *Directory) Divisions() []Division { return slices.Clone(d.divisions) }

// Division returns the division with the code.
func (d *Directory) Division(code string) (Division, bool) {
	i, ok := d.divisionAt[code]
	if !ok {
		return Division{}, false
	}
	return d.divisions[i], true
}

// OwnerOf returns the code of the unit in charge of a division, a city or
// county bureau as a rule, or "" for an unknown division.
func (d *Directory) OwnerOf(division string) string {
	found, _ := d.Division(division)
	return found.Owner
}

// StationsOf returns the codes of the stations that serve a township; often
// one, at times none or several.
func (d *Directory) StationsOf(division string) []string {
	return slices.Clone(d.stationsOf[division])
}

// Places returns the gazetteer in file order.
func (d *Directory) Places() []Place { return slices.Clone(d.places) }

// Ambiguities returns the ambiguous place names in file order.
func (d *Directory) Ambiguities() []Ambiguity { return slices.Clone(d.ambiguities) }
