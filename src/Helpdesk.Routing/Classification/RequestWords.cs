using Helpdesk.Knowledge.Matching;

namespace Helpdesk.Routing.Classification;

/// <summary>The words of a request that models learn from and read.</summary>
internal static class RequestWords
{
    /// <summary>Without greeting, thanks, signature, quoted lines and a subject that says nothing, which tell nothing about the topic but make
    /// every mail look a little unlike all that was learned; all words where there is nothing else.</summary>
    /// <returns>With their place in the text.</returns>
    public static List<TextFeatures.Word> Of(string text)
    {
        var words = TextFeatures.Words(text);
        var matter = MessageFrame.MatterOf(
            text.Length > TextFeatures.MaxCharacters ? text[..TextFeatures.MaxCharacters] : text
        );
        var kept = new List<TextFeatures.Word>(words.Count);
        var line = 0;
        foreach (var word in words)
        {
            while (line < matter.Count && matter[line].Start + matter[line].Length <= word.Start)
                line++;
            if (line < matter.Count && matter[line].Start <= word.Start)
                kept.Add(word);
        }
        return kept.Count > 0 ? kept : words;
    }
}
