sumIf(toUInt64(floor(yuan + 0.5)), kind = 'case.recovered')
