multiIf(
    verified_at IS NULL AND first_accepted_at + INTERVAL 7 DAY > {as_of:DateTime64(3, 'UTC')}, 'immature',
    finding IN ('true', 'partly'), 'yes',
    'no')
