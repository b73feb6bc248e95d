namespace Helpdesk.Web.Components.Parts;

/// <summary>What an SLA clock shows: decided here, drawn by <see cref="SlaClock"/>.</summary>
public abstract record SlaFace
{
    private static readonly TimeSpan SoonLeft = TimeSpan.FromMinutes(30);
    private const double SoonShare = 0.25;

    public abstract string? Class { get; }

    public sealed record Kept(TimeSpan Took) : SlaFace
    {
        public override string? Class => "met";
    }

    /// <summary>Settled, but after the promised time.</summary>
    public sealed record Missed(TimeSpan Took) : SlaFace
    {
        public override string? Class => "late";
    }

    public sealed record Paused : SlaFace
    {
        public override string? Class => "paused";
    }

    /// <param name="Left">Zero or less: late.</param>
    /// <param name="Percent">The ring's share, 0 to 100; full when late.</param>
    public sealed record Running(TimeSpan Left, int Percent, bool Soon) : SlaFace
    {
        public override string? Class =>
            Left <= TimeSpan.Zero ? "late"
            : Soon ? "soon"
            : "ok";
    }

    /// <summary>Soon from a quarter of the promised time or half an hour left, whichever comes first.</summary>
    public static SlaFace Of(TimeSpan? left, TimeSpan promised, bool paused, TimeSpan? took)
    {
        if (took is { } settled)
            return settled <= promised ? new Kept(settled) : new Missed(settled);
        if (paused)
            return new Paused();
        var rest = left ?? promised;
        if (rest <= TimeSpan.Zero)
            return new Running(rest, 100, Soon: false);
        var share = promised > TimeSpan.Zero ? Math.Min(1, rest / promised) : 1;
        return new Running(rest, Math.Max(1, (int)Math.Round(share * 100)), share <= SoonShare || rest <= SoonLeft);
    }
}
