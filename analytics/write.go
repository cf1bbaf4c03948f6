package analytics

import (
	"context"

	"jiesu.cn/jiesu/letter"
)

// ExistingLetters returns those keys whose letter record is stored already.
func (s *Store) ExistingLetters(_ context.Context, _ []letter.Key) (map[letter.Key]bool, error) {
	return nil, errNotYet
}

// ExistingEvents returns those keys whose event is stored already.
func (s *Store) ExistingEvents(_ context.Context, _ []letter.Key) (map[letter.Key]bool, error) {
	return nil, errNotYet
}

// Judged returns those ids that have a letter.classified event.
func (s *Store) Judged(_ context.Context, _ []letter.ID) (map[letter.ID]bool, error) {
	return nil, errNotYet
}

// InsertLetters stores letters durably. Sending the same rows again with the
// same token, or in other batches, changes nothing.
func (s *Store) InsertLetters(_ context.Context, _ []letter.Judged, _ string) error {
	return errNotYet
}

// InsertEvents stores events durably, as InsertLetters does.
func (s *Store) InsertEvents(_ context.Context, _ []letter.Event, _ string) error {
	return errNotYet
}

// SaveProgress records how far partitions have been read.
func (s *Store) SaveProgress(_ context.Context, _ []letter.Progress) error { return errNotYet }

// Progress returns what SaveProgress recorded last, by topic and partition.
func (s *Store) Progress(_ context.Context) ([]letter.Progress, error) { return nil, errNotYet }
