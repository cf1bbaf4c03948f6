package analytics

import (
	"fmt"
	"strings"
	"text/template"
)

// renderDDL fills in what differs between a single server and a cluster:
// {{on_cluster}} and {{replacing "version"}}, the engine that keeps the row
// with the highest version of each key.
func renderDDL(text, cluster string) (string, error) {
	functions := template.FuncMap{
		"on_cluster": func() string { return "" },
		"replacing":  func(version string) string { return "ReplacingMergeTree(" + version + ")" },
	}
	if cluster != "" {
		functions["on_cluster"] = func() string { return "ON CLUSTER " + cluster }
		functions["replacing"] = func(version string) string {
			// The macros are the server's; {uuid} keeps a dropped table's path apart from its successor's.
			return "ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', " + version + ")"
		}
	}
	parsed, err := template.New("ddl").Funcs(functions).Parse(text)
	if err != nil {
		return "", fmt.Errorf("parsing statement: %w", err)
	}
	var out strings.Builder
	if err := parsed.Execute(&out, nil); err != nil {
		return "", fmt.Errorf("rendering statement: %w", err)
	}
	return out.String(), nil
}
