namespace Helpdesk.Routing.Assignment;

/// <summary>
/// Changes whenever routing gives somebody work. Whoever chose a person from work counted before another node gave them
/// something finds the version changed and decides anew, so capacity holds with any number of nodes.
/// </summary>
public sealed class AssignmentTurn
{
    public required Guid SpecialistId { get; init; }
    public int Version { get; private set; }

    public void Take() => Version++;
}
