multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    NOT contactable, 'uncontactable',
    replied_at IS NULL AND first_closed_at IS NULL, 'open',
    attempted_at <= ifNull(replied_at, attempted_at) AND attempted_at <= ifNull(first_closed_at, attempted_at), 'yes',
    'no')
