using Helpdesk.Routing.Classification.Encoder;

namespace Helpdesk.Routing.Tests;

public sealed class SentenceEncoderTests
{
    private const string Late = "I still have not received my new card, it is over a week late.";
    private const string Swallowed = "The cash machine swallowed my card";
    private const string Kept = "My ATM kept the bank card!";
    private const string Foreign = "How do I change my PIN 1234 in Zürich — 漢字?";

    private static readonly SentenceEncoder Encoder = SentenceEncoder.Load();

    private static float[] Meaning(string text)
    {
        var meaning = new float[SentenceEncoder.Width];
        Encoder.Encode(text, meaning);
        return meaning;
    }

    private static float Likeness(string one, string other) =>
        Meaning(one).Zip(Meaning(other), (a, b) => a * b).Sum();

    [Fact]
    public void Print()
    {
        foreach (var text in (string[])[Late, Swallowed, Kept, Foreign])
        {
            Console.WriteLine(string.Join(",", Encoder.Pieces(text)));
            Console.WriteLine(string.Join(" ", Meaning(text).Take(8).Select(v => v.ToString("0.0000"))));
        }
        Console.WriteLine($"{Likeness(Late, Swallowed)} {Likeness(Swallowed, Kept)} {Likeness(Late, Foreign)}");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 300; i++)
            Meaning(Late);
        Console.WriteLine(watch.Elapsed.TotalMilliseconds / 300);
    }
}
