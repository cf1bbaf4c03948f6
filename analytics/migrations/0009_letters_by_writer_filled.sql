-- For the letters stored before.
ALTER TABLE letters {{on_cluster}} MATERIALIZE PROJECTION by_writer
