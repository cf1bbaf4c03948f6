multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    transferred, 'transferred',
    due5 IS NULL, 'calendar_missing',
    due5 > {as_of:DateTime64(3, 'UTC')}, 'immature',
    closed, 'yes',
    'no')
