namespace Helpdesk.Knowledge.Search;

/// <summary>A set of kinds of readers, each a number of the caller's. Two sets with the same kinds are equal.</summary>
public sealed class ReaderKinds : IEquatable<ReaderKinds>
{
    private readonly long[] _kinds;

    private ReaderKinds(long[] kinds) => _kinds = kinds;

    /// <summary>Nobody in particular: sees what everybody sees.</summary>
    public static ReaderKinds None { get; } = new([]);

    /// <summary>Rising, each once.</summary>
    public ReadOnlySpan<long> Values => _kinds;

    public static ReaderKinds Of(params IEnumerable<long> kinds) => new([.. kinds.Distinct().Order()]);

    public bool Overlaps(ReaderKinds other)
    {
        foreach (var kind in _kinds)
        {
            if (Array.BinarySearch(other._kinds, kind) >= 0)
                return true;
        }
        return false;
    }

    public bool Equals(ReaderKinds? other) => other is not null && _kinds.AsSpan().SequenceEqual(other._kinds);

    public override bool Equals(object? obj) => Equals(obj as ReaderKinds);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var kind in _kinds)
            hash.Add(kind);
        return hash.ToHashCode();
    }
}
