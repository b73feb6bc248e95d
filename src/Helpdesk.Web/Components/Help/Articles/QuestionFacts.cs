using System.Text.Json;
using Microsoft.AspNetCore.Components;

namespace Helpdesk.Web.Components.Help.Articles;

/// <summary>An article as a question and its answer in the vocabulary of schema.org, which search engines show beside their results.</summary>
internal static class QuestionFacts
{
    /// <summary>A data block: nothing in it runs, and the writer leaves no angle bracket or ampersand as it is.</summary>
    public static MarkupString Of(ReadArticle article)
    {
        var answer = string.Concat(
            article.Sections.Select(section =>
                section.Heading is { } heading
                    ? $"<h2>{System.Net.WebUtility.HtmlEncode(heading.Text)}</h2>{section.Html.Value}"
                    : section.Html.Value
            )
        );
        var facts = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["@context"] = "https://schema.org",
            ["@type"] = "FAQPage",
            ["mainEntity"] = new[]
            {
                new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["@type"] = "Question",
                    ["name"] = article.Title,
                    ["acceptedAnswer"] = new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["@type"] = "Answer",
                        ["text"] = answer.Length > 0 ? answer : System.Net.WebUtility.HtmlEncode(article.Summary),
                    },
                },
            },
        };
        return new($"<script type=\"application/ld+json\">{JsonSerializer.Serialize(facts)}</script>");
    }
}
