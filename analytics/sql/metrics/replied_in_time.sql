multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    transferred, 'transferred',
    due5 IS NULL, 'calendar_missing',
    replied_at <= due5, 'yes',
    replied_at IS NULL AND due5 > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
