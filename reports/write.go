package reports

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
)

// WriteBrief writes the brief as one HTML file that needs no network: style,
// chart library and data are inside, and its policy lets nothing else run. The
// same brief gives the same bytes.
func WriteBrief(w io.Writer, b Brief) error {
	style, engine, drawing, err := inlined()
	if err != nil {
		return err
	}
	tmpl, err := template.New("brief.html.tmpl").Funcs(template.FuncMap{
		"inc": func(i int) int { return i + 1 },
	}).ParseFS(files, "templates/brief.html.tmpl")
	if err != nil {
		return fmt.Errorf("parsing the brief's template: %w", err)
	}
	p := newPage(b)
	// These three are files of this package, never data.
	p.Style = template.CSS(style)    //nolint:gosec // See above.
	p.Engine = template.JS(engine)   //nolint:gosec // See above.
	p.Drawing = template.JS(drawing) //nolint:gosec // See above.
	p.Policy = policy(style, engine, drawing)

	var buf bytes.Buffer // A page that fails half-way must not be taken for a brief.
	if err := tmpl.Execute(&buf, p); err != nil {
		return fmt.Errorf("rendering the brief: %w", err)
	}
	if _, err := w.Write(buf.Bytes()); err != nil {
		return fmt.Errorf("writing the brief: %w", err)
	}
	return nil
}

// BriefPolicy returns the content security policy that a server should send
// with a brief; it is the one in the file.
func BriefPolicy() (string, error) {
	style, engine, drawing, err := inlined()
	if err != nil {
		return "", err
	}
	return policy(style, engine, drawing), nil
}

// inlined returns the files that go into a brief as they are.
func inlined() (style, engine, drawing string, err error) {
	if style, err = asset("templates/brief.css"); err != nil {
		return "", "", "", err
	}
	if engine, err = asset("assets/echarts/echarts.min.js"); err != nil {
		return "", "", "", err
	}
	if drawing, err = asset("assets/charts.js"); err != nil {
		return "", "", "", err
	}
	return style, engine, drawing, nil
}
