using System.Security.Claims;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Layout;
using Helpdesk.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using QRCoder;

namespace Helpdesk.Web.Components.Account;

/// <summary>What belongs to accounts and is not a page.</summary>
public static class AccountEndpoints
{
    public static IServiceCollection AddAccounts(this IServiceCollection services) =>
        services
            .AddHttpContextAccessor()
            .AddScoped<StaffSignIn>()
            .AddScoped<StaffLinks>()
            .AddScoped<SamplePeople>()
            .AddSingleton<StaffPresence>()
            .AddScoped<Pickup.PickupMails>()
            .AddScoped<SetUp>();

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(Places.SignOut, SignOutAsync).AllowAnonymous();
        endpoints
            .MapPost(Places.OwnPresence, SetPresenceAsync)
            .RequireAuthorization(Policies.Desk)
            .RequireRateLimiting(RateLimits.Forms);
        endpoints.MapGet("/account/two-factor/code.svg", QrCodeAsync).RequireAuthorization(Policies.Desk);
        return endpoints;
    }

    private static async Task<RedirectHttpResult> SignOutAsync(SignInManager<AppUser> signIn)
    {
        await signIn.SignOutAsync();
        return TypedResults.LocalRedirect(Places.HelpHome);
    }

    private static async Task<Results<RedirectHttpResult, BadRequest, NotFound>> SetPresenceAsync(
        [FromForm] string? presence,
        [FromForm] string? back,
        ClaimsPrincipal person,
        HelpdeskDbContext db,
        StaffPresence people,
        CancellationToken cancellationToken
    )
    {
        if (!Enum.TryParse<Presence>(presence, out var chosen) || !Enum.IsDefined(chosen))
            return TypedResults.BadRequest();
        return
            await Viewers.LoadAsync(db, person, cancellationToken) is Viewer.Staff staff
            && await people.SetAsync(staff.UserId, chosen, staff.Actor, cancellationToken)
            ? TypedResults.LocalRedirect(ReturnUrl.OrElse(back, Places.Desk))
            : TypedResults.NotFound();
    }

    // an own address instead of a data: picture keeps the secret out of the page's source and of its history
    private static async Task<Results<ContentHttpResult, NotFound>> QrCodeAsync(
        HttpContext http,
        UserManager<AppUser> users,
        Brand brand
    )
    {
        if (
            await users.GetUserAsync(http.User) is not { TwoFactorEnabled: false } user
            || await users.GetAuthenticatorKeyAsync(user) is not { } key
        )
            return TypedResults.NotFound();
        var issuer = Uri.EscapeDataString(brand.Name);
        var uri =
            $"otpauth://totp/{issuer}:{Uri.EscapeDataString(user.Email ?? "")}?secret={key}&issuer={issuer}&digits=6";
        using var data = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return TypedResults.Content(code.GetGraphic(8), "image/svg+xml");
    }
}
