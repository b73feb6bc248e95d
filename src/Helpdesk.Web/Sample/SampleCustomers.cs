using System.Globalization;
using Helpdesk.Tickets.People;

namespace Helpdesk.Web.Sample;

/// <summary>Who writes to the desk: the people of the organizations, and many private customers.</summary>
internal sealed class SampleCustomers
{
    private readonly Customer[] ofOrganizations;
    private readonly Customer[] others;
    private readonly Dictionary<string, Customer[]> byLanguage;

    private SampleCustomers(List<Customer> all, Dice dice)
    {
        ofOrganizations = [.. all.Where(c => c.Organization is not null)];
        dice.Shuffle(ofOrganizations.AsSpan());
        others = [.. all.Where(c => c.Organization is null && c.Language is null or "en")];
        byLanguage = all.Where(c => c.Language is not null and not "en")
            .GroupBy(c => c.Language!)
            .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        All = all;
    }

    public IReadOnlyList<Customer> All { get; }

    /// <param name="privateCount">How many of them belong to no organization.</param>
    /// <param name="tag">Goes into each private address, so that a second load finds its own; empty = none.</param>
    public static SampleCustomers Make(
        StaffedDesk desk,
        DeskPlan plan,
        Conversations conversations,
        int privateCount,
        int seed,
        string tag,
        DateTimeOffset now
    )
    {
        var all = new List<Customer>();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var dice = new Dice(seed, -2);
        foreach (var organization in plan.Organizations)
        {
            if (desk.Organizations.GetValueOrDefault(organization.Name) is not { } entity)
                continue;
            for (var i = 0; i < organization.People; i++)
                all.Add(New(organization.Domain, entity, language: null));
        }
        string[] languages = [.. conversations.LanguageReplies.Keys.Order(StringComparer.Ordinal)];
        for (var i = 0; i < privateCount; i++)
            all.Add(New(dice.Of(conversations.Vocabulary.MailDomains), null, LanguageOf(i)));
        return new SampleCustomers(all, dice);

        string? LanguageOf(int number) =>
            number < languages.Length * 3 ? languages[number % languages.Length]
            : dice.Chance(0.5) ? "en"
            : null;

        Customer New(string domain, Organization? organization, string? language)
        {
            var (first, last) = (
                dice.Of(conversations.Vocabulary.FirstNames),
                dice.Of(conversations.Vocabulary.LastNames)
            );
            var local = $"{first}.{last}".ToLowerInvariant() + tag;
            var address = $"{local}@{domain}";
            for (var n = 2; !taken.Add(address); n++)
                address = string.Create(CultureInfo.InvariantCulture, $"{local}{n}@{domain}");
            var since = now.AddDays(-60 - dice.Below(900)).AddMinutes(-dice.Below(1440));
            return new Customer(address, $"{first} {last}", since)
            {
                Organization = organization,
                OrganizationId = organization?.Id,
                Language = language,
                VerifiedAt = dice.Chance(0.6) ? since.AddMinutes(3 + dice.Below(600)) : null,
            };
        }
    }

    /// <summary>Somebody who writes; the first of each group write more often than the last.</summary>
    public Customer Pick(Dice dice, string? language)
    {
        if (language is not null && byLanguage.TryGetValue(language, out var speakers))
            return dice.Of(speakers);
        var group = ofOrganizations.Length > 0 && dice.Chance(0.26) ? ofOrganizations : others;
        return group[(int)(group.Length * Math.Pow(dice.Share(), 1.5))];
    }
}
