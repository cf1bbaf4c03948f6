multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    transferred, 'transferred',
    NOT contactable, 'uncontactable',
    withdrawn, 'withdrawn',
    NOT closed, 'open',
    NOT (visit_reached OR visits_made >= 2) AND closed_at + INTERVAL 7 DAY > {as_of:DateTime64(3, 'UTC')}, 'immature',
    rating IS NOT NULL, 'yes',
    'no')
