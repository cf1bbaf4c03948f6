package console

import (
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"
)

// pagePolicy lets a page load the console's own files and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard sets the headers every answer carries and turns away requests that name
// a foreign host: a page elsewhere could point a name of its own at loopback
// and read the console through the visitor's browser.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if !s.answersTo(r.Host) {
			s.fail(w, r, http.StatusMisdirectedRequest, "地址不对", "本控制台不以该主机名提供服务。请用启动时显示的地址访问。")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answersTo reports whether the request's host is one of ours.
func (s *Server) answersTo(host string) bool {
	name := hostName(host)
	if name == "localhost" || name == hostName(s.cfg.Addr) || slices.Contains(s.cfg.Hosts, name) {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil // An address, not a name: nobody can point that elsewhere.
}

func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// handleAssets serves the few files that pages load.
func handleAssets(mux *http.ServeMux) error {
	served, err := assets()
	if err != nil {
		return err
	}
	for _, a := range served {
		content, err := fs.ReadFile(a.from, a.path)
		if err != nil {
			return err
		}
		mux.HandleFunc("GET /assets/"+a.name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", a.mediaType)
			w.Header().Set("Cache-Control", "public, max-age=3600")
			_, _ = w.Write(content) // The reader is gone; nobody is left to tell.
		})
	}
	return nil
}
