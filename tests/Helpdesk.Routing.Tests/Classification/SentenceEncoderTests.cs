using Helpdesk.Routing.Classification.Encoder;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public sealed class SentenceEncoderTests
{
    private static readonly SentenceEncoder Encoder = SentenceEncoder.Load();

    private static float[] Meaning(string text)
    {
        var meaning = new float[SentenceEncoder.Width];
        Encoder.Encode(text, meaning);
        return meaning;
    }

    private static float Likeness(string one, string other) => Meaning(one).Zip(Meaning(other), (a, b) => a * b).Sum();

    /// <summary>As TensorFlow.js computes them from the same weights in 32-bit floats.</summary>
    [Theory]
    [InlineData(
        "I still have not received my new card, it is over a week late.",
        new[] { 16, 214, 32, 35, 1801, 69, 159, 1305, 8, 21, 18, 132, 11, 475, 1069, 6 },
        new[] { -0.0319f, -0.0589f, 0.0394f, -0.0659f, 0.0312f, -0.0361f, 0.0346f, 0.0614f }
    )]
    [InlineData(
        "The cash machine swallowed my card",
        new[] { 34, 1985, 2285, 2510, 90, 1728, 26, 69, 1305 },
        new[] { 0.0211f, 0.0211f, 0.0468f, -0.0603f, -0.0422f, 0f, 0.0432f, 0.0517f }
    )]
    [InlineData(
        "How do I change my PIN 1234 in Zürich — 漢字?",
        new[] { 728, 64, 16, 493, 69, 203, 1495, 575, 4706, 15, 1677, 6980, 5535, 405, 30, 0, 54 },
        new[] { -0.0136f, -0.0588f, 0.0558f, -0.0607f, 0.0255f, -0.0407f, 0.0541f, -0.0037f }
    )]
    public void ReadsAsTheReferenceDoes(string text, int[] pieces, float[] beginning)
    {
        Encoder.Pieces(text).ShouldBe(pieces);
        var meaning = Meaning(text);
        for (var i = 0; i < beginning.Length; i++)
            meaning[i].ShouldBe(beginning[i], 0.006f);
    }

    [Fact]
    public void WhatMeansAlikePointsAlike()
    {
        Likeness("The cash machine swallowed my card", "My ATM kept the bank card!").ShouldBeGreaterThan(0.7f);
        Likeness("The cash machine swallowed my card", "How do I change my password?").ShouldBeLessThan(0.4f);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("漢字漢字")]
    [InlineData("\u2581\u2581")]
    [InlineData("\ud83d")]
    [InlineData("\0\u0001\ufeff")]
    public void AnythingHasAMeaningOfLengthOneOrNone(string text)
    {
        var meaning = Meaning(text);
        MathF.Sqrt(meaning.Sum(v => v * v)).ShouldBe(Encoder.Pieces(text).Count == 0 ? 0 : 1, 0.001f);
    }

    [Fact]
    public void OnlyTheBeginningOfALongTextIsRead()
    {
        var text = string.Join(' ', Enumerable.Repeat("my card does not work", 5_000));
        Encoder.Pieces(text).Count.ShouldBe(SentenceEncoder.MostPieces);
        Meaning(text).ShouldBe(Meaning(text[..2_000]));
    }

    [Fact]
    public void OfALongerTextTheRarestPiecesAreLeftInTheirOrder()
    {
        const string text =
            "Hello, I would like to know why the refund of my cancelled flight was not in the account of my wife";
        var all = Encoder.Pieces(text);
        var rarest = Encoder.RarestPieces(text, 6);
        rarest.ShouldBe(all.Where(rarest.Contains));
        rarest.Min().ShouldBeGreaterThan(all.Except(rarest).Max());
        rarest.Count.ShouldBe(6);
        Encoder.RarestPieces("my card, my card, my card", 3).Count.ShouldBe(3);
        Encoder.RarestPieces("my card", 6).ShouldBe(Encoder.Pieces("my card"));
        Encoder.RarestPieces("漢字", 6).ShouldBe(Encoder.Pieces("漢字"));
    }

    [Fact]
    public void SeveralThreadsReadAtOnce()
    {
        string[] texts = ["Where is my refund?", "My card", "Please tell me how to change my address, I have moved."];
        var expected = texts.Select(Meaning).ToList();
        Parallel.For(0, 60, i => Meaning(texts[i % 3]).ShouldBe(expected[i % 3]));
    }
}
