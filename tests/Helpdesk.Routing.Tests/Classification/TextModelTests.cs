using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Routing.Classification;
using Shouldly;
using Xunit;

namespace Helpdesk.Routing.Tests.Classification;

public class TextModelTests
{
    private static readonly string[] Subjects =
    [
        "my card",
        "the card",
        "our account",
        "a transfer",
        "this payment",
        "the app",
    ];

    private static readonly (string Topic, string[] Words)[] Topics =
    [
        ("lost", ["lost", "cannot find", "left somewhere", "was stolen with", "has disappeared"]),
        ("fee", ["costs too much", "charged a fee for", "why the extra charge on", "was billed for", "price of"]),
        ("slow", ["is late", "still waiting for", "takes forever", "has not arrived", "when will arrive"]),
        (
            "pin",
            ["forgot the pin of", "pin is blocked on", "change the code of", "wrong pin for", "unblock the code of"]
        ),
    ];

    private static List<TrainingExample> Examples() =>
        [
            .. from t in Topics
            from words in t.Words
            from subject in Subjects
            select new TrainingExample($"{words} {subject}", t.Topic),
        ];

    private static ITextClassifier Train(int seed = 1, int cores = 1) =>
        new TextModelTrainer()
            .Train(Examples(), new TrainingOptions { Seed = seed, Cores = cores }, CancellationToken.None)
            .Classifier;

    private static readonly Lazy<ITextClassifier> Model = new(() => Train());

    private static string TopicOf(string text) => Model.Value.Topics[Model.Value.Predict(text).Best];

    [Fact]
    public void It_reads_requests_it_has_not_seen_word_for_word()
    {
        TopicOf("I forgot my pin").ShouldBe("pin");
        TopicOf("Why was I charged an extra fee?").ShouldBe("fee");
        TopicOf("somebody has stolen my wallet, the card is lost").ShouldBe("lost");
    }

    [Fact]
    public void The_same_examples_and_seed_give_the_same_bytes_on_one_core_and_on_two() =>
        Train(cores: 2).ToBytes().Span.SequenceEqual(Model.Value.ToBytes().Span).ShouldBeTrue();

