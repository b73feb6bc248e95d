using Helpdesk.Mail.Alerts;
using Helpdesk.Mail.Imap;
using Helpdesk.Mail.Import;
using Helpdesk.Mail.Intake;
using Helpdesk.Mail.Outbound;
using Helpdesk.Mail.Smtp;
using Helpdesk.Mail.Spam;
using Helpdesk.Tickets.Data;
using Helpdesk.Tickets.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Helpdesk.Mail;

public static class MailModule
{
    /// <summary>Mail in and out, with the workers that move it. Needs the services of tickets and, for its tables, <see cref="MailModelPart"/>.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddMailRooms(configuration);
        services.AddWorker<IntakeWorker>();
        services.AddWorker<OutboundWorker>();
        services.AddWorker<MailboxWorker>();
        // last in, first out: when the program stops, the door closes before the workers go
        services.AddSingleton<SmtpListener>();
        services.AddHostedService(provider => provider.GetRequiredService<SmtpListener>());
        return services;
    }

    /// <summary>The same without listener and workers: for commands and tests, which call what they need.</summary>
    public static IServiceCollection AddMailRooms(this IServiceCollection services, IConfiguration configuration)
    {
        Bind<SmtpListenerOptions>(services, configuration, "Mail:Smtp");
        Bind<IntakeOptions>(services, configuration, "Mail:Intake");
        Bind<StaffAnswerOptions>(services, configuration, "Mail:StaffAnswers");
        Bind<MailAlertOptions>(services, configuration, "Mail:Alerts");
        Bind<OutboundOptions>(services, configuration, "Mail:Out");
        Bind<OutboundQueueOptions>(services, configuration, "Mail:Outbox");
        Bind<DkimOptions>(services, configuration, "Mail:Dkim");
        Bind<ImapOptions>(services, configuration, "Mail:Imap");
        services.AddDataProtection();
        services.AddSingleton(_ => new Failpoints());
        services.AddSingleton<MailMetrics>();
        services.AddSingleton<DiskRoom>();
        services.AddSingleton<InboundQueue>();
        // without a learned filter beside it the desk has none
        services.TryAddSingleton<ReadSpam>((_, _, _) => ValueTask.FromResult<SpamReading?>(null));
        services.AddSingleton<MailIntake>();
        services.AddSingleton<MessageMoves>();
        services.AddSingleton<MailAlerts>();
        services.AddSingleton<DestinationRests>();
        services.AddSingleton<OutboundSender>();
        services.AddSingleton<AcceptMail>(provider => provider.GetRequiredService<InboundQueue>().AcceptAsync);
        services.AddSingleton<IsOurAddress>(provider => DeskAddresses(provider.GetRequiredService<DeskDirectory>()));
        services.AddSingleton(Sender);
        services.AddSingleton<MailboxSecrets>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<OutgoingTokens>();
        services.AddSingleton<MailboxLogins>();
        services.AddSingleton<MailboxHouse>();
        services.AddSingleton<MailboxCheck>();
        services.AddSingleton<MailImport>();
        return services;
    }

    private static void Bind<T>(IServiceCollection services, IConfiguration configuration, string section)
        where T : class =>
        services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateDataAnnotations().ValidateOnStart();

    private static IMailSender Sender(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<OutboundOptions>>();
        var time = provider.GetRequiredService<TimeProvider>();
        if (options.Value.Host.Length > 0)
            return new SmtpMailSender(
                options,
                time,
                provider.GetRequiredService<AccessTokens>(),
                provider.GetRequiredService<IOptions<DkimOptions>>().Value is { KeyFile: not null } dkim
                    ? new DkimSigner(dkim)
                    : null,
                provider.GetRequiredService<OutgoingTokens>()
            );
        var storage = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
        return new PickupFolder(PickupFolder.PathOf(options.Value, storage), time);
    }

    // RFC 5321, 4.5.1: whoever runs a mail server can be reached as postmaster
    private static IsOurAddress DeskAddresses(DeskDirectory directory) =>
        async (address, cancellationToken) =>
        {
            var settings = (await directory.GetAsync(cancellationToken)).Settings;
            return settings.Receives(address)
                || address.Equals("postmaster", StringComparison.OrdinalIgnoreCase)
                || address.Equals($"postmaster@{settings.MailDomain}", StringComparison.OrdinalIgnoreCase);
        };
}
