(counted AND contactable AND contact_start IS NOT NULL, if(contact_tried_at IS NULL, NULL, intDiv(greatest(dateDiff('millisecond', contact_start, contact_tried_at), 0), 60000)))
