-- The moments at which a figure of the letter can change without a new record:
-- what a metric compares with T has to stand here.
arrayConcat(
    [toDateTime64('1970-01-01 00:00:00', 3, 'UTC'), toDateTime64('2299-12-31 00:00:00', 3, 'UTC')],
    arrayMap(m -> assumeNotNull(m), arrayFilter(m -> m IS NOT NULL, arrayConcat(
        [
            toNullable(received_at + INTERVAL 30 MINUTE),
            contact_start + INTERVAL 30 MINUTE,
            due5,
            due_eff,
            due_eff + INTERVAL 1 MILLISECOND,
            closed_at + INTERVAL 7 DAY,
            first_closed_at + INTERVAL 30 DAY,
            supervision_due
        ],
        arrayMap(i -> i.1, instructions),
        arrayMap(h -> h.2 + INTERVAL 10 MINUTE, letter_hops)))))
