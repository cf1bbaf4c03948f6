package clickhouse

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
)

// backupsName is the directory, inside Config.Dir, that BACKUP … TO File('name') writes to.
const backupsName = "backups"

// serverConfig is the engine's configuration: every table synced, backups in one place.
// Without a file of its own the engine would read one from the working directory or from
// the user's home.
const serverConfig = `<clickhouse>
    <users_config>%s</users_config>
    <backups>
        <allowed_path>%s</allowed_path>
    </backups>
    <merge_tree>
        <fsync_after_insert>1</fsync_after_insert>
        <fsync_part_directory>1</fsync_part_directory>
    </merge_tree>
</clickhouse>
`

// usersConfig lets the one user there is do everything with tables, and nothing beyond
// them: without the grants called sources, no statement, whoever smuggled it in, reads
// files or the network through a table function.
const usersConfig = `<clickhouse>
    <profiles>
        <default/>
    </profiles>
    <quotas>
        <default/>
    </quotas>
    <users>
        <default>
            <password/>
            <networks>
                <ip>::/0</ip>
            </networks>
            <profile>default</profile>
            <quota>default</quota>
            <grants>
                <query>GRANT SHOW, SELECT, INSERT, ALTER, CREATE, DROP, UNDROP TABLE, TRUNCATE, OPTIMIZE, CHECK, BACKUP, KILL QUERY, KILL TRANSACTION, SYSTEM, dictGet, TABLE ENGINE ON *.*</query>
            </grants>
        </default>
    </users>
</clickhouse>
`

// writeServerConfig writes the engine's configuration into dir and returns the file's path.
func writeServerConfig(dir string) (string, error) {
	backups := filepath.Join(dir, backupsName)
	if err := os.MkdirAll(backups, 0o700); err != nil {
		return "", fmt.Errorf("creating the directory of backups: %w", err)
	}
	users, server := filepath.Join(dir, "users.xml"), filepath.Join(dir, "engine.xml")
	files := map[string]string{
		users:  usersConfig,
		server: fmt.Sprintf(serverConfig, escapeXML(users), escapeXML(backups)),
	}
	for path, text := range files {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("writing the engine's configuration: %w", err)
		}
	}
	return server, nil
}

func escapeXML(text string) string {
	var out bytes.Buffer
	if err := xml.EscapeText(&out, []byte(text)); err != nil {
		return text // Writing to a buffer does not fail.
	}
	return out.String()
}
