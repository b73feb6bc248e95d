using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Helpdesk.Web.Startup;

/// <summary>What keeps the desk from starting and is not a defect of it: said in one line rather than with a trace.</summary>
internal static class StartTrouble
{
    /// <returns>Null: it is none of these.</returns>
    public static string? WordsFor(Exception failure) =>
        failure switch
        {
            OptionsValidationException wrong => $"A setting is wrong: {string.Join(" ", wrong.Failures)}",
            // how the configuration names the setting whose value it cannot read
            InvalidOperationException wrong
                when wrong.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal) =>
                $"A setting is wrong: {wrong.Message}",
            IOException or SocketException when IsBusy(failure) =>
                $"An address is in use: {failure.Message} Another desk may run already. --urls and --Mail:Smtp:Listen choose others.",
            _ => null,
        };

    private static bool IsBusy(Exception? failure) =>
        failure is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
        || failure?.InnerException is { } inner && IsBusy(inner)
        || failure is AggregateException all && all.InnerExceptions.Any(IsBusy);
}
