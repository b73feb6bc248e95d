namespace Helpdesk.Routing.AutoAnswer;

/// <summary>Bounds of a share measured on a few cases that hold whatever the share is (Clopper and Pearson 1934); one-sided.</summary>
public static class ExactBound
{
    /// <summary>The smallest share with which seeing so many successes is not too unlikely: with this certainty the true share is no smaller.</summary>
    /// <param name="certainty">E.g. 0.95.</param>
    public static double Lower(int successes, int count, double certainty) =>
        successes <= 0 ? 0 : Invert(p => AtLeast(successes, count, p), 1 - certainty);

    /// <summary>Whether <see cref="Lower"/> is at least <paramref name="promise"/>, without working it out.</summary>
    public static bool Keeps(double promise, int successes, int count, double certainty) =>
        successes > 0 && AtLeast(successes, count, promise) <= 1 - certainty;

    /// <summary>With this certainty the true share is no greater.</summary>
    public static double Upper(int successes, int count, double certainty) =>
        successes >= count ? 1 : Invert(p => AtLeast(successes + 1, count, p), certainty);

    /// <summary>Probability of at least <paramref name="successes"/> in <paramref name="count"/> trials.</summary>
    private static double AtLeast(int successes, int count, double p)
    {
        // the shorter tail is summed, from its largest term on
        var odds = p / (1 - p);
        var mean = count * p;
        if (successes > mean)
        {
            var (term, sum) = (Probability(successes, count, p), 0.0);
            for (var k = successes; k <= count && term > sum * 1e-17; k++)
            {
                sum += term;
                term *= (count - k) / (k + 1.0) * odds;
            }
            return sum;
        }
        var (below, rest) = (Probability(successes - 1, count, p), 0.0);
        for (var k = successes - 1; k >= 0 && below > rest * 1e-17; k--)
        {
            rest += below;
            below *= k / ((count - k + 1.0) * odds);
        }
        return 1 - rest;
    }

    private static double Probability(int successes, int count, double p) =>
        Math.Exp(
            LogFactorial(count)
                - LogFactorial(successes)
                - LogFactorial(count - successes)
                + (successes * Math.Log(p))
                + ((count - successes) * Math.Log(1 - p))
        );

    // Stirling's series; exact to 1e-12 from 10 on
    private static double LogFactorial(int n)
    {
        if (n < 10)
        {
            var product = 1.0;
            for (var i = 2; i <= n; i++)
                product *= i;
            return Math.Log(product);
        }
        var x = n + 1.0;
        return ((x - 0.5) * Math.Log(x))
            - x
            + (0.5 * Math.Log(2 * Math.PI))
            + (1 / (12 * x))
            - (1 / (360 * x * x * x))
            + (1 / (1260 * Math.Pow(x, 5)));
    }

    /// <summary>Where a rising function of a share reaches a value.</summary>
    private static double Invert(Func<double, double> rising, double value)
    {
        var (low, high) = (0.0, 1.0);
        for (var step = 0; step < 50; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = rising(middle) < value ? (middle, high) : (low, middle);
        }
        return (low + high) / 2;
    }
}
