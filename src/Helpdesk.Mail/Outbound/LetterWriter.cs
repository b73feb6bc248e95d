using System.Globalization;
using System.Net;
using System.Text;
using Helpdesk.Mail.Mime;
using Helpdesk.Tickets;
using Helpdesk.Tickets.Html;

namespace Helpdesk.Mail.Outbound;

/// <summary>What a mail is written from.</summary>
public sealed record LetterContent
{
    public required TemplateWords Words { get; init; }
    public required CultureInfo Culture { get; init; }

    /// <summary>Values of the placeholders, by name; an empty one counts as missing.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }
    public required string Company { get; init; }

    /// <summary>The line above everything, e.g. company and number.</summary>
    public required string TopLine { get; init; }

    /// <summary>Stands before everything, where the reader may answer: what is below it is not theirs.</summary>
    public string? AnswerLine { get; init; }

    /// <summary>Base of relative links, without a slash at the end.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Behind the button; null = no button.</summary>
    public string? Link { get; init; }

    /// <summary>Behind a second, quieter button: the other answer to the question that the first one is an answer to.</summary>
    public string? OtherLink { get; init; }
    public IReadOnlyList<LetterLink> Articles { get; init; } = [];

    /// <summary>What belongs to the message and is too large to come with it.</summary>
    public IReadOnlyList<LetterLink> Files { get; init; } = [];

    /// <summary>Until when <see cref="Files"/> can be had, in words.</summary>
    public string FilesUntil { get; init; } = "";

    /// <summary>What stands for <c>{message}</c>: a public message of the ticket.</summary>
    public string? MessageText { get; init; }
    public SafeHtml? MessageHtml { get; init; }

    /// <summary>What stands for <c>{signature}</c> alone in its paragraph; see <see cref="LetterWriter.Sign"/>.</summary>
    public string Signature { get; init; } = "";

    /// <summary>What this mail answers, quoted at the end.</summary>
    public string? EarlierText { get; init; }
}

public sealed record LetterLink(string Title, string Address, string Summary);

/// <param name="Text">LF line ends.</param>
public sealed record Letter(string Subject, string Text, string Html);

/// <summary>Words and facts to a letter: a plain text, and an HTML page of one column that says the same.</summary>
public static class LetterWriter
{
    private const string MessagePlaceholder = "{message}";
    private const string SignaturePlaceholder = "{signature}";

    public static Letter Write(LetterContent content)
    {
        var subject = Tickets.Text.OneLine(Fill(content.Words.Subject, content.Facts) ?? content.Company, 250);
        return new(subject, WriteText(content), WriteHtml(content, subject));
    }

    /// <summary>A signature with its placeholders filled in, line by line; a line with a placeholder that has no value is left out.</summary>
    public static string Sign(string signature, IReadOnlyDictionary<string, string> facts) =>
        string.Join(
            '\n',
            signature
                .ReplaceLineEndings("\n")
                .Split('\n')
                .Select(l => Fill(l.TrimEnd(), facts))
                .Where(l => l is not null)
        );

    // ---- filling in

    /// <returns>Null when a placeholder has no value.</returns>
    private static string? Fill(string line, IReadOnlyDictionary<string, string> facts)
    {
        var filled = new StringBuilder(line.Length + 32);
        for (var at = 0; at < line.Length; )
        {
            var open = line.IndexOf('{', at);
            var close = open < 0 ? -1 : line.IndexOf('}', open);
            if (close < 0)
            {
                filled.Append(line, at, line.Length - at);
                break;
            }
            if (facts.GetValueOrDefault(line[(open + 1)..close]) is not { Length: > 0 } value)
                return null;
            filled.Append(line, at, open - at).Append(value);
            at = close + 1;
        }
        return filled.ToString();
    }

    /// <summary>Paragraphs with their placeholders filled in; the message keeps its placeholder as a paragraph of its own.</summary>
    private static IEnumerable<string> Paragraphs(string text, IReadOnlyDictionary<string, string> facts)
    {
        foreach (var block in text.ReplaceLineEndings("\n").Split("\n\n"))
        {
            if (block.Trim() is MessagePlaceholder or SignaturePlaceholder)
            {
                yield return block.Trim();
                continue;
            }
            var lines = block.Split('\n').Select(l => Fill(l.Trim(), facts)).Where(l => !string.IsNullOrEmpty(l));
            var paragraph = string.Join(' ', lines);
            if (paragraph.Length > 0)
                yield return paragraph;
        }
    }

    // ---- plain text

