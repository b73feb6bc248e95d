using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Helpdesk.Web.Components.Help.Requests;

/// <summary>
/// What the browser that sent a request may see of it afterwards: no more than was typed there. Kept for an hour in a cookie that
/// only we can read; it opens nothing, because an address that was typed proves nothing.
/// </summary>
public sealed record SentNote(long Number, string Subject, string Address, DateTimeOffset SentAt)
{
    /// <summary>Writes and reads the cookie.</summary>
    public sealed class Box(IDataProtectionProvider protection, TimeProvider time)
    {
        public const string CookieName = "helpdesk-sent";
        private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
        private readonly IDataProtector protector = protection.CreateProtector("Helpdesk.Help.SentNote");

        public void Put(HttpContext context, SentNote note) =>
            context.Response.Cookies.Append(
                CookieName,
                protector.Protect(JsonSerializer.Serialize(note)),
                new CookieOptions
                {
                    HttpOnly = true,
                    Secure = context.Request.IsHttps,
                    SameSite = SameSiteMode.Lax,
                    Path = Layout.Places.Sent,
                    MaxAge = Lifetime,
                }
            );

        /// <summary>Null when there is none, it is over an hour old, or not of our making.</summary>
        public SentNote? Find(HttpContext context)
        {
            if (context.Request.Cookies[CookieName] is not { Length: < 4000 } cookie)
                return null;
            try
            {
                var note = JsonSerializer.Deserialize<SentNote>(protector.Unprotect(cookie));
                return note is not null && time.GetUtcNow() - note.SentAt < Lifetime ? note : null;
            }
            catch (Exception exception)
                when (exception is System.Security.Cryptography.CryptographicException or JsonException)
            {
                return null;
            }
        }
    }
}
