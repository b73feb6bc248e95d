using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.JSInterop;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>What an author has typed, kept in the browser's tab until it is saved.</summary>
/// <param name="key">Its name there.</param>
/// <param name="who">Whose it is: the next person at the same screen is not shown it.</param>
internal sealed class DraftInTab(IJSRuntime script, string key, Guid who)
{
    // a text in another script must not grow sixfold on its way
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="Seen">What the author had before them; null for a new article.</param>
    public sealed record Kept(Guid Who, ArticleSheet? Seen, ArticleForm Form);

    public async Task KeepAsync(ArticleSheet? seen, ArticleForm form)
    {
        try
        {
            // lists are read again anyway, and would only make it longer
            var lean = seen is null ? null : seen with { Questions = [], Versions = [], Remarks = [] };
            await script.InvokeVoidAsync(
                "sessionStorage.setItem",
                key,
                JsonSerializer.Serialize(new Kept(who, lean, form), Plain)
            );
        }
        catch (JSException)
        {
            // the browser keeps nothing for us; the text is still in the page
        }
        catch (JSDisconnectedException)
        {
            // the page was left meanwhile
        }
    }

    /// <summary>Null when nothing is kept, or it is somebody else's.</summary>
    public async Task<Kept?> FindAsync()
    {
        if (await script.InvokeAsync<string?>("sessionStorage.getItem", key) is not { } json)
            return null;
        try
        {
            return JsonSerializer.Deserialize<Kept>(json, Plain) is { } kept && kept.Who == who ? kept : null;
        }
        catch (JsonException)
        {
            return null; // written by an earlier version of this page
        }
    }

    public ValueTask ForgetAsync() => script.InvokeVoidAsync("sessionStorage.removeItem", key);
}
