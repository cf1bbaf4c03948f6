-- More parts of payloads that figures read. Rows stored before give them from
-- the payload itself: whether a return visit reached the writer and how content
-- they were, when an instruction or supervision is due, the kind of a case
-- filed, and from when to when a system was down by whose second word.
ALTER TABLE events {{on_cluster}}
    ADD COLUMN IF NOT EXISTS reached Bool DEFAULT kind = 'letter.revisited' AND JSONExtractBool(data, 'reached'),
    ADD COLUMN IF NOT EXISTS satisfaction Nullable(Int8) DEFAULT if(kind = 'letter.revisited', JSONExtract(data, 'satisfaction', 'Nullable(Int8)'), NULL),
    ADD COLUMN IF NOT EXISTS due Nullable(DateTime64(3, 'UTC')) DEFAULT if(kind IN ('letter.instructed', 'letter.supervised'), parseDateTime64BestEffortOrNull(JSONExtractString(data, 'due'), 3, 'UTC'), NULL),
    ADD COLUMN IF NOT EXISTS case_kind LowCardinality(String) DEFAULT if(kind = 'case.filed', JSONExtractString(data, 'kind'), ''),
    ADD COLUMN IF NOT EXISTS down_from Nullable(DateTime64(3, 'UTC')) DEFAULT if(kind = 'system.outage', parseDateTime64BestEffortOrNull(JSONExtractString(data, 'from'), 3, 'UTC'), NULL),
    ADD COLUMN IF NOT EXISTS down_to Nullable(DateTime64(3, 'UTC')) DEFAULT if(kind = 'system.outage', parseDateTime64BestEffortOrNull(JSONExtractString(data, 'to'), 3, 'UTC'), NULL),
    ADD COLUMN IF NOT EXISTS second String DEFAULT if(kind IN ('system.outage', 'letter.invalidated'), JSONExtractString(data, 'second'), '')
