-- The codes of all units above a unit, the nearest first.
ALTER TABLE units {{on_cluster}}
    ADD COLUMN IF NOT EXISTS above Array(String)
