namespace Helpdesk.Routing.Learning;

/// <summary>How a finished request was read by a model's trial, which had learned from older ones only.</summary>
/// <param name="TopicId">Null: none of the known topics.</param>
/// <param name="Confidence">Probability that the topic is right, 0..1.</param>
public sealed record HeldOutReading(int ModelId, long TicketId, int? TopicId, double Confidence);
