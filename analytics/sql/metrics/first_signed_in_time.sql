multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    desk_signed_at <= received_at + INTERVAL 10 MINUTE, 'yes',
    desk_signed_at IS NULL AND received_at + INTERVAL 10 MINUTE > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
