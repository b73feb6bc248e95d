namespace Helpdesk.Tickets.Access;

/// <summary>Role names of Identity.</summary>
public static class Roles
{
    public const string Customer = "customer";
    public const string Specialist = "specialist";
    public const string Supervisor = "supervisor";
    public const string Administrator = "administrator";

    /// <summary>Everybody who works at the desk.</summary>
    public const string Staff = $"{Specialist},{Supervisor},{Administrator}";

    public static IReadOnlyList<string> All { get; } = [Customer, Specialist, Supervisor, Administrator];
}
