package analytics

import (
	"fmt"
	"strings"
)

// cityUnit is the code of the city bureau, whose viewers see everything.
const cityUnit = "440800"

// Role says what a viewer is there for, and with it how far they may look.
type Role string

// The roles of a viewer.
const (
	RoleLeadership   Role = "leadership"   // Sees the whole city.
	RoleOperator     Role = "operator"     // Runs the city's desk or the system; sees the whole city.
	RoleUnit         Role = "unit"         // Sees what passed through the unit and those below it.
	RoleInvestigator Role = "investigator" // Sees letters with a lead assigned to the unit or those below it.
)

// Viewer is the person a read is done for.
type Viewer struct {
	Name string // For the audit log.
	Unit string // Code of the viewer's unit.
	Role Role
}

// LocalOperator is whoever sits at the machine itself.
func LocalOperator(name string) Viewer {
	return Viewer{Name: name, Unit: cityUnit, Role: RoleOperator}
}

// ParseViewer reads a viewer written as role or role:unit, e.g. "leadership" or
// "unit:440803". The name is the text itself.
func ParseViewer(s string) (Viewer, error) {
	role, unit, _ := strings.Cut(s, ":")
	v := Viewer{Name: s, Unit: unit, Role: Role(role)}
	if unit == "" && (v.Role == RoleLeadership || v.Role == RoleOperator) {
		v.Unit = cityUnit
	}
	return v, v.Validate()
}

// Validate reports why nothing can be shown to the viewer. Whether the unit
// exists is known to the store only.
func (v Viewer) Validate() error {
	switch v.Role {
	case RoleLeadership, RoleOperator:
		if v.Unit != cityUnit {
			return fmt.Errorf("checking viewer %q: role %s belongs to the city, unit %s", v.Name, v.Role, cityUnit)
		}
	case RoleUnit, RoleInvestigator:
		if v.Unit == "" {
			return fmt.Errorf("checking viewer %q: role %s needs a unit, e.g. %s:440803", v.Name, v.Role, v.Role)
		}
	default:
		return fmt.Errorf("checking viewer %q: role %q is none of leadership, operator, unit, investigator", v.Name, v.Role)
	}
	return nil
}
