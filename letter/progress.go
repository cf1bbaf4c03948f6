package letter

import "time"

// Progress says how far one Kafka partition has been read into the store.
type Progress struct {
	Topic      string
	Partition  int
	Next       int64     // Offset of the next record to read: all before it are durable.
	HighWater  int64     // Offset after the newest record of the partition, as last seen.
	CaughtUpAt time.Time // UTC; when Next last reached HighWater. Everything the broker took before then is in the store.
}
