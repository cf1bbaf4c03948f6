-- What repeats.sql compares, of the letters of a round.
WITH
candidates AS (SELECT letter_id FROM refreshing WHERE round = {round:String}),
{{state}}
SELECT
    *,
    now64(6) AS refreshed_at
FROM writings
WHERE letter_id IN candidates -- Of the other letters of their writers the series are not known here.
