multiIf(
    rating IS NULL, 'outside',
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    rating <= 2, 'yes',
    'no')
