using System.Collections.Concurrent;
using Helpdesk.Knowledge.Analysis;

namespace Helpdesk.Knowledge.Search;

/// <summary>
/// The default index: one large immutable segment and a small one with what changed since. The small one is made anew with every change
/// and merged into the large one in the background when it has grown. Readers take the state as it is and are never waited for.
/// </summary>
/// <param name="ranking">The constants of the formula.</param>
/// <param name="defaultLanguage">The language of texts that do not show theirs.</param>
/// <param name="guessLanguage">False for texts that are words of <paramref name="defaultLanguage"/> already, without corrections.</param>
/// <param name="synonyms">Null for those that hold on any desk.</param>
public sealed class InMemoryIndex(
    Ranking ranking,
    Language defaultLanguage = Language.English,
    bool guessLanguage = true,
    Synonyms? synonyms = null
) : ISolutionIndex
{
    /// <summary>Up to this many documents everything is one segment, and averages are always exact.</summary>
    private const int AlwaysMerged = 1_000;
    private const int SmallestMerge = 500;
    private const int LargestMerge = 4_000;

    private readonly Synonyms _synonyms = synonyms ?? Synonyms.Common;
    private readonly ConcurrentBag<float[]> _buffers = [];
    private readonly Lock _writing = new();
    private volatile State _state = State.Empty;
    private Task _merging = Task.CompletedTask;

    public IndexStatus Status
    {
        get
        {
            var state = _state;
            return new(
                state.Views.Sum(view => view.Live),
                state.Views.Sum(view => view.Segment.Words.Count),
                state.Views.Sum(view => view.Segment.Bytes),
                state.Position
            );
        }
    }

    /// <summary>Ends when no merge runs in the background.</summary>
    public Task Settled
    {
        get
        {
            lock (_writing)
                return _merging;
        }
    }

    public void Apply(IReadOnlyCollection<IndexedDocument> changed, IReadOnlyCollection<long> removed, long position)
    {
        lock (_writing)
        {
            var documents = changed.GroupBy(document => document.Id).Select(group => group.Last()).ToList();
            var gone = documents.Select(document => document.Id).Concat(removed).ToHashSet();
            if (gone.Count == 0)
            {
                _state = _state with { Position = position };
                return;
            }
            var (large, frozen, small) = (
                _state.Large?.Without(gone),
                _state.Frozen?.Without(gone),
                _state.Small?.Without(gone)
            );
            if (frozen is null && (large?.Segment.Count ?? 0) + (small?.Segment.Count ?? 0) <= AlwaysMerged)
            {
                _state = new State(Merge([large, small], documents, like: null), null, null, position);
                return;
            }
            _state = new State(
                large,
                frozen,
                documents.Count == 0 ? small : Merge([small], documents, large?.Segment),
                position
            );
            MergeIfGrown();
        }
    }

    public void Rebuild(IEnumerable<IndexedDocument> documents, long position)
    {
        var builder = NewBuilder();
        var seen = new HashSet<long>();
        foreach (var document in documents)
        {
            if (seen.Add(document.Id))
                builder.Add(document);
        }
        var segment = builder.Build();
        lock (_writing)
            _state = new State(SegmentView.Whole(segment), null, null, position);
    }

    /// <summary>Merges everything into one segment now: afterwards the averages are those of exactly what can be found.</summary>
    public void Compact()
    {
        lock (_writing)
        {
            var state = _state;
            if (state.Views.Count == 0 || (state.Views.Count == 1 && state.Views[0].Removed is null))
                return;
            _state = new State(
                Merge([state.Large, state.Frozen, state.Small], [], like: null),
                null,
                null,
                state.Position
            );
        }
    }

    public SearchAnswer Search(SearchQuery query)
    {
        var views = _state.Views;
        if (views.Count == 0)
            return SearchAnswer.None;
        var count = Math.Clamp(query.Count, 1, 100);
        var sight = new Sight(query.Audience);
        var plan = new QueryReader(views, sight, ranking, defaultLanguage, guessLanguage, _synonyms).Read(query);
        if (plan.IsEmpty)
            return new([], plan.Corrections);
        var found = FindCandidates(plan, query, sight, Math.Max(count, ranking.Candidates), views);
        var judge = new CandidateJudge(plan, ranking, views);
        return new(judge.Best(found, count), plan.Corrections);
    }

    public void Save(string path)
    {
        Compact();
        var state = _state;
        if (state.Views is [var only])
            Snapshot.Save(path, only, state.Position, Fingerprint);
    }

    public bool TryLoad(string path)
    {
        if (Snapshot.TryLoad(path, Fingerprint) is not { } loaded)
            return false;
        lock (_writing)
            _state = new State(SegmentView.Whole(loaded.Segment), null, null, loaded.Position);
        return true;
    }

    private string Fingerprint => $"{ranking}|{defaultLanguage}|{guessLanguage}";

    private List<Found> FindCandidates(
        QueryPlan plan,
        SearchQuery query,
        Sight sight,
        int count,
        IReadOnlyList<SegmentView> views
    )
    {
        if (!_buffers.TryTake(out var buffers))
            buffers = new float[CandidateFinder.Places];
        // not given back after an exception: they might not be zero any more
        var found = new CandidateFinder(plan, sight, query.Without, count, buffers).Find(views);
        _buffers.Add(buffers);
        return found;
    }

    private SegmentBuilder NewBuilder() => new(ranking, defaultLanguage, guessLanguage);

    private SegmentView? Merge(IReadOnlyList<SegmentView?> views, List<IndexedDocument> added, Segment? like)
    {
        var builder = NewBuilder();
        foreach (var view in views)
        {
            if (view is null)
                continue;
            var wordMap = new int[view.Segment.Words.Count];
            for (var document = 0; document < view.Segment.Count; document++)
            {
                if (view.IsLive(document))
                    builder.Copy(view.Segment, document, wordMap);
            }
        }
        foreach (var document in added)
            builder.Add(document);
        return builder.Count == 0 ? null : SegmentView.Whole(builder.Build(like));
    }

    private void MergeIfGrown()
    {
        var (large, frozen, small) = (_state.Large, _state.Frozen, _state.Small);
        if (frozen is not null || small is null)
            return;
        if (small.Segment.Count < Math.Clamp((large?.Segment.Count ?? 0) / 16, SmallestMerge, LargestMerge))
            return;
        _state = new State(large, small, null, _state.Position);
        _merging = Task.Run(() => MergeInBackground(large, small));
    }

    private void MergeInBackground(SegmentView? large, SegmentView frozen)
    {
        var merged = Merge([large, frozen], [], like: null);
        lock (_writing)
        {
            var state = _state;
            if (!ReferenceEquals(state.Frozen?.Segment, frozen.Segment))
                return;
            var gone = GoneSince(large, state.Large).Concat(GoneSince(frozen, state.Frozen));
            _state = new State(merged?.Without(gone), null, state.Small, state.Position);
            MergeIfGrown();
        }
    }

    private static IEnumerable<long> GoneSince(SegmentView? before, SegmentView? now)
    {
        if (before is null || now is null || ReferenceEquals(before, now))
            yield break;
        for (var document = 0; document < before.Segment.Count; document++)
        {
            if (before.IsLive(document) && !now.IsLive(document))
                yield return before.Segment.Ids[document];
        }
    }

    /// <param name="Large">What does not change.</param>
    /// <param name="Frozen">What is being merged into it.</param>
    /// <param name="Small">What changed since.</param>
    private sealed record State(SegmentView? Large, SegmentView? Frozen, SegmentView? Small, long Position)
    {
        public static State Empty { get; } = new(null, null, null, 0);

        public IReadOnlyList<SegmentView> Views { get; } =
        [.. new[] { Large, Frozen, Small }.OfType<SegmentView>().Where(view => view.Live > 0)];
    }
}
