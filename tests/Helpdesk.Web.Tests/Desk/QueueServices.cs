using Helpdesk.Web.Components.Desk;
using Helpdesk.Web.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Helpdesk.Web.Tests.Desk;

internal static class QueueServices
{
    /// <summary>What the desk's pages ask, without the pages.</summary>
    public static void AddQueues(this IServiceCollection services) => services.AddLive().AddDesk();
}
