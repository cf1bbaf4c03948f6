multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    lead_taken_up, 'yes',
    'no')
