package app

import "jiesu.cn/jiesu/analytics"

// sink is the store as ingest wants it.
type sink struct{ *analytics.Store }

// IsDataError implements ingest.Store.
func (sink) IsDataError(err error) bool { return analytics.IsDataError(err) }
