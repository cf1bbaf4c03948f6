multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    NOT contactable, 'uncontactable',
    reached_at <= received_at + INTERVAL 30 MINUTE, 'yes',
    attempted_at IS NULL AND received_at + INTERVAL 30 MINUTE > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
