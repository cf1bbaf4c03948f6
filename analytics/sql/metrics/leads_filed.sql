multiIf(
    filed, 'yes',
    first_accepted_at + INTERVAL 7 DAY > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
