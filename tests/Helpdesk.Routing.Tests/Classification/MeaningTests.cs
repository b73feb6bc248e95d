using System.Security.Cryptography;
using Helpdesk.Routing.Classification;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public sealed class MeaningTests
{
    private static readonly (string Topic, string Matter)[] Matters =
    [
        ("lost", "I have lost my card"),
        ("lost", "somebody stole the card from my bag"),
        ("fee", "why was I charged an extra fee"),
        ("fee", "the transfer costs too much"),
        ("slow", "my transfer has not arrived"),
        ("slow", "I am still waiting for the money"),
    ];

    private static readonly string[] Places = ["the shop", "the station", "the hotel", "the airport", "the office"];

    private static TextModel Train(IEnumerable<TrainingExample> examples) =>
        (TextModel)
            new TextModelTrainer()
                .Train([.. examples], new TrainingOptions { SkipTrials = true }, CancellationToken.None)
                .Classifier;

    private static List<TrainingExample> English(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var (topic, matter) = Matters[i % Matters.Length];
                    return new TrainingExample($"{matter} at {Places[i / 7 % Places.Length]} number {i}", topic);
                }),
        ];

    private static readonly Lazy<TextModel> Small = new(() => Train(English(60)));
    private static readonly Lazy<TextModel> Large = new(() => Train(English(MeaningTraining.MostReadByEncoder + 1)));

    private static float Nearest(TextModel model, string text) =>
        model.Ensemble.Read(text, TextFeatures.Words(text)).Signals[Ensemble.NearestTextSignal];

    [Fact]
    public void A_small_desk_asks_the_encoder_and_knows_words_it_has_never_seen()
    {
        Small.Value.Ensemble.Meaning!.EncodesAll.ShouldBeTrue();
        var read = Small.Value.Predict("a thief took my wallet");
        Small.Value.Topics[read.Best].ShouldBe("lost");
    }

    [Fact]
    public void On_a_large_desk_the_ngrams_say_what_the_encoder_taught_them()
    {
        var meaning = Large.Value.Ensemble.Meaning!;
        meaning.EncodesAll.ShouldBeFalse();
        meaning.MemoryClasses.Length.ShouldBeGreaterThan(1_000);
        Nearest(Large.Value, "I have lost my card at the hotel").ShouldBeGreaterThan(0.9f);
        Nearest(Large.Value, "please bake a cake for Sunday")
            .ShouldBeLessThan(Nearest(Large.Value, "somebody stole my card at the office"));
    }

    [Fact]
    public void On_a_large_desk_the_encoder_is_asked_where_the_others_disagree()
    {
        var model = Large.Value;
        var asked = 0;
        foreach (
            var text in (string[])["I have lost my card", "lost fee waiting", "stolen transfer", "a thief", "cake"]
        )
        {
            var members = model.Ensemble.Read(text, TextFeatures.Words(text)).Members;
            members.Length.ShouldBe(4);
            var agree = members.Take(3).DistinctBy(m => VectorMath.IndexOfMax(m)).Count() == 1;
            var together = new Reading(members, []).Pooled([1f / 3, 1f / 3, 1f / 3]);
            var log = VectorMath.LogOfSum(together);
            var theirs = together.Select(v => v - log);
            (members[3].Zip(theirs, (a, b) => MathF.Abs(a - b)).Max() < 1e-4f).ShouldBe(agree, text);
            asked += agree ? 0 : 1;
        }
        asked.ShouldBeInRange(1, 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_model_reads_as_before(bool large)
    {
        var model = large ? Large.Value : Small.Value;
        var again = new TextModelTrainer().Load(model.ToBytes());
        foreach (var text in (string[])["where is my money", "lost at the station", "quantum mechanics"])
            again.Predict(text).ShouldBeEquivalentTo(model.Predict(text));
    }

    [Theory]
    [InlineData("Meine Karte ist gestern verloren gegangen", "Warum wurde mir eine Gebühr berechnet")]
    [InlineData("J'ai perdu ma carte bancaire hier", "Pourquoi ai-je payé des frais supplémentaires")]
    [InlineData("我昨天把银行卡弄丢了", "为什么要收取额外费用")]
    [InlineData("카드를 잃어버렸어요", "왜 추가 수수료가 부과되었나요")]
    public void Other_languages_do_without(string lost, string fee) =>
        Train([new(lost, "lost"), new(fee, "fee"), new(lost + " 2", "lost"), new(fee + " 2", "fee")])
            .Ensemble.Meaning.ShouldBeNull();

    [Fact]
    public void Punctuation_after_the_last_word_changes_nothing() =>
        Small.Value.Predict("where is my money?!").ShouldBeEquivalentTo(Small.Value.Predict("where is my money"));

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(7)]
    public void A_file_whose_parts_do_not_fit_together_is_refused(int length)
    {
        var bytes = Small.Value.ToBytes().ToArray();
        // after mark, version, three topics and the flag: how many n-grams there are
        var at = 6 + 4 + 5 + 4 + 5 + 1;
        BitConverter.ToInt32(bytes, at).ShouldBe(Small.Value.Ensemble.Vocabulary.Count);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), length).ShouldBeTrue();
        SHA256.HashData(bytes.AsSpan(..^32)).CopyTo(bytes, bytes.Length - 32);
        Should.Throw<InvalidDataException>(() => new TextModelTrainer().Load(bytes));
    }
}
