using System.Globalization;
using Helpdesk.Tickets.Access;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Helpdesk.Tickets.Settings;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Routing.AutoAnswer;

/// <summary>What was decided about automatic answers, for the history of changes.</summary>
internal static class AnsweringRecord
{
    /// <param name="who">Null: the desk itself.</param>
    public static async Task<AdministrationChange> OfAsync(
        HelpdeskDbContext db,
        string kind,
        AnsweringChange? inForce,
        AnsweringState state,
        double promise,
        Viewer.Staff? who,
        DateTimeOffset now,
        int topicId,
        CancellationToken cancellationToken
    )
    {
        var topic = await db
            .Topics.Where(t => t.Id == topicId)
            .Select(t => t.Name)
            .SingleOrDefaultAsync(cancellationToken);
        List<ChangedField> fields = [];
        Add("State", (inForce?.State ?? AnsweringState.Observing).ToString(), state.ToString());
        Add("Promise", inForce is null ? null : Percent(inForce.Promise), Percent(promise));
        return new()
        {
            At = now,
            ByUserId = who?.UserId,
            ByName = Tickets.Text.Cut(who?.Name, Customer.MaxNameLength),
            Area = "rules",
            Kind = kind,
            Subject = topic ?? "",
            Fields = fields,
        };

        void Add(string name, string? was, string became)
        {
            if (was != became)
                fields.Add(new(name, was, became));
        }
    }

    private static string Percent(double share) => share.ToString("0.#%", CultureInfo.InvariantCulture);
}
