using Helpdesk.Knowledge.Evaluation;
using Helpdesk.Mail;
using Helpdesk.Routing.Evaluation;
using Helpdesk.Routing.Replay;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Data;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

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

        Settings go behind a verb as well: Helpdesk.Web check --Storage:DataDirectory=/var/lib/helpdesk
        """;

    /// <summary>Whether the arguments name a verb or ask for help; settings begin with a dash or a slash.</summary>
    public static bool IsVerb(string[] args) =>
        args is [{ Length: > 0 } first, ..] && (first[0] is not ('-' or '/') || IsHelp(first) || VerbBehind(args) > 0);

    private static bool IsHelp(string word) => word is "help" or "--help" or "-h" or "-?" or "/?";

    /// <summary>Where the verb begins, behind settings of the form <c>--name=value</c>; 0 = there is none behind settings.</summary>
    private static int VerbBehind(string[] args)
    {
        var settings = args.TakeWhile(a => a.StartsWith('-') && a.Contains('=', StringComparison.Ordinal)).Count();
        return settings < args.Length && args[settings] is { Length: > 0 } word && word[0] is not ('-' or '/')
            ? settings
            : 0;
    }

    /// <param name="open">Makes the program's services, for verbs that work on the desk's data.</param>
    public static async Task<int> RunAsync(
        string[] args,
        Func<string[], IServiceProvider> open,
        CancellationToken cancellationToken = default
    )
    {
        var before = VerbBehind(args);
        args = [.. args[before..], .. args[..before]];
        try
        {
            return args switch
            {
                [{ } word, ..] when IsHelp(word) => await HelpAsync(),
                ["mail", "parse", var path] => MailParseCommand.Run(path, Console.Out, Console.Error),
                ["mail", "import", var path, .. var settings] => await MailImportCommand.RunAsync(
                    path,
                    settings,
                    open,
                    cancellationToken
                ),
                ["backup", var file, .. var settings] => await Backup.WriteAsync(
                    Existing(settings, open),
                    file,
                    cancellationToken
                ),
                ["restore", var file, .. var settings] => await Backup.RestoreAsync(
                    open(settings),
                    file,
                    cancellationToken
                ),
                ["check", .. var settings] => await IntegrityCheck.RunAsync(
                    Existing(settings, open),
                    Console.Out,
                    cancellationToken
                ),
                ["user", "add", .. var options] => await UserAdd.RunAsync(
                    options,
                    settings => Existing(settings, open),
                    cancellationToken
                ),
                ["demo", "load", .. var options] => await DemoLoadCommand.RunAsync(options, open, cancellationToken),
                ["routing", "replay", .. var options] => await RoutingReplayCommand.RunAsync(
                    options,
                    settings => Existing(settings, open),
                    Console.Out,
                    Console.Error,
                    cancellationToken
                ),
                ["routing", "export", var file, .. var settings] => await RoutingSetUpCommand.ExportAsync(
                    Existing(settings, open),
                    file,
                    cancellationToken
                ),
                ["routing", "import", "--check", var file, .. var options] => await RoutingSetUpCommand.ImportAsync(
                    file,
                    ["--check", .. options],
                    settings => Existing(settings, open),
                    cancellationToken
                ),
                ["routing", "import", var file, .. var options] => await RoutingSetUpCommand.ImportAsync(
                    file,
                    options,
                    settings => Existing(settings, open),
                    cancellationToken
                ),
                ["routing", "train", .. var options] => RoutingTrain.Run(options, Console.Out, Console.Error),
                ["routing", "eval", .. var options] => RoutingEval.Run(options, Console.Out, Console.Error),
                ["knowledge", "export", var folder, .. var settings] => await KnowledgeFolder.ExportAsync(
                    Existing(settings, open),
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

    private static async Task<int> HelpAsync()
    {
        await Console.Out.WriteLineAsync(Usage);
        return Done;
    }

    /// <summary>For verbs that look at a desk: none is made by looking in the wrong folder.</summary>
    /// <exception cref="RuleViolationException">There is none, or a word is not understood.</exception>
    private static IServiceProvider Existing(string[] settings, Func<string[], IServiceProvider> open)
    {
        for (var i = 0; i < settings.Length; i++)
        {
            var isValue =
                i > 0 && settings[i - 1].StartsWith('-') && !settings[i - 1].Contains('=', StringComparison.Ordinal);
            if (!settings[i].StartsWith('-') && !isValue)
                throw new RuleViolationException($"\"{settings[i]}\" is not understood here.");
        }
        var services = open(settings);
        var storage = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        var file =
            storage.Provider is StorageProvider.Sqlite
                ? new SqliteConnectionStringBuilder(storage.EffectiveConnectionString).DataSource
                : null;
        return file is null || File.Exists(file)
            ? services
            : throw new RuleViolationException(
                $"There is no desk in {Path.GetFullPath(Path.GetDirectoryName(file) is { Length: > 0 } folder ? folder : ".")}. "
                    + "Say where it is: --Storage:DataDirectory=…"
            );
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
