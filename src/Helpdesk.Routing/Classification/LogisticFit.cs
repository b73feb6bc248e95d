namespace Helpdesk.Routing.Classification;

/// <summary>
/// Logistic regression on a handful of signals, fitted by Newton's method (iteratively reweighted least squares) with a
/// small ridge. Signals are brought to mean 0 and spread 1 first, so the ridge treats them alike.
/// </summary>
/// <param name="Weights">One for each signal, then the constant.</param>
internal sealed record LogisticFit(float[] Means, float[] Spreads, float[] Weights)
{
    private const double Ridge = 1e-3;
    private const int Rounds = 25;

    public float Probability(ReadOnlySpan<float> signals)
    {
        var sum = Weights[^1];
        for (var i = 0; i < signals.Length; i++)
            sum += Weights[i] * Math.Clamp((signals[i] - Means[i]) / Spreads[i], -8f, 8f);
        return 1 / (1 + MathF.Exp(-sum));
    }

    /// <param name="weights">How much each row counts; they are scaled to sum 1.</param>
    /// <returns>Null when all rows that count are on one side: there is nothing to tell apart.</returns>
    public static LogisticFit? Fit(IReadOnlyList<float[]> rows, IReadOnlyList<bool> yes, IReadOnlyList<float> weights)
    {
        double positive = 0,
            total = 0;
        for (var r = 0; r < rows.Count; r++)
        {
            total += weights[r];
            positive += yes[r] ? weights[r] : 0;
        }
        if (positive <= 0 || positive >= total)
            return null;
        var width = rows[0].Length;
        var (means, spreads) = Standard(rows, weights, width, total);
        var solution = new double[width + 1];
        var x = new double[width + 1];
        for (var round = 0; round < Rounds; round++)
        {
            var gradient = new double[width + 1];
            var curvature = new double[width + 1, width + 1];
            for (var r = 0; r < rows.Count; r++)
            {
                for (var i = 0; i < width; i++)
                    x[i] = Math.Clamp((rows[r][i] - means[i]) / spreads[i], -8, 8);
                x[width] = 1;
                var p = 1 / (1 + Math.Exp(-x.Zip(solution, (a, b) => a * b).Sum()));
                var (weight, error) = (weights[r] / total, p - (yes[r] ? 1 : 0));
                for (var i = 0; i <= width; i++)
                {
                    gradient[i] += weight * error * x[i];
                    for (var j = 0; j <= i; j++)
                        curvature[i, j] += weight * Math.Max(p * (1 - p), 1e-6) * x[i] * x[j];
                }
            }
            for (var i = 0; i < width; i++)
            {
                gradient[i] += Ridge * solution[i];
                curvature[i, i] += Ridge;
            }
            var step = Solve(curvature, gradient);
            for (var i = 0; i <= width; i++)
                solution[i] -= Math.Clamp(step[i], -4, 4);
        }
        return new LogisticFit(
            [.. means.Select(m => (float)m)],
            [.. spreads.Select(s => (float)s)],
            [.. solution.Select(s => (float)s)]
        );
    }

    private static (double[] Means, double[] Spreads) Standard(
        IReadOnlyList<float[]> rows,
        IReadOnlyList<float> weights,
        int width,
        double total
    )
    {
        var (means, spreads) = (new double[width], new double[width]);
        for (var r = 0; r < rows.Count; r++)
        for (var i = 0; i < width; i++)
            means[i] += rows[r][i] * weights[r] / total;
        for (var r = 0; r < rows.Count; r++)
        for (var i = 0; i < width; i++)
            spreads[i] += (rows[r][i] - means[i]) * (rows[r][i] - means[i]) * weights[r] / total;
        for (var i = 0; i < width; i++)
            spreads[i] = Math.Max(Math.Sqrt(spreads[i]), 1e-6);
        return (means, spreads);
    }

    /// <summary>Cholesky; the lower half of a positive definite matrix is given.</summary>
    public static double[] Solve(double[,] matrix, double[] right)
    {
        var n = right.Length;
        for (var j = 0; j < n; j++)
        {
            for (var k = 0; k < j; k++)
                matrix[j, j] -= matrix[j, k] * matrix[j, k];
            matrix[j, j] = Math.Sqrt(Math.Max(matrix[j, j], 1e-12));
            for (var i = j + 1; i < n; i++)
            {
                for (var k = 0; k < j; k++)
                    matrix[i, j] -= matrix[i, k] * matrix[j, k];
                matrix[i, j] /= matrix[j, j];
            }
        }
        var result = (double[])right.Clone();
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++)
                result[i] -= matrix[i, k] * result[k];
            result[i] /= matrix[i, i];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
                result[i] -= matrix[k, i] * result[k];
            result[i] /= matrix[i, i];
        }
        return result;
    }
}
