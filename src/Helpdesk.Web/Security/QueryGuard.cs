using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Helpdesk.Web.Security;

/// <summary>
/// Answers 404 where an address says something that a page's typed parameter cannot mean, <c>?before=abc</c>: there is no such page, and nothing
/// went wrong that a log should keep the words of.
/// </summary>
public sealed class QueryGuard(RequestDelegate next)
{
    private readonly ConcurrentDictionary<Type, (string Name, Type Type)[]> typed = new();

    public Task InvokeAsync(HttpContext context)
    {
        if (
            context.Request.Query.Count > 0
            && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type is { } page
        )
            foreach (var (name, type) in typed.GetOrAdd(page, TypedOf))
                if (context.Request.Query.TryGetValue(name, out var values) && values is [{ } value, ..])
                    if (!Means(value, type))
                    {
                        context.Response.StatusCode = StatusCodes.Status404NotFound;
                        return Task.CompletedTask;
                    }
        return next(context);
    }

    private static (string, Type)[] TypedOf(Type page) =>
        [
            .. page.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Select(p => (Property: p, FromQuery: p.GetCustomAttribute<SupplyParameterFromQueryAttribute>()))
                .Where(p => p.FromQuery is not null)
                .Select(p => (p.FromQuery!.Name ?? p.Property.Name, p.Property.PropertyType)),
        ];

    private static bool Means(string value, Type type)
    {
        var inner = Nullable.GetUnderlyingType(type);
        if (value.Length == 0 && inner is not null)
            return true;
        return (inner ?? type) switch
        {
            var t when t == typeof(long) => long.TryParse(value, CultureInfo.InvariantCulture, out _),
            var t when t == typeof(int) => int.TryParse(value, CultureInfo.InvariantCulture, out _),
            var t when t == typeof(bool) => bool.TryParse(value, out _),
            var t when t == typeof(Guid) => Guid.TryParse(value, out _),
            _ => true,
        };
    }
}
