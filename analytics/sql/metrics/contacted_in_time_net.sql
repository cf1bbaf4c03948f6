multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    NOT contactable, 'uncontactable',
    contact_start IS NULL, 'immature',
    contact_tried_at IS NOT NULL, if(net_milliseconds(contact_unit, contact_start, contact_tried_at) <= 1800000, 'yes', 'no'),
    net_milliseconds(contact_unit, contact_start, {as_of:DateTime64(3, 'UTC')}) < 1800000, 'immature',
    'no')
