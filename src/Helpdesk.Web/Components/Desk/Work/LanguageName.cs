using System.Globalization;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>A language in the reader's words.</summary>
public static class LanguageName
{
    /// <param name="code">ISO 639-1.</param>
    /// <returns>The code itself where nobody has a name for it.</returns>
    public static string Of(string code)
    {
        try
        {
            return CultureInfo.GetCultureInfo(code).DisplayName;
        }
        catch (CultureNotFoundException)
        {
            return code;
        }
    }
}
