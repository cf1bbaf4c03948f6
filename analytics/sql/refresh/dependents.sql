-- The letters asked for, those listed with them in a series, and all letters
-- of their writers: see facts on what a letter's state depends.
INSERT INTO refreshing (round, letter_id)
WITH
asked AS ({{asked}}),
listed AS
(
    SELECT letter_id FROM asked
    UNION DISTINCT
    SELECT arrayJoin(letters) AS letter_id
    FROM events
    WHERE letter_id IN asked AND startsWith(kind, 'series.')
),
writers AS (SELECT DISTINCT writer FROM letters WHERE letter_id IN listed AND writer != 0)
SELECT {round:String}, letter_id
FROM
(
    SELECT letter_id FROM letters WHERE letter_id IN listed
    UNION DISTINCT
    SELECT letter_id FROM letters WHERE writer IN writers
)
