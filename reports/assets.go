package reports

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed assets templates
var files embed.FS

// Assets holds charts.js, and ECharts with its licence under echarts/. Files
// that embed no assets of their own link to them.
func Assets() (fs.FS, error) {
	sub, err := fs.Sub(files, "assets")
	if err != nil {
		return nil, fmt.Errorf("opening embedded assets: %w", err)
	}
	return sub, nil
}

// asset reads one embedded file.
func asset(name string) (string, error) {
	b, err := files.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("reading embedded file: %w", err)
	}
	return string(b), nil
}

// policy is the content security policy of a page that loads nothing and runs
// exactly these scripts and this style sheet.
func policy(style string, scripts ...string) string {
	hashes := make([]string, 0, len(scripts))
	for _, s := range scripts {
		hashes = append(hashes, hashSource(s))
	}
	return "default-src 'none'; script-src " + strings.Join(hashes, " ") + "; style-src " + hashSource(style) +
		"; img-src data:; base-uri 'none'; form-action 'none'"
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
