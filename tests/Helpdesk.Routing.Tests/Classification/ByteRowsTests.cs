using Helpdesk.Routing.Classification;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public sealed class ByteRowsTests
{
    [Theory]
    [InlineData(64, 260)]
    [InlineData(512, 7)]
    [InlineData(13, 5)]
    [InlineData(16, 1)]
    public void Products_of_many_rows_at_once_are_those_of_each(int width, int count)
    {
        var random = new Random(7);
        float[] Vector() => [.. Enumerable.Range(0, width).Select(_ => (float)(random.NextDouble() - 0.5))];
        var rows = Enumerable.Range(0, count).Select(_ => Vector()).ToList();
        var vector = Vector();
        var bytes = ByteRows.From([.. rows.SelectMany(r => r)], width);

        Span<short> rounded = stackalloc short[width];
        var step = ByteRows.Round(vector, rounded);
        var dots = new int[count - 1];
        bytes.Dots(1, rounded, dots);

        for (var i = 0; i < dots.Length; i++)
        {
            var row = i + 1;
            dots[i]
                .ShouldBe(
                    Enumerable
                        .Range(0, width)
                        .Sum(c => bytes.Cells[(row * width) + c] * (int)MathF.Round(vector[c] / step))
                );
            var exact = rows[row].Zip(vector, (a, b) => a * b).Sum();
            (step * bytes.Scales[row] * dots[i]).ShouldBe(exact, tolerance: 0.02 * Math.Sqrt(width) / 4);
        }
    }

    [Fact]
    public void Nothing_but_zeros_is_like_nothing()
    {
        var bytes = ByteRows.From([0, 0, 1, 1], 2);
        Span<short> rounded = stackalloc short[2];
        var step = ByteRows.Round([0, 0], rounded);
        var dots = new int[2];
        bytes.Dots(0, rounded, dots);
        (step, bytes.Scales[0], dots[0], dots[1]).ShouldBe((0f, 0f, 0, 0));
    }
}
