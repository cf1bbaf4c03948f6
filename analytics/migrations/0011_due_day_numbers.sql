-- How many working days the calendar counts up to and including the day, NULL
-- where its year's notice is missing: the difference of two is the number of
-- working days from one to the other.
ALTER TABLE due_days {{on_cluster}}
    ADD COLUMN IF NOT EXISTS work_index Nullable(Int32)
