multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    signed_at <= arrived_at + INTERVAL 10 MINUTE, 'yes',
    signed_at IS NULL AND arrived_at + INTERVAL 10 MINUTE > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
