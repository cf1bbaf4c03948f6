-- Finds the letters of a writer without reading those of all others.
ALTER TABLE letters {{on_cluster}}
    ADD PROJECTION IF NOT EXISTS by_writer (SELECT writer, letter_id, received_at ORDER BY writer)
