// Package identity turns who wrote a letter into what may travel: a writer key,
// the same for the same person and telling nobody who it is, and a sealed
// record only the holder of the key can open. Destroying the keys destroys the
// identities in topics, tables and backups alike.
package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"jiesu.cn/jiesu/letter"
)

// KeySize is the length of each of the two keys in bytes.
const KeySize = 32

// Errors of Open.
var (
	ErrOtherKey = errors.New("sealed with another key")
	ErrTampered = errors.New("the sealed record does not open: it was changed, or belongs to another letter")
)

// Record is what is known of a writer. All fields are optional.
type Record struct {
	Name     string `json:"name,omitempty"`
	Phone    string `json:"phone,omitempty"`
	IDNumber string `json:"id_number,omitempty"`
	Address  string `json:"address,omitempty"`
}

// Empty reports whether nothing is known.
func (r Record) Empty() bool { return r == Record{} }

// String, GoString and LogValue keep a record out of logs and error texts.
func (Record) String() string { return withheld }

// GoString implements fmt.GoStringer; see String.
func (Record) GoString() string { return withheld }

// LogValue implements slog.LogValuer; see String.
func (Record) LogValue() slog.Value { return slog.StringValue(withheld) }

const withheld = "identity(withheld)"

// Keys makes writer keys and seals identities. It is safe for concurrent use.
type Keys struct {
	hmacKey []byte
	aead    cipher.AEAD
	sealID  string // Names the sealing key without giving it away.
}

// New takes the two keys, KeySize bytes each; they must differ.
func New(hmacKey, sealingKey []byte) (*Keys, error) {
	if len(hmacKey) != KeySize || len(sealingKey) != KeySize {
		return nil, fmt.Errorf("identity keys must have %d bytes each", KeySize)
	}
	if hmac.Equal(hmacKey, sealingKey) {
		return nil, errors.New("identity keys must differ from each other")
	}
	block, err := aes.NewCipher(sealingKey)
	if err != nil {
		return nil, fmt.Errorf("preparing the sealing key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("preparing the sealing key: %w", err)
	}
	id := sha256.Sum256(append([]byte("jiesu/key-id/v1\x00"), sealingKey...))
	return &Keys{hmacKey: append([]byte(nil), hmacKey...), aead: aead, sealID: hex.EncodeToString(id[:4])}, nil
}

// WriterKey returns 64 hex digits that stand for the person: HMAC-SHA256 of the
// verified ID number, else of the phone number, both normalised; "" when there
// is neither. The prefixes keep a phone number and an ID number apart.
func (k *Keys) WriterKey(idNumber, phone string) string {
	if n := NormalizeIDNumber(idNumber); n != "" {
		return k.mac("jiesu/writer/id-number/v1\x00" + n)
	}
	if n := NormalizePhone(phone); n != "" {
		return k.mac("jiesu/writer/phone/v1\x00" + n)
	}
	return ""
}

func (k *Keys) mac(message string) string {
	m := hmac.New(sha256.New, k.hmacKey)
	_, _ = m.Write([]byte(message)) // Never fails.
	return hex.EncodeToString(m.Sum(nil))
}

const sealVersion = "v1"

// Seal encrypts the record for one letter: v1.KEYID.BASE64URL(nonce and
// AES-256-GCM ciphertext), with the letter id bound in. An empty record gives "".
func (k *Keys) Seal(id letter.ID, r Record) (string, error) {
	if r.Empty() {
		return "", nil
	}
	plain, err := json.Marshal(r)
	if err != nil {
		return "", errors.New("sealing an identity: it cannot be encoded")
	}
	nonce := make([]byte, k.aead.NonceSize(), k.aead.NonceSize()+len(plain)+k.aead.Overhead())
	_, _ = rand.Read(nonce) // Never fails since Go 1.24.
	box := k.aead.Seal(nonce, nonce, plain, k.bound(id))
	return sealVersion + "." + k.sealID + "." + base64.RawURLEncoding.EncodeToString(box), nil
}

// Open decrypts what Seal made for the same letter; "" opens to an empty
// record. It wraps ErrOtherKey or ErrTampered.
func (k *Keys) Open(id letter.ID, sealed string) (Record, error) {
	if sealed == "" {
		return Record{}, nil
	}
	version, rest, _ := strings.Cut(sealed, ".")
	keyID, body, ok := strings.Cut(rest, ".")
	switch {
	case version != sealVersion || !ok:
		return Record{}, fmt.Errorf("opening an identity: %w", ErrTampered)
	case keyID != k.sealID:
		return Record{}, fmt.Errorf("opening an identity: %w: it names key %.8s, this is %s", ErrOtherKey, hexOnly(keyID), k.sealID)
	}
	box, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || len(box) < k.aead.NonceSize() {
		return Record{}, fmt.Errorf("opening an identity: %w", ErrTampered)
	}
	nonce, ciphertext := box[:k.aead.NonceSize()], box[k.aead.NonceSize():]
	plain, err := k.aead.Open(nil, nonce, ciphertext, k.bound(id))
	if err != nil {
		return Record{}, fmt.Errorf("opening an identity: %w", ErrTampered)
	}
	var r Record
	if err := json.Unmarshal(plain, &r); err != nil {
		return Record{}, errors.New("opening an identity: its content is not readable by this version")
	}
	return r, nil
}

// KeyID names the sealing key, for doctor and for error texts.
func (k *Keys) KeyID() string { return k.sealID }

func (k *Keys) bound(id letter.ID) []byte {
	return []byte("jiesu/identity/" + sealVersion + "\x00" + k.sealID + "\x00" + string(id))
}

func hexOnly(s string) string {
	if _, err := hex.DecodeString(s); err != nil {
		return "?"
	}
	return s
}
