package analytics

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/internal/calendar"
)

// keptTables names the tables in which Refresh keeps what follows from the
// records: the state of each letter, the events about leads and cases, and
// figures by day. The name of each ends in a hash of the statements that fill
// it, so that a program never reads what another version computed otherwise.
type keptTables struct {
	rareEvents string // One row for each event of a lead, case or series: the columns of known_events.
	writings   string // One row for each letter whose writer wrote others too: those of writings.
	states     string // One row for each letter: those of facts.
	days       string // One row for each Shanghai day of receipt and dimension.
	caseDays   string // One row for each Shanghai day of events of leads and cases, and dimension.
	hash       string // Of days and caseDays; see dayTables.
}

// endOfTime is a cut-off behind all records.
const endOfTime = "2299-12-31 00:00:00.000"

// keptNames computes the names: what is kept of a letter depends also on how late
// an entry may be, what the figures by day say on the calendar and all rules.
func (s *Store) keptNames() (keptTables, error) {
	states, err := fingerprint("sql/state", "sql/refresh")
	if err != nil {
		return keptTables{}, err
	}
	states += s.directory.CityDesk() + s.cfg.Rules.BackdatedAfter.String()
	var days strings.Builder // As composed: which figures are kept, and in which form, stands in the program.
	for _, table := range (keptTables{}).dayTables() {
		text, err := composer{viewer: LocalOperator("refresh"), from: fromState}.fillDays(table)
		if err != nil {
			return keptTables{}, err
		}
		days.WriteString(text)
	}
	rules, err := s.cfg.Rules.MarshalJSON()
	if err != nil {
		return keptTables{}, err
	}
	hash := short(states + days.String() + s.calendar.Version() + string(rules))
	return keptTables{
		rareEvents: "rare_events_" + short(states),
		writings:   "writings_" + short(states),
		states:     "letter_states_" + short(states),
		caseDays:   "daily_cases_" + hash,
		days:       "daily_figures_" + hash,
		hash:       hash,
	}, nil
}

func short(text string) string {
	const bytes = 4
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:bytes])
}

// fingerprint joins the statements of the folders or files.
func fingerprint(paths ...string) (string, error) {
	var all strings.Builder
	for _, path := range paths {
		err := fs.WalkDir(sqlFiles, path, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := fs.ReadFile(sqlFiles, name)
			all.WriteString(name + "\n" + string(text))
			return err
		})
		if err != nil {
			return "", fmt.Errorf("reading statements: %w", err)
		}
	}
	return all.String(), nil
}

// filling is a kept table with the statement of sql/refresh that fills it.
type filling struct {
	table, file    string
	from           source
	partition, key string
}

func (k keptTables) rareEventsFilling() filling {
	return filling{k.rareEvents, "rare_events", toRareEvents, "toYYYYMM(at)", "(letter_id, source, record_id)"}
}

func (k keptTables) writingsFilling() filling {
	return filling{k.writings, "writings", toWritings, "tuple()", "(writer_key, letter_id)"}
}

func (k keptTables) statesFilling() filling {
	return filling{k.states, "states", toStates, "toYYYYMM(received_at)", "letter_id"}
}

func (t dayTable) filling() filling {
	return filling{t.name, "days", fromState, "toYYYYMM(day)", "(by, day)"}
}

// fillings are the kept tables, each after those from which it is filled.
func (k keptTables) fillings() []filling {
	all := []filling{k.rareEventsFilling(), k.writingsFilling(), k.statesFilling()}
	for _, table := range k.dayTables() {
		all = append(all, table.filling())
	}
	return all
}

// names lists the kept tables.
func (k keptTables) names() []string {
	var names []string
	for _, f := range k.fillings() {
		names = append(names, f.table)
	}
	return names
}

// createKept makes the kept tables where they are not there, in the shape of
// the statements that fill them, and drops those of
// other versions.
func (s *Store) createKept(ctx context.Context) error {
	for _, table := range s.kept.fillings() {
		filling, err := s.fillStatement(table)
		if err != nil {
			return err
		}
		text := "CREATE TABLE IF NOT EXISTS " + table.table + ` {{on_cluster}}
ENGINE = {{replacing "refreshed_at"}}
PARTITION BY ` + table.partition + `
ORDER BY ` + table.key + `
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
EMPTY AS
` + filling
		statement, err := renderDDL(text, s.cfg.Cluster)
		if err != nil {
			return err
		}
		if err := s.execKept(ctx, statement, "", nil, endOfTime); err != nil {
			return fmt.Errorf("creating table %s: %w", table.table, err)
		}
	}
	return s.dropOthers(ctx)
}

// dropOthers drops the kept tables of other versions. First it forgets how far
// they reach: this version deals with touches that they have not seen.
func (s *Store) dropOthers(ctx context.Context) error {
	forget, err := renderDDL("DELETE FROM kept {{on_cluster}} WHERE states != {states:String} OR days != {days:String}", s.cfg.Cluster)
	if err != nil {
		return err
	}
	if err := s.conn.Exec(ctx, forget, clickhouse.Named("states", s.kept.states), clickhouse.Named("days", s.kept.days)); err != nil {
		return fmt.Errorf("forgetting what other versions kept: %w", err)
	}
	var others []string
	const query = `SELECT name FROM system.tables
		WHERE database = currentDatabase() AND match(name, '^(rare_events|writings|letter_states|daily_[a-z0-9]+)_[0-9a-f]{8}$') AND name NOT IN {ours:Array(String)}`
	err = s.each(ctx, query, func(scan func(...any) error) error {
		var name string
		if err := scan(&name); err != nil {
			return err
		}
		others = append(others, name)
		return nil
	}, clickhouse.Named("ours", s.kept.names()))
	if err != nil {
		return fmt.Errorf("listing kept tables: %w", err)
	}
	for _, name := range others {
		statement, err := renderDDL("DROP TABLE IF EXISTS "+name+" {{on_cluster}}", s.cfg.Cluster)
		if err != nil {
			return err
		}
		if err := s.conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("dropping table %s: %w", name, err)
		}
	}
	return nil
}

// fillStatement returns the SELECT that fills a kept table.
func (s *Store) fillStatement(f filling) (string, error) {
	city := composer{viewer: LocalOperator("refresh"), from: f.from, kept: s.kept}
	for _, table := range s.kept.dayTables() {
		if table.name == f.table {
			return city.fillDays(table)
		}
	}
	return city.compose("sql/refresh/"+f.file+".sql", nil)
}

// execKept runs a statement about a round of Refresh or about days, which are
// sorted.
func (s *Store) execKept(ctx context.Context, statement, round string, days []calendar.Date, asOf string) error {
	from, to := time.Unix(0, 0), calendar.Date{Year: 2299, Month: time.December, Day: 31}.Start()
	names := make([]string, 0, len(days))
	for _, day := range days {
		names = append(names, day.String())
	}
	if len(days) > 0 {
		from, to = days[0].Start(), days[len(days)-1].End()
	}
	settings := readSettings()
	settings["max_partitions_per_insert_block"] = 0 // A round may hold letters of any number of months.
	return s.conn.Exec(clickhouse.Context(ctx, clickhouse.WithSettings(settings)), statement, append(s.cfg.Rules.arguments(),
		clickhouse.Named("round", round),
		clickhouse.Named("days", names),
		clickhouse.DateNamed("from", from, clickhouse.MilliSeconds),
		clickhouse.DateNamed("to", to, clickhouse.MilliSeconds),
		clickhouse.Named("as_of", asOf),
		clickhouse.Named("city_desk", s.directory.CityDesk()),
		clickhouse.Named("calendar_version", s.calendar.Version()))...)
}
