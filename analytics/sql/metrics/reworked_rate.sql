multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    transferred, 'transferred',
    first_closed_at IS NULL, 'open',
    reopened, 'yes',
    'no')
