-- Rows that replace each other are merged; what is sorted another way is then
-- made anew.
ALTER TABLE letters {{on_cluster}} MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild'
