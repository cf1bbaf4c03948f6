multiIf(
    first_receiver = '', 'outside',
    invalidated, 'invalidated',
    merged, 'merged',
    thanks, 'thanks',
    transferred, 'transferred',
    closed AND owner = first_receiver, 'yes',
    'no')
