multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    ended_at IS NOT NULL, if(net_milliseconds(hop_unit, arrived_at, ended_at) <= 600000, 'yes', 'no'),
    net_milliseconds(hop_unit, arrived_at, {as_of:DateTime64(3, 'UTC')}) < 600000, 'immature',
    'no')
