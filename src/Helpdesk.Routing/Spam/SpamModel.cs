using System.Runtime.InteropServices;
using Helpdesk.Routing.Classification;

namespace Helpdesk.Routing.Spam;

/// <param name="Sender">Mails of one sender are held out together; empty = told apart by their beginning.</param>
/// <param name="Weight">How much it counts, 0 to 1.</param>
public sealed record SpamExample(string Text, bool IsSpam, string Sender = "", float Weight = 1f)
{
    /// <summary>When it came.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <param name="Probability">That it is spam; calibrated on texts that were held out.</param>
/// <param name="IsSpam">Beyond the limit above which no good mail was found when the filter was trained.</param>
/// <param name="LogOdds">The same as log odds: very sure ones differ here when their probabilities are all written as 1.</param>
public sealed record SpamScore(float Probability, bool IsSpam, double LogOdds);

/// <summary>How the filter judged mails it had not been trained on.</summary>
/// <param name="Caught">Spam beyond the limit.</param>
/// <param name="CaughtAtHalfPercent">Spam that would be caught if 0.5 % of the good mail might be lost.</param>
public sealed record SpamTrial(int Spam, int Good, int Caught, int CaughtAtHalfPercent);

/// <summary>Tells spam from good mail by text: the sum of two linear models, over characters and over words. Holds no state between calls.</summary>
public sealed class SpamModel
{
    public const string Format = "helpdesk-spam-2";
    private const int Folds = 3;
    private static readonly byte[] Magic = "HDSPAM2\n"u8.ToArray();

    private static readonly Action<string, SpamFeatures.See>[] Views =
    [
        SpamFeatures.VisitCharacters,
        SpamFeatures.VisitWords,
    ];

    /// <summary>One a view.</summary>
    private readonly SpamMember[] _members;
    private readonly LogisticFit _calibration;
    private readonly float _limit;

    private SpamModel(SpamMember[] members, LogisticFit calibration, float limit, SpamTrial trial) =>
        (_members, _calibration, _limit, Trial) = (members, calibration, limit, trial);

    public SpamTrial Trial { get; }

    public SpamScore Read(string text)
    {
        var score = Score(_members, VectorsOf(text));
        var logOdds =
            (_calibration.Weights[0] * ((double)score - _calibration.Means[0]) / _calibration.Spreads[0])
            + _calibration.Weights[1];
        return new(_calibration.Probability([score]), score > _limit, logOdds);
    }

    /// <summary>The words that spoke most for spam, strongest first.</summary>
    public IReadOnlyList<string> Explain(string text, int most)
    {
        var shares = new float[Math.Min(text.Length, SpamFeatures.MostCharacters)];
        for (var view = 0; view < Views.Length; view++)
            Views[view]
                (
                    text,
                    (bucket, _, start, length) =>
                    {
                        var share = _members[view].Share(bucket) / Math.Max(1, length);
                        for (var i = start; i < start + length && i < shares.Length; i++)
                            shares[i] += share;
                    }
                );
        return
        [
            .. TextFeatures
                .Words(text.AsSpan(0, shares.Length))
                .Where(w => w.Length > 2)
                .GroupBy(w => w.Folded)
                .Select(g => (Word: text.Substring(g.First().Start, g.First().Length), Share: g.Sum(w => Sum(w))))
                .Where(w => w.Share > 0)
                .OrderByDescending(w => w.Share)
                .ThenBy(w => w.Word, StringComparer.Ordinal)
                .Take(most)
                .Select(w => w.Word),
        ];

        float Sum(TextFeatures.Word word)
        {
            var sum = 0f;
            for (var i = word.Start; i < word.Start + word.Length && i < shares.Length; i++)
                sum += shares[i];
            return sum;
        }
    }

