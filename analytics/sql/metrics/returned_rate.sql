multiIf(
    NOT dispatched, 'outside',
    invalidated, 'invalidated',
    merged, 'merged',
    returns > 0, 'yes',
    'no')
