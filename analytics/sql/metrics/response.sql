multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    NOT contactable, 'uncontactable',
    responded, 'yes',
    received_at + INTERVAL 30 MINUTE > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
