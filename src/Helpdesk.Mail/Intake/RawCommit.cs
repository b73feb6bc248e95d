using System.Data.Common;
using System.Globalization;
using Helpdesk.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Helpdesk.Mail.Intake;

/// <summary>
/// Writes new mails with the same three statements on both engines, prepared once for a whole group. This is the one place
/// where every mail of a storm passes before it is answered; building and tracking entities would cost ten times the statements.
/// </summary>
internal sealed class RawCommit : IAsyncDisposable
{
    private const string FindSameId = """
        SELECT 1 FROM "InboundMails" WHERE "MessageKey" = @messageKey LIMIT 1
        """;

    private const string FindSame = """
        SELECT "Id" FROM "InboundMails" WHERE "MessageKey" = @messageKey AND "ContentKey" = @contentKey
        """;

    // another node may add the same mail at this moment: the index decides, not a look before
    private const string AddMail = """
        INSERT INTO "InboundMails" ("MessageKey", "ContentKey", "MessageId", "Channel", "MailboxId", "ReturnPath", "Recipients", "SizeBytes",
            "ReceivedAt", "State", "Attempts", "NextAttemptAt", "Remarks")
        VALUES (@messageKey, @contentKey, @messageId, @channel, @mailboxId, @returnPath, @recipients, @sizeBytes,
            @receivedAt, 0, 0, @receivedAt, @remarks)
        ON CONFLICT ("MessageKey", "ContentKey") DO NOTHING
        RETURNING "Id"
        """;

    private const string AddRaw = """
        INSERT INTO "RawMails" ("InboundMailId", "IsCompressed", "SizeBytes", "Content")
        VALUES (@id, @isCompressed, @sizeBytes, @content)
        """;

    private readonly IDbContextTransaction transaction;
    private readonly DbCommand findSameId;
    private readonly DbCommand findSame;
    private readonly DbCommand addMail;
    private readonly DbCommand addRaw;
    private readonly Func<object?, object?>? convertInstant;

    private RawCommit(HelpdeskDbContext db, IDbContextTransaction transaction)
    {
        this.transaction = transaction;
        // SQLite keeps instants as numbers, and the model knows how
        convertInstant = db
            .Model.FindEntityType(typeof(InboundMail))!
            .FindProperty(nameof(InboundMail.ReceivedAt))!
            .GetTypeMapping()
            .Converter?.ConvertToProvider;
        findSameId = Command(db, FindSameId);
        findSame = Command(db, FindSame);
        addMail = Command(db, AddMail);
        addRaw = Command(db, AddRaw);
    }

    public static async Task<RawCommit> BeginAsync(HelpdeskDbContext db, CancellationToken cancellationToken) =>
        new(db, await db.Database.BeginTransactionAsync(cancellationToken));

    /// <returns>The row, and whether it was there before.</returns>
    public async Task<Acceptance.Stored> AddAsync(InboundMail mail, CancellationToken cancellationToken)
    {
        var (messageKey, contentKey) = (
            ("messageKey", (object)mail.MessageKey),
            ("contentKey", (object)mail.ContentKey)
        );
        var isRepeated = await AskAsync(findSameId, cancellationToken, messageKey) is not null;
        if (isRepeated && await AskAsync(findSame, cancellationToken, messageKey, contentKey) is { } there)
            return new(ToId(there), AlreadyThere: true);
        var receivedAt = convertInstant?.Invoke(mail.ReceivedAt) ?? mail.ReceivedAt;
        var added = await AskAsync(
            addMail,
            cancellationToken,
            messageKey,
            contentKey,
            ("messageId", (object?)mail.MessageId ?? DBNull.Value),
            ("channel", mail.Channel),
            ("mailboxId", (object?)mail.MailboxId ?? DBNull.Value),
            ("returnPath", mail.ReturnPath),
            ("recipients", mail.Recipients),
            ("sizeBytes", mail.SizeBytes),
            ("receivedAt", receivedAt),
            ("remarks", isRepeated ? InboundQueue.RepeatsMessageId : DBNull.Value)
        );
        if (added is null)
            return new(ToId(await AskAsync(findSame, cancellationToken, messageKey, contentKey)), AlreadyThere: true);
        var raw = mail.Raw!;
        await AskAsync(
            addRaw,
            cancellationToken,
            ("id", ToId(added)),
            ("isCompressed", raw.IsCompressed),
            ("sizeBytes", raw.SizeBytes),
            ("content", raw.Content)
        );
        return new(ToId(added), AlreadyThere: false);
    }

    /// <summary>Returns when the rows are on the disk.</summary>
    public Task CommitAsync(CancellationToken cancellationToken) => transaction.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var command in (DbCommand[])[findSameId, findSame, addMail, addRaw])
            await command.DisposeAsync();
        await transaction.DisposeAsync();
    }

    private static long ToId(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private DbCommand Command(HelpdeskDbContext db, string sql)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = transaction.GetDbTransaction();
        command.CommandText = sql;
        return command;
    }

    private static async Task<object?> AskAsync(
        DbCommand command,
        CancellationToken cancellationToken,
        params (string Name, object Value)[] values
    )
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (command.Parameters.Count <= i)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = values[i].Name;
                command.Parameters.Add(parameter);
            }
            command.Parameters[i].Value = values[i].Value;
        }
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
