package analytics

// WithRules returns a store over the same tables that follows other rules.
func WithRules(s *Store, r Rules) (*Store, error) {
	cfg := s.cfg
	cfg.Rules = r
	return New(cfg, s.conn, s.directory, s.calendar, s.logger)
}
