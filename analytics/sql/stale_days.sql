-- The days of the period whose kept figures do not hold as of T.
SELECT toString(day)
FROM {{table}} FINAL
WHERE by = {by:String}
    AND day >= toDate32({from:DateTime64(3, 'UTC')} + INTERVAL 8 HOUR) AND day < toDate32({to:DateTime64(3, 'UTC')} + INTERVAL 8 HOUR)
    AND NOT (valid_from <= {as_of:DateTime64(3, 'UTC')} AND {as_of:DateTime64(3, 'UTC')} < valid_until)
