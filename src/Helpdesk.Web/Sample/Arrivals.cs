using NodaTime;

namespace Helpdesk.Web.Sample;

/// <summary>What kind of request comes in; decides where its words come from.</summary>
internal enum RequestKind
{
    Typical,

    /// <summary>Two topics in one message.</summary>
    Combined,

    /// <summary>No topic knows it.</summary>
    Special,

    /// <summary>About the thing that began some days ago.</summary>
    Emerging,

    /// <summary>Not in English.</summary>
    Foreign,
}

/// <summary>A request to come, before it has a customer and words.</summary>
/// <param name="Number">From 0, in the order of time; all chance of the ticket comes from it.</param>
/// <param name="Text">Which of the texts of its kind or topic it uses, counted up so that each is used before one repeats.</param>
/// <param name="SecondText">The same for the second topic of a combined request.</param>
internal readonly record struct Arrival(
    int Number,
    DateTimeOffset At,
    RequestKind Kind,
    StaffedTopic? Topic,
    int Text,
    StaffedTopic? SecondTopic = null,
    int SecondText = 0
);

/// <summary>
/// When requests come and what they are about: few at night, most on Monday morning, a little more every week, topics as skewed as their
/// weights, one bad morning of top-ups, and a subject that nobody has seen before in the last days.
/// </summary>
internal sealed class Arrivals(StaffedDesk desk, Conversations conversations, int seed, DateTimeOffset now)
{
    private const double CombinedShare = 0.04;
    private const double SpecialShare = 0.009;
    private const double ForeignShare = 0.013;
    private const double EmergingDays = 6;
    private const double EmergingShareToday = 0.075;
    private const string TroubledTopic = "top_up_failed";

    private static readonly double[] HourWeights =
    [
        .15,
        .10,
        .08,
        .07,
        .08,
        .15,
        .35,
        .70,
        1.2,
        1.7,
        1.9,
        1.8,
        1.5,
        1.5,
        1.6,
        1.55,
        1.4,
        1.2,
        1.0,
        .95,
        .85,
        .70,
        .45,
        .25,
    ];

    /// <summary>Monday first.</summary>
    private static readonly double[] DayWeights = [1.3, 1.12, 1.03, 1.0, .95, .5, .4];

    private readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[desk.Settings.TimeZoneId];
    private readonly double[] weights = [.. desk.Topics.Select(t => (double)t.Plan.Weight)];
    private readonly Dictionary<string, int> used = new(StringComparer.Ordinal);
    private readonly Dictionary<int, double[]> weeks = [];

    /// <summary>The morning on which topping up by card failed for everybody: the last Tuesday at least 16 days ago, nine to eleven.</summary>
    private readonly (DateTimeOffset From, DateTimeOffset To) badMorning = BadMorning(
        now,
        DateTimeZoneProviders.Tzdb[desk.Settings.TimeZoneId]
    );

    /// <summary>Requests in the order of time, the last some seconds before the present.</summary>
    /// <param name="count">How many; exact.</param>
    public IEnumerable<Arrival> Between(DateTimeOffset from, int count)
    {
        var hours = Hours(from);
        var total = hours.Sum(h => h.Weight);
        var dice = new Dice(seed, -1);
        var (hour, passed) = (0, 0.0);
        for (var number = 0; number < count; number++)
        {
            // one throw in each count-th part of the whole: random in detail, true to the curve at large, and in order
            var place = (number + dice.Share()) / count * total;
            while (hour < hours.Count - 1 && passed + hours[hour].Weight <= place)
                passed += hours[hour++].Weight;
            var (start, length, weight) = hours[hour];
            var at = start + (length * Math.Clamp((place - passed) / weight, 0, 1));
            yield return Draw(number, at, dice);
        }
    }

    private List<(DateTimeOffset Start, TimeSpan Length, double Weight)> Hours(DateTimeOffset from)
    {
        var end = now.AddSeconds(-20);
        var hours = new List<(DateTimeOffset, TimeSpan, double)>();
        for (var start = from; start < end; start = start.AddHours(1))
        {
            var length = end - start < TimeSpan.FromHours(1) ? end - start : TimeSpan.FromHours(1);
            var local = Instant.FromDateTimeOffset(start).InZone(zone);
            var growth = 0.92 + (0.16 * ((start - from) / (end - from)));
            var mood = new Dice(seed, local.Date.AtMidnight().Date.DayOfYear + 1000L).Around(1, 0.08);
            var weight = HourWeights[local.Hour] * DayWeights[(int)local.DayOfWeek - 1] * growth * mood;
            hours.Add((start, length, weight * length.TotalHours));
        }
        return hours;
    }

    private Arrival Draw(int number, DateTimeOffset at, Dice dice)
    {
        var emerging = EmergingShareToday * (1 - ((now - at).TotalDays / EmergingDays));
        var throwAt = dice.Share();
        if (throwAt < emerging)
            return new(number, at, RequestKind.Emerging, null, Next("emerging"));
        throwAt = dice.Share();
        if (throwAt < SpecialShare)
            return new(number, at, RequestKind.Special, null, Next("special"));
        if (throwAt < SpecialShare + ForeignShare)
        {
            var text = Next("foreign") % conversations.OtherLanguages.Count;
            var topic = desk.TopicsByKey[conversations.OtherLanguages[text].Topic];
            return new(number, at, RequestKind.Foreign, topic, text);
        }
        var first = TopicAt(at, dice);
        if (throwAt < SpecialShare + ForeignShare + CombinedShare && TopicAt(at, dice) is var second && second != first)
            return new(number, at, RequestKind.Combined, first, Next(first.Plan.Key), second, Next(second.Plan.Key));
        return new(number, at, RequestKind.Typical, first, Next(first.Plan.Key));
    }

    private StaffedTopic TopicAt(DateTimeOffset at, Dice dice)
    {
        if (at >= badMorning.From && at < badMorning.To && dice.Chance(0.6))
            return desk.TopicsByKey[TroubledTopic];
        var week = (int)((now - at).TotalDays / 7);
        if (!weeks.TryGetValue(week, out var ofWeek))
        {
            var mood = new Dice(seed, 100_000L + week);
            weeks[week] = ofWeek = [.. weights.Select(w => w * mood.Around(1, 0.18))];
        }
        return desk.Topics[dice.Weighted(ofWeek)];
    }

    private int Next(string pool)
    {
        var next = used.GetValueOrDefault(pool);
        used[pool] = next + 1;
        return next;
    }

    private static (DateTimeOffset From, DateTimeOffset To) BadMorning(DateTimeOffset now, DateTimeZone zone)
    {
        var day = Instant.FromDateTimeOffset(now).InZone(zone).Date.PlusDays(-15).Previous(IsoDayOfWeek.Tuesday);
        return (At(9), At(12));

        DateTimeOffset At(int hour) =>
            day.At(new LocalTime(hour, 0)).InZoneLeniently(zone).ToDateTimeOffset().ToUniversalTime();
    }
}
