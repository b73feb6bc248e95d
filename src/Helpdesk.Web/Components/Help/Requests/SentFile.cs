using Helpdesk.Tickets;
using Helpdesk.Tickets.Blobs;
using Helpdesk.Tickets.Data;
using Microsoft.AspNetCore.Components.Forms;

namespace Helpdesk.Web.Components.Help.Requests;

/// <summary>A file that came with a form.</summary>
/// <param name="Name">One line without a path; what the sender called it.</param>
public sealed record SentFile(string Name, string ContentType, byte[] Bytes)
{
    public const int MaxCount = 10;

    /// <summary>All files of one form together.</summary>
    public const long MaxBytes = 20 * 1024 * 1024;

    /// <summary>
    /// A form with more than it may carry is read as far as this, to be answered with its own page and all that was typed: a server that stops reading
    /// before the browser stops sending leaves it with a broken connection and no page.
    /// </summary>
    public const long MaxFormBytes = 100 * 1024 * 1024;

    private const int MaxTypeLength = 100;

    /// <summary>Reads the files of a form; empty ones (no file chosen) are left out.</summary>
    /// <returns>Null when they are too many or too large.</returns>
    public static async Task<IReadOnlyList<SentFile>?> ReadAsync(
        IFormFileCollection files,
        CancellationToken cancellation
    )
    {
        var given = files.Where(file => file.Length > 0).ToList();
        if (given.Count > MaxCount || given.Sum(file => file.Length) > MaxBytes)
            return null;
        var read = new List<SentFile>(given.Count);
        foreach (var file in given)
        {
            var bytes = new byte[file.Length];
            await using var stream = file.OpenReadStream();
            await stream.ReadExactlyAsync(bytes, cancellation);
            read.Add(new(NameOf(file.FileName), TypeOf(file.ContentType), bytes));
        }
        return read;
    }

    /// <summary>Reads a file that was chosen on an interactive page.</summary>
    /// <exception cref="IOException">It is larger than all files together may be, or broke off.</exception>
    public static async Task<SentFile> ReadAsync(IBrowserFile file, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        await using (var stream = file.OpenReadStream(MaxBytes, cancellation))
            await stream.CopyToAsync(bytes, cancellation);
        return new(NameOf(file.Name), TypeOf(file.ContentType), bytes.ToArray());
    }

    /// <summary>Puts the bytes into the unit of work.</summary>
    public static async Task<IReadOnlyList<Attachment>> StoreAsync(
        HelpdeskDbContext db,
        IReadOnlyList<SentFile> files,
        CancellationToken cancellation
    )
    {
        var attachments = new List<Attachment>(files.Count);
        foreach (var file in files)
            attachments.Add(
                new Attachment
                {
                    Name = file.Name,
                    ContentType = file.ContentType,
                    Size = file.Bytes.Length,
                    BlobHash = await Blob.PutAsync(db, file.Bytes, cancellation),
                }
            );
        return attachments;
    }

    /// <summary>The last part of a path of any system, as one clean line; <c>file</c> when nothing is left.</summary>
    public static string NameOf(string? name)
    {
        var last = name is null ? "" : name[(name.LastIndexOfAny(['/', '\\', ':']) + 1)..];
        var line = Text.OneLine(last, Attachment.MaxNameLength).TrimStart('.').Trim();
        return line.Length > 0 ? line : "file";
    }

    private static string TypeOf(string? type)
    {
        var line = Text.OneLine(type, MaxTypeLength).ToLowerInvariant();
        return line.Length > 0 ? line : "application/octet-stream";
    }
}
