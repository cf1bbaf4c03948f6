package analytics

// RowHash gives tests the hash of a snapshot's row.
func RowHash(f Snapshot) (string, error) { return f.rowHash() }
