multiIf(
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    transferred, 'transferred',
    closed, 'yes',
    'no')
