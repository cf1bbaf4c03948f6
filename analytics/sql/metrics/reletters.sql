multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    transferred, 'transferred',
    first_closed_at IS NULL, 'open',
    relettered_at IS NOT NULL, 'yes',
    first_closed_at + INTERVAL 30 DAY > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
