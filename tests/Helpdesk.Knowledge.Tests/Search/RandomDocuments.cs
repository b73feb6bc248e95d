using Helpdesk.Knowledge.Search;

namespace Helpdesk.Knowledge.Tests.Search;

/// <summary>Small collections of few words, so that everything meets everything.</summary>
internal static class RandomDocuments
{
    private static readonly string[] Vocabulary =
    [
        "card",
        "lost",
        "pin",
        "fee",
        "transfer",
        "limit",
        "account",
        "login",
        "mail",
        "phone",
        "refund",
        "order",
        "tax",
        "cash",
        "blocked",
    ];

    public static IndexedDocument Document(Random random, long id) =>
        new(
            id,
            Text(random, 0, 4),
            Text(random, 0, 20),
            [.. Enumerable.Range(0, random.Next(4)).Select(_ => Text(random, 0, 5))],
            Audience(random)
        );

    /// <summary>One of two kinds of readers, both, or everything.</summary>
    public static ReaderKinds? Audience(Random random) =>
        random.Next(4) switch
        {
            0 => null,
            1 => ReaderKinds.Of(1),
            2 => ReaderKinds.Of(2),
            _ => ReaderKinds.Of(2, 1),
        };

    public static List<IndexedDocument> Documents(Random random, int count) =>
        [.. Enumerable.Range(1, count).Select(id => Document(random, id))];

    public static string Text(Random random, int least, int most) =>
        string.Join(
            ' ',
            Enumerable
                .Range(0, random.Next(least, most + 1))
                .Select(_ => Vocabulary[(int)(Math.Pow(random.NextDouble(), 2) * Vocabulary.Length)])
        );
}
