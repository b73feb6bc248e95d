namespace Helpdesk.Routing.Classification;

/// <summary>Pseudo-random numbers (SplitMix64, Steele et al. 2014) that stay the same on every runtime: models must be
/// reproducible. Not for secrets.</summary>
internal struct SeededRandom(ulong seed)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 up to, never reaching, 1.</summary>
    public float NextSingle() => (Next() >> 40) * (1f / (1 << 24));

    public int Next(int below) => (int)((Next() >> 33) % (ulong)below);

    public void Shuffle(Span<int> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
