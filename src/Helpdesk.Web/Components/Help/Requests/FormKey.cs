using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Helpdesk.Web.Components.Help.Requests;

/// <summary>The one-use key in a form that creates something: 128 random bits, made when the form is shown.</summary>
public static class FormKey
{
    private const int Length = 22;

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Whether it looks like one of ours; forms without one are not taken.</summary>
    public static bool IsValid([NotNullWhen(true)] string? key) =>
        key is { Length: Length } && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
