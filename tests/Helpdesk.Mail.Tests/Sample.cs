using System.Text;

namespace Helpdesk.Mail.Tests;

/// <summary>Messages to try things on.</summary>
internal static class Sample
{
    /// <summary>A message of the folder <c>Messages</c>, byte for byte.</summary>
    public static byte[] File(string name) =>
        System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Messages", name));

    /// <summary>A message with CR LF line ends, in UTF-8.</summary>
    public static byte[] Of(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));

    /// <summary>A plain-text message with these header lines.</summary>
    public static byte[] With(string headers, string body = "Hello") => Of($"{headers.Trim()}\n\n{body}\n");

    public static IEnumerable<byte[]> Files() =>
        Directory
            .GetFiles(Path.Combine(AppContext.BaseDirectory, "Messages"), "*.eml")
            .Order(StringComparer.Ordinal)
            .Select(System.IO.File.ReadAllBytes);
}
