SELECT
    count() OVER () AS entries_in_all,
    dense_rank() OVER (ORDER BY entry_group) AS group_number,
    id,
    received,
    shown_type,
    withheld,
    if(withheld, '', shown_topic),
    if(withheld, '', shown_owner),
    if(withheld, NULL, times.1),
    if(withheld, NULL, times.2),
    if(withheld, NULL, times.3),
    if(withheld, NULL, times.4),
    if(withheld, NULL, times.5),
    if(withheld, '', toString(stay.1)),
    if(withheld, NULL, stay.2),
    if(withheld, NULL, stay.3),
    if(withheld, NULL, stay.4),
    if(withheld, '', entry_key),
    entry_bucket,
    entry_amount
FROM entries
ORDER BY received, id, stay.2, stay.1, entry_group, entry_key
LIMIT {offset:UInt64}, {limit:UInt64}
