-- What ties a letter to others: min-hashes of its text and hashes of the facts
-- it names (see letter/linkage), and a number for its writer, 0 for none.
-- Letters stored before have empty ones. Min-hashes do not compress.
ALTER TABLE letters {{on_cluster}}
    ADD COLUMN IF NOT EXISTS signature Array(UInt32) CODEC(NONE) AFTER tokens,
    ADD COLUMN IF NOT EXISTS facts Array(UInt64) AFTER signature,
    ADD COLUMN IF NOT EXISTS writer UInt64 MATERIALIZED if(writer_key = '', 0, sipHash64(writer_key)) AFTER writer_key
