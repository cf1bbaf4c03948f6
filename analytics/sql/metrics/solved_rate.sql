multiIf(
    answer = '' OR closing_reason = 'unreasonable', 'outside',
    invalidated, 'invalidated',
    merged, 'merged',
    transferred, 'transferred',
    answer = 'yes', 'yes',
    'no')
