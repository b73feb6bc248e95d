using Helpdesk.Knowledge.Evaluation;
using Helpdesk.Mail;
using Helpdesk.Routing.Evaluation;
using Helpdesk.Routing.Replay;
using Helpdesk.Tickets;

namespace Helpdesk.Web.Commands;

/// <summary>
/// The verbs of the command line. No verb serves. Results go to standard output, words to standard error; 0 = done, 1 = failed, 2 = bad arguments.
/// </summary>
public static class CommandLine
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int BadArguments = 2;

    private const string Usage = """
        usage: Helpdesk.Web [settings such as --urls http://localhost:5080]     serves
               Helpdesk.Web mail parse PATH                                     what is understood of each *.eml, a JSON object a line
               Helpdesk.Web mail import PATH                                    takes in an mbox, a Maildir or a folder of *.eml; twice is once
               Helpdesk.Web demo load --tickets N --seed S                      fills the desk with realistic tickets
               Helpdesk.Web user add --name NAME --address ADDRESS --role ROLE  creates a member of staff, prints a one-time link
               Helpdesk.Web backup FILE | restore FILE | check                  copy while running, bring back, look for damage
               Helpdesk.Web routing train | routing eval | routing replay       see docs/routing.md
               Helpdesk.Web routing export FILE | routing import FILE [--check] the routing set-up as a readable file, and back
               Helpdesk.Web knowledge export FOLDER | knowledge import FOLDER   articles as a folder of Markdown files, and back
               Helpdesk.Web knowledge eval | knowledge bench                    see docs/performance.md
        """;

    /// <summary>Whether the arguments name a verb; settings begin with a dash or a slash.</summary>
    public static bool IsVerb(string[] args) => args is [{ Length: > 0 } first, ..] && first[0] is not ('-' or '/');

    /// <param name="open">Makes the program's services, for verbs that work on the desk's data.</param>
    public static async Task<int> RunAsync(
        string[] args,
        Func<string[], IServiceProvider> open,
        CancellationToken cancellationToken = default
    )
    {
        try
        {
            return args switch
            {
                ["mail", "parse", var path] => MailParseCommand.Run(path, Console.Out, Console.Error),
                ["mail", "import", var path, .. var settings] => await MailImportCommand.RunAsync(
                    path,
                    settings,
                    open,
                    cancellationToken
                ),
                ["backup", var file, .. var settings] => await Backup.WriteAsync(
                    open(settings),
                    file,
                    cancellationToken
                ),
                ["restore", var file, .. var settings] => await Backup.RestoreAsync(
                    open(settings),
                    file,
                    cancellationToken
                ),
                ["check", .. var settings] => await IntegrityCheck.RunAsync(
                    open(settings),
                    Console.Out,
                    cancellationToken
                ),
                ["user", "add", .. var options] => await UserAdd.RunAsync(options, open, cancellationToken),
                ["demo", "load", .. var options] => await DemoLoadCommand.RunAsync(options, open, cancellationToken),
                ["routing", "replay", .. var options] => await RoutingReplayCommand.RunAsync(
                    options,
                    open,
                    Console.Out,
                    Console.Error,
                    cancellationToken
                ),
                ["routing", "export", var file, .. var settings] => await RoutingSetUpCommand.ExportAsync(
                    open(settings),
                    file,
                    cancellationToken
                ),
                ["routing", "import", var file, .. var options] => await RoutingSetUpCommand.ImportAsync(
                    file,
                    options,
                    open,
                    cancellationToken
                ),
                ["routing", "train", .. var options] => RoutingTrain.Run(options, Console.Out, Console.Error),
                ["routing", "eval", .. var options] => RoutingEval.Run(options, Console.Out, Console.Error),
                ["knowledge", "export", var folder, .. var settings] => await KnowledgeFolder.ExportAsync(
                    open(settings),
                    folder,
                    cancellationToken
                ),
                ["knowledge", "import", var folder, .. var settings] => await KnowledgeFolder.ImportAsync(
                    open(settings),
                    folder,
                    cancellationToken
                ),
                ["knowledge", "eval", .. var options] => KnowledgeEvalCommand.Run(options, Console.Out, Console.Error),
                ["knowledge", "bench", .. var options] => KnowledgeBenchCommand.Run(
                    options,
                    Console.Out,
                    Console.Error
                ),
                _ => Explain(args),
            };
        }
        catch (RuleViolationException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return Failed;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return Failed;
        }
    }

    /// <summary>Reads <c>--name value</c> pairs.</summary>
    /// <returns>Null, with the reason on standard error, when a name is unknown or a value is missing.</returns>
    internal static (Dictionary<string, string> Options, string[] Settings)? Read(string[] args, params string[] names)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var settings = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].TrimStart('-');
            if (!names.Contains(name, StringComparer.Ordinal))
            {
                settings.Add(args[i]);
                continue;
            }
            if (i + 1 == args.Length)
            {
                Console.Error.WriteLine($"--{name} needs a value.");
                return null;
            }
            options[name] = args[++i];
        }
        return (options, [.. settings]);
    }

    internal static int Explain(string[] args)
    {
        Console.Error.WriteLine($"\"{string.Join(' ', args)}\" is not understood.");
        Console.Error.WriteLine(Usage);
        return BadArguments;
    }
}
