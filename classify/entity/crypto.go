package entity

import (
	"crypto/sha256"
	"math/big"
	"strings"
)

// Lengths of address bodies.
const (
	shortestAddress = 26
	ethereumHex     = 40
	tronLength      = 34
	bitcoinLongest  = 62
)

// crypto finds Ethereum, Tron and Bitcoin addresses. Those with a check sum are
// checked by it; without one a word of the trade must stand nearby.
func (c *collector) crypto() {
	text := c.runes()
	for i := c.next(0, classLatin|classDigit); i < len(text); i = c.next(i, classLatin|classDigit) {
		end := i
		for latinAt(text, end) {
			end++
		}
		if end-i >= shortestAddress && end-i <= bitcoinLongest {
			address := c.exact(i, end)
			if conf := c.addressConfidence(address, i, end); conf > 0 {
				c.add(KindCrypto, i, end, address, conf)
			}
		}
		i = end
	}
}

// addressConfidence is 0 for what is no address.
func (c *collector) addressConfidence(s string, start, end int) float64 {
	switch low := strings.ToLower(s); {
	case len(s) == ethereumHex+2 && strings.HasPrefix(low, "0x"):
		if onlyOf(low[2:], "0123456789abcdef") {
			return 0.95
		}
	case strings.HasPrefix(low, "bc1"):
		if bech32(low) {
			return 0.98
		}
	case len(s) == tronLength && s[0] == 'T', len(s) <= tronLength && (s[0] == '1' || s[0] == '3'):
		body, ok := base58(s)
		switch {
		case !ok:
			return 0
		case checkSum(body):
			return 0.98
		case s[0] == 'T' && mixed(s) && holdsAny(c.runes(), start-20, end+12, c.trade):
			return 0.6
		}
	}
	return 0
}

func onlyOf(s, set string) bool { return strings.Trim(s, set) == "" }

// mixed reports a string with both letter cases and digits.
func mixed(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.ToLower(s) != s && strings.ToUpper(s) != s
}

const base58Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// base58Size is an address's version, hash and check sum.
const base58Size = 1 + 20 + 4

// base58 decodes an address of Bitcoin or Tron.
func base58(s string) ([]byte, bool) {
	n := new(big.Int)
	for _, r := range s {
		at := strings.IndexRune(base58Alphabet, r)
		if at < 0 {
			return nil, false
		}
		n.Mul(n, big.NewInt(int64(len(base58Alphabet)))).Add(n, big.NewInt(int64(at)))
	}
	if n.BitLen() > 8*base58Size {
		return nil, false
	}
	return n.FillBytes(make([]byte, base58Size)), true
}

// checkSum compares the last four bytes with a double SHA-256 of the others.
func checkSum(b []byte) bool {
	once := sha256.Sum256(b[:len(b)-4])
	twice := sha256.Sum256(once[:])
	return string(twice[:4]) == string(b[len(b)-4:])
}

const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32 checks a bc1 address in lower case by BIP 173 (version 0) or BIP 350.
func bech32(s string) bool {
	sum := uint32(1)
	step := func(v uint32) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ v
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	for _, v := range []uint32{'b' >> 5, 'c' >> 5, 0, 'b' & 31, 'c' & 31} {
		step(v)
	}
	for _, r := range s[len("bc1"):] {
		at := strings.IndexRune(bech32Alphabet, r)
		if at < 0 {
			return false
		}
		step(uint32(at))
	}
	return sum == 1 || sum == 0x2bc830a3
}