    private static string WriteText(LetterContent content)
    {
        var text = new StringBuilder();
        var (words, facts) = (content.Words, content.Facts);
        if (content.AnswerLine is { } line)
            text.Append(line).Append("\n\n");
        text.Append(content.TopLine).Append("\n\n");
        if (Fill(words.Heading, facts) is { Length: > 0 } heading)
            text.Append(heading).Append("\n\n");
        foreach (var paragraph in Paragraphs(words.Text, facts))
            text.Append(Said(paragraph, content)).Append("\n\n");
        ListLinks(text, FilesHeading(content), content.Files);
        if (content.Link is { } link && Fill(words.Button, facts) is { Length: > 0 } button)
            text.Append(button).Append(":\n").Append(link).Append("\n\n");
        if (content.OtherLink is { } otherLink && Fill(words.OtherButton, facts) is { Length: > 0 } other)
            text.Append(other).Append(":\n").Append(otherLink).Append("\n\n");
        ListLinks(text, TemplateWords.Phrase("Articles", content.Culture), content.Articles);
        foreach (var paragraph in Paragraphs(words.Footer, facts))
            text.Append(Said(paragraph, content)).Append("\n\n");
        if (content.EarlierText is { } earlier)
            text.Append(Quoted(earlier));
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void ListLinks(StringBuilder text, string heading, IReadOnlyList<LetterLink> links)
    {
        if (links.Count == 0)
            return;
        text.Append(heading).Append("\n\n");
        foreach (var link in links)
        {
            text.Append("* ").Append(link.Title).Append('\n');
            if (link.Summary.Length > 0)
                text.Append("  ").Append(link.Summary).Append('\n');
            text.Append("  ").Append(link.Address).Append("\n\n");
        }
    }

    private static string FilesHeading(LetterContent content) =>
        TemplateWords.Phrase("Files", content.Culture).Replace("{until}", content.FilesUntil, StringComparison.Ordinal);

    private static string? Said(string paragraph, LetterContent content) =>
        paragraph switch
        {
            MessagePlaceholder => MessageText(content),
            SignaturePlaceholder => content.Signature.TrimEnd(),
            _ => paragraph,
        };

    private static string Quoted(string earlier) =>
        string.Concat(
            earlier.ReplaceLineEndings("\n").TrimEnd().Split('\n').Select(l => l.Length == 0 ? ">\n" : $"> {l}\n")
        );

    // ---- HTML

    private const string Ink = "color:#1c1a17";
    private const string Soft = "color:#514c44";

    private static string WriteHtml(LetterContent content, string subject)
    {
        var html = new StringBuilder(4096);
        var (words, facts) = (content.Words, content.Facts);
        var paragraphs = Paragraphs(words.Text, facts).ToList();
        html.Append(
            CultureInfo.InvariantCulture,
            $"<!doctype html>\n<html lang=\"{content.Culture.TwoLetterISOLanguageName}\""
        );
        html.Append(content.Culture.TextInfo.IsRightToLeft ? " dir=\"rtl\">\n" : ">\n");
        html.Append(Head.Replace("{title}", Encode(subject), StringComparison.Ordinal));
        // what mail programs show beside the subject
        Element(
            html,
            "div",
            "display:none;max-height:0;overflow:hidden",
            paragraphs.Find(p => p is not (MessagePlaceholder or SignaturePlaceholder)) ?? ""
        );
        html.Append(Frame);
        if (content.AnswerLine is { } line)
            Element(html, "p", $"margin:0 0 12px;font-size:12px;{Soft}", line, "soft");
        Element(html, "p", $"margin:0 0 20px;font-size:13px;{Soft}", content.TopLine, "soft");
        if (Fill(words.Heading, facts) is { Length: > 0 } heading)
            Element(html, "h1", $"margin:0 0 12px;font-size:22px;line-height:1.3;{Ink}", heading, "ink");
        foreach (var paragraph in paragraphs)
        {
            if (paragraph == MessagePlaceholder)
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"<div class=\"ink\" style=\"margin:0 0 16px;{Ink}\">{MessageHtml(content)}</div>\n"
                );
            else if (paragraph == SignaturePlaceholder)
                Signed(html, content, $"margin:0 0 16px;{Ink}", "ink");
            else
                Element(html, "p", $"margin:0 0 16px;{Ink}", paragraph, "ink");
        }
        WriteLinks(html, FilesHeading(content), content.Files);
        if (content.Link is { } link && Fill(words.Button, facts) is { Length: > 0 } button)
            Button(html, button, link);
        if (content.OtherLink is { } otherLink && Fill(words.OtherButton, facts) is { Length: > 0 } other)
            html.Append(
                CultureInfo.InvariantCulture,
                $"<p class=\"ink\" style=\"margin:0 0 24px;{Ink}\"><a class=\"text\" href=\"{Encode(otherLink)}\" style=\"color:#1f4fc4;font-weight:600\">{Encode(other)}</a></p>\n"
            );
        WriteLinks(html, TemplateWords.Phrase("Articles", content.Culture), content.Articles);
        foreach (var paragraph in Paragraphs(words.Footer, facts))
        {
            if (paragraph == SignaturePlaceholder)
                Signed(html, content, $"margin:0 0 8px;font-size:14px;{Soft}", "soft");
            else
                Element(html, "p", $"margin:0 0 8px;font-size:14px;{Soft}", paragraph, "soft");
        }
        if (content.EarlierText is { } earlier)
            html.Append(
                CultureInfo.InvariantCulture,
                $"<blockquote class=\"soft rule\" style=\"margin:20px 0 0;padding:0 0 0 12px;border-left:3px solid #e5e1d9;font-size:14px;{Soft}\">{HtmlSanitizer.FromText(earlier.TrimEnd()).Value}</blockquote>\n"
            );
        return html.Append(Foot).ToString();
    }

