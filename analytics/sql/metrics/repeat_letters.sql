multiIf(
    invalidated, 'invalidated',
    thanks, 'thanks',
    repeats, 'yes',
    'no')
