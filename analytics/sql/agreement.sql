-- How often the model's first labels and a person's agree, over the letters of
-- the period that have both as of T.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
{{state}},
label_pairs AS (
    SELECT
        letter_id,
        argMaxIf(label_type, label_place, kind = 'letter.relabelled' AND label_type != '') AS person_type,
        argMaxIf(label_type, label_place, kind = 'letter.classified') AS model_type,
        argMaxIf(label_topic, label_place, kind = 'letter.relabelled' AND label_topic != '') AS person_topic,
        argMaxIf(label_topic, label_place, kind = 'letter.classified') AS model_topic,
        argMaxIf(label_lead, label_place, kind = 'letter.relabelled' AND label_lead != '') AS person_lead,
        argMaxIf(label_lead, label_place, kind = 'letter.classified') AS model_lead
    FROM known_events
    WHERE kind IN ('letter.relabelled', 'letter.classified')
    GROUP BY letter_id
    HAVING person_type != '' AND model_type != ''
)
SELECT
    count() AS letters_compared,
    countIf(person_type = model_type) AS same_type,
    countIf(transform(person_type, {types:Array(String)}, {groups:Array(String)}, '') = transform(model_type, {types:Array(String)}, {groups:Array(String)}, '')) AS same_group,
    countIf(person_topic = model_topic) AS same_topic,
    countIf(person_lead = model_lead) AS same_lead
FROM letter_state
INNER JOIN label_pairs USING (letter_id)
WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
