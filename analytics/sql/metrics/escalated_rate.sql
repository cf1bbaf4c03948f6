multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    escalated, 'yes',
    'no')
