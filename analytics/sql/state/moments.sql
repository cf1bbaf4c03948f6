-- The moments at which a figure of the letter can change without a new record.
arrayConcat(
    [toDateTime64('1970-01-01 00:00:00', 3, 'UTC'), toDateTime64('2299-12-31 00:00:00', 3, 'UTC')],
    arrayMap(m -> assumeNotNull(m), arrayFilter(m -> m IS NOT NULL, [
        toNullable(received_at + INTERVAL 30 MINUTE),
        due5,
        due_eff])),
    arrayMap(h -> assumeNotNull(h.2) + INTERVAL 10 MINUTE, letter_hops))
