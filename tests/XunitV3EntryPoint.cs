namespace Helpdesk.Testing;

internal static class XunitV3EntryPoint
{
    private static Task<int> Main(string[] args) => Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
