using System.Globalization;

namespace Helpdesk.Web.Sample;

/// <summary>
/// Chance that can be repeated: the same seed and number give the same throws on every machine, whatever was thrown elsewhere before.
/// </summary>
public sealed class Dice
{
    private readonly Random random;

    /// <param name="number">What the throws are for, e.g. the number of a ticket; neighbours get unrelated throws.</param>
    public Dice(int seed, long number)
    {
        // SplitMix64: spreads neighbouring numbers over the whole range
        var mixed = unchecked(((ulong)(uint)seed << 32) + ((ulong)number * 0x9E3779B97F4A7C15UL));
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
        random = new Random(unchecked((int)(mixed ^ (mixed >> 31))));
    }

    public double Share() => random.NextDouble();

    public bool Chance(double probability) => random.NextDouble() < probability;

    public int Below(int count) => random.Next(count);

    public double Between(double from, double to) => from + ((to - from) * random.NextDouble());

    public T Of<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    /// <summary>A positive number around <paramref name="median"/>; two thirds lie within a factor of e^<paramref name="spread"/>.</summary>
    public double Around(double median, double spread)
    {
        var (u, v) = (1 - random.NextDouble(), random.NextDouble());
        return median * Math.Exp(spread * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v));
    }

    /// <summary>An index of <paramref name="weights"/>, each as often as it weighs; 0 when nothing weighs anything.</summary>
    public int Weighted(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights)
            sum += weight;
        var left = random.NextDouble() * sum;
        for (var i = 0; i < weights.Length; i++)
        {
            left -= weights[i];
            if (left < 0)
                return i;
        }
        return 0;
    }

    /// <summary>32 hexadecimal digits.</summary>
    public string NextName() =>
        random.NextInt64().ToString("x16", CultureInfo.InvariantCulture)
        + random.NextInt64().ToString("x16", CultureInfo.InvariantCulture);

    public void Shuffle<T>(Span<T> items) => random.Shuffle(items);
}
