using System.Buffers;

namespace Helpdesk.Mail.Smtp;

/// <summary>Bytes that all sessions together may hold at once.</summary>
public sealed class ByteBudget(long maxBytes)
{
    private long _used;

    public long UsedBytes => Interlocked.Read(ref _used);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= maxBytes)
            return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public bool HasRoomFor(long bytes) => UsedBytes + bytes <= maxBytes;

    public void GiveBack(long bytes) => Interlocked.Add(ref _used, -bytes);
}

/// <summary>
/// A growing mail in pooled memory. Beyond the message limit or the budget it drops what it holds, remembers why and goes
/// on swallowing, because SMTP can answer only after the last byte.
/// </summary>
public sealed class MessageBuffer(ByteBudget budget, int maxBytes) : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    private byte[] _bytes = [];
    private long _taken;
    private int _maxLength;

    public int Length { get; private set; }

    /// <summary>Bytes seen, kept or not.</summary>
    public long SeenBytes { get; private set; }

    /// <summary>More came than one mail may have.</summary>
    public bool TooBig { get; private set; }

    /// <summary>All mails together were too much at this moment.</summary>
    public bool OutOfBudget { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Starts a mail with lines of ours, which do not count against its limit.</summary>
    public void Begin(ReadOnlySpan<byte> ours)
    {
        Dispose();
        (SeenBytes, TooBig, OutOfBudget, _maxLength) = (0, false, false, maxBytes + ours.Length);
        Append(ours);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        SeenBytes += bytes.Length;
        if (TooBig || OutOfBudget || bytes.IsEmpty)
            return;
        if (Length + (long)bytes.Length > _maxLength)
        {
            Dispose();
            TooBig = true;
            return;
        }
        if (Length + bytes.Length > _bytes.Length && !Grow(Length + bytes.Length))
            return;
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    private bool Grow(int needed)
    {
        var bigger = ArrayPool<byte>.Shared.Rent(
            (int)Math.Min(Math.Max(Math.Max(needed, FirstBytes), _bytes.Length * 2L), Array.MaxLength)
        );
        if (!budget.TryTake(bigger.Length - _bytes.Length))
        {
            ArrayPool<byte>.Shared.Return(bigger);
            Dispose();
            OutOfBudget = true;
            return false;
        }
        _taken += bigger.Length - _bytes.Length;
        _bytes.AsSpan(0, Length).CopyTo(bigger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = bigger;
        return true;
    }

    /// <summary>Gives the memory back; the buffer is then empty and may be used again.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        budget.GiveBack(_taken);
        (_bytes, _taken, Length) = ([], 0, 0);
    }
}
