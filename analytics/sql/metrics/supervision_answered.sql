multiIf(
    supervision_due IS NULL, 'outside',
    invalidated, 'invalidated',
    merged, 'merged',
    supervision_answered_at <= supervision_due, 'yes',
    supervision_answered_at IS NULL AND supervision_due > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
