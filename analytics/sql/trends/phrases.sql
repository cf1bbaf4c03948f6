-- Words and pairs of neighbouring words, with the writers who used them in the
-- recent days and before, and the recent letters. A withheld letter has no part
-- in it: its wording must not show.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
{{state}},
texts AS (
    SELECT letter_id, argMin(letters.tokens, (recorded_at, source, record_id)) AS tokens
    FROM letters
    WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')} AND letter_id IN candidates
    GROUP BY letter_id
),
-- The words of each letter in order; '' for what is no word, and for what is
-- likely to be a person's name by the word before or after it, or stands beside
-- a silent word or is a part of one.
worded AS (
    SELECT
        letter_id,
        received_at,
        type,
        if(writer_key != '', writer_key, '/' || letter_id) AS writer,
        received_at >= {recent:DateTime64(3, 'UTC')} AS is_recent,
        arrayMap(
            (token, i) -> if(
                match(token, '^(\\p{Han}{2,8}|[A-Za-z]{2,16})$')
                    AND NOT has({announcing:Array(String)}, tokens[i - 1])
                    AND NOT (match(tokens[i - 1], '^[:：是为叫]$') AND has({announcing:Array(String)}, tokens[i - 2]))
                    AND NOT has({titles:Array(String)}, tokens[i + 1])
                    AND NOT multiSearchAny(concat(tokens[i - 1], token, tokens[i + 1]), {silent:Array(String)}),
                token, ''),
            tokens, arrayEnumerate(tokens)) AS words
    FROM letter_state
    INNER JOIN texts USING (letter_id)
    WHERE counted AND NOT thanks AND NOT held AND type != 'L10' AND empty(accused_units)
        AND received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
uses AS (
    SELECT
        arrayJoin(arrayDistinct(arrayConcat(
            arrayFilter(word -> word != '', words),
            arrayFilter(pair -> pair != '', arrayMap(
                (word, next) -> if(word != '' AND next != '' AND word != next, concat(word, next), ''),
                words, arrayPushBack(arrayPopFront(words), '')))))) AS phrase,
        uniqExactIf(writer, is_recent) AS recent_writers,
        uniqExactIf(writer, NOT is_recent) AS earlier_writers,
        arraySort(groupArrayIf((received_at, letter_id, toString(type)), is_recent)) AS recent_letters
    FROM worded
    GROUP BY phrase
    HAVING recent_writers + earlier_writers >= {min_letters:UInt32}
        AND NOT multiSearchAny(phrase, {silent:Array(String)}) AND NOT match(phrase, '(族|籍)$')
)
SELECT
    phrase,
    recent_writers,
    earlier_writers,
    (SELECT uniqExactIf(writer, is_recent) FROM worded) AS all_recent,
    (SELECT uniqExactIf(writer, NOT is_recent) FROM worded) AS all_earlier,
    (SELECT count() FROM uses) AS tests,
    recent_letters.1 AS times,
    recent_letters.2 AS ids,
    recent_letters.3 AS types
FROM uses
WHERE recent_writers >= {min_writers:UInt32} AND length(recent_letters) >= {min_letters:UInt32}
    AND recent_writers / all_recent > earlier_writers / all_earlier
ORDER BY phrase
