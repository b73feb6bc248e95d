using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Settings;
using Helpdesk.Web.Components.Admin;
using Helpdesk.Web.Components.Admin.Letters;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Helpdesk.Web.Api.Routing;

/// <summary>When mail is kept as spam.</summary>
internal static class RoutingSpam
{
    /// <param name="Learns">Whether what this desk's people called spam is used.</param>
    /// <param name="Filter">A filter on the desk's own mail server whose word counts.</param>
    /// <param name="HeaderName">For another filter: the header it writes …</param>
    /// <param name="HeaderValue">… and how its value begins when a mail is spam.</param>
    /// <param name="MostMailsOfUnknown">Mails within an hour of somebody whom nobody has answered yet, 1 to 1000; further ones are held.</param>
    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    public sealed record Rules(
        [property: Required] bool? Learns,
        [property: Required] TrustedFilter? Filter,
        [property: Required, Range(1, 1000)] int? MostMailsOfUnknown,
        [property:
            StringLength(SpamRules.MaxHeaderLength),
            RegularExpression("[!-9;-~]*", ErrorMessage = "A header's name has no spaces and no colon.")
        ]
            string? HeaderName = null,
        [property: StringLength(SpamRules.MaxHeaderLength)] string? HeaderValue = null
    ) : IValidatableObject
    {
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Filter is not (null or TrustedFilter.Other) && !string.IsNullOrEmpty(HeaderName + HeaderValue))
                yield return new("Only another filter has a header of its own.", [nameof(HeaderName)]);
            if (Filter is TrustedFilter.Other && string.IsNullOrWhiteSpace(HeaderName))
                yield return new("Another filter needs the name of its header.", [nameof(HeaderName)]);
            if (Filter is TrustedFilter.Other && string.IsNullOrWhiteSpace(HeaderValue))
                yield return new("Another filter needs how its header begins.", [nameof(HeaderValue)]);
        }
    }

    public static void Map(IEndpointRouteBuilder routing)
    {
        routing.MapGet("/spam", GetAsync).WithName("ReadSpamRules").WithSummary("When mail is kept as spam");
        routing
            .MapPut("/spam", PutAsync)
            .WithName("ReplaceSpamRules")
            .WithSummary("Change when mail is kept as spam")
            .WithDescription(
                "All of them together. With `check=true` nothing is changed and the answer says what would be. With `If-Match` they are refused (412) when they are not those that were read."
            )
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Ok<Rules>> GetAsync(HttpContext context, SpamChanges changes)
    {
        var form = await changes.ReadAsync();
        context.Response.Headers.ETag = $"\"{form.Seen}\"";
        return TypedResults.Ok(
            new Rules(
                form.Learns,
                form.Filter,
                int.Parse(form.Most!, System.Globalization.CultureInfo.InvariantCulture),
                form.HeaderName,
                form.HeaderValue
            )
        );
    }

    private static async Task<Results<Ok<RoutingResult>, ProblemHttpResult>> PutAsync(
        Rules request,
        ClaimsPrincipal user,
        SpamChanges changes,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        CancellationToken cancellationToken,
        bool check = false
    )
    {
        var form = new SpamForm
        {
            Learns = request.Learns!.Value,
            Filter = request.Filter!.Value,
            HeaderName = request.HeaderName?.Trim() is { Length: > 0 } name ? name : null,
            HeaderValue = request.HeaderValue?.Trim() is { Length: > 0 } value ? value : null,
            Most = request.MostMailsOfUnknown!.Value.ToStringInvariant(),
            Seen = ifMatch is null or "" or "*" ? null : ifMatch.Trim('"'),
        };
        if (check)
        {
            var now = await changes.ReadAsync();
            return form.Seen is not null && form.Seen != now.Seen
                ? RoutingChange.Changed()
                : TypedResults.Ok(new RoutingResult(false, form.ChangesFrom(now), []));
        }
        var (refusal, changed) = await changes.SaveAsync(ApiTokenHandler.ViewerOf(user), form, cancellationToken);
        return refusal switch
        {
            null => TypedResults.Ok(new RoutingResult(changed.Count > 0, changed, [])),
            AdminWork.Refusals.Changed when ifMatch is not (null or "" or "*") => RoutingChange.Changed(),
            _ => RoutingChange.Conflict("Somebody else changed the rules at the same time. Repeat the call."),
        };
    }
}
