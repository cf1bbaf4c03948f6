(counted AND contactable, if(attempted_at IS NULL, NULL, intDiv(greatest(dateDiff('millisecond', received_at, attempted_at), 0), 60000)))
