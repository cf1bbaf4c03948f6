package identity_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/internal/identity"
	"jiesu.cn/jiesu/letter"
)

// The vectors were computed with Python's hmac and cryptography modules from
// the keys 00…1f and 20…3f.
const (
	keyOfIDNumber = "ffdc41e44a7c19931a7126d9f570f65fe79bd30dc163dc0e8a92fbf81d21ef7c"
	keyOfMobile   = "bf5ddda08c1667461b20f1674b424f6e37c3afd0caf197436120041276e95f96"
	keyOfLandline = "ca64f8d9797b46d8e1eaa16808713a954ff962b1d212e220130cd84723521fa8"
	sealed        = "v1.6477ca76.AAECAwQFBgcICQoLJ3AzxidQydaeHl10BF98THsfhwFIK4QgFzXjioux-6gc7jBAXWm6MThLFPauMSwKz7N0pg"
)

func sequence(from int) []byte {
	b := make([]byte, identity.KeySize)
	for i := range b {
		b[i] = byte(from + i)
	}
	return b
}

func keys(t *testing.T) *identity.Keys {
	t.Helper()
	k, err := identity.New(sequence(0), sequence(32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestWriterKey(t *testing.T) {
	tests := []struct{ name, idNumber, phone, want string }{
		{"id number", "44080319900101123X", "", keyOfIDNumber},
		{"id number before phone", "44080319900101123X", "13800000000", keyOfIDNumber},
		{"lower x, spaces", " 440803 19900101 123x ", "", keyOfIDNumber},
		{"full width", "４４０８０３１９９００１０１１２３Ｘ", "", keyOfIDNumber},
		{"mobile", "", "13800000000", keyOfMobile},
		{"mobile +86", "", "+86 138-0000-0000", keyOfMobile},
		{"mobile 0086", "", "0086 138 0000 0000", keyOfMobile},
		{"mobile 86", "", "8613800000000", keyOfMobile},
		{"mobile full width", "", "（＋８６）１３８００００００００", keyOfMobile},
		{"id number of nothing", "  - ", "13800000000", keyOfMobile},
		{"landline", "", "0759-2281110", keyOfLandline},
		{"landline +86", "", "+86 759 2281110", keyOfLandline},
		{"landline brackets", "", "(0759)2281110", keyOfLandline},
		{"neither", "", "不详", ""},
	}
	k := keys(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := k.WriterKey(tt.idNumber, tt.phone); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOneNumberInTwoRolesHasTwoKeys(t *testing.T) {
	k := keys(t)
	if k.WriterKey("13800000000", "") == k.WriterKey("", "13800000000") {
		t.Error("a phone number and an ID number of the same digits share a key")
	}
}

func TestOpenKnownBox(t *testing.T) {
	got, err := keys(t).Open("2024040500017", sealed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(identity.Record{Name: "甲", Phone: "13800000000"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSealOpens(t *testing.T) {
	k := keys(t)
	want := identity.Record{Name: "甲", Phone: "13800000000", IDNumber: "44080319900101123X", Address: "某路1号"}
	first, err := k.Seal("a", want)
	if err != nil {
		t.Fatal(err)
	}
	second, err := k.Seal("a", want)
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Error("two seals of one record are equal: the nonce repeats")
	}
	for _, field := range []string{want.Name, want.Phone, want.IDNumber, want.Address} {
		if strings.Contains(first, field) {
			t.Error("the sealed form shows a field")
		}
	}
	got, err := k.Open("a", first)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s, err := k.Seal("a", identity.Record{}); s != "" || err != nil {
		t.Errorf("empty record: got %q, %v", s, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	other, err := identity.New(sequence(0), sequence(64))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, id, sealed string
		keys             *identity.Keys
		want             error
	}{
		{"another letter", "2024040500018", sealed, keys(t), identity.ErrTampered},
		{"another key", "2024040500017", sealed, other, identity.ErrOtherKey},
		{"changed ciphertext", "2024040500017", strings.Replace(sealed, "hwFIK4", "hwFIK5", 1), keys(t), identity.ErrTampered},
		{"changed nonce", "2024040500017", strings.Replace(sealed, "AAECAw", "AAECBw", 1), keys(t), identity.ErrTampered},
		{"cut short", "2024040500017", sealed[:30], keys(t), identity.ErrTampered},
		{"no version", "2024040500017", sealed[3:], keys(t), identity.ErrTampered},
		{"not base64", "2024040500017", sealed + "=", keys(t), identity.ErrTampered},
		{"words", "2024040500017", "hello", keys(t), identity.ErrTampered},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := tt.keys.Open(letter.ID(tt.id), tt.sealed); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestRecordDoesNotPrint(t *testing.T) {
	r := identity.Record{Name: "甲", Phone: "13800000000"}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", slog.Any("who", r))
	if s := fmt.Sprintf("%v %s %+v %#v", r, r, r, r) + log.String(); strings.Contains(s, "138") || strings.Contains(s, "甲") {
		t.Errorf("prints %q", s)
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	if err := identity.Generate(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o, want 0600", info.Mode().Perm())
	}
	k, err := identity.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := identity.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if k.WriterKey("", "1") != again.WriterKey("", "1") || k.KeyID() != again.KeyID() {
		t.Error("the same file gave different keys")
	}
	if err := identity.Generate(path); err == nil {
		t.Error("an existing key file was overwritten")
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := identity.Load(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file others can read: got %v", err)
	}
}

func TestFromEnv(t *testing.T) {
	env := map[string]string{}
	getenv := func(name string) string { return env[name] }
	if _, err := identity.FromEnv(getenv); !errors.Is(err, identity.ErrNoKeys) {
		t.Errorf("got %v, want ErrNoKeys", err)
	}
	env[identity.EnvHMACKey] = hex.EncodeToString(sequence(0))
	if _, err := identity.FromEnv(getenv); err == nil {
		t.Error("one key of two was taken")
	}
	env[identity.EnvSealingKey] = env[identity.EnvHMACKey]
	if _, err := identity.FromEnv(getenv); err == nil || strings.Contains(err.Error(), env[identity.EnvHMACKey]) {
		t.Errorf("equal keys: got %v", err)
	}
	env[identity.EnvSealingKey] = hex.EncodeToString(sequence(32))
	k, err := identity.FromEnv(getenv)
	if err != nil {
		t.Fatal(err)
	}
	if got := k.WriterKey("", "13800000000"); got != keyOfMobile {
		t.Errorf("got %s", got)
	}
}