    /// <summary>Each text is judged once by a model that has seen neither it nor its sender; the limit and the probabilities come of that.</summary>
    /// <returns>Null when there is only one kind.</returns>
    public static SpamModel? Train(IReadOnlyList<SpamExample> examples, CancellationToken cancellationToken = default)
    {
        var isSpam = examples.Select(e => e.IsSpam).ToArray();
        var vectors = examples.Select(e => VectorsOf(e.Text)).ToArray();
        var folds = examples.Select(FoldOf).ToArray();
        var all = Enumerable.Range(0, examples.Count).ToArray();
        var scores = new float[examples.Count];
        for (var fold = 0; fold < Folds; fold++)
        {
            var members = TrainOn([.. all.Where(i => folds[i] != fold)]);
            foreach (var i in all.Where(i => folds[i] == fold))
                scores[i] = Score(members, vectors[i]);
        }
        var weights = examples.Select(e => e.Weight).ToArray();
        if (LogisticFit.Fit([.. scores.Select(s => new[] { s })], isSpam, weights) is not { } calibration)
            return null;
        var limit = Math.Max(0, LimitOf(0));
        var half = LimitOf((int)(0.005 * isSpam.Count(s => !s)));
        var trial = new SpamTrial(
            isSpam.Count(s => s),
            isSpam.Count(s => !s),
            all.Count(i => isSpam[i] && scores[i] > limit),
            all.Count(i => isSpam[i] && scores[i] > half)
        );
        return new SpamModel(TrainOn(all), calibration, limit, trial);

        float LimitOf(int lost) => all.Where(i => !isSpam[i]).Select(i => scores[i]).OrderDescending().ElementAt(lost);

        SpamMember[] TrainOn(int[] chosen)
        {
            var spam = Array.ConvertAll(chosen, i => isSpam[i]);
            var counts = Array.ConvertAll(chosen, i => examples[i].Weight);
            return
            [
                .. Enumerable
                    .Range(0, Views.Length)
                    .Select(view =>
                        SpamMember.Train(
                            Array.ConvertAll(chosen, i => vectors[i][view]),
                            spam,
                            counts,
                            cancellationToken
                        )
                    ),
            ];
        }
    }

    public ReadOnlyMemory<byte> ToBytes()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Magic);
        writer.Write(SpamFeatures.Buckets);
        writer.Write(_limit);
        foreach (var number in (float[])[_calibration.Means[0], _calibration.Spreads[0], .. _calibration.Weights])
            writer.Write(number);
        foreach (var number in new[] { Trial.Spam, Trial.Good, Trial.Caught, Trial.CaughtAtHalfPercent })
            writer.Write(number);
        foreach (var member in _members)
        {
            writer.Write(member.Constant);
            Write(member.Weights);
            Write(member.Ratios);
        }
        writer.Flush();
        return bytes.ToArray();

        void Write(float[] numbers) =>
            writer.Write(MemoryMarshal.AsBytes(Array.ConvertAll(numbers, n => (Half)n).AsSpan()));
    }

    public static bool IsModel(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <exception cref="InvalidDataException">The bytes are not a whole model of this format.</exception>
    public static SpamModel Load(byte[] bytes)
    {
        var arrays = 2 * Views.Length;
        var expected = Magic.Length + 4 + (5 * 4) + (4 * 4) + (Views.Length * 4) + (arrays * SpamFeatures.Buckets * 2);
        if (!IsModel(bytes) || bytes.Length != expected)
            throw new InvalidDataException("This is not a whole spam filter.");
        using var reader = new BinaryReader(new MemoryStream(bytes, Magic.Length, bytes.Length - Magic.Length));
        if (reader.ReadInt32() != SpamFeatures.Buckets)
            throw new InvalidDataException("This spam filter has another size.");
        var limit = reader.ReadSingle();
        var calibration = new LogisticFit(
            [reader.ReadSingle()],
            [reader.ReadSingle()],
            [reader.ReadSingle(), reader.ReadSingle()]
        );
        var trial = new SpamTrial(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        var members = new SpamMember[Views.Length];
        for (var m = 0; m < members.Length; m++)
        {
            var constant = reader.ReadSingle();
            members[m] = new SpamMember(ReadNumbers(), constant, ReadNumbers());
        }
        return new SpamModel(members, calibration, limit, trial);

        float[] ReadNumbers() =>
            Array.ConvertAll(
                MemoryMarshal.Cast<byte, Half>(reader.ReadBytes(SpamFeatures.Buckets * 2)).ToArray(),
                n => (float)n
            );
    }

    private static SpamVector[] VectorsOf(string text) => Array.ConvertAll(Views, v => SpamFeatures.Count(text, v));

    private static float Score(SpamMember[] members, SpamVector[] text)
    {
        var sum = 0f;
        for (var m = 0; m < members.Length; m++)
            sum += members[m].Score(text[m]);
        return sum;
    }

    // copies of a message, and one sender's mails, stay together
    private static int FoldOf(SpamExample example)
    {
        var key = example.Sender.Length > 0 ? example.Sender : example.Text;
        var (hash, letters) = (0x811C9DC5u, 0);
        foreach (var c in key)
        {
            if (!char.IsLetterOrDigit(c) && example.Sender.Length == 0)
                continue;
            hash = (hash ^ char.ToLowerInvariant(c)) * 16777619u;
            if (++letters == 60)
                break;
        }
        return (int)((hash ^ (hash >> 15)) % Folds);
    }
}
