multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    arrayExists(h -> h.3 IS NULL AND h.2 + INTERVAL 10 MINUTE > {as_of:DateTime64(3, 'UTC')}, letter_hops), 'immature',
    arrayAll(h -> ifNull(h.3 <= h.2 + INTERVAL 10 MINUTE, false), letter_hops), 'yes',
    'no')
