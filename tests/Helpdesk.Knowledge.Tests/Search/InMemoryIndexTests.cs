using FsCheck;
using FsCheck.Fluent;
using Helpdesk.Knowledge.Analysis;
using Helpdesk.Knowledge.Search;
using Helpdesk.Knowledge.Tests.Analysis;
using Shouldly;

namespace Helpdesk.Knowledge.Tests.Search;

public sealed class InMemoryIndexTests
{
    [Fact]
    public void The_ranking_is_the_formula_computed_the_slow_way()
    {
        Prop.ForAll<int>(seed =>
            {
                var random = new Random(seed);
                var documents = RandomDocuments.Documents(random, random.Next(1, 40));
                var index = Plain();
                index.Rebuild(documents, 1);
                var query = RandomDocuments.Text(random, 1, 6);
                var audience = RandomDocuments.Audience(random);
                var found = index.Search(new SearchQuery(query) { Audience = audience, Count = 100 }).Hits;
                var expected = ReferenceRanking.Rank(documents, query, Ranking.Articles, audience);
                found.Select(hit => hit.Id).Order().ShouldBe(expected.Select(pair => pair.Id).Order());
                foreach (var (hit, (_, score)) in found.Zip(expected))
                    hit.Score.ShouldBe(score, 1e-5);
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Changes_one_by_one_and_merged_are_what_building_anew_gives()
    {
        Prop.ForAll<int>(seed =>
            {
                var random = new Random(seed);
                var changed = Plain();
                var alive = new Dictionary<long, IndexedDocument>();
                for (var step = 0; step < 12; step++)
                    Change(changed, alive, random, step);
                changed.Status.Documents.ShouldBe(alive.Count);
                changed.Compact();
                var rebuilt = Plain();
                rebuilt.Rebuild(alive.Values.OrderBy(document => document.Id), 12);
                SameAnswers(changed, rebuilt, random, 1e-5);
                changed.Status.Position.ShouldBe(11);
            })
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task A_large_index_merges_in_the_background_and_always_finds_what_was_last_said()
    {
        var random = new Random(7);
        var index = Plain();
        index.Rebuild(RandomDocuments.Documents(random, 3_000), 1);
        for (var step = 0; step < 40; step++)
        {
            var changed = Enumerable
                .Range(0, 50)
                .Select(_ => RandomDocuments.Document(random, random.Next(1, 4_000)) with { Audience = null });
            var marked = new IndexedDocument(10_000 + step, $"marker{step}", "", []);
            index.Apply([.. changed, marked], [10_000 + step - 2], step + 2);
            index.Search(new SearchQuery($"marker{step}")).Hits.ShouldHaveSingleItem().Id.ShouldBe(10_000 + step);
            if (step >= 2)
                index.Search(new SearchQuery($"marker{step - 2}")).Hits.ShouldBeEmpty();
        }
        await index.Settled;
        index.Search(new SearchQuery("marker39")).Hits.ShouldHaveSingleItem();
        index.Search(new SearchQuery("marker37")).Hits.ShouldBeEmpty();
        var before = index.Status.Documents;
        index.Compact();
        index.Status.Documents.ShouldBe(before);
    }

    [Fact]
    public void Readers_and_a_writer_do_not_meet()
    {
        var index = Plain();
        index.Rebuild(RandomDocuments.Documents(new Random(1), 1_500), 1);
        Parallel.Invoke(
            () =>
            {
                var random = new Random(2);
                for (var i = 0; i < 60; i++)
                    index.Apply(
                        [.. Enumerable.Range(0, 20).Select(_ => RandomDocuments.Document(random, random.Next(3_000)))],
                        [],
                        i
                    );
            },
            () => Ask(index, 3),
            () => Ask(index, 4)
        );

        static void Ask(InMemoryIndex index, int seed)
        {
            var random = new Random(seed);
            for (var i = 0; i < 300; i++)
                index
                    .Search(new SearchQuery(RandomDocuments.Text(random, 1, 5)) { Audience = ReaderKinds.Of(1) })
                    .Hits.Count.ShouldBeLessThanOrEqualTo(10);
        }
    }

    [Fact]
    public void A_word_wrongly_spelt_is_read_as_the_known_one_and_said_so()
    {
        var index = English(new IndexedDocument(1, "Track my order", "Every parcel has a tracking number.", []));
        var answer = index.Search(new SearchQuery("where is the trakcing nubmer"));
        answer.Hits.ShouldHaveSingleItem().Id.ShouldBe(1);
        answer.Corrections.Select(correction => correction.Word).ShouldBe(["tracking", "number"]);
        "where is the trakcing nubmer"
            .Substring(answer.Corrections[0].Start, answer.Corrections[0].Length)
            .ShouldBe("trakcing");
    }

    [Fact]
    public void While_typing_the_last_word_may_be_a_beginning()
    {
        var index = English(
            new IndexedDocument(1, "Blocked card", "", []),
            new IndexedDocument(2, "Refund of a payment", "", []),
            new IndexedDocument(3, "Card delivery", "", [])
        );
        index.Search(new SearchQuery("refu") { StillTyping = true }).Hits.ShouldHaveSingleItem().Id.ShouldBe(2);
        index.Search(new SearchQuery("card bl") { StillTyping = true }).Hits[0].Id.ShouldBe(1);
        index.Search(new SearchQuery("refu")).Hits.ShouldBeEmpty();
    }

    [Fact]
    public void Words_written_apart_or_together_are_found_either_way()
    {
        var index = English(
            new IndexedDocument(1, "GitHub projects", "", []),
            new IndexedDocument(2, "Voice mail settings", "", [])
        );
        index.Search(new SearchQuery("git hub")).Hits[0].Id.ShouldBe(1);
        index.Search(new SearchQuery("voicemail")).Hits[0].Id.ShouldBe(2);
    }

    [Fact]
    public void An_answered_question_leads_to_the_article_whose_own_words_are_others()
    {
        var index = English(
            new IndexedDocument(
                1,
                "Card not working",
                "Check the chip.",
                ["my plastic is rejected at the shop", "terminal says declined"]
            ),
            new IndexedDocument(2, "Opening hours of shops", "We are open.", [])
        );
        var hit = index.Search(new SearchQuery("plastic rejected at the shop")).Hits[0];
        hit.Id.ShouldBe(1);
        hit.AnsweredQuestions.ShouldBe(1);
        hit.Words.ShouldContain(word => word.Stem == "plastic" && word.Fields == MatchedFields.Questions);
    }

    [Fact]
    public void What_a_reader_may_not_see_leaves_no_trace()
    {
        var index = English(
            new IndexedDocument(1, "Reset a password", "Open the page.", [], Audience: ReaderKinds.Of(1, 2)),
            new IndexedDocument(
                2,
                "Skeletonkey procedure",
                "The skeletonkey opens everything.",
                ["who has the skeletonkey"],
                Audience: ReaderKinds.Of(2)
            )
        );
        var customer = new SearchQuery("skeletonkey") { Audience = ReaderKinds.Of(1) };
        index.Search(customer).Hits.ShouldBeEmpty();
        index.Search(customer with { Text = "skeltonkey" }).Corrections.ShouldBeEmpty();
        index.Search(customer with { Text = "skele", StillTyping = true }).Hits.ShouldBeEmpty();
        index
            .Search(customer with { Audience = ReaderKinds.Of(2), Text = "skeltonkey" })
            .Corrections.ShouldHaveSingleItem()
            .Word.ShouldBe("skeletonkey");
    }

    [Fact]
    public void Documents_of_several_languages_are_found_in_their_own()
    {
        var index = English(
            new IndexedDocument(1, "Сброс пароля", "Если вы забыли пароль, откройте страницу входа.", []),
            new IndexedDocument(
                2,
                "Passwort zurücksetzen",
                "Wenn Sie das Passwort vergessen haben, öffnen Sie die Anmeldeseite.",
                []
            ),
            new IndexedDocument(3, "Resetting a password", "When you have forgotten it, open the sign-in page.", [])
        );
        index.Search(new SearchQuery("забыла пароли")).Hits[0].Id.ShouldBe(1);
        index.Search(new SearchQuery("vergessenes Passwort")).Hits[0].Id.ShouldBe(2);
        index.Search(new SearchQuery("forgotten passwords")).Hits[0].Id.ShouldBe(3);
    }

    [Fact]
    public void Any_text_is_an_acceptable_document_and_query()
    {
        var index = English();
        Prop.ForAll(
                AnyText.Arbitrary,
                text =>
                {
                    index.Apply([new IndexedDocument(text.Length % 7, text, text, [text])], [], 1);
                    index.Search(new SearchQuery(text) { Subject = text, StillTyping = true });
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_query_of_a_megabyte_is_cut_and_answered()
    {
        var index = English(new IndexedDocument(1, "Blocked card", "", []));
        var many =
            string.Join(' ', Enumerable.Range(0, 100_000).Select(i => $"wordd{(char)('a' + (i % 26))}{i}")) + " card";
        index.Search(new SearchQuery(many)).Hits.Count.ShouldBeLessThanOrEqualTo(1);
        index.Search(new SearchQuery(new string('(', 1_000_000) + "\"* AND NOT card")).Hits.ShouldHaveSingleItem();
    }

    [Fact]
    public void The_asking_document_is_left_out()
    {
        var index = English(
            new IndexedDocument(1, "Blocked card", "", []),
            new IndexedDocument(2, "Card blocked again", "", [])
        );
        index.Search(new SearchQuery("blocked card") { Without = 1 }).Hits.ShouldHaveSingleItem().Id.ShouldBe(2);
    }

    internal static InMemoryIndex Plain() => new(Ranking.Articles, Language.Unknown, guessLanguage: false);

    internal static void SameAnswers(InMemoryIndex one, InMemoryIndex other, Random random, double tolerance)
    {
        for (var i = 0; i < 5; i++)
        {
            var query = new SearchQuery(RandomDocuments.Text(random, 1, 6))
            {
                Count = 100,
                Audience = RandomDocuments.Audience(random),
            };
            var (a, b) = (one.Search(query).Hits, other.Search(query).Hits);
            a.Select(hit => hit.Id).Order().ShouldBe(b.Select(hit => hit.Id).Order());
            foreach (var (x, y) in a.Zip(b))
                x.Score.ShouldBe(y.Score, tolerance);
        }
    }

    private static void Change(InMemoryIndex index, Dictionary<long, IndexedDocument> alive, Random random, int step)
    {
        var changed = Enumerable
            .Range(0, random.Next(4))
            .Select(_ => RandomDocuments.Document(random, random.Next(1, 20)))
            .ToList();
        var removed = Enumerable
            .Range(0, random.Next(3))
            .Select(_ => (long)random.Next(1, 20))
            .Except(changed.Select(d => d.Id))
            .ToList();
        index.Apply(changed, removed, step);
        foreach (var id in removed)
            alive.Remove(id);
        foreach (var document in changed)
            alive[document.Id] = document;
    }

    private static InMemoryIndex English(params IndexedDocument[] documents)
    {
        var index = new InMemoryIndex(Ranking.Articles);
        index.Rebuild(documents, 1);
        return index;
    }
}
