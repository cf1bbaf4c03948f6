multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    transferred, 'transferred',
    first_closed_at IS NULL, 'open',
    first_closed_at + INTERVAL 30 DAY > {as_of:DateTime64(3, 'UTC')}, 'immature',
    NOT reopened AND relettered_at IS NULL, 'yes',
    'no')
