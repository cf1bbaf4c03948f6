multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    transferred, 'yes',
    'no')
