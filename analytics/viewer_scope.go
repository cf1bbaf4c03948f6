package analytics

import (
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

// condition is what letter_state lets through for the viewer. It is the only
// place where the restriction is written, and every statement about letters is
// composed with it. Its parameters are those of scope.
func (v Viewer) condition() string {
	const notAccused = " AND NOT held AND NOT hasAny(accused_units, {viewer_line:Array(String)})"
	switch {
	case v.unrestricted():
		return "true"
	case v.Role == RoleUnit:
		return "hasAny(path, {viewer_units:Array(String)})" + notAccused
	case v.Role == RoleInvestigator:
		return "hasAny(assigned_to, {viewer_units:Array(String)})" + notAccused
	default:
		return "false"
	}
}

// unrestricted reports whether the viewer may see every letter.
func (v Viewer) unrestricted() bool { return v.Role == RoleLeadership || v.Role == RoleOperator }

// cityOnly refuses viewers who do not see every letter: those of a unit or an
// investigator of the city bureau do not either.
func (v Viewer) cityOnly() error {
	if err := v.Validate(); err != nil {
		return err
	}
	if v.unrestricted() {
		return nil
	}
	return &letter.Error{
		Kind: letter.KindDenied, Reason: "city_only", Field: "viewer",
		Detail: "only the city's operator and leadership may do this: it concerns the letters of all units",
	}
}

// scope returns the parameters of condition: the units the viewer answers for,
// and the line of all units above and below, none of which may look into a
// complaint about one of them.
func (v Viewer) scope(dir *org.Directory) ([]any, error) {
	if err := v.Validate(); err != nil {
		return nil, err
	}
	units := dir.Subtree(v.Unit)
	if units == nil {
		return nil, &letter.Error{
			Kind: letter.KindNotFound, Reason: "unknown_unit", Field: "viewer.unit", Detail: "no such unit in the directory",
		}
	}
	line := slices.Concat(units, dir.Ancestors(v.Unit))
	return []any{clickhouse.Named("viewer_units", units), clickhouse.Named("viewer_line", line)}, nil
}
