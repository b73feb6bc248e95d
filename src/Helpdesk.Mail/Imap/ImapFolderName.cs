using System.Text;

namespace Helpdesk.Mail.Imap;

/// <summary>Names of folders as IMAP writes them: a variant of UTF-7 (RFC 3501, 5.1.3).</summary>
public static class ImapFolderName
{
    public static string Encode(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var at = 0; at < name.Length; )
        {
            if (name[at] is >= ' ' and <= '~')
            {
                text.Append(name[at] == '&' ? "&-" : name[at].ToString());
                at++;
                continue;
            }
            var end = at;
            while (end < name.Length && name[end] is not (>= ' ' and <= '~'))
                end++;
            var bytes = Encoding.BigEndianUnicode.GetBytes(name[at..end]);
            text.Append('&').Append(Convert.ToBase64String(bytes).TrimEnd('=').Replace('/', ',')).Append('-');
            at = end;
        }
        return text.ToString();
    }
}
