multiIf(
    NOT transferred, 'outside',
    invalidated, 'invalidated',
    merged, 'merged',
    transferred_at <= received_at + INTERVAL 24 HOUR, 'yes',
    'no')