    private static void Signed(StringBuilder html, LetterContent content, string style, string cssClass)
    {
        if (content.Signature.TrimEnd() is not { Length: > 0 } signature)
            return;
        var lines = string.Join("<br>", signature.Split('\n').Select(Encode));
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"{cssClass}\" style=\"{style}\">{lines}</p>\n");
    }

    private static void WriteLinks(StringBuilder html, string heading, IReadOnlyList<LetterLink> links)
    {
        if (links.Count == 0)
            return;
        Element(html, "p", $"margin:0 0 8px;font-weight:600;{Ink}", heading, "ink");
        foreach (var (n, link) in links.Index())
        {
            var isLast = n == links.Count - 1;
            html.Append("<p class=\"rule\" style=\"padding:10px 0;border-top:1px solid #e5e1d9;");
            html.Append(isLast ? "margin:0 0 20px;border-bottom:1px solid #e5e1d9\">" : "margin:0\">");
            html.Append(
                CultureInfo.InvariantCulture,
                $"<a class=\"text\" href=\"{Encode(link.Address)}\" style=\"color:#1f4fc4\">{Encode(link.Title)}</a>"
            );
            if (link.Summary.Length > 0)
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"<br><span class=\"soft\" style=\"font-size:14px;{Soft}\">{Encode(link.Summary)}</span>"
                );
            html.Append("</p>\n");
        }
    }

    private static void Button(StringBuilder html, string words, string link) =>
        html.Append(
            CultureInfo.InvariantCulture,
            $"<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:0 0 24px\"><tr><td style=\"background:#1f4fc4;border-radius:7px\"><a href=\"{Encode(link)}\" style=\"display:inline-block;padding:12px 20px;color:#ffffff;font-weight:600;text-decoration:none\">{Encode(words)}</a></td></tr></table>\n"
        );

    private static void Element(StringBuilder html, string name, string style, string text, string? cssClass = null)
    {
        var css = cssClass is null ? "" : $" class=\"{cssClass}\"";
        html.Append(CultureInfo.InvariantCulture, $"<{name}{css} style=\"{style}\">{Encode(text)}</{name}>\n");
    }

    // addresses on our own site are short in the desk and must be whole in a mail
    // formatted answers are read as their words, without the marks they were written with
    private static string? MessageText(LetterContent content) =>
        content.MessageHtml is null
            ? content.MessageText?.TrimEnd()
            : HtmlText.Of(MessageHtml(content), keepsLinks: true);

    private static string MessageHtml(LetterContent content) =>
        (content.MessageHtml ?? HtmlSanitizer.FromText(content.MessageText?.TrimEnd() ?? ""))
            .Value.Replace("href=\"/", $"href=\"{Encode(content.PublicUrl)}/", StringComparison.Ordinal)
            .Replace("src=\"/", $"src=\"{Encode(content.PublicUrl)}/", StringComparison.Ordinal);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private const string Head = """
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title}</title>
        <style>
          @media (prefers-color-scheme: dark) {
            .bg { background: #121316 !important } .sheet { background: #1a1c20 !important; border-color: #2d3036 !important }
            .ink { color: #edebe7 !important } .soft { color: #bdbab3 !important } .rule { border-color: #2d3036 !important }
            a.text { color: #93b2ff !important }
          }
          @media (max-width: 480px) { .sheet { padding: 24px 20px !important } }
        </style>
        </head>
        <body class="bg" style="margin:0;background:#faf9f6">
        <main>

        """;

    private const string Frame = """
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px"><tr><td class="sheet" style="background:#ffffff;border:1px solid #e5e1d9;border-radius:12px;padding:32px;font:16px/1.6 -apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:#1c1a17">

        """;

    private const string Foot = """
        </td></tr></table>
        </td></tr></table>
        </main>
        </body>
        </html>

        """;
}
