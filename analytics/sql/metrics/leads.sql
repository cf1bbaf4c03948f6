uniqExactIf(lead, kind IN ('lead.accepted', 'lead.verified'))
