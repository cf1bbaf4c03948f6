"""Computes the vector of TestSignatureNeverChanges from the definition alone."""

M = (1 << 64) - 1


def scramble(x):
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & M
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & M
    return x ^ x >> 31


def signature(text):
    kept = [c for c in text if c.isalnum()]
    grams = {scramble(ord(a) << 42 | ord(b) << 21 | ord(c)) for a, b, c in zip(kept, kept[1:], kept[2:])}
    seed, out = 0x6A69657375, []
    for _ in range(64):
        seed = (seed + 0x9E3779B97F4A7C15) & M
        multiplier = scramble(seed) | 1
        seed = (seed + 0x9E3779B97F4A7C15) & M
        summand = scramble(seed)
        out.append(min((g * multiplier + summand & M) >> 32 for g in grams))
    return out


STORY = "我在海滨大道中被人以投资为名骗走三万元,对方自称公司经理,请公安机关立案侦查,追回损失。"
s = signature(STORY)
for i in range(0, 64, 8):
    print("\t\t" + ", ".join(map(str, s[i:i + 8])) + ",")
