multiIf(
    visits_made = 0, 'outside',
    invalidated, 'invalidated',
    merged, 'merged',
    visit_reached, 'yes',
    'no')
