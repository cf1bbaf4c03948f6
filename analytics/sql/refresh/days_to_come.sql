-- A row for each of the {days} and each dimension that holds at no time: what is
-- asked of these days is computed from the letters until a quiet moment.
INSERT INTO {{table}} (day, by, valid_from, valid_until, refreshed_at)
SELECT
    arrayJoin({days:Array(Date32)}) AS day,
    arrayJoin({{dimensions}}) AS by,
    toDateTime64('1970-01-01 00:00:00', 3, 'UTC'),
    toDateTime64('1970-01-01 00:00:00', 3, 'UTC'),
    now64(6)
