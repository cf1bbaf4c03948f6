package text

import "testing"

func TestLoad(t *testing.T) {
	lib, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(lib.Patterns()))
}
