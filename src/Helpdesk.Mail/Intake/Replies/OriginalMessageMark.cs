namespace Helpdesk.Mail.Intake.Replies;

/// <summary>"-----Original Message-----" in the languages of the clients.</summary>
internal static class OriginalMessageMark
{
    private static readonly string[] Names =
    [
        "original message",
        "original appointment",
        "reply message",
        "original e-mail",
        "original email",
        "ursprüngliche nachricht",
        "ursprungliche nachricht",
        "originalnachricht",
        "original-nachricht",
        "urspr. nachricht",
        "message d'origine",
        "message d’origine",
        "message original",
        "message initial",
        "mensaje original",
        "messaggio originale",
        "messaggio originario",
        "mensagem original",
        "oryginalna wiadomość",
        "wiadomość oryginalna",
        "wiadomość pierwotna",
        "исходное сообщение",
        "оригинальное сообщение",
        "первоначальное сообщение",
        "вихідне повідомлення",
        "оригінальне повідомлення",
        "початкове повідомлення",
        "oorspronkelijk bericht",
        "oorspronkelijke bericht",
        "ursprungligt meddelande",
        "originalmeddelande",
        "oprindelig meddelelse",
        "opprinnelig melding",
        "alkuperäinen viesti",
        "původní zpráva",
        "pôvodná správa",
        "eredeti üzenet",
        "mesaj original",
        "mesajul original",
        "orijinal ileti",
        "orijinal mesaj",
        "αρχικό μήνυμα",
        "原始邮件",
        "原始郵件",
        "元のメッセージ",
        "원본 메일",
        "원본 메시지",
    ];

    public static bool Is(string line)
    {
        if (line.Length > 120)
            return false;
        if (line.Contains("reply above this line", StringComparison.OrdinalIgnoreCase))
            return true;
        if (
            !line.StartsWith("--", StringComparison.Ordinal)
            && !line.StartsWith("__", StringComparison.Ordinal)
            && !line.StartsWith("==", StringComparison.Ordinal)
        )
            return false;
        var words = line.Trim('-', '_', '=', ' ');
        return words.Length > 0 && Array.Exists(Names, n => words.StartsWith(n, StringComparison.OrdinalIgnoreCase));
    }
}
