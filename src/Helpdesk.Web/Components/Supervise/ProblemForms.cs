using System.ComponentModel.DataAnnotations;
using Helpdesk.Routing.Emerging;
using Helpdesk.Tickets;

namespace Helpdesk.Web.Components.Supervise;

/// <summary>What a supervisor makes of alike requests.</summary>
public sealed class ProblemForm
{
    [StringLength(Problem.MaxTitleLength)]
    public string? Title { get; set; }

    /// <summary>The ticked ones.</summary>
    public List<long> Tickets
    {
        get;
        set => field = value ?? [];
    } = [];

    /// <summary>The button: <c>link</c>, <c>aside</c>, <c>resolved</c> or <c>dismissed</c>.</summary>
    public string? Do { get; set; }
}

/// <summary>One answer for all.</summary>
public sealed class ProblemAnswerForm
{
    /// <summary>Made with the page; see <see cref="ProblemTicket.AnswerKey"/>.</summary>
    public Guid Key { get; set; }

    [StringLength(Message.MaxTextLength)]
    public string? Text { get; set; }

    /// <summary>The button: <c>open</c> or <c>resolve</c>.</summary>
    public string? Do { get; set; }
}
