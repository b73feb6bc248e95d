namespace Helpdesk.Routing.Classification;

/// <summary>Makes messages about two matters out of single requests, to learn where topics change.</summary>
internal static class JoinedMessages
{
    private static readonly string[] Joints =
    [
        ". ",
        ". Also, ",
        " and ",
        ". And another thing: ",
        ", ",
        " and also ",
        ".\n",
        ". Besides, ",
        ", and then ",
        ". ",
    ];

    /// <param name="Joint">Where the first matter ends.</param>
    /// <param name="Second">Where the second begins; both are the length of the text when there is one matter.</param>
    /// <param name="Topics">What it is about.</param>
    internal sealed record Message(string Text, int Joint, int Second, HashSet<int> Topics)
    {
        /// <summary>Each pair of neighbouring stretches, each matter of which is taken as a whole where the boundary
        /// between the two is judged, and whether the topic changes there.</summary>
        public IEnumerable<(RequestParts.Stretch Left, RequestParts.Stretch Right, bool Changes)> Neighbours()
        {
            var stretches = RequestParts.Cut(Text);
            for (var i = 0; i + 1 < stretches.Count; i++)
            {
                var start = stretches[i + 1].Start;
                yield return (stretches[i], stretches[i + 1], start >= Joint && start <= Second && Topics.Count > 1);
            }
            var first = stretches.Where(s => s.Start < Joint).ToList();
            var second = stretches.Where(s => s.Start >= Joint).ToList();
            if (first.Count > 0 && second.Count > 0 && first.Count + second.Count > 2)
                yield return (
                    first.Aggregate(RequestParts.Join),
                    second.Aggregate(RequestParts.Join),
                    Topics.Count > 1
                );
        }
    }

    public static Message Single(TextModelTrainer.ReadText text) =>
        new(text.Text, text.Text.Length, text.Text.Length, [text.Class]);

    public static List<Message> Make(List<TextModelTrainer.ReadText> singles, int count, ref SeededRandom random)
    {
        var messages = new List<Message>(count);
        for (var i = 0; i < count; i++)
        {
            var (first, second) = (singles[random.Next(singles.Count)], singles[random.Next(singles.Count)]);
            var joint = Joints[random.Next(Joints.Length)];
            var start = MatterOf(first);
            if (start.Length > 0 && start[^1] is '.' or '?' or '!')
                (start, joint) = joint[0] == '.' ? (start, joint[1..]) : (start.TrimEnd('.', '?', '!'), joint);
            var rest = MatterOf(second);
            var text = start + joint + rest;
            messages.Add(new Message(text, start.Length, text.Length - rest.Length, [first.Class, second.Class]));
        }
        return messages;
    }

    /// <summary>Of two mails joined nobody would sign the first.</summary>
    private static string MatterOf(TextModelTrainer.ReadText text)
    {
        var end = text.Words[^1].Start + text.Words[^1].Length;
        while (end < text.Text.Length && !char.IsWhiteSpace(text.Text[end]))
            end++;
        return text.Text[text.Words[0].Start..end];
    }
}