    [Fact]
    public void A_saved_model_predicts_exactly_what_it_predicted_before()
    {
        var loaded = new TextModelTrainer().Load(Model.Value.ToBytes());
        loaded.Topics.ShouldBe(Model.Value.Topics);
        loaded.Promises.Precision.ShouldBe(Model.Value.Promises.Precision);
        Prop.ForAll<NonNull<string>>(text =>
            {
                var (before, after) = (Model.Value.Predict(text.Get), loaded.Predict(text.Get));
                return before.Probabilities.SequenceEqual(after.Probabilities)
                    && before.Special == after.Special
                    && before.Confidence == after.Confidence;
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_at_all_gets_probabilities_that_add_up()
    {
        Prop.ForAll<string>(text =>
            {
                var prediction = Model.Value.Predict(text ?? "");
                return Math.Abs(prediction.Probabilities.Sum() - 1) < 1e-3
                    && prediction.Special is >= 0 and <= 1
                    && prediction.Confidence is >= 0 and <= 1;
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_parts_of_any_text_lie_in_order_inside_it()
    {
        Prop.ForAll<string>(text =>
            {
                text ??= "";
                var (parts, combined) = Model.Value.Parts(text);
                var end = 0;
                foreach (var part in parts)
                {
                    if (part.Start < end || part.Length < 0 || part.Start + part.Length > text.Length)
                        return false;
                    end = part.Start + part.Length;
                }
                return parts.Count > 0 && combined is >= 0 and <= 1;
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_text_without_words_is_special_and_nothing_is_sure()
    {
        var prediction = Model.Value.Predict(" ?! ");
        prediction.Special.ShouldBe(1);
        prediction.Confidence.ShouldBe(0);
    }

    [Fact]
    public void The_words_that_decided_are_those_of_the_topic()
    {
        var topic = Model.Value.Topics.ToList().IndexOf("pin");
        var words = Model.Value.Explain("Hello, I forgot the pin yesterday", topic, most: 3);
        words.Select(w => w.Word).ShouldContain("pin");
        words.Select(w => w.Word).ShouldNotContain("yesterday");
        words.Sum(w => w.Weight).ShouldBeLessThanOrEqualTo(1.001f);
    }

    [Fact]
    public void The_reason_given_to_people_leaves_out_words_that_tell_them_nothing()
    {
        var words = RequestClassifier.Read(Model.Value, "I forgot the pin of the card").Words;
        words.ShouldContain("pin");
        words.ShouldAllBe(word => word != "the" && word != "of" && word != "I");
    }

    [Fact]
    public void A_changed_byte_anywhere_is_noticed()
    {
        var bytes = Model.Value.ToBytes().ToArray();
        foreach (var at in new[] { 0, 4, bytes.Length / 2, bytes.Length - 1 })
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 1;
            Should.Throw<InvalidDataException>(() => new TextModelTrainer().Load(damaged));
        }
        Should.Throw<InvalidDataException>(() => new TextModelTrainer().Load(bytes.AsMemory(0, 20)));
        Should.Throw<InvalidDataException>(() => new TextModelTrainer().Load(bytes.AsMemory(0, bytes.Length - 5)));
    }

    [Fact]
    public void One_topic_is_nothing_to_tell_apart() =>
        Should.Throw<ArgumentException>(() =>
            new TextModelTrainer().Train([new("a b", "x"), new("c d", "x")], new(), CancellationToken.None)
        );

    [Fact]
    public void A_new_desk_routes_from_topic_names_alone()
    {
        string[] names = ["Lost or stolen card", "Card delivery", "Change PIN", "Exchange rate", "Close account"];
        var model = new TextModelTrainer()
            .Train([.. names.Select(n => new TrainingExample(n, n))], new TrainingOptions(), CancellationToken.None)
            .Classifier;
        model.Topics[model.Predict("my card was stolen").Best].ShouldBe("Lost or stolen card");
        model.Topics[model.Predict("I want to close my account").Best].ShouldBe("Close account");
        model.Promises.HeldOutExamples.ShouldBe(0);
        model.Promises.Precision.Values.ShouldAllBe(t => t > 1);
    }

    [Fact]
    public void The_newest_are_asked_of_a_model_that_learned_from_older_ones_only()
    {
        var start = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        var older = Examples().Select((e, i) => e with { At = start.AddMinutes(i) }).ToList();
        List<TrainingExample> examples =
        [
            new("a zebra ran away with it", Topics[0].Topic, At: start.AddDays(2)),
            .. older,
            new("the zebra took it", Topics[0].Topic, At: start.AddDays(3)),
            older[0] with
            {
                At = start.AddDays(4), // a copy is nothing new
            },
            new("a name without a date", Topics[1].Topic),
        ];
        var trained = new TextModelTrainer().Train(
            examples,
            new TrainingOptions { Newest = 3 },
            CancellationToken.None
        );
        trained.Newest.ShouldBe([0, examples.Count - 3], ignoreOrder: true);
        int KnownWords(ITextClassifier model) =>
            model.Explain("zebra", model.Topics.ToList().IndexOf(Topics[0].Topic), 5).Count;
        KnownWords(trained.Classifier).ShouldBe(1);
        KnownWords(trained.OfOlder!).ShouldBe(0);

        new TextModelTrainer().Train(examples, new(), CancellationToken.None).OfOlder.ShouldBeNull();
    }

    [Fact]
    public void A_correction_counts_at_once_for_what_is_worded_like_it()
    {
        var trained = Model.Value;
        const string asked = "my umbrella was taken by the wind";
        var moved = trained.With([
            new(asked, "pin"),
            new("charged a fee for my card", "fee"), // read right already: changes nothing
        ]);
        string Read(ITextClassifier model, string text) => model.Topics[model.Predict(text).Best];
        Read(trained, asked).ShouldNotBe("pin");
        Read(moved, asked).ShouldBe("pin");
        Read(moved, "today my umbrella was taken by the wind").ShouldBe("pin");
        moved.Predict(asked).IsCorrected.ShouldBeTrue();
        RequestClassifier.Read(moved, asked).IsCorrected.ShouldBeTrue();
        moved.Predict("charged a fee for my card").IsCorrected.ShouldBeFalse();
        foreach (var other in (string[])["charged a fee for the transfer", "my transfer is late", "unblock my card"])
        {
            Read(moved, other).ShouldBe(Read(trained, other));
            moved.Predict(other).Confidence.ShouldBe(trained.Predict(other).Confidence, 0.05);
        }

        // the model above is so sure what is special that nothing moves it; this one had no trials
        var unsure = new TextModelTrainer()
            .Train(Examples(), new TrainingOptions { SkipTrials = true }, CancellationToken.None)
            .Classifier;
        const string unheardOf = "was billed for the card";
        var outside = unsure.With([new(unheardOf, null)]);
        unsure.Predict(unheardOf).Special.ShouldBeLessThan(0.05f);
        outside.Predict(unheardOf).Special.ShouldBeGreaterThan(0.5f);
        outside.Predict("forgot my pin").Special.ShouldBe(unsure.Predict("forgot my pin").Special, 0.05);

        moved.ToBytes().Span.SequenceEqual(trained.ToBytes().Span).ShouldBeTrue();
        foreach (
            var forgotten in (ITextClassifier[])[moved.With([]), trained.With([new("…", "pin"), new("a", "gone")])]
        )
            forgotten.Predict(asked).Probabilities.ShouldBe(trained.Predict(asked).Probabilities, 1e-6);
    }

    [Fact]
    public void Corrections_never_move_further_than_they_may_whoever_gives_them() =>
        Prop.ForAll(
                Gen.Elements(Topics.Select(t => t.Topic).ToArray())
                    .SelectMany(topic => Gen.Elements(Subjects).Select(subject => (topic, subject)))
                    .ListOf(12)
                    .ToArbitrary(),
                wrong =>
                {
                    var corrections = wrong.Select(w => new TrainingExample($"is late {w.subject}", w.topic)).ToList();
                    var moved = Model.Value.With(corrections).Predict("is late my card");
                    moved.Probabilities.Sum().ShouldBe(1f, 1e-3f);
                    moved.Probabilities.ShouldAllBe(p => p >= 0 && p <= 1);
                    moved.Special.ShouldBeInRange(0f, 1f);
                    Model
                        .Value.With(corrections)
                        .Predict("is late my card")
                        .Probabilities.ShouldBe(moved.Probabilities);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Training_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Should.Throw<OperationCanceledException>(() => new TextModelTrainer().Train(Examples(), new(), stop.Token));
    }
}
