multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    supervised, 'yes',
    'no')
