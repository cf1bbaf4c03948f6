multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    transferred, 'transferred',
    NOT contactable, 'uncontactable',
    withdrawn, 'withdrawn',
    NOT closed, 'open',
    visit_reached OR visits_made >= 2, 'yes',
    closed_at + INTERVAL 7 DAY > {as_of:DateTime64(3, 'UTC')}, 'immature',
    'no')
