package analytics

import "context"

// ComposeLetters and ComposeEvents give tests the statements behind KPIs.
func ComposeLetters(v Viewer, q Query, metrics []Metric) (string, error) {
	return composer{viewer: v}.letters(q, metrics)
}

func ComposeEvents(v Viewer, q Query, metrics []Metric) (string, error) {
	return composer{viewer: v}.events(q, metrics)
}

// LetterMetrics and EventMetrics are the contract's figures of each statement.
func LetterMetrics() []Metric { return of(Metrics(), ofLetters, ofHops) }
func EventMetrics() []Metric  { return of(Metrics(), ofEvents) }

// LoadMigrations gives tests the migrations without a database.
func LoadMigrations(cluster string) ([]Migration, error) {
	return loadMigrations(migrationFiles, cluster)
}

// MigrateFirst applies the first n migrations only, as an older program would.
func MigrateFirst(ctx context.Context, s *Store, n int) error {
	known, err := loadMigrations(migrationFiles, s.cfg.Cluster)
	if err != nil {
		return err
	}
	_, err = s.migrate(ctx, known[:n])
	return err
}
