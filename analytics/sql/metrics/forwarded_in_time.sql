multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    ended_at <= arrived_at + INTERVAL 10 MINUTE, 'yes',
    ended_at IS NULL AND arrived_at + INTERVAL 10 MINUTE > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
