using System.Buffers;

namespace Helpdesk.Mail.Smtp;

/// <summary>Bytes that all sessions together may hold at once.</summary>
public sealed class ByteBudget(long maxBytes)
{
    private long used;

    public long UsedBytes => Interlocked.Read(ref used);

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref used, bytes) <= maxBytes)
            return true;
        Interlocked.Add(ref used, -bytes);
        return false;
    }

    public bool HasRoomFor(long bytes) => UsedBytes + bytes <= maxBytes;

    public void GiveBack(long bytes) => Interlocked.Add(ref used, -bytes);
}

/// <summary>
/// A growing mail in pooled memory. Beyond the message limit or the budget it drops what it holds, remembers why and goes
/// on swallowing, because SMTP can answer only after the last byte.
/// </summary>
public sealed class MessageBuffer(ByteBudget budget, int maxBytes) : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    private byte[] memory = [];
    private long taken;
    private int maxLength;

    public int Length { get; private set; }

    /// <summary>Bytes seen, kept or not.</summary>
    public long SeenBytes { get; private set; }

    /// <summary>More came than one mail may have.</summary>
    public bool TooBig { get; private set; }

    /// <summary>All mails together were too much at this moment.</summary>
    public bool OutOfBudget { get; private set; }

    public ReadOnlyMemory<byte> Written => memory.AsMemory(0, Length);

    /// <summary>Starts a mail with lines of ours, which do not count against its limit.</summary>
    public void Begin(ReadOnlySpan<byte> ours)
    {
        Dispose();
        (SeenBytes, TooBig, OutOfBudget, maxLength) = (0, false, false, maxBytes + ours.Length);
        Append(ours);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        SeenBytes += bytes.Length;
        if (TooBig || OutOfBudget || bytes.IsEmpty)
            return;
        if (Length + (long)bytes.Length > maxLength)
        {
            Dispose();
            TooBig = true;
            return;
        }
        if (Length + bytes.Length > memory.Length && !Grow(Length + bytes.Length))
            return;
        bytes.CopyTo(memory.AsSpan(Length));
        Length += bytes.Length;
    }

    private bool Grow(int needed)
    {
        var bigger = ArrayPool<byte>.Shared.Rent(
            (int)Math.Min(Math.Max(Math.Max(needed, FirstBytes), memory.Length * 2L), Array.MaxLength)
        );
        if (!budget.TryTake(bigger.Length - memory.Length))
        {
            ArrayPool<byte>.Shared.Return(bigger);
            Dispose();
            OutOfBudget = true;
            return false;
        }
        taken += bigger.Length - memory.Length;
        memory.AsSpan(0, Length).CopyTo(bigger);
        if (memory.Length > 0)
            ArrayPool<byte>.Shared.Return(memory);
        memory = bigger;
        return true;
    }

    /// <summary>Gives the memory back; the buffer is then empty and may be used again.</summary>
    public void Dispose()
    {
        if (memory.Length > 0)
            ArrayPool<byte>.Shared.Return(memory);
        budget.GiveBack(taken);
        (memory, taken, Length) = ([], 0, 0);
    }
}
