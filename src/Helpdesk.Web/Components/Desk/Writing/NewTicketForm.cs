using System.ComponentModel.DataAnnotations;
using Helpdesk.Tickets;
using Helpdesk.Tickets.People;
using Helpdesk.Web.Components.Help.Requests;

namespace Helpdesk.Web.Components.Desk.Writing;

/// <summary>What a specialist writes down for somebody who called or came by.</summary>
public sealed class NewTicketForm
{
    [Required(ErrorMessage = "Write.Address.Missing")]
    [DomainHasDot(ErrorMessage = "Write.Address.NoDot")]
    [MailAddress(ErrorMessage = "Write.Address.Malformed")]
    public string? Address { get; set; }

    [StringLength(Customer.MaxNameLength)]
    public string? Name { get; set; }

    [Required(ErrorMessage = "Write.Subject.Missing"), StringLength(Ticket.MaxSubjectLength)]
    public string? Subject { get; set; }

    [Required(ErrorMessage = "Write.Text.Missing"), StringLength(NewRequestForm.MaxTextLength)]
    public string? Text { get; set; }

    public Channel Channel { get; set; } = Channel.Phone;

    /// <summary>Null = routing reads it from the text.</summary>
    public int? TopicId { get; set; }

    /// <summary>Null = routing computes it.</summary>
    public TicketPriority? Priority { get; set; }

    /// <summary>Send the customer the acknowledgement with the number.</summary>
    public bool TellCustomer { get; set; }

    /// <summary>One use, see <see cref="FormKey"/>.</summary>
    public string Key { get; set; } = FormKey.Create();

    /// <summary>By what ways a request is written down by hand.</summary>
    public static IReadOnlyList<Channel> Channels { get; } =
    [Channel.Phone, Channel.InPerson, Channel.Chat, Channel.Email];
}
