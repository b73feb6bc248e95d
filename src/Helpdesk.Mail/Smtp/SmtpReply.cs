using System.Globalization;

namespace Helpdesk.Mail.Smtp;

/// <summary>A server's answer, all its lines.</summary>
/// <param name="Code">200–599.</param>
/// <param name="Lines">The text behind the code, at least one line.</param>
public sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public bool IsPositive => Code is >= 200 and < 400;

    public bool IsPermanent => Code >= 500;

    /// <summary>In one line, for people, at most 500 characters.</summary>
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Code} {string.Join(' ', Lines)}");
        return text.Length <= 500 ? text : text[..500];
    }
}

/// <summary>The server as such refuses to work with us, or does not speak SMTP; no fault of a single mail.</summary>
public sealed class SmtpServerException(string message) : IOException(message);
