package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"

	"jiesu.cn/jiesu/reports"
)

//go:embed assets templates
var files embed.FS

type asset struct {
	name      string // Below /assets/.
	mediaType string
	from      fs.FS
	path      string
}

// assets lists the files that pages load: the console's own, and the charts' of
// the reports package.
func assets() ([]asset, error) {
	charts, err := reports.Assets()
	if err != nil {
		return nil, err
	}
	return []asset{
		{"console.css", "text/css; charset=utf-8", files, "assets/console.css"},
		{"charts.js", "text/javascript; charset=utf-8", charts, "charts.js"},
		{"echarts.min.js", "text/javascript; charset=utf-8", charts, "echarts/echarts.min.js"},
	}, nil
}

func parsePages() (*template.Template, error) {
	pages, err := template.New("pages").Funcs(template.FuncMap{
		"count": reports.Count,
	}).ParseFS(files, "templates/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("parsing the console's pages: %w", err)
	}
	return pages, nil
}

// show renders a page as a whole before anything of it goes out.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, page string, data any) {
	var buf bytes.Buffer
	if err := s.pages.ExecuteTemplate(&buf, page, data); err != nil {
		s.logger.LogAttrs(r.Context(), slog.LevelError, "page not rendered", slog.String("page", page), slog.Any("error", err))
		http.Error(w, "页面未能生成，请联系运维人员查看日志。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // The reader is gone; nobody is left to tell.
}

// failure is what an error page says: what happened, and what to do.
type failure struct {
	Title, Advice string
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, status int, title, advice string) {
	s.show(w, r, status, "error.html.tmpl", failure{title, advice})
}

func (s *Server) showNothing(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.fail(w, r, http.StatusMethodNotAllowed, "不支持的操作", "控制台只供查看。请返回首页。")
		return
	}
	s.fail(w, r, http.StatusNotFound, "没有这个页面", "请检查地址，或返回首页。")
}

// showAlive says that the process lives, and nothing more.
func (s *Server) showAlive(w http.ResponseWriter, _ *http.Request) {
	plain(w, http.StatusOK, "ok")
}

// showReady says whether the system makes progress, and why not.
func (s *Server) showReady(w http.ResponseWriter, _ *http.Request) {
	if err := s.deps.Ready(); err != nil {
		plain(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	plain(w, http.StatusOK, "ready")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // The reader is gone; nobody is left to tell.
}
