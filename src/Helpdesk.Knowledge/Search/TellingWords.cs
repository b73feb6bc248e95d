namespace Helpdesk.Knowledge.Search;

/// <summary>
/// How much a word of a question tells about which document answers it: 1 where only one document's questions use it, near 0 where all use
/// it alike. It is 1 − H / ln D, with H the entropy of the word's questions over the documents and D the documents that have questions.
/// Unlike rarity it learns that "card" tells nothing in a base about cards, and that "my" tells something where only one topic says it.
/// </summary>
internal static class TellingWords
{
    private const double Least = 0.001;

    public static float[] Of(PostingsBuilder postings, TextTable stems, Segment? like)
    {
        var telling = new float[stems.Count];
        for (var stem = 0; stem < telling.Length; stem++)
        {
            telling[stem] = like?.Stems.Find(stems[stem]) is >= 0 and var known
                ? like.Telling[known]
                : (float)Of(
                    postings.StemQuestions[stem],
                    postings.StemQuestionLogs[stem],
                    postings.DocumentsWithQuestions
                );
        }
        return telling;
    }

    // H = ln n − Σ nᵢ·ln nᵢ / n
    private static double Of(int questions, double sumOfLogs, int documents)
    {
        if (questions == 0 || documents < 2)
            return 1;
        var entropy = Math.Log(questions) - (sumOfLogs / questions);
        return Math.Clamp(1 - (entropy / Math.Log(documents)), Least, 1);
    }
}
