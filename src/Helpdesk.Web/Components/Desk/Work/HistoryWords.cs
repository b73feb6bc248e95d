using System.Text.Json;
using Helpdesk.Routing.Assignment;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Settings;
using Helpdesk.Tickets.Sla;
using Helpdesk.Web.Components.Help.Articles;
using Microsoft.Extensions.Localization;

namespace Helpdesk.Web.Components.Desk.Work;

/// <summary>What happened to a ticket, in the reader's words.</summary>
public sealed class HistoryWords(IStringLocalizer<DeskTexts> T, DeskPicture picture)
{
    /// <summary>Without who and when: <c>changed the priority from Normal to High</c>.</summary>
    public string Of(EventFacts change)
    {
        var data = Read(change.Data);
        return change.Kind switch
        {
            // a person called it special
            TicketEventKind.TopicChanged when data.GetValueOrDefault("to") is null => T[
                "Event.TopicChanged",
                T["NoneOfTheTopics"]
            ],
            TicketEventKind.TopicChanged => T["Event.TopicChanged", Topic(data, "to")],
            TicketEventKind.PriorityChanged => T["Event.PriorityChanged", Priority(data, "from"), Priority(data, "to")],
            TicketEventKind.ReadingCorrected => T["Event.ReadingCorrected", Corrected(data)],
            TicketEventKind.Assigned => T["Event.Assigned", data.GetValueOrDefault("name") ?? ""],
            TicketEventKind.TeamChanged => T["Event.TeamChanged", data.GetValueOrDefault("name") ?? Team(data, "to")],
            TicketEventKind.StatusChanged => T["Event.StatusChanged", Status(data, "to")],
            TicketEventKind.Routed when data.GetValueOrDefault("name") is { Length: > 0 } name => T[
                "Event.RoutedTo",
                name,
                Team(data, "team"),
                Topic(data, "topic")
            ],
            TicketEventKind.Routed => T["Event.Routed", Team(data, "team"), Topic(data, "topic")],
            TicketEventKind.MessageMoved => T[
                "Event.MessageMovedFromTo",
                data.GetValueOrDefault("from") ?? "",
                data.GetValueOrDefault("to") ?? ""
            ],
            TicketEventKind.LinkedToProblem => T["Event.LinkedToProblem", data.GetValueOrDefault("problem") ?? ""],
            TicketEventKind.ParticipantsAdded => T["Event.ParticipantsAdded", data.GetValueOrDefault("people") ?? ""],
            TicketEventKind.ParticipantRemoved => T["Event.ParticipantRemoved", data.GetValueOrDefault("people") ?? ""],
            TicketEventKind.DeliveryFailed when data.GetValueOrDefault("address") is { Length: > 0 } address => T[
                "Event.DeliveryFailedTo",
                address
            ],
            TicketEventKind.Escalated => T["Event.Escalated", data.GetValueOrDefault("percent") ?? "", Target(data)],
            _ => T[$"Event.{change.Kind}"],
        };
    }

    /// <summary>Who did it: a name, or the desk itself.</summary>
    public string Actor(EventFacts change, Guid me) =>
        change.ActorKind is ActorKind.System ? T["TheDesk"]
        : change.ActorId == me.ToString() ? T["You"]
        : change.ActorName;

    /// <summary>Null when no reason was given.</summary>
    public string? Reason(EventFacts change) =>
        Read(change.Data).GetValueOrDefault("reason") switch
        {
            null or "" when Read(change.Data).GetValueOrDefault("insteadOf") is { } absent => T[
                "Reason.Absent",
                absent
            ],
            null or "" => null,
            "escalation" => T["Reason.Escalation"],
            "freed-capacity" => T["Reason.FreedCapacity"],
            Rebalancing.Reason => T["Reason.Rebalanced"],
            var reason => reason,
        };

    private string Corrected(Dictionary<string, string?> data) =>
        string.Join(
            ", ",
            new[]
            {
                data.GetValueOrDefault("type") is { } type ? T[$"Type.{type}"].Value : null,
                data.GetValueOrDefault("complexity") is { } complexity ? T[$"Complexity.{complexity}"].Value : null,
                data.GetValueOrDefault("language") is { } language ? ReaderLanguage.NameOf(language) : null,
                data.GetValueOrDefault("tone") is { } tone ? T[$"Tone.{tone}"].Value : null,
            }.OfType<string>()
        );

    private static Dictionary<string, string?> Read(string? data) =>
        data is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string?>>(data) ?? [];

    private string Topic(Dictionary<string, string?> data, string name) =>
        int.TryParse(data.GetValueOrDefault(name), out var id) && picture.Topics.TryGetValue(id, out var topic)
            ? topic.Name
            : T["NoTopic"];

    private string Team(Dictionary<string, string?> data, string name) =>
        int.TryParse(data.GetValueOrDefault(name), out var id) && picture.Teams.TryGetValue(id, out var team)
            ? team.Name
            : T["NoTeam"];

    private string Priority(Dictionary<string, string?> data, string name) =>
        Enum.TryParse<TicketPriority>(data.GetValueOrDefault(name), out var priority) ? T[$"Priority.{priority}"] : "";

    private string Status(Dictionary<string, string?> data, string name) =>
        Enum.TryParse<TicketStatus>(data.GetValueOrDefault(name), out var status) ? T[$"Status.{status}"] : "";

    private string Target(Dictionary<string, string?> data) =>
        Enum.TryParse<SlaTarget>(data.GetValueOrDefault("target"), out var target) ? T[$"Target.{target}"] : "";
}
