namespace Helpdesk.Knowledge.Search;

/// <summary>
/// The weight of a word in a document in one byte: a logarithmic scale from <see cref="Smallest"/> to <see cref="Largest"/> whose steps are
/// 2.9 %, so that the rounding error of a sum of words is about 1 %. The candidates found with it are scored again exactly.
/// </summary>
internal static class Impact
{
    public const double Smallest = 0.02;
    public const double Largest = 32;

    /// <summary>Stands where there is no word at all.</summary>
    public const byte Nothing = 255;

    private static readonly double StepLog = Math.Log(Largest / Smallest) / 255;
    private static readonly float[] Values =
    [
        .. Enumerable.Range(0, Nothing).Select(code => (float)(Smallest * Math.Exp(code * StepLog))),
        0,
    ];

    public static byte Encode(double value) =>
        value <= Smallest ? (byte)0 : (byte)Math.Min(Nothing - 1, Math.Round(Math.Log(value / Smallest) / StepLog));

    /// <summary>What each byte stands for.</summary>
    public static ReadOnlySpan<float> Decoded => Values;
}
