multiIf(
    NOT arrayExists(i -> i.1 IS NOT NULL, instructions), 'outside',
    invalidated, 'invalidated',
    merged, 'merged',
    NOT arrayExists(i -> i.1 IS NOT NULL AND (i.2 IS NOT NULL OR i.1 <= {as_of:DateTime64(3, 'UTC')}), instructions), 'immature',
    arrayAll(i -> i.1 IS NULL OR i.2 IS NULL AND i.1 > {as_of:DateTime64(3, 'UTC')} OR ifNull(i.2 <= i.1, false), instructions), 'yes',
    'no')
