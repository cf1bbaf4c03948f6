multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    transferred, 'transferred',
    due_eff IS NULL, 'calendar_missing',
    due_eff > {as_of:DateTime64(3, 'UTC')}, 'immature',
    closed AND closed_at <= due_eff, 'yes',
    'no')
