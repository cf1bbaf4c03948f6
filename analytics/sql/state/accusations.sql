-- Whom each letter accuses, as is known now: who may look does not depend on
-- the moment a report is asked for. A letter is held while a person says that
-- it accuses the police and nobody has cleared it since; before a person has
-- cleared it, also on the verdict's word, and on the verdict's doubt as long as
-- no person has said either way.
accusations AS (
    SELECT
        letter_id,
        maxOrNullIf(recorded_at, kind = 'letter.cleared') AS cleared_at,
        maxOrNullIf(recorded_at, kind = 'letter.relabelled' AND accused_police) AS accused_at,
        countIf(kind = 'letter.relabelled' AND accused_police IS NOT NULL) > 0 AS answered,
        countIf(kind = 'letter.classified' AND accused_police) > 0 AS suspected,
        countIf(kind = 'letter.classified' AND result = 'held') > 0 AS doubted,
        if(cleared_at IS NULL,
            accused_at IS NOT NULL OR suspected OR (doubted AND NOT answered),
            ifNull(accused_at > cleared_at, false)) AS held,
        arraySort(groupArrayIf(((recorded_at, at, source, record_id), accused_units), notEmpty(accused_units)))[-1].2 AS accused_units
    FROM events FINAL
    WHERE letter_id IN candidates AND kind IN ('letter.cleared', 'letter.relabelled', 'letter.classified')
    GROUP BY letter_id
)
