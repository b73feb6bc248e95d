namespace Helpdesk.Mail.Intake.Replies;

/// <summary>Marks above a message that was passed on.</summary>
internal static class Forwarding
{
    private static readonly string[] Names =
    [
        "forwarded message",
        "begin forwarded message",
        "forwarded by",
        "weitergeleitete nachricht",
        "anfang der weitergeleiteten",
        "message transféré",
        "message transmis",
        "début du message",
        "mensaje reenviado",
        "inicio del mensaje",
        "messaggio inoltrato",
        "inizio messaggio inoltrato",
        "mensagem encaminhada",
        "mensagem reencaminhada",
        "przekazana wiadomość",
        "treść przekazanej wiadomości",
        "пересылаемое сообщение",
        "пересланное сообщение",
        "начало переадресованного",
        "переслане повідомлення",
        "перенаправлене повідомлення",
        "doorgestuurd bericht",
        "vidarebefordrat meddelande",
        "videresendt meddelelse",
        "přeposlaná zpráva",
        "továbbított üzenet",
        "转发邮件",
        "転送メッセージ",
    ];

    public static bool Begins(string line)
    {
        if (line.Length > 120)
            return false;
        var words = line.Trim('-', '_', '=', '*', ' ');
        return words.Length > 0 && Array.Exists(Names, n => words.StartsWith(n, StringComparison.OrdinalIgnoreCase));
    }
}
