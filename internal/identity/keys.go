package identity

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Environment variables that hold the keys, 64 hex digits each.
const (
	EnvHMACKey    = "JIESU_HMAC_KEY"
	EnvSealingKey = "JIESU_SEALING_KEY"
)

// ErrNoKeys is wrapped when the environment holds neither key.
var ErrNoKeys = errors.New("no identity keys")

// Generate writes a new key file that only its owner can read. It never
// overwrites one: what was sealed with the old keys would be lost.
func Generate(path string) error {
	keys := make([]byte, 2*KeySize)
	_, _ = rand.Read(keys) // Never fails since Go 1.24.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing the identity keys: %w", err)
	}
	text := fmt.Sprintf("# Identity keys. Without them no writer can be recognised or named again: back them up apart from the data.\nhmac %x\nseal %x\n",
		keys[:KeySize], keys[KeySize:])
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("writing the identity keys: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// Load reads a key file. Its mode must be 0600 or stricter.
func Load(path string) (*Keys, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("reading the identity keys: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("reading the identity keys: %s has mode %04o; others must not read it: chmod 600", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the identity keys: %w", err)
	}
	found := map[string]string{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] != "#" {
			found[fields[0]] = fields[1]
		}
	}
	keys, err := parse(found["hmac"], found["seal"])
	if err != nil {
		return nil, fmt.Errorf("reading the identity keys from %s: %w", path, err)
	}
	return keys, nil
}

// FromEnv takes the keys from the environment, given as os.Getenv. It wraps
// ErrNoKeys when neither is set.
func FromEnv(getenv func(string) string) (*Keys, error) {
	h, s := getenv(EnvHMACKey), getenv(EnvSealingKey)
	if h == "" && s == "" {
		return nil, fmt.Errorf("%w: set %s and %s, or make a key file", ErrNoKeys, EnvHMACKey, EnvSealingKey)
	}
	keys, err := parse(h, s)
	if err != nil {
		return nil, fmt.Errorf("reading %s and %s: %w", EnvHMACKey, EnvSealingKey, err)
	}
	return keys, nil
}

// parse repeats nothing of a key in its errors.
func parse(hmacHex, sealHex string) (*Keys, error) {
	h, err1 := hex.DecodeString(hmacHex)
	s, err2 := hex.DecodeString(sealHex)
	if err1 != nil || err2 != nil {
		return nil, fmt.Errorf("each key must be %d hex digits", 2*KeySize)
	}
	return New(h, s)
}
