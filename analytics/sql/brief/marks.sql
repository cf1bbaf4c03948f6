-- What a brief tells of a letter besides its state: how urgent it is, the
-- largest amount its text names, and its selections for the day.
marks AS (
    SELECT
        letter_id,
        argMaxIf(label_urgency, label_place, kind = 'letter.relabelled' AND label_urgency != '') AS person_urgency,
        argMaxIf(label_urgency, label_place, kind = 'letter.classified') AS model_urgency,
        if(person_urgency != '', person_urgency, model_urgency) AS urgency,
        argMaxIf(JSONExtractArrayRaw(data, 'verdict', 'entities'), label_place, kind = 'letter.classified') AS entities,
        arrayMax(arrayMap(
            e -> if(JSONExtractString(e, 'kind') = 'amount', toFloat64OrZero(JSONExtractString(e, 'value')), 0),
            arrayPushBack(entities, '{}'))) AS yuan,
        groupArrayIf(
            (place, JSONExtract(data, 'reasons', 'Array(String)')),
            kind = 'letter.selected' AND JSONExtractString(data, 'for') = {day:String}) AS selections
    FROM known_events
    GROUP BY letter_id
)
