using Microsoft.AspNetCore.Http.Features;

namespace Helpdesk.Web.Security;

/// <summary>What somebody typed into a form that could not be saved, so that the error page can give it back.</summary>
public static class KeptText
{
    private const int WorthKeeping = 20;
    private const int MostTexts = 5;

    /// <summary>
    /// The longer texts of an already read form; never passwords, codes or tokens, and nothing that another site made the
    /// browser send: our pages do not repeat strangers' words.
    /// </summary>
    public static IReadOnlyList<string> Of(HttpRequest request)
    {
        var features = request.HttpContext.Features;
        if (
            !HttpMethods.IsPost(request.Method)
            || !request.HasFormContentType
            || !OriginGuard.IsOurs(request, mustProve: true)
        )
            return [];
        if (features.Get<IFormFeature>()?.Form is not { } form)
            return [];
        return
        [
            .. form.Where(field => !IsSecret(field.Key))
                .SelectMany(field => field.Value)
                .OfType<string>()
                .Where(text => text.Length >= WorthKeeping)
                .Take(MostTexts),
        ];
    }

    private static bool IsSecret(string name) =>
        name.StartsWith('_')
        || name is "Seen"
        || name.EndsWith(".Seen", StringComparison.Ordinal) // the mark of a form, which nobody typed
        || name.Contains("password", StringComparison.OrdinalIgnoreCase)
        || name.Contains("token", StringComparison.OrdinalIgnoreCase)
        || name.Contains("code", StringComparison.OrdinalIgnoreCase)
        || name.Contains("key", StringComparison.OrdinalIgnoreCase)
        || name.Contains("url", StringComparison.OrdinalIgnoreCase);
}
