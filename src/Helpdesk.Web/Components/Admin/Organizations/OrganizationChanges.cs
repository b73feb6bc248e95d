using System.Globalization;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.People;
using Microsoft.EntityFrameworkCore;
using static Helpdesk.Web.Components.Admin.AdminWork;

namespace Helpdesk.Web.Components.Admin.Organizations;

public sealed record OrganizationRow(int Id, string Name, string? Tier, bool IsVip, string? Policy, DateOnly? Since);

public sealed record MemberRow(long Id, string Name, string Address);

/// <summary>Whom the desk serves, and what their contracts say.</summary>
public sealed class OrganizationChanges(AdminWork work, IDbContextFactory<HelpdeskDbContext> databases)
{
    public const int PageSize = 50;

    /// <param name="search">Part of the name.</param>
    public async Task<(IReadOnlyList<OrganizationRow> Rows, int Total)> ReadAsync(string? search, int? tierId, int page)
    {
        await using var db = databases.CreateDbContext();
        var all = db.Organizations.AsNoTracking();
        if (!string.IsNullOrWhiteSpace(search))
        {
            var words = search.Trim().ToLowerInvariant();
            // the database's own lower, which knows no culture
#pragma warning disable CA1304, CA1311, CA1862
            all = all.Where(o => o.Name.ToLower().Contains(words));
#pragma warning restore CA1304, CA1311, CA1862
        }
        if (tierId is not null)
            all = all.Where(o => o.TierId == tierId);
        var rows = await all.OrderBy(o => o.Name)
            .ThenBy(o => o.Id)
            .Skip((page - 1) * PageSize)
            .Take(PageSize)
            .Select(o => new OrganizationRow(
                o.Id,
                o.Name,
                o.Tier!.Name,
                o.Tier != null && o.Tier.IsVip,
                o.SlaPolicy!.Name,
                o.CustomerSince
            ))
            .ToListAsync();
        return (rows, await all.CountAsync());
    }

    /// <summary>The people of an organization; the first of them where there are many.</summary>
    public async Task<IReadOnlyList<MemberRow>> MembersAsync(int id)
    {
        await using var db = databases.CreateDbContext();
        return await db
            .Customers.Where(c => c.OrganizationId == id)
            .OrderBy(c => c.NormalizedAddress)
            .Take(PageSize)
            .Select(c => new MemberRow(c.Id, c.Name, c.Address))
            .ToListAsync();
    }

    public Task<OrganizationForm?> FormAsync(int id) => work.ReadAsync(db => FormAsync(db, id));

    public Task<(string? Refusal, int Id)> SaveAsync(int? id, OrganizationForm form) =>
        work.SaveAsync(
            "organization",
            id,
            form,
            db => FormAsync(db, id!.Value),
            async db =>
            {
                var name = form.Name!.Trim();
                if (await db.Organizations.AnyAsync(o => o.Name == name && o.Id != id))
                    return (Refusals.Taken, null);
                if (
                    (form.TierId is { } tier && !await db.Tiers.AnyAsync(t => t.Id == tier))
                    || (form.PolicyId is { } policy && !await db.SlaPolicies.AnyAsync(p => p.Id == policy))
                )
                    return (Refusals.Changed, null);
                var organization = id is null
                    ? new Organization { Name = name }
                    : await db.Organizations.SingleAsync(o => o.Id == id);
                if (id is null)
                    db.Organizations.Add(organization);
                (organization.Name, organization.TierId) = (name, form.TierId);
                (organization.SlaPolicyId, organization.CustomerSince) = (form.PolicyId, form.SinceDay);
                organization.Note = form.Note?.Trim() ?? "";
                return (null, () => organization.Id);
            }
        );

    /// <summary>Makes a known customer one of the organization's people, whatever they belonged to before.</summary>
    public Task<string?> AddAsync(int id, string? address)
    {
        var name = "";
        return work.DoAsync(
            "customer put into an organization",
            async (db, _) =>
            {
                var normalized = Customer.Normalize(address ?? "");
                if (await db.Organizations.SingleOrDefaultAsync(o => o.Id == id) is not { } organization)
                    return Refusals.Gone;
                name = organization.Name;
                if (await db.Customers.SingleOrDefaultAsync(c => c.NormalizedAddress == normalized) is not { } customer)
                    return "NoCustomer";
                customer.OrganizationId = id;
                return null;
            },
            () => id.ToStringInvariant(),
            () => new AdminRecord(name, [])
        );
    }

    public Task<string?> RemoveAsync(int id, long customerId)
    {
        var name = "";
        return work.DoAsync(
            "customer taken out of an organization",
            async (db, _) =>
            {
                name = await db.Organizations.Where(o => o.Id == id).Select(o => o.Name).SingleOrDefaultAsync() ?? "";
                if (
                    await db.Customers.SingleOrDefaultAsync(c => c.Id == customerId && c.OrganizationId == id) is
                    { } customer
                )
                    customer.OrganizationId = null;
                return null;
            },
            () => string.Create(CultureInfo.InvariantCulture, $"{id}, {customerId}"),
            () => new AdminRecord(name, [])
        );
    }

    private static async Task<OrganizationForm?> FormAsync(HelpdeskDbContext db, int id) =>
        await db.Organizations.AsNoTracking().SingleOrDefaultAsync(o => o.Id == id) is { } organization
            ? new OrganizationForm
            {
                Name = organization.Name,
                TierId = organization.TierId,
                PolicyId = organization.SlaPolicyId,
                Since = organization.CustomerSince?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Note = organization.Note,
            }
            : null;
}
