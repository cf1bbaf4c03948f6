multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    NOT contactable, 'uncontactable',
    contact_start IS NULL, 'immature',
    reached_at <= contact_start + INTERVAL 30 MINUTE, 'yes',
    contact_tried_at IS NULL AND contact_start + INTERVAL 30 MINUTE > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
