using System.IO.Compression;
using System.Security.Cryptography;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Tickets.Blobs;

/// <summary>Bytes stored once, whoever refers to them. The hash is never enough to read them: access goes through the ticket.</summary>
public sealed class Blob
{
    /// <summary>SHA-256 of the uncompressed bytes, lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    /// <summary>Uncompressed length in bytes.</summary>
    public required long Size { get; init; }
    public required bool IsCompressed { get; init; }
    public required byte[] Content { get; init; }

    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Compressed where that saves at least a tenth.</summary>
    public static Blob Of(ReadOnlySpan<byte> bytes) => Of(bytes, HashOf(bytes));

    /// <summary>Adds the bytes to the unit of work unless they are stored already.</summary>
    /// <returns>The key to refer to them by.</returns>
    public static async Task<string> PutAsync(
        HelpdeskDbContext db,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellationToken
    )
    {
        var hash = HashOf(bytes.Span);
        if (
            db.FindTracked<Blob, string>(nameof(Hash), hash) is null
            && !await db.Blobs.AnyAsync(b => b.Hash == hash, cancellationToken)
        )
            db.Blobs.Add(Of(bytes.Span, hash));
        return hash;
    }

    /// <summary>The original bytes.</summary>
    public byte[] Read()
    {
        if (!IsCompressed)
            return Content;
        var bytes = new byte[Size];
        using var source = new BrotliStream(new MemoryStream(Content), CompressionMode.Decompress);
        source.ReadExactly(bytes);
        return bytes;
    }

    private static Blob Of(ReadOnlySpan<byte> bytes, string hash)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        var isCompressed =
            bytes.Length > 128
            && BrotliEncoder.TryCompress(bytes, packed, out var length, quality: 1, window: 18)
            && length < bytes.Length * 9 / 10
            && Shrink(ref packed, length);
        return new Blob
        {
            Hash = hash,
            Size = bytes.Length,
            IsCompressed = isCompressed,
            Content = isCompressed ? packed : bytes.ToArray(),
        };
    }

    private static bool Shrink(ref byte[] packed, int length)
    {
        Array.Resize(ref packed, length);
        return true;
    }
}
