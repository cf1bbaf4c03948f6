package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress draws a bar where a person is looking; nil where nobody is.
func progress(w io.Writer, quiet bool, what string, options ...progressbar.Option) func(done, total int64) {
	f, ok := w.(*os.File)
	if quiet || !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	options = append(options, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what), progressbar.OptionClearOnFinish())
	var bar *progressbar.ProgressBar
	return func(done, total int64) {
		if bar == nil {
			bar = progressbar.NewOptions64(total, options...)
		}
		_ = bar.Set64(done) // A bar that cannot be drawn must not stop the work.
	}
}
