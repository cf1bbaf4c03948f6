multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    NOT contactable, 'uncontactable',
    attempted_at IS NOT NULL, if(net_milliseconds({city_desk:String}, received_at, attempted_at) <= 1800000, 'yes', 'no'),
    net_milliseconds({city_desk:String}, received_at, {as_of:DateTime64(3, 'UTC')}) < 1800000, 'immature',
    'no')
