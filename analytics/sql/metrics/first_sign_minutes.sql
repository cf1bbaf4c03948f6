(counted, if(desk_signed_at IS NULL, NULL, intDiv(greatest(dateDiff('millisecond', received_at, desk_signed_at), 0), 60000)))
